"""The laws that a live graph can show, computed anew from what it holds."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.client import GraphClient, Row
from graph.resolution.components import Components
from ledger.ledger import Ledger
from ledger.memberships import latest_memberships

PAGE = 10_000  # records
TYPED = "read_linked_equals_memberships"  # the statement by which a person sees the law LINKED in Neo4j Browser


class Law(StrEnum):
    ONE_MEMBERSHIP = "every record resolves to exactly one customer"
    LINKED = "components over LINKED are the customers"
    FOUNDER = "a customer is named by the lowest rank among its members"
    STATUS = "a customer is current while it has members, and then leads to exactly one other"
    RESOLVED = "no resolution is due"
    LEDGER = "the ledger's memberships are the graph's"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A law that does not hold, and for whom: a birth id or a GCID, which say nothing about a person."""

    law: Law
    id: str


async def verify(client: GraphClient, ledger: Ledger) -> list[Finding]:
    """Check every law over the whole graph; an empty list is a sound graph. Writes nothing.

    Takes some hundred bytes of memory a record. While somebody writes, it may find what is only half done.
    """
    records = [row async for row in _records(client)]
    statuses = await client.read("resolve_verify_customers")
    async with ledger.transaction() as connection:
        remembered = await latest_memberships(connection)
    return sorted(
        [
            *check_records(records),
            *(Finding(Law.STATUS, row["gcid"]) for row in statuses),
            *compare_memberships(records, remembered),
        ]
    )


def check_records(records: Sequence[Row]) -> Iterator[Finding]:
    """The laws about records; rows are those of ``resolve_verify_records``."""
    for row in records:
        if row["marked"]:
            yield Finding(Law.RESOLVED, row["birth_id"])
        if len(row["customers"]) != 1:
            yield Finding(Law.ONE_MEMBERSHIP, row["birth_id"])
    yield from _check_customers(records)


def _check_customers(records: Sequence[Row]) -> Iterator[Finding]:
    linked = Components(row["key"] for row in records)
    for row in records:
        linked.unite_all((row["key"], *row["linked"]))
    members: defaultdict[str, list[Row]] = defaultdict(list)
    parts: defaultdict[str, set[str]] = defaultdict(set)  # of a component over LINKED: the customers met in it
    for row in records:
        for gcid in row["customers"]:
            members[gcid].append(row)
            parts[linked.find(row["key"])].add(gcid)
    for gcid, rows in members.items():
        reached = {linked.find(row["key"]) for row in rows}
        if len(reached) != 1 or any(len(parts[part]) != 1 for part in reached):
            yield Finding(Law.LINKED, gcid)
        if min((row["rank"], row["birth_id"]) for row in rows)[1] != gcid:
            yield Finding(Law.FOUNDER, gcid)


def compare_memberships(records: Sequence[Row], remembered: Mapping[str, str]) -> Iterator[Finding]:
    """Where the graph's memberships are not those that the ledger remembers, by birth id."""
    held = {(row["birth_id"], gcid) for row in records for gcid in row["customers"]}
    for birth_id in sorted({birth_id for birth_id, _ in held ^ set(remembered.items())}):
        yield Finding(Law.LEDGER, birth_id)


async def _records(client: GraphClient) -> AsyncIterator[Row]:
    after = ""
    while rows := await client.read("resolve_verify_records", after=after, limit=PAGE):
        for row in rows:
            yield row
        after = rows[-1]["key"]
