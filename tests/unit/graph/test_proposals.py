"""What a steward's words are made of; no message quotes a value."""

from datetime import UTC, datetime, timedelta

import pytest

from graph.errors import BadDecision
from graph.proposals import read_content, read_note, read_value


@pytest.mark.parametrize(
    ("kind", "raw", "country", "found"),
    [
        ("Phone", "0712 345 678", "KE", "Phone|+254712345678"),
        ("Phone", "+254712345678", None, "Phone|+254712345678"),
        ("NationalId", "123-456-78", "ke", "NationalId|KE|12345678"),
        ("Email", "Jane@Example.org", None, "Email|jane@example.org"),
    ],
)
def test_a_value_is_read_as_a_source_s_is(kind: str, raw: str, country: str | None, found: str) -> None:
    assert read_value(kind, raw, country).key == found


@pytest.mark.parametrize(
    ("kind", "raw", "country", "told"),
    [
        ("Phone", "secret", "KE", "no valid Phone in KE"),
        ("Phone", "0712345678", None, "no valid Phone without a country"),
        ("Phone", " ", "KE", "no valid Phone"),
        ("NationalId", "12345678", None, "name the country"),
        ("Hat", "12345678", "KE", "no identifier kind 'Hat': choose one of CompanyRegistration"),
        ("NameBirth", "secret", None, "no identifier kind"),
    ],
)
def test_a_value_that_is_none_is_refused_without_being_quoted(
    kind: str, raw: str, country: str | None, told: str
) -> None:
    with pytest.raises(BadDecision, match=told) as refused:
        read_value(kind, raw, country)
    assert raw == " " or raw not in str(refused.value)


@pytest.mark.parametrize(
    ("field", "text", "content"),
    [
        ("name", " Jane Wanjiru ", "Jane Wanjiru"),
        ("birth_date", "19900517", "1990-05-17"),
        ("party_type", "company", "company"),
        ("phone", "0712345678", "+254712345678"),
        ("national_id", "12 345 678", "12345678"),
    ],
)
def test_a_correction_is_kept_as_the_golden_record_holds_it(field: str, text: str, content: str) -> None:
    assert read_content(field, text, "KE") == content


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "Customer 17"),
        ("name", ""),
        ("name", "Jane\nDoe"),
        ("name", "Jane " * 200),
        ("birth_date", "17 May 1990"),
        ("birth_date", (datetime.now(UTC).date() + timedelta(days=2)).isoformat()),
        ("party_type", "unknown"),
        ("email", "jane"),
        ("hat", "red"),
    ],
)
def test_a_correction_that_says_nothing_is_refused(field: str, text: str) -> None:
    with pytest.raises(BadDecision):
        read_content(field, text, "KE")


def test_who_and_why_must_be_said() -> None:
    assert read_note(" jane ", "seen it\nmyself") == ("jane", "seen it\nmyself")
    for by, reason in (("", "why"), ("jane", "\n"), ("jane", "x" * 501), ("ja\x00ne", "why")):
        with pytest.raises(BadDecision, match="A decision needs"):
            read_note(by, reason)
