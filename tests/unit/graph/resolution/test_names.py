from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.resolution.names import (
    MAX_TOKENS,
    agree,
    birth_dates_contradict,
    canonical_name,
    contradict,
    likeness,
    token_similarity,
    vocabulary,
)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("John DOE", "doe john"),
        ("  doe,john ", "doe john"),
        ("Dr. Jos\u00e9 M\u00fcller-Garc\u00eda", "garcia jose muller"),
        ("Ng'ang'a Peter", "nganga peter"),
        ("Ng\u2019ang\u2019a, Peter", "nganga peter"),
        ("Mrs. J. Wanjiku", "j wanjiku"),
        ("STRASSE Stra\u00dfe", "strasse strasse"),
        ("Wanjiku", "wanjiku"),
        ("Test Mary", "mary test"),
        ("\u674e \u5c0f\u9f99", "\u5c0f\u9f99 \u674e"),
    ],
)
def test_canonical_names(raw: str, canonical: str) -> None:
    assert canonical_name(raw) == canonical


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        "...",
        "Customer 17",
        "customer17",
        "TEST USER",
        "Unknown",
        "N/A",
        "Mr.",
        "Dr Test",
        "0712345678",
        "null null",
    ],
)
def test_placeholder_names_are_missing(raw: str | None) -> None:
    assert canonical_name(raw) is None


def test_a_name_of_a_megabyte_is_cut() -> None:
    name = canonical_name("John " * 200_000)
    assert name is not None
    assert len(name.split()) == MAX_TOKENS


@pytest.mark.parametrize(
    ("a", "b", "similarity"),
    [
        ("john", "john", 1.0),
        ("john", "johnny", 0.95),
        ("mohamed", "muhammad", 0.95),
        ("j", "john", 0.9),
        ("john", "j", 0.9),
        ("j", "mary", 0.0),
        ("j", "k", 0.0),
        ("doe", "smith", 0.0),
        ("johnson", "john", 0.9143),  # Jaro–Winkler
        ("johnson", "jane", 0.0),  # 0.71 by Jaro–Winkler: below 0.88 counts for nothing
    ],
)
def test_tokens(a: str, b: str, similarity: float) -> None:
    assert token_similarity(a, b) == pytest.approx(similarity, abs=1e-4)


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("John Doe", "DOE, John", "agree"),
        ("Mike Johnson", "Michael Johnson", "agree"),
        ("John Doe", "John Kamau Doe", "agree"),
        ("Peter Nganga", "Ng'ang'a Petro K.", "agree"),
        ("John Doe", "J Doe", "compatible"),  # 0.95, but one full token
        ("John", "John", "compatible"),
        ("John", "John Doe", "compatible"),
        ("Doe Otieno", "Doe Kamau", "compatible"),  # 0.5, and no given name to tell
        ("John Doe", "Mary Doe", "contradict"),  # 0.5, but two given names
        ("Amina Otieno Oloo", "Yusuf Otieno Oloo", "contradict"),  # two thirds: siblings carry their father's names
        ("Amina Ali Hassan", "Yusuf Ali Hassan", "compatible"),  # Ali may be what either of them is called
        ("Mary Otieno", "Mary Kamau", "compatible"),  # one given name: a marriage
        ("Mary Wanjiku", "Grace Mary Kamau", "compatible"),
        ("Molly Doe", "Maria Doe", "agree"),  # one given name in two forms
        ("P. Doe", "Mary Doe", "contradict"),
        ("M. Doe", "Mary Doe", "compatible"),
        ("Mary Doe", "Zebedayo Doe", "compatible"),  # a name that is not listed is no evidence
        ("Kamau Traders Ltd", "John Kamau", "contradict"),
        ("John Kamau Traders", "John Kamau", "agree"),  # a sole trader: all words of the shorter name
        ("Kamau Traders Ltd", "Kamau Traders", "agree"),
        ("Kamau Traders", "Kamau Tradars", "agree"),
        ("John Doe", "Alice Johnson", "contradict"),
        ("Alice Wanjiku", "Jane Smith", "contradict"),
        ("John Peter Doe", "Mary Wanjiku Doe", "contradict"),  # one third
        ("John Doe", None, "compatible"),
        (None, None, "compatible"),
    ],
)
def test_verdicts(a: str | None, b: str | None, verdict: str) -> None:
    one, other = canonical_name(a), canonical_name(b)
    assert contradict(one, other) == (verdict == "contradict")
    assert agree(one, other) == (verdict == "agree")


