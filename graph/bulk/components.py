"""Connected components over ranks: union-find on machine integers."""

from __future__ import annotations  # an array is not subscriptable before Python 3.12

from array import array
from collections.abc import Iterable, Iterator

import pyarrow as pa

from graph.bulk.tables import Tables, add_table, ask, count
from graph.resolution.policy import Policy

# What accepted pairs connect: the first record of one cell with that of the other, and in each all records with it.
_CELLS = "select distinct a_first, b_first from accepted where a_first <> b_first"
_RECORDS = """
select distinct first, rank
from occupant join cell using (value, claims, profile) semi join (
    select value, a_claims as claims, a as profile from accepted union all
    select value, b_claims, b from accepted
) linked using (value, claims, profile)
where records > 1 and rank <> first
"""
_CONFLICTS = """
create table conflicting as
    select root from exclusive join together using (rank)
        group by root, kind, country having min(value) <> max(value)
    union select root from record join together on rank = record.rowid
        where $judge and party_type <> 'unknown' group by root having min(party_type) <> max(party_type)
    union select root from contested join occupant using (value) join together using (rank) where doubtful
"""
_REFUSED = """
select distinct one.root as a, other.root as b
from occupant semi join refused using (value) join eligible using (value)
    join together one on one.rank = first join together other on other.rank = occupant.rank
where one.root <> other.root
"""
_JUDGED = """
create table judged as
    select raw.rank, raw.root from raw
    where root in (select raw.root from conflicting join raw on raw.rank = conflicting.root)
"""


class Forest:
    """The numbers below ``size`` in parts; the root of a part is its smallest number."""

    def __init__(self, size: int) -> None:
        self._parent = array("i", range(size))

    def unite(self, a: int, b: int) -> bool:
        """Whether the two were apart until now."""
        parent = self._parent
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]  # path halving
        while parent[b] != b:
            parent[b] = b = parent[parent[b]]
        parent[max(a, b)] = min(a, b)
        return a != b

    def roots(self) -> array[int]:
        """The root of each number; ascending, because a parent is never above its child."""
        parent = self._parent
        for number, above in enumerate(parent):
            parent[number] = parent[above]
        return parent


def connect_records(tables: Tables, policy: Policy) -> None:
    """Makes the table ``together``, whose roots are the components of the candidate links, and ``judged``.

    Where nobody in any candidate component of a raw component conflicts with another, rule 4 refuses nothing, and
    the candidate components are the customers. The raw components that are left are ``judged``, under their own roots.
    """
    forest = Forest(count(tables, "select count(*) from record"))
    for statement in (_CELLS, _RECORDS):
        for a, b in pairs(ask(tables, statement)):
            forest.unite(a, b)
    _add_roots(tables, "together", forest)
    tables.execute(_CONFLICTS, {"judge": policy.judge})
    for a, b in pairs(ask(tables, _REFUSED)):
        forest.unite(a, b)
    _add_roots(tables, "raw", forest)
    tables.execute(_JUDGED)
    tables.execute("drop table raw; drop table conflicting")


def _add_roots(tables: Tables, name: str, forest: Forest) -> None:
    roots = forest.roots()
    column = pa.Array.from_buffers(pa.int32(), len(roots), [None, pa.py_buffer(roots)])
    numbered = pa.table({"rank": pa.array(range(len(roots)), pa.int32()), "root": column})
    add_table(tables, name, numbered)


def pairs(rows: pa.Table) -> Iterable[tuple[int, int]]:
    """The first two columns, of 32-bit integers without nulls, row by row."""
    return zip(_numbers(rows[0]), _numbers(rows[1]), strict=True)


def _numbers(column: pa.ChunkedArray) -> Iterator[int]:
    for chunk in column.chunks:
        yield from memoryview(chunk.buffers()[1]).cast("i")[chunk.offset : chunk.offset + len(chunk)]
