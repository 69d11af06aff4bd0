"""Which values link, as `judge_value` says: counted over all holders, judged once for equal counts."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from graph.bulk.tables import Tables, add_table, ask, count
from graph.identifiers import KINDS
from graph.resolution.candidates import Bar
from graph.resolution.eligibility import judge_value
from graph.resolution.policy import Policy

_COUNTED = """
create table counted as
    select value, count(*) as members, count(*) filter (verified) as holders, min(rank) filter (verified) as first
    from holding group by value
"""
# There are no more people than holders: names are counted only where that bound could decide.
_PEOPLE = """
create table crowd as
    select value, count(distinct name) + count(*) filter (name is null) as people
    from holding join named using (rank)
    where verified and value in (select value from counted where holders > $few) group by value
"""
_SHOWN = """
create table shown as
    select value, kind, country, placeholder, first, members, holders, members - holders > $hub as crowded,
        coalesce(people, holders) as people
    from counted join value using (value) left join crowd using (value)
"""
_DISTINCT = "select distinct kind, placeholder, holders, people from shown"
_VERDICT = pa.schema(
    {
        "kind": pa.string(),
        "placeholder": pa.bool_(),
        "holders": pa.int64(),
        "people": pa.int64(),
        "reason": pa.string(),
        "stage": pa.int32(),
        "bar": pa.string(),
    }
)
# Claims on a value that nobody holds link nobody.
_ELIGIBLE = """
create table eligible as
    select value, kind, country, first, members > 1 and stage is not null as links, stage, bar, crowded
    from shown join verdict using (kind, placeholder, holders, people) where reason is null and holders > 0
"""
_SUPPRESSED = """
select count(*) from shown join verdict using (kind, placeholder, holders, people) where reason = 'shared_by_too_many'
"""


def judge_values(tables: Tables, policy: Policy) -> int:
    """Makes the table ``eligible``; answers how many values are shared by too many."""
    tables.execute(_COUNTED)
    tables.execute(_PEOPLE, {"few": min(policy.cap, policy.document_cap, policy.private_limit)})
    tables.execute(_SHOWN, {"hub": policy.hub})
    distinct = ask(tables, _DISTINCT).to_pylist()
    verdicts = [case | _judge(policy=policy, **case) for case in distinct]
    add_table(tables, "verdict", pa.Table.from_pylist(verdicts, schema=_VERDICT))
    tables.execute(_ELIGIBLE)
    suppressed = count(tables, _SUPPRESSED)
    tables.execute("drop table counted; drop table crowd; drop table shown; drop table verdict")
    return suppressed


def _judge(kind: str, placeholder: bool, holders: int, people: int, policy: Policy) -> Mapping[str, Any]:
    """For values like this: ``reason`` why they link nobody, the ``stage`` of the kind, and the ``bar`` of their pairs,
    as far as that is told without the names on the value."""
    stages = [number for number, kinds in enumerate(policy.stages, start=1) if kind in kinds]
    return {
        "reason": judge_value(kind, holders=holders, people=people, placeholder=placeholder, policy=policy),
        "stage": next(iter(stages), None),
        "bar": _bar(kind, people, policy).name,
    }


def _bar(kind: str, people: int, policy: Policy) -> Bar:
    if not policy.judge:
        return Bar.NONE
    if kind in policy.corroborated or people > policy.private_limit:
        return Bar.AGREEMENT
    return Bar.CONTACT if KINDS[kind].weak else Bar.DOCUMENT