def test_the_best_assignment_is_not_the_greedy_one() -> None:
    """Equal tokens first would leave ted without a partner: ned takes edward, so ted may take teddy."""
    assert likeness("edward ned", "edward ned").score == 1.0
    greedy = token_similarity("edwin", "edwin") + token_similarity("edward", "edwyn")
    best = likeness("edward edwin", "edwin edwyn")
    assert best.score == pytest.approx(
        max(greedy, token_similarity("edward", "edwin") + token_similarity("edwin", "edwyn")) / 2
    )


TOKENS = st.sampled_from(
    ["john", "jon", "johnny", "j", "doe", "d", "mary", "jack", "ed", "ned", "johnson", "traders", "tradars"]
)
CANONICAL = st.lists(TOKENS, min_size=1, max_size=4).map(lambda tokens: " ".join(sorted(tokens)))


@settings(max_examples=200, deadline=None)
@given(CANONICAL, CANONICAL)
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b).score <= 1
    assert likeness(a, a).score == 1


@settings(max_examples=200, deadline=None)
@given(CANONICAL, CANONICAL)
def test_the_score_is_the_best_of_all_assignments(a: str, b: str) -> None:
    shorter, longer = sorted((a.split(), b.split()), key=len)
    assigned = [list(zip(shorter, chosen, strict=True)) for chosen in permutations(longer, len(shorter))]
    best, full = max(
        (
            round(sum(token_similarity(*pair) for pair in pairs), 5),
            sum(token_similarity(*pair) > 0 and min(map(len, pair)) > 1 for pair in pairs),
        )
        for pairs in assigned
    )
    assert likeness(a, b).score == pytest.approx(best / len(shorter), abs=1e-5)
    assert likeness(a, b).full == full


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_a_canonical_name_is_its_own(raw: str) -> None:
    name = canonical_name(raw)
    assert name is None or canonical_name(name) == name


EARLY, LATE = date(1980, 1, 1), date(1990, 1, 1)


@pytest.mark.parametrize(
    ("a", "a_born", "b", "b_born", "contradicts"),
    [
        ("doe john", EARLY, "doe jon", LATE, True),
        ("doe john", EARLY, "doe john", LATE, False),
        ("john", EARLY, "john", LATE, True),
        ("doe j", EARLY, "doe j", LATE, True),
        (None, EARLY, None, LATE, True),
        ("doe john", EARLY, "mary", EARLY, False),
        ("doe john", None, "mary", LATE, False),
    ],
)
def test_birth_dates(a: str | None, a_born: date | None, b: str | None, b_born: date | None, contradicts: bool) -> None:
    assert birth_dates_contradict(a, a_born, b, b_born) is contradicts


@settings(max_examples=200, deadline=None)
@given(CANONICAL, CANONICAL)
def test_contradiction_is_symmetric_and_never_agreement(a: str, b: str) -> None:
    assert contradict(a, b) == contradict(b, a)
    assert not contradict(a, a)
    assert not (contradict(a, b) and agree(a, b))


def test_the_vocabulary_is_written_in_canonical_tokens() -> None:
    known = vocabulary()
    for token in [*known.variants, *known.titles, *known.placeholders, *known.given, *known.company]:
        assert token == token.casefold()
        assert token.isalnum()
    assert not known.titles & (set(known.variants) | known.given | known.company)
