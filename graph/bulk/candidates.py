"""Rule 3 in columns: which pairs of cells of a value may be linked.

A cell is what `graph.resolution.candidates` calls one: the records on a value that have one profile and hold it, or
claim it. Two profiles are judged by `refusal`, once for each bar, wherever they meet.
"""

import pyarrow as pa

from graph.bulk.tables import Tables, add_table, rows_of
from graph.bulk.workers import Spread
from graph.resolution.candidates import Bar, Profile, refusal
from graph.resolution.policy import Policy

CHUNK = 10_000  # pairs of profiles judged together

# Under a policy that does not judge a claim is nothing, and anywhere where too many claim the value.
_OCCUPANT = """
create table occupant as
    select value, not verified as claims, profile, rank
    from holding join eligible using (value) join named using (rank)
    where links and (verified or ($judge and not crowded))
"""
_CELL = """
create table cell as
    select value, claims, profile, min(rank) as first, count(*) as records from occupant group by value, claims, profile
"""
_EXCLUSIVE = """
create table exclusive as
    select rank, kind, country, min(value) as value, count(*) > 1 as several
    from holding join eligible using (value)
    where verified and $judge and list_contains($exclusive, kind) group by rank, kind, country
"""
# Holders that name one number each conflict if the numbers differ; with several each, only the rule itself can tell.
_CONTESTED = """
create table contested as
    select occupant.value, bool_or(several) as doubtful
    from occupant join eligible using (value) join exclusive using (rank)
    where bar = 'CONTACT' and not claims
    group by occupant.value, exclusive.kind, exclusive.country having min(exclusive.value) <> max(exclusive.value)
"""
_PAIR = """
create table pair as
    select value, a.profile as a, a.claims as a_claims, a.first as a_first,
        b.profile as b, b.claims as b_claims, b.first as b_first,
        case when a.claims or b.claims then 'CLAIM'
             when value in (select value from contested) then 'AGREEMENT' else bar end as bar
    from cell a join cell b using (value) join eligible using (value)
    where not (a.claims and b.claims) and (a.profile < b.profile
        or (a.profile = b.profile and (a.claims < b.claims or (a.claims = b.claims and a.records > 1))))
"""
_MET = """
create or replace table met as
    select bar, a, b, one.name as a_name, one.birth_date as a_born, other.name as b_name, other.birth_date as b_born
    from (select distinct bar, a, b from pair where list_contains($bars, bar))
        join profile one on one.profile = a join profile other on other.profile = b
    where bar not in ('CONTACT', 'DOCUMENT') or one.birth_date <> other.birth_date or one.name <> other.name
"""
# A name that has all words of another does not contradict it, and agrees if two of them are full; documents are only
# disputed where birth dates differ besides. Of most pairs nothing needs to be asked.
_ASKED = """
with compared as (
    select met.*, one.canonical as one, other.canonical as other,
        coalesce(list_has_all(one.words, other.words) or list_has_all(other.words, one.words), false) as inside,
        coalesce(least(one.full_words, other.full_words), 0) as full_words
    from met left join name one on one.name = a_name left join name other on other.name = b_name
)
select bar, a, b, one as a_name, a_born, other as b_name, b_born
from compared
where case bar
    when 'DOCUMENT' then a_born <> b_born and not inside
    when 'CONTACT' then a_born <> b_born or not inside
    else a_born <> b_born or not inside or full_words < 2 end
order by compared.a_name, compared.b_name
"""
# Where names contradict each other, a nameless holder may be either's.
_DIVIDED = """
create table divided as
    select distinct value from pair join verdict using (bar, a, b) where bar = 'CONTACT' and reason = 'names_contradict'
"""
_NAMELESS = """
update pair set bar = 'NAMED_CONTACT'
where bar = 'CONTACT' and value in (from divided)
    and (a in (select profile from profile where name is null) or b in (select profile from profile where name is null))
"""
_REFUSED = "create table refused as select pair.*, reason from pair join verdict using (bar, a, b)"
_ACCEPTED = "create table accepted as select pair.* from pair anti join verdict using (bar, a, b)"
_VERDICT = pa.schema({"bar": pa.string(), "a": pa.int32(), "b": pa.int32(), "reason": pa.string()})


def judge_pairs(tables: Tables, policy: Policy, spread: Spread = map) -> None:
    """Makes ``occupant``, ``cell``, ``exclusive``, ``contested``, and the pairs of cells: ``accepted``, ``refused``."""
    judge = policy.judge
    tables.execute(_OCCUPANT, {"judge": judge})
    tables.execute(_CELL)
    tables.execute(_EXCLUSIVE, {"judge": judge, "exclusive": list(policy.exclusive)})
    tables.execute(_CONTESTED)
    tables.execute(_PAIR)
    bars = [bar.name for bar in Bar if bar not in (Bar.NONE, Bar.NAMED_CONTACT)]
    add_table(tables, "verdict", _judge_all(tables, bars, spread))
    tables.execute(_DIVIDED)
    tables.execute(_NAMELESS)
    tables.from_arrow(_judge_all(tables, [Bar.NAMED_CONTACT.name], spread)).insert_into("verdict")
    tables.execute(_REFUSED)
    tables.execute(_ACCEPTED)
    tables.execute("drop table pair; drop table met; drop table divided; drop table verdict")


def _judge_all(tables: Tables, bars: list[str], spread: Spread) -> pa.Table:
    """The verdicts on the pairs that have these bars to clear."""
    tables.execute(_MET, {"bars": bars})
    asked = tables.sql(_ASKED).to_arrow_reader(CHUNK)
    return pa.concat_tables([_VERDICT.empty_table(), *spread(_judge, asked)])


def _judge(asked: pa.RecordBatch) -> pa.Table:
    """The pairs that do not clear their bar, and why."""
    columns = asked.to_pydict()
    names = ("bar", "a", "b", "a_name", "a_born", "b_name", "b_born")
    refused = [
        (bar, a, b, reason.value)
        for bar, a, b, a_name, a_born, b_name, b_born in zip(*(columns[name] for name in names), strict=True)
        if (reason := refusal(Bar[bar], Profile(a_name, a_born), Profile(b_name, b_born))) is not None
    ]
    return rows_of(_VERDICT, refused)
