"""Which refused links are kept.

A value with many holders refuses many pairs that say the same. Of the pairs that a value refuses for one reason
between the same two customers, or inside one customer, the one with the smallest keys is kept. Where a value stands
on more than `NEIGHBOURS` customers, each is kept apart from the `NEIGHBOURS` next to it in the order of their first
keys: a thousand namesakes on one phone then cost 50,000 refused links instead of half a million, and none has no
explanation. Reasons of values (placeholder, shared by too many) are no pair's and are not here.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph.resolution.candidates import Cell, SharedValue
from graph.resolution.components import Components
from graph.resolution.conflicts import Rivals
from graph.resolution.model import RefusedLink
from graph.resolution.reasons import ReasonCode

NEIGHBOURS = 50


class Refusal(NamedTuple):
    """A pair of records that stands for all those like it, on one value."""

    a: str
    b: str
    reason: ReasonCode


def refused_by_stage(value: SharedValue, before: Components, after: Components, rivals: Rivals) -> Iterable[Refusal]:
    """The candidate pairs that rule 4 refused, one for every two components and two cells.

    ``before`` has the components of records when the stage began, ``after`` those of their roots when it ended.
    """
    here = [_first_keys(cell, before) for cell in value.cells]
    for i, j in value.candidates:
        for one, a in here[i].items():
            for other, b in here[j].items():
                if one != other and (i != j or one < other) and after.find(one) != after.find(other):
                    yield Refusal(min(a, b), max(a, b), rivals.reason(one, other) or ReasonCode.AMBIGUOUS)


def keep(value: SharedValue, by_stage: Iterable[Refusal], groups: Components) -> list[RefusedLink]:
    """What is stored of the pairs that the value refused, by rule 3 and by rule 4; ``groups`` are the final ones."""
    kept: dict[tuple[str, str, ReasonCode], tuple[str, str]] = {}
    found = [*_refused_by_pair(value, groups), *by_stage]
    places = _places(value, groups) if found else {}
    for a, b, reason in found:
        one, other = sorted((groups.find(a), groups.find(b)))
        if places[other] - places[one] <= NEIGHBOURS:
            kept[one, other, reason] = min((a, b), kept.get((one, other, reason), (a, b)))
    return [
        RefusedLink(a=a, b=b, kind=value.kind, identifier=value.key, reason=reason, inside=one == other)
        for (one, other, reason), (a, b) in kept.items()
    ]


def _refused_by_pair(value: SharedValue, groups: Components) -> Iterable[Refusal]:
    here = [_first_keys(cell, groups) for cell in value.cells]
    for i, j, reason in value.refused:
        for one, a in here[i].items():
            for other, b in here[j].items():
                if i != j or one < other:
                    yield Refusal(min(a, b), max(a, b), reason)
        if i == j:
            yield from (Refusal(a, b, reason) for a, b in _first_pairs(value.cells[i], groups))


def _first_keys(cell: Cell, components: Components) -> dict[str, str]:
    first: dict[str, str] = {}
    for key in cell.keys:
        first.setdefault(components.find(key), key)
    return first


def _first_pairs(cell: Cell, components: Components) -> Iterable[tuple[str, str]]:
    """The two smallest keys of the cell in each component that has two."""
    together: dict[str, list[str]] = {}
    for key in cell.keys:
        together.setdefault(components.find(key), []).append(key)
    return [(keys[0], keys[1]) for keys in together.values() if len(keys) > 1]


def _places(value: SharedValue, groups: Components) -> Mapping[str, int]:
    roots = {groups.find(key) for cell in value.cells for key in cell.keys}
    return {root: place for place, root in enumerate(sorted(roots))}
