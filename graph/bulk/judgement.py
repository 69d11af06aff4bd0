"""The raw components with conflicts, through `resolve_component`.

Records go by their ranks, written so that text sorts as numbers do: the rule orders keys and knows no more of them.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import pyarrow as pa

from graph.bulk.tables import Tables, rows_of
from graph.bulk.workers import Spread
from graph.records import PartyType
from graph.resolution.model import Evidence, Member
from graph.resolution.policy import Policy
from graph.resolution.rule import resolve_component

CHUNK = 5_000  # records judged together; a component is never cut

_SUSPECTS = """
create table suspect as
    select root, rank, full_name, birth_date, coalesce(party_type, 'unknown') as party_type
    from judged join record on rank = record.rowid order by root, rank
"""
_CLUES = """
create table clue as
    select root, key, eligible.kind, eligible.country,
        list(rank) filter (verified) as holders, list(rank) filter (not verified and not crowded) as claimants
    from judged join holding using (rank) join eligible using (value) join value using (value)
    group by all order by root, key
"""
_CHUNKS = """
select min(root) as first, max(root) as last
from (select root, (sum(count(*)) over (order by root) - count(*)) // $size as chunk from suspect group by root)
group by chunk order by chunk
"""
CUSTOMERS = pa.schema({"rank": pa.int32(), "founder": pa.int32()})
LINKS = pa.schema(
    {"a": pa.int32(), "b": pa.int32(), "kind": pa.string(), "accepted": pa.bool_(), "reason": pa.string()}
)
_ANSWERS = """
create table customer (rank integer, founder integer);
create table link (a integer, b integer, kind varchar, accepted boolean, reason varchar);
"""


class Task(NamedTuple):
    """Some whole raw components: a row for each record, and one for each value in each component."""

    suspects: pa.Table
    clues: pa.Table


class Judgement(NamedTuple):
    """Rows of `CUSTOMERS` and of `LINKS`."""

    customers: pa.Table
    links: pa.Table


def judge_components(tables: Tables, policy: Policy, watch: Callable[[float], None], spread: Spread = map) -> None:
    """Makes the tables ``customer`` and ``link`` of the raw components in ``judged``; ``watch`` hears what is done."""
    tables.execute(_ANSWERS)
    tables.execute(_SUSPECTS)
    tables.execute(_CLUES)
    chunks = tables.sql(_CHUNKS, params={"size": CHUNK}).fetchall()
    for number, judgement in enumerate(spread(partial(judge, policy=policy), _cut_tasks(tables, chunks)), start=1):
        tables.from_arrow(judgement.customers).insert_into("customer")
        tables.from_arrow(judgement.links).insert_into("link")
        watch(number / len(chunks))


def _cut_tasks(tables: Tables, chunks: Sequence[tuple[int, int]]) -> Iterator[Task]:
    for first, last in chunks:
        yield Task(*(_between(tables, name, first, last) for name in ("suspect", "clue")))


def _between(tables: Tables, name: str, first: int, last: int) -> pa.Table:
    return tables.table(name).filter(f"root between {first} and {last}").to_arrow_table()


def judge(task: Task, policy: Policy) -> Judgement:
    """Pure: the same in whichever process. The rule takes several components at once as it takes each."""
    members = [
        Member(
            key=_key(row["rank"]),
            rank=row["rank"],
            name=row["full_name"],
            birth_date=row["birth_date"],
            party_type=PartyType(row["party_type"]),
        )
        for row in task.suspects.to_pylist()
    ]
    evidence = [
        Evidence(
            key=row["key"],
            kind=row["kind"],
            country=row["country"],
            holders=tuple(map(_key, row["holders"] or ())),
            claimants=tuple(map(_key, row["claimants"] or ())),
        )
        for row in task.clues.to_pylist()
    ]
    resolution = resolve_component(members, evidence, (), policy)
    customers = [(int(key), int(group[0])) for group in resolution.groups for key in group]
    accepted = [(int(it.a), int(it.b), it.kind, True, None) for it in resolution.links]
    refused = [(int(it.a), int(it.b), it.kind, False, it.reason.value) for it in resolution.refused]
    return Judgement(rows_of(CUSTOMERS, customers), rows_of(LINKS, [*accepted, *refused]))


def _key(rank: int) -> str:
    return f"{rank:010d}"
