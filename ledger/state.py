"""The whole state after the last committed step, to verify a graph or to build one: streams of values.

Memory is bounded. Read within `Ledger.snapshot`, so that all of it is of one moment. Ids are UUIDs as text, times aware
and in UTC. What was forgotten is missing: an erased record has no key and says nothing.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from ledger.decisions import Decision, decisions
from ledger.entries import EvidenceValue, Presence
from ledger.history import LAST_OF_EACH, LINKS, NEVER, RUNS, Holding, Link, Run, holding, link
from ledger.rows import stream_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """A record that ever reached the graph, with what it said last. ``presence`` is None if it never left."""

    birth_id: str
    rank: int
    key: str | None
    incarnation: int | None
    presence: Presence | None
    presence_step: int | None
    presence_at: datetime | None
    presence_source_at: datetime | None  # the source's own date of it
    presence_source_version: int | None
    hash: str | None
    said: Mapping[str, Any] | None
    step: int | None  # in which it said it
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An interval in which a record belonged to a customer; ``to_*`` are None while it lasts."""

    birth_id: str
    gcid: str
    from_step: int
    from_at: datetime
    to_step: int | None
    to_at: datetime | None
    policy: str | None  # hash of the policy by which the first step resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """Who answers for a record that left; None: nobody, its id is closed."""

    birth_id: str
    heir: str | None
    step: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """What a customer says now; ``since`` is when, and in which step, its status became what it is."""

    gcid: str
    said: Mapping[str, Any]
    step: int
    at: datetime
    since: datetime
    since_step: int


def all_records(connection: AsyncConnection[Any]) -> AsyncIterator[RecordState]:
    """By rank."""
    return stream_rows(
        connection,
        _record,
        """
        SELECT birth_id, rank, key, incarnation, presence, presence_step, presence_at, presence_source_at,
               presence_source_version, hash, said, version.step, at
        FROM rank
        LEFT JOIN record_key USING (birth_id)
        LEFT JOIN (
            SELECT DISTINCT ON (birth_id) birth_id, hash, said, step, at
            FROM record_version JOIN committed USING (step)
            ORDER BY birth_id, step DESC
        ) version USING (birth_id)
        LEFT JOIN (
            SELECT DISTINCT ON (birth_id) birth_id, what AS presence, step AS presence_step, at AS presence_at,
                   source_at AS presence_source_at, source_version AS presence_source_version
            FROM presence_delta JOIN committed USING (step)
            ORDER BY birth_id, step DESC
        ) presence USING (birth_id)
        WHERE version.step IS NOT NULL OR presence IS NOT NULL
        ORDER BY rank
        """,
    )


def all_values(connection: AsyncConnection[Any]) -> AsyncIterator[EvidenceValue]:
    """The identifiers that any record had in a committed step, by keyed hash."""
    return stream_rows(
        connection,
        EvidenceValue,
        """
        SELECT value, key, said FROM evidence_value
        WHERE EXISTS (SELECT FROM evidence_delta e JOIN committed USING (step) WHERE e.value = evidence_value.value)
        ORDER BY value
        """,
    )


def all_holdings(connection: AsyncConnection[Any]) -> AsyncIterator[Holding]:
    """Every interval in which a record had a value, past ones too; by record and value."""
    return stream_rows(
        connection,
        holding,
        """
        SELECT * FROM (
            SELECT birth_id, value, what, step AS from_step, at AS from_at, source_at AS source_from,
                   lead(step) OVER held AS to_step, lead(at) OVER held AS to_at, lead(source_at) OVER held AS source_to
            FROM evidence_delta JOIN committed USING (step)
            WINDOW held AS (PARTITION BY birth_id, value ORDER BY step)
        ) told
        WHERE what <> 'ended'
        """,
    )


def all_memberships(connection: AsyncConnection[Any]) -> AsyncIterator[Membership]:
    """Every interval in which a record belonged to a customer, past ones too; by record."""
    return stream_rows(
        connection,
        Membership,
        """
        SELECT birth_id, gcid, from_step, from_at, to_step, to_at, policy
        FROM (
            SELECT birth_id, new_gcid AS gcid, step AS from_step, at AS from_at,
                   lead(step) OVER record AS to_step, lead(at) OVER record AS to_at
            FROM membership_delta JOIN committed USING (step)
            WINDOW record AS (PARTITION BY birth_id ORDER BY step)
        ) told
        JOIN step ON step.id = from_step
        WHERE gcid IS NOT NULL
        """,
    )


def all_heirs(connection: AsyncConnection[Any]) -> AsyncIterator[Heir]:
    """Of each record that left and did not return."""
    return stream_rows(
        connection,
        Heir,
        """
        SELECT birth_id, heir, step, at FROM (
            SELECT DISTINCT ON (birth_id) birth_id, what, heir, step, at
            FROM heir_delta JOIN committed USING (step)
            ORDER BY birth_id, step DESC
        ) last
        WHERE what = 'named'
        """,
    )


def all_links(connection: AsyncConnection[Any]) -> AsyncIterator[Link]:
    """The links in force, accepted and refused, with the step and time since when they are."""
    return stream_rows(connection, link, LINKS + LAST_OF_EACH, step=NEVER)


def all_goldens(connection: AsyncConnection[Any]) -> AsyncIterator[Golden]:
    """What each customer says that was ever written, by GCID."""
    return stream_rows(
        connection,
        Golden,
        """
        SELECT DISTINCT ON (gcid) gcid, said, step, at,
               max(at) FILTER (WHERE turned) OVER (PARTITION BY gcid) AS since,
               max(step) FILTER (WHERE turned) OVER (PARTITION BY gcid) AS since_step
        FROM (
            SELECT gcid, said, step, at, said->>'status' IS DISTINCT FROM lag(said->>'status') OVER customer AS turned
            FROM golden_version JOIN committed USING (step)
            WINDOW customer AS (PARTITION BY gcid ORDER BY step)
        ) told
        ORDER BY gcid, step DESC
        """,
    )


async def all_decisions(connection: AsyncConnection[Any]) -> AsyncIterator[Decision]:
    """The standing ones, in id order; they are as many as people made."""
    for decision in await decisions(connection):
        yield decision


def all_runs(connection: AsyncConnection[Any]) -> AsyncIterator[Run]:
    """The committed steps, in order."""
    return stream_rows(connection, Run, RUNS + " ORDER BY id")


def _record(presence: str | None, **rest: Any) -> RecordState:
    return RecordState(presence=Presence(presence) if presence else None, **rest)
