"""Connected components over ranks: union-find on machine integers."""

from __future__ import annotations  # an array is not subscriptable before Python 3.12

from array import array
from collections.abc import Iterable, Iterator

import pyarrow as pa

from graph.bulk.tables import Tables, add_table, ask, count

# Each pair of a value's first record and another once: what a person's phone and e-mail say alike is said once.
_SPOKES = """
select distinct first, rank
from holding join eligible using (value) where stage is not null and rank <> first and (verified or $claims)
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


def connect_records(tables: Tables, *, claims: bool) -> None:
    """Makes the table ``raw``: for each rank the lowest rank of its component. Claims connect where they count."""
    forest = Forest(count(tables, "select count(*) from record"))
    for first, rank in pairs(ask(tables, _SPOKES, claims=claims), "first", "rank"):
        forest.unite(first, rank)
    roots = forest.roots()
    column = pa.Array.from_buffers(pa.int32(), len(roots), [None, pa.py_buffer(roots)])
    add_table(tables, "root", pa.table({"root": column}))
    tables.execute("create table raw as select rowid::integer as rank, root from root")
    tables.execute("drop table root")


def pairs(rows: pa.Table, a: str, b: str) -> Iterable[tuple[int, int]]:
    """Two columns of 32-bit integers without nulls, row by row."""
    return zip(_numbers(rows[a]), _numbers(rows[b]), strict=True)


def _numbers(column: pa.ChunkedArray) -> Iterator[int]:
    for chunk in column.chunks:
        yield from memoryview(chunk.buffers()[1]).cast("i")[chunk.offset : chunk.offset + len(chunk)]
