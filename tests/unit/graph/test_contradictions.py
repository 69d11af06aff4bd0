"""Whether a decision can stand beside others: named cases, and a law against the words of the design."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from graph.contradictions import Contradiction, find_contradiction
from graph.records import PartyType
from graph.resolution.components import Components
from graph.resolution.model import Decision, Verdict
from graph.resolution.reasons import ReasonCode

NEW = 100
PERSON, COMPANY = PartyType.PERSON, PartyType.COMPANY


def same(number: int, a: str, b: str) -> Decision:
    return Decision(id=number, verdict=Verdict.SAME, left=frozenset(a), right=frozenset(b))


def different(number: int, left: str, right: str) -> Decision:
    return Decision(id=number, verdict=Verdict.DIFFERENT, left=frozenset(left), right=frozenset(right))


def contradiction(
    proposed: Decision, *standing: Decision, parties: Mapping[str, PartyType] | None = None
) -> tuple[str, tuple[int, ...]] | None:
    found = find_contradiction(proposed, standing, parties or {})
    return None if found is None else (found.reason.value, found.chain)


def test_a_different_over_a_chain_of_sames_names_the_chain() -> None:
    sames = same(1, "a", "b"), same(2, "c", "b"), same(3, "c", "d"), same(4, "x", "y")
    assert contradiction(different(NEW, "a", "d"), *sames) == ("steward_different", (1, 2, 3))
    assert contradiction(different(NEW, "ax", "dz"), *sames) == ("steward_different", (1, 2, 3))
    assert contradiction(different(NEW, "a", "x"), *sames) is None


def test_a_same_that_would_close_a_chain_under_a_different_names_it_all() -> None:
    standing = same(1, "a", "b"), same(2, "c", "d"), different(3, "dq", "ap")
    assert contradiction(same(NEW, "b", "c"), *standing) == ("steward_different", (1, 2, 3))
    assert contradiction(same(NEW, "c", "b"), *standing) == ("steward_different", (1, 2, 3))
    assert contradiction(same(NEW, "b", "x"), *standing) is None


def test_a_same_between_the_sides_of_a_different_names_that_one() -> None:
    assert contradiction(same(NEW, "a", "b"), different(7, "xa", "yb")) == ("steward_different", (7,))
    assert contradiction(same(NEW, "x", "a"), different(7, "xa", "yb")) is None


def test_a_person_and_a_company_are_never_the_same() -> None:
    parties = {"a": PERSON, "c": COMPANY}
    assert contradiction(same(NEW, "a", "c"), parties=parties) == ("different_party_types", ())
    assert contradiction(same(NEW, "b", "c"), same(1, "a", "b"), parties=parties) == ("different_party_types", (1,))
    assert contradiction(same(NEW, "b", "a"), same(1, "a", "x"), parties=parties) is None


def test_what_stands_contradictory_already_does_not_block_others() -> None:
    """A record became a company at its source after somebody had called it the same as a person's."""
    parties = {"a": PERSON, "b": COMPANY}
    assert contradiction(same(NEW, "x", "y"), same(1, "a", "b"), parties=parties) is None
    assert contradiction(same(NEW, "b", "a"), same(1, "a", "b"), parties=parties) is None


RECORDS = st.sampled_from("abcdef")
PAIRS = st.permutations("abcdef").map(lambda drawn: (drawn[0], drawn[1]))
SIDES = st.tuples(st.permutations("abcdef"), st.integers(1, 2), st.integers(1, 2)).map(
    lambda drawn: ("".join(drawn[0][: drawn[1]]), "".join(drawn[0][3 : 3 + drawn[2]]))
)
MAKERS = PAIRS.map(lambda ends: lambda number: same(number, *ends)) | SIDES.map(
    lambda sides: lambda number: different(number, *sides)
)


@given(st.lists(MAKERS, min_size=1, max_size=9), st.dictionaries(RECORDS, st.sampled_from(PartyType)))
def test_exactly_what_closes_a_contradiction_is_found(
    drawn: list[Callable[[int], Decision]], parties: dict[str, PartyType]
) -> None:
    """The chain and the decision contradict, and nothing of the chain could be left out."""
    standing = [make(number) for number, make in enumerate(drawn[:-1], start=1)]
    proposed = drawn[-1](NEW)
    found = find_contradiction(proposed, standing, parties)
    if found is None:
        assert _clashes([*standing, proposed], parties) == _clashes(standing, parties)
        return
    chain = [decision for decision in standing if decision.id in found.chain]
    assert len(chain) == len(found.chain)
    assert _clashes([*chain, proposed], parties) - _clashes(chain, parties)
    reasons = {reason for reason, *_ in _clashes([*chain, proposed], parties)}
    assert found.reason in reasons
    if found.reason is ReasonCode.STEWARD_DIFFERENT:
        for one in chain:
            rest = [decision for decision in chain if decision is not one]
            closed = _clashes([*rest, proposed], parties) - _clashes(rest, parties)  # some may clash without it
            assert not any(reason is found.reason for reason, *_ in closed)


def _clashes(decisions: Iterable[Decision], parties: Mapping[str, PartyType]) -> set[tuple[ReasonCode, str, str]]:
    """Pairs of records that *sames* connect and that may not be one, by the words of the design."""
    decisions = list(decisions)
    joined = Components("abcdef")
    for decision in decisions:
        if decision.verdict is Verdict.SAME:
            joined.unite_all([*decision.left, *decision.right])
    apart = [
        (ReasonCode.STEWARD_DIFFERENT, min(pair), max(pair))
        for decision in decisions
        if decision.verdict is Verdict.DIFFERENT
        for pair in product(decision.left, decision.right)
    ]
    apart += [
        (ReasonCode.DIFFERENT_PARTY_TYPES, min(pair), max(pair))
        for pair in product(parties, parties)
        if (parties[pair[0]], parties[pair[1]]) == (PERSON, COMPANY)
    ]
    return {(reason, a, b) for reason, a, b in apart if joined.find(a) == joined.find(b)}


def test_the_order_of_what_stands_does_not_decide_whether_it_is_found() -> None:
    standing = [same(1, "a", "b"), different(2, "b", "c"), different(3, "a", "c")]
    assert contradiction(same(NEW, "c", "a"), *standing) is not None
    assert contradiction(same(NEW, "c", "a"), *reversed(standing)) is not None
    assert find_contradiction(same(NEW, "c", "b"), standing, {}) == Contradiction(ReasonCode.STEWARD_DIFFERENT, (2,))
