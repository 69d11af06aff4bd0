"""How good a partition is at what a phenomenon makes hard: told pair by pair, counted in linear time."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from bench.clerk import Row
from bench.contestants import Groups
from bench.inhabitants import Phenomenon


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the true pairs that have a record with the phenomenon, the share found; and the false pairs that have one."""

    true_pairs: int
    recall: float
    false_pairs: int


def costs(groups: Groups, rows: Iterable[Row]) -> dict[Phenomenon, Cost]:
    rows = tuple(rows)
    return {phenomenon: _cost(groups, rows, phenomenon) for phenomenon in Phenomenon}


def _cost(groups: Groups, rows: tuple[Row, ...], phenomenon: Phenomenon) -> Cost:
    hit = {row.record for row in rows if phenomenon in row.phenomena}
    same = touched({row.record: row.party for row in rows}, hit)
    together = touched({row.record: groups[row.record] for row in rows}, hit)
    right = touched({row.record: (groups[row.record], row.party) for row in rows}, hit)
    return Cost(same, right / same if same else 1.0, together - right)


def touched(group_of: Mapping[str, Hashable], records: set[str]) -> int:
    """The pairs of one group of which at least one record is among these."""
    return _pairs(group_of.values()) - _pairs(group for record, group in group_of.items() if record not in records)


def _pairs(groups: Iterable[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())
