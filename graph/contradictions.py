"""Whether a decision can stand beside those that stand already. Pure.

Records are named by birth ids, whether they are present or not: a contradiction that a deletion hides would come back
with the record.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.records import PartyType
from graph.resolution.model import Decision, Verdict
from graph.resolution.reasons import ReasonCode

Neighbours = Mapping[str, Sequence[tuple[int, str]]]  # record → its *sames*: (decision, the other record)
Reached = dict[str, tuple[int, ...]]  # record → the decisions on the way to it


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Why two decisions cannot stand together; ``chain`` holds the ids of the standing ones, each once."""

    reason: ReasonCode
    chain: tuple[int, ...]


def find_contradiction(
    proposed: Decision, standing: Iterable[Decision], parties: Mapping[str, PartyType]
) -> Contradiction | None:
    """What the proposed decision would contradict, or None.

    Only contradictions that it closes count, not those that the sources made since (a person who became a company).
    ``standing`` need not hold more than the *sames* that reach the proposed decision's records and the *differents*
    about any record so reached. A record that is not in ``parties`` is of unknown type.
    """
    decisions = [decision for decision in standing if decision.id != proposed.id]
    neighbours = _neighbours(decision for decision in decisions if decision.verdict is Verdict.SAME)
    if proposed.verdict is Verdict.DIFFERENT:
        path = _path(neighbours, proposed.left, proposed.right)
        return None if path is None else Contradiction(ReasonCode.STEWARD_DIFFERENT, path)
    a, b = sorted(proposed.left | proposed.right)
    ours, theirs = _reach(neighbours, a), _reach(neighbours, b)
    if b in ours:
        return None
    for decision in decisions:
        if decision.verdict is Verdict.DIFFERENT:
            for left, right in ((decision.left, decision.right), (decision.right, decision.left)):
                if left & ours.keys() and right & theirs.keys():
                    chain = (*_between(ours, left, theirs, right), decision.id)
                    return Contradiction(ReasonCode.STEWARD_DIFFERENT, chain)
    for one, other in ((PartyType.PERSON, PartyType.COMPANY), (PartyType.COMPANY, PartyType.PERSON)):
        here, there = _of_type(ours, parties, one), _of_type(theirs, parties, other)
        if here and there:
            return Contradiction(ReasonCode.DIFFERENT_PARTY_TYPES, _between(ours, here, theirs, there))
    return None


def _neighbours(sames: Iterable[Decision]) -> dict[str, list[tuple[int, str]]]:
    neighbours: dict[str, list[tuple[int, str]]] = {}
    for decision in sames:
        a, b = sorted(decision.left | decision.right)
        neighbours.setdefault(a, []).append((decision.id, b))
        neighbours.setdefault(b, []).append((decision.id, a))
    return neighbours


def _reach(neighbours: Neighbours, *starts: str) -> Reached:
    """The records that *sames* connect with the starts, nearest first, each with the decisions on the way."""
    reached: Reached = dict.fromkeys(starts, ())
    waiting = deque(starts)
    while waiting:
        here = waiting.popleft()
        for decision, other in neighbours.get(here, ()):
            if other not in reached:
                reached[other] = (*reached[here], decision)
                waiting.append(other)
    return reached


def _path(neighbours: Neighbours, left: Collection[str], right: Collection[str]) -> tuple[int, ...] | None:
    reached = _reach(neighbours, *sorted(left))
    return _nearest(reached, right) if reached.keys() & set(right) else None


def _between(ours: Reached, here: Collection[str], theirs: Reached, there: Collection[str]) -> tuple[int, ...]:
    """The *sames* from one of those here to one of those there, but for the proposed one in the middle."""
    return (*reversed(_nearest(ours, here)), *_nearest(theirs, there))


def _nearest(reached: Reached, wanted: Collection[str]) -> tuple[int, ...]:
    return next(path for record, path in reached.items() if record in wanted)


def _of_type(reached: Iterable[str], parties: Mapping[str, PartyType], party: PartyType) -> frozenset[str]:
    return frozenset(record for record in reached if parties.get(record) is party)
