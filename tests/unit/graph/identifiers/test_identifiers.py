"""What holds for every kind, whatever a source writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import KINDS, MAX_RAW, normalise
from graph.records import IdentifierValue, InvalidValue

KIND = st.sampled_from(sorted(KINDS))
COUNTRY = st.sampled_from(["KE", "ke", "TZ", "XX", None])
WRITTEN = st.text(max_size=30) | st.from_regex(r"[0-9A-Za-z +()./@-]{1,20}", fullmatch=True)


@given(KIND, WRITTEN, COUNTRY)
def test_any_text_is_a_value_or_invalid_or_blank(kind: str, raw: str, country: str | None) -> None:
    found = normalise(kind, raw, country)
    assert found is None if not raw.strip() else isinstance(found, IdentifierValue | InvalidValue)
    assert found is None or (found.kind, found.raw) == (kind, raw)


@given(KIND, WRITTEN, COUNTRY)
def test_a_normal_form_is_its_own_normal_form(kind: str, raw: str, country: str | None) -> None:
    found = normalise(kind, raw, country)
    if isinstance(found, IdentifierValue):
        again = normalise(kind, found.value, country)
        assert isinstance(again, IdentifierValue)
        assert (again.value, again.key) == (found.value, found.key)


@given(KIND, WRITTEN)
def test_a_mask_shows_at_most_four_characters_and_a_third_of_a_number(kind: str, raw: str) -> None:
    found = normalise(kind, raw, "KE")
    if isinstance(found, IdentifierValue):
        shown = found.masked.replace("***", "")
        assert found.value not in found.masked
        assert len(shown) <= 4
        assert kind == "Email" or len(shown) <= len(found.value) / 3


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "raw", ["1" * 1_000_000, "1234\x005678", "1234\u202e5678", "\ud800", "1234\t5678", "?" * (MAX_RAW + 1)]
)
def test_hostile_text_is_invalid(kind: str, raw: str) -> None:
    assert normalise(kind, raw, "KE") == InvalidValue(kind=kind, raw=raw)


@pytest.mark.parametrize("raw", [None, "", " ", "\t\n", "\u00a0", " " * 1_000_000])
def test_blank_is_nothing(raw: str | None) -> None:
    assert normalise("Phone", raw, "KE") is None


def test_the_raw_text_and_the_verification_travel_with_the_value() -> None:
    claimed = normalise("Phone", " 0712 345 678 ", "KE", verified=False)
    assert claimed == IdentifierValue(
        kind="Phone", value="+254712345678", raw=" 0712 345 678 ", verified=False, masked="***5678"
    )


def test_only_numbers_that_a_country_issues_carry_a_country() -> None:
    kinds = {name for name in KINDS if KINDS[name].by_country}
    assert kinds == {"NationalId", "Passport", "TaxPin", "DrivingLicence", "CompanyRegistration", "Document"}
    national_id = normalise("NationalId", "12345678", "ke")
    assert isinstance(national_id, IdentifierValue)
    assert national_id.key == "NationalId|KE|12345678"


def test_an_unknown_kind_is_the_caller_s_mistake() -> None:
    with pytest.raises(KeyError):
        normalise("ShoeSize", "43", "KE")
