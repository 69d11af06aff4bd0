"""Who stands on which side when a steward says of two records of one customer that they are different.

He clicks two records and means two people: all who were with the one, and all who were with the other, when they were
apart last. So both ids come back whichever pair he clicks.
"""

from typing import Any

from psycopg import AsyncConnection

from graph.components import Read
from ledger.history import customers_at, members_at

Sides = tuple[frozenset[str], frozenset[str]]


async def sides_of(read: Read, ledger: AsyncConnection[Any], a: str, b: str) -> Sides:
    """By birth ids. Two records that never were apart have no one else on their sides."""
    leavings = [row["step"] for row in await read("decide_read_changes", birth_ids=[a, b])]
    for step in (None, *(leaving - 1 for leaving in leavings)):
        lived = await customers_at(ledger, [a, b], step)
        if a in lived and b in lived and lived[a] != lived[b]:
            ours, theirs = [await members_at(ledger, lived[record], step) for record in (a, b)]
            return frozenset(ours), frozenset(theirs)
    return frozenset({a}), frozenset({b})
