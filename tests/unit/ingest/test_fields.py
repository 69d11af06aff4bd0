from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fields import MAX_MINOR, Scale, decimals_by_currency, hide_card, hide_id, to_minor_units, to_percent


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


@pytest.mark.parametrize("scale", get_args(Scale))
def test_every_scale_goes_from_0_to_100(scale: str) -> None:
    least, most = map(float, scale.split("-"))
    assert (to_percent(least, scale), to_percent(most, scale)) == (0, 100)


@pytest.mark.parametrize(("raw", "risk"), [(850, 0), (575, 50), (300, 100), (299, None), (851, None)])
def test_a_high_credit_score_is_a_low_risk(raw: float, risk: float | None) -> None:
    assert to_percent(raw, "850-300") == risk


@pytest.mark.parametrize("number", ["4532 0151 1283 0366", "4532-0151-1283-0366", "4532015112830366"])
def test_of_a_card_number_its_end_and_a_keyed_hash_are_left(number: str) -> None:
    last_four, fingerprint = hide_card(number, b"secret")
    assert (last_four, fingerprint) == hide_card("4532015112830366", b"secret")
    assert last_four == "0366"
    assert fingerprint != hide_card(number, b"another secret")[1]


def test_an_id_is_hidden_alike_every_time_and_otherwise_for_each_entity_and_secret() -> None:
    hidden = hide_id("ussd", "subscribers", "254722000101", b"secret")
    assert hidden == hide_id("ussd", "subscribers", "254722000101", b"secret")
    others = [("ussd", "sessions", b"secret"), ("web", "subscribers", b"secret"), ("ussd", "subscribers", b"another")]
    found = {hide_id(system, entity, "254722000101", secret) for system, entity, secret in others}
    assert len(found | {hidden}) == 4
    assert "254722000101" not in hidden


@pytest.mark.parametrize(
    ("number", "last_four"), [("4532 **** **** 0366", "0366"), ("0366", None), ("", None), ("4532 card no 036", None)]
)
def test_a_number_that_is_no_whole_one_has_no_hash(number: str, last_four: str | None) -> None:
    assert hide_card(number, b"secret") == (last_four, None)


@pytest.mark.parametrize(("raw", "scale"), [(-1, "0-1000"), (1001, "0-1000"), (1.5, "0-1"), (float("nan"), "0-1")])
def test_what_is_not_on_its_scale_is_no_score(raw: float, scale: str) -> None:
    assert to_percent(raw, scale) is None


@given(st.floats(0, 1))
def test_the_same_risk_is_the_same_score_on_either_scale(risk: float) -> None:
    assert to_percent(risk, "0-1") == pytest.approx(to_percent(risk * 1000, "0-1000"))
