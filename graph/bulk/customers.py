"""The customers, put together, and the rows that are written."""

import pyarrow as pa

from graph.bulk.components import Forest, pairs
from graph.bulk.tables import Tables, add_table, ask, count

# Public on purpose: equal files have equal ids wherever they are resolved, so these are no installation's own.
NAMESPACE = b"wekeza resolve-file"

_BLOCK = 64  # bytes that SHA-256 takes at a time
_INNER, _OUTER = 0x36, 0x5C  # the paddings of RFC 2104
_TOGETHER = """
insert into customer select rank, root from together where rank not in (select rank from judged)
"""
_HASHED = """
create table hashed as
    select rowid as founder, sha256($outer::blob || unhex(sha256($inner::blob || encode('0|' || record)))) as hash
    from record where rowid in (select founder from customer)
"""
# As `birth_id` does it: 16 bytes of the hash, of which the version and the variant take six bits.
_NAMED = """
create table issued as
    select founder, concat_ws('-', hash[1:8], hash[9:12], '8' || hash[14:16],
        translate(hash[17], '0123456789abcdef', '89ab89ab89ab89ab') || hash[18:20], hash[21:32]) as gcid
    from hashed
"""
_CUSTOMERS = """
select record, gcid from customer join issued using (founder) join record on record.rowid = rank order by rank
"""
# Of two cells that may be linked, the first record of each with all of the other, in the order of `rule`: what joins
# two parts is a link of the spanning forest.
_SPOKES = """
select distinct least(a_first, b.rank) as a, greatest(a_first, b.rank) as b, eligible.kind, stage, key
from both_ways join occupant b on b.value = both_ways.value and b.profile = b_profile and b.claims = b_claims
    join eligible on eligible.value = both_ways.value join value on value.value = both_ways.value
where a_first <> b.rank and a_first not in (select rank from judged)
order by stage, key, a, b
"""
_BOTH_WAYS = """
create table both_ways as
    select value, a_first, b as b_profile, b_claims from accepted
    union all select value, b_first, a, a_claims from accepted
"""
_LINKS = """
select one.record as a, other.record as b, kind, accepted, reason
from link join record one on one.rowid = a join record other on other.rowid = b
order by all
"""


def name_customers(tables: Tables) -> pa.Table:
    """``record`` and ``gcid``, in the order of the records."""
    tables.execute(_TOGETHER)
    key = NAMESPACE.ljust(_BLOCK, b"\0")
    pads = {name: bytes(byte ^ pad for byte in key) for name, pad in (("inner", _INNER), ("outer", _OUTER))}
    tables.execute(_HASHED, pads)
    tables.execute(_NAMED)
    return ask(tables, _CUSTOMERS)


def list_links(tables: Tables) -> pa.Table:
    """``a``, ``b``, ``kind``, ``accepted``, ``reason``: the judged links, sorted."""
    _span(tables)
    return ask(tables, _LINKS)


def _span(tables: Tables) -> None:
    """Adds to the table ``link`` a spanning forest of the customers that rule 4 had nothing to do with."""
    forest = Forest(count(tables, "select count(*) from record"))
    tables.execute(_BOTH_WAYS)
    spokes = ask(tables, _SPOKES)
    spanning = pa.array([forest.unite(a, b) for a, b in pairs(spokes)], pa.bool_())
    add_table(tables, "spanning", spokes.filter(spanning))
    tables.execute("insert into link select a, b, kind, true, null from spanning")
