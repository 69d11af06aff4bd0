"""Which refused links are kept, in columns: what `graph.resolution.refusals` keeps where rule 4 refuses nothing."""

from graph.bulk.tables import Tables
from graph.resolution.refusals import NEIGHBOURS

_DECIDED = "create table decided as select * from refused where a_first not in (select rank from judged)"
# The two first records of each customer in each cell, and the customer's place among those on the value.
_SEAT = """
create table seat as
    select value, claims, profile, root, min(rank) as lowest, min(rank, 2)[2] as second,
        dense_rank() over (partition by value order by root) as place
    from occupant join together using (rank) semi join decided using (value)
    group by value, claims, profile, root
"""
_FOUND = """
create table found as
    select decided.value, reason, least(one.root, other.root) as one, greatest(one.root, other.root) as other,
        abs(one.place - other.place) as distance,
        {'a': least(one.lowest, other.lowest), 'b': greatest(one.lowest, other.lowest)} as pair
    from decided join seat one on one.value = decided.value and one.profile = a and one.claims = a_claims
        join seat other on other.value = decided.value and other.profile = b and other.claims = b_claims
    where a <> b or a_claims <> b_claims or one.root < other.root
    union all
    select decided.value, reason, root, root, 0, {'a': lowest, 'b': second}
    from decided join seat on seat.value = decided.value and profile = a and claims = a_claims
    where a = b and a_claims = b_claims and second is not null
"""
_KEPT = """
insert into link
    select pair.a, pair.b, kind, false, reason
    from (
        select value, reason, min(pair) as pair from found where distance <= $neighbours
        group by value, reason, one, other
    ) join eligible using (value)
"""


def keep_refused(tables: Tables) -> None:
    """Adds to the table ``link`` the refused pairs of what is not ``judged``."""
    tables.execute(_DECIDED)
    tables.execute(_SEAT)
    tables.execute(_FOUND)
    tables.execute(_KEPT, {"neighbours": NEIGHBOURS})
    tables.execute("drop table decided; drop table seat; drop table found")
