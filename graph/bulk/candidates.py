"""Rule 3 in columns: which pairs of cells of a value may be linked.

A cell is what `graph.resolution.candidates` calls one: the records on a value that have one profile, and hold or
claim it. Pairs of profiles are judged by `refusal`, each once for each bar, wherever they meet.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from graph.bulk.tables import Tables, add_table, ask
from graph.resolution.candidates import Bar, Profile, refusal
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode

# Under a policy that does not judge a claim is nothing.
_OCCUPANT = """
create table occupant as
    select value, not verified as claims, profile, rank
    from holding join eligible using (value) join named using (rank) where links and (verified or $judge)
"""
_CELL = """
create table cell as
    select value, claims, profile, min(rank) as first, count(*) as records from occupant group by value, claims, profile
"""
# Records with several values of one exclusive kind and country are few, and left to the rule itself.
_HELD_ALONE = """
create table exclusive as
    select rank, kind, country, min(value) as value, count(*) > 1 as several
    from holding join eligible using (value)
    where verified and list_contains($exclusive, kind) group by rank, kind, country
"""
_CONTESTED = """
create table contested as
    select occupant.value, bool_or(several) as several
    from occupant join eligible using (value) join exclusive using (rank)
    where bar = 'CONTACT' and not claims
    group by occupant.value, exclusive.kind, exclusive.country having min(exclusive.value) <> max(exclusive.value)
"""
_PAIR = """
create table pair as
    select value, a.profile as a, a.claims as a_claims, b.profile as b, b.claims as b_claims,
        case when a.claims or b.claims then 'CLAIM'
             when value in (select value from contested) then 'AGREEMENT' else bar end as bar
    from cell a join cell b using (value) join eligible using (value)
    where not (a.claims and b.claims)
        and (a.profile < b.profile or a.profile = b.profile and (a.claims < b.claims or a.records > 1 and a.claims = b.claims))
"""
