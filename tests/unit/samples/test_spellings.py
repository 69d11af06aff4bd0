from random import Random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples import spellings
from samples.names import Name, draw_name
from samples.people import draw_phone


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (spellings.plus, "+254712345678"),
        (spellings.plus_dashed, "+254-712-345678"),
        (spellings.plus_spaced, "+254 712 345 678"),
        (spellings.bare, "254712345678"),
        (spellings.double_zero, "00254712345678"),
        (spellings.local, "0712345678"),
        (spellings.local_spaced, "0712 345 678"),
    ],
)
def test_phone_forms(form: spellings.PhoneForm, written: str) -> None:
    assert form("712345678") == written


@given(st.integers())
def test_every_drawn_phone_is_a_kenyan_mobile_in_a_form_that_fits_the_column(seed: int) -> None:
    rng = Random(seed)
    number = draw_phone(rng, set())
    parsed = phonenumbers.parse(f"+254{number}")
    assert phonenumbers.is_valid_number(parsed)
    assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    for forms in spellings.PHONE_FORMS.values():
        assert len(spellings.write(rng, forms, number)) <= 20


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (spellings.short, ("Catherine", "Ng'ang'a")),
        (spellings.reversed_order, ("Ng'ang'a", "Catherine")),
        (spellings.initial, ("C.", "Ng'ang'a")),
        (spellings.upper_reversed, ("NG'ANG'A", "CATHERINE", "W")),
        (spellings.familiar, ("Cate", "Ng'ang'a")),
        (spellings.misheard, ("Katherine", "Nganga")),
    ],
)
def test_name_forms(form: object, words: tuple[str, ...]) -> None:
    assert callable(form)
    assert form(Name("Catherine", "Wanjiru", "Ng'ang'a")) == words


@given(st.integers())
def test_a_name_without_a_middle_name_has_every_form_too(seed: int) -> None:
    drawn = draw_name(Random(seed), "men")
    name = Name(drawn.first, None, drawn.last)
    for forms in spellings.NAME_FORMS.values():
        assert all(len(form(name)) == 2 for form in forms)


@given(st.integers(), st.from_regex(r"[0-9]{7,8}", fullmatch=True))
def test_a_slip_changes_one_place_and_keeps_the_length(seed: int, digits: str) -> None:
    slipped = spellings.mistype(Random(seed), digits)
    wrong = [at for at, (before, after) in enumerate(zip(digits, slipped, strict=True)) if before != after]
    assert len(wrong) == 1 or (len(wrong) == 2 and wrong[1] == wrong[0] + 1)
    assert slipped.isdecimal()
