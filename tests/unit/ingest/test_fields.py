from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fields import MAX_MINOR, SPANS, decimals_by_currency, to_minor_units, to_percent


def test_currencies_have_the_decimals_of_iso_4217() -> None:
    known = decimals_by_currency()
    assert {code: known[code] for code in ("KES", "UGX", "TZS", "JPY", "KWD", "UYW", "USD", "EUR")} == {
        "KES": 2, "UGX": 0, "TZS": 2, "JPY": 0, "KWD": 3, "UYW": 4, "USD": 2, "EUR": 2,
    }  # fmt: skip


def test_each_currency_is_listed_once() -> None:
    assert all(len(code) == 3 and code.isupper() for code in decimals_by_currency())
    assert len(decimals_by_currency()) > 150


@given(st.integers(-MAX_MINOR, MAX_MINOR), st.integers(0, 4))
def test_minor_units_are_exact_where_the_currency_can_say_the_amount(minor: int, decimals: int) -> None:
    assert to_minor_units(Decimal(minor).scaleb(-decimals), decimals) == (minor, True)


def test_half_a_unit_goes_to_the_even_neighbour() -> None:
    assert [to_minor_units(Decimal(text), 2)[0] for text in ("0.125", "0.135", "-0.125")] == [12, 14, -12]


@pytest.mark.parametrize("scale", sorted(SPANS))
def test_every_scale_ends_at_100(scale: str) -> None:
    assert (to_percent(0, scale), to_percent(SPANS[scale], scale)) == (0, 100)


@pytest.mark.parametrize(("raw", "scale"), [(-1, "0-1000"), (1001, "0-1000"), (1.5, "0-1"), (float("nan"), "0-1")])
def test_what_is_not_on_its_scale_is_no_score(raw: float, scale: str) -> None:
    assert to_percent(raw, scale) is None


@given(st.floats(0, 1))
def test_the_same_risk_is_the_same_score_on_either_scale(risk: float) -> None:
    assert to_percent(risk, "0-1") == pytest.approx(to_percent(risk * 1000, "0-1000"))
