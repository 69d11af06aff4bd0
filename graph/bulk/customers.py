"""The customers, put together, and the rows that are written."""

import pyarrow as pa

from graph.bulk.components import Forest, pairs
from graph.bulk.tables import Tables, add_table, ask, count

# Public on purpose: equal files have equal ids wherever they are resolved, so these are no installation's own.
NAMESPACE = b"wekeza resolve-file"

_BLOCK = 64  # bytes that SHA-256 takes at a time
_INNER, _OUTER = 0x36, 0x5C  # the paddings of RFC 2104
_TOGETHER = """
insert into customer select rank, root from raw where root not in (from judged)
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
# The links of a component that is one customer, as `rule` would find them: by stage and value, from the first holder.
_SPOKES = """
select first as a, rank as b, eligible.kind
from holding join eligible using (value) join value using (value) join raw using (rank)
where stage is not null and verified and rank <> first and root not in (from judged)
order by stage, key, b
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
    """Adds to the table ``link`` a spanning forest of the customers that needed no judgement."""
    forest = Forest(count(tables, "select count(*) from record"))
    spokes = ask(tables, _SPOKES)
    spanning = pa.array([forest.unite(a, b) for a, b in pairs(spokes, "a", "b")], pa.bool_())
    add_table(tables, "spanning", spokes.filter(spanning))
    tables.execute("insert into link select a, b, kind, true, null from spanning")
