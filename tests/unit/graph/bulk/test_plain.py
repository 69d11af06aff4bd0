"""The quick way to a normal form is the slow one's equal, on everything that it answers."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.bulk.plain import make_macros, placeholder_pattern
from graph.bulk.tables import ask, open_tables
from graph.identifiers import normalise
from graph.identifiers.placeholders import load_placeholders
from graph.records import IdentifierValue
from graph.resolution.names import agree, canonical_name, contradict, vocabulary
from tests.unit.graph.bulk import WORLDS

DIGITS = st.text("0123456789", min_size=1, max_size=12)
NOISE = st.text(" -().+/;@_'\tKkÅeé0O", max_size=3)
PHONES = st.builds(
    lambda prefix, digits, cut, noise: prefix + digits[:cut] + noise + digits[cut:],
    st.sampled_from(["", "0", "+254", "254", "00254", "+44", "07", "2547", "+2541", "011"]),
    DIGITS,
    st.integers(0, 12),
    NOISE,
)
DOCUMENTS = st.builds(
    lambda head, digits, noise, tail: head + digits + noise + tail,
    st.sampled_from(["", "A", "P", "ID", "a", "test", "ABCDE", "Å", " "]),
    DIGITS,
    NOISE,
    st.sampled_from(["", "A", "z", "0", "0000", "ß"]),
)
LOCALS = st.text("abzAZ019._+-", min_size=1, max_size=8)
EMAILS = st.builds(
    lambda local, noise, domain: f"{local}{noise}@{domain}",
    LOCALS,
    st.sampled_from(["", "", "", " ", "é", "@", "K"]),
    st.sampled_from(
        [
            "gmail.com",
            "Example.co.KE",
            "test.local",
            "x.test",
            "a",
            "-a.com",
            "a..b",
            "a.invalid",
            "xn--bcher-kva.ch",
            "a_b.com",
        ]
    ),
)
WORDS = st.sampled_from(
    ["John", "mary", "O'Brien", "J.", "Mr", "DR", "Customer", "test", "Anne-Marie", "Wanjikũ", "", "17", "x", ",", "ǅ"]
)
NAMES = st.lists(WORDS, max_size=10).map(" ".join)


def plain(expression: str, raws: list[str]) -> list[str | None]:
    """What the macro answers for each text."""
    with open_tables() as tables:
        make_macros(tables)
        written = tables.sql("select unnest($raws::varchar[]) as raw, 'KE' as country", params={"raws": raws})
        return [found for (found,) in written.project(expression).fetchall()]


@pytest.mark.scaled
@settings(max_examples=WORLDS, deadline=None)
@given(st.lists(PHONES, min_size=20, max_size=60))
def test_phones(raws: list[str]) -> None:
    assert_equal("Phone", "plain_phone(raw, country)", raws)


@pytest.mark.scaled
@settings(max_examples=WORLDS, deadline=None)
@given(st.lists(DOCUMENTS, min_size=20, max_size=60))
@example(["12345678", "ID 1234-5678", "A001234567B", "A1234567", "P0123456789Z"])
def test_documents(raws: list[str]) -> None:
    assert_equal("NationalId", "plain_document(raw)", raws)
    assert_equal("Passport", "plain_passport(raw)", raws)
    assert_equal("TaxPin", "plain_tax_pin(raw, country)", raws)


@pytest.mark.scaled
@settings(max_examples=WORLDS, deadline=None)
@given(st.lists(EMAILS, min_size=20, max_size=60))
def test_the_local_part_of_an_address_is_its_own(raws: list[str]) -> None:
    """A plain local part is valid at every valid domain, and has the same normal form there."""
    for raw, local in zip(raws, plain("plain_local(raw)", raws), strict=True):
        if local is not None:
            domain = normalise("Email", "x@" + raw.partition("@")[2], None)
            whole = normalise("Email", raw, None)
            assert isinstance(whole, IdentifierValue) == isinstance(domain, IdentifierValue)
            if isinstance(whole, IdentifierValue) and isinstance(domain, IdentifierValue):
                assert whole.value == local + domain.value.removeprefix("x")


@pytest.mark.scaled
@settings(max_examples=WORLDS, deadline=None)
@given(st.lists(NAMES, min_size=20, max_size=60))
@example(["Mr John Doe", "mr dr", "Test User", "John Mr Dr Mr Doe", "A Mary", "a b c d e f g h i j", "O'Brien", "-"])
def test_names(raws: list[str]) -> None:
    known = plain("is_plain_name(raw)", raws)
    for raw, is_plain, name in zip(
        raws, known, plain("if(is_stand_in(tidy_name(raw)), null, tidy_name(raw))", raws), strict=True
    ):
        if is_plain:
            assert name == canonical_name(raw)


def test_what_nearly_everybody_writes_is_plain() -> None:
    phones = ["0712345678", "+254712345678", "254712345678", "712345678", "0712 345 678", "0110-123-456"]
    assert None not in plain("plain_phone(raw, country)", phones)
    assert None not in plain("plain_document(raw)", ["12345678", "A1234567", "1234 5678"])
    assert None not in plain("plain_local(raw)", ["john.doe@mail.com", "John_Doe99@x.co.ke"])
    assert all(plain("is_plain_name(raw)", ["John Doe", "DOE, John", "Mr. J. O'Brien-Smith"]))


@pytest.mark.scaled
@pytest.mark.parametrize("kind", ["NationalId", "Passport", "TaxPin", "Phone", "Email"])
@settings(max_examples=WORLDS, deadline=None)
@given(st.data())
def test_placeholders(kind: str, data: st.DataObject) -> None:
    known = load_placeholders()[kind]
    drawn = [st.from_regex(pattern, fullmatch=True) for pattern in known.patterns]
    plainly = st.text("0123456789+ABTES@.com", max_size=14)
    values = data.draw(st.lists(st.one_of(*drawn, plainly), min_size=10, max_size=40))
    values = [value for value in values if value.isascii() and value.isprintable()]
    with open_tables() as tables:
        statement = (
            "select regexp_full_match(value, $pattern) as found from (select unnest($values::varchar[]) as value)"
        )
        found = ask(tables, statement, values=values, pattern=placeholder_pattern(known))["found"].to_pylist()
    assert found == [any(pattern.fullmatch(value) for pattern in known.patterns) for value in values]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*sorted(vocabulary().given)[:40], "doe", "ltd", "j", "kamau"]), min_size=1, max_size=5),
    st.data(),
)
def test_a_name_that_has_all_words_of_another_agrees_with_it(words: list[str], data: st.DataObject) -> None:
    """If two of the words are full; in any case it does not contradict it. Of such names nothing is asked."""
    words = sorted(set(words))
    fewer = data.draw(st.lists(st.sampled_from(words), min_size=1, unique=True).map(sorted))
    assert not contradict(" ".join(words), " ".join(fewer))
    if sum(len(word) > 1 for word in fewer) >= 2:
        assert agree(" ".join(words), " ".join(fewer))


def assert_equal(kind: str, expression: str, raws: list[str]) -> None:
    for raw, value in zip(raws, plain(expression, raws), strict=True):
        if value is not None:
            found = normalise(kind, raw, "KE")
            assert isinstance(found, IdentifierValue)
            assert found.value == value
