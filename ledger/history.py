"""The past as the ledger remembers it: who belonged where, who had what, what happened, at any committed step.

Ids are UUIDs as text, times aware and in UTC. A ``step`` of None means now. No question walks a whole table.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from ledger.entries import EventKind, Evident, LinkFate
from ledger.rows import read_rows

NEVER = 2**63 - 1  # a step that is never reached


class Held(NamedTuple):
    """A value that a record has, and since when."""

    birth_id: str
    value: str
    what: Evident
    step: int
    at: datetime
    source_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An interval in which a record had a value in one way; ``to_*`` are None while it lasts."""

    birth_id: str
    value: str
    what: Evident
    from_step: int
    from_at: datetime
    to_step: int | None
    to_at: datetime | None
    source_from: datetime | None
    source_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An accepted link of the spanning forest, or a refused one, as it was noted last."""

    a: str
    b: str
    what: LinkFate
    kind: str
    value: str | None
    decision: int | None
    stage: int | None
    reason: str | None
    inside: bool | None
    step: int
    at: datetime
    policy: str | None  # hash of the policy by which the step resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a record said from this step on."""

    birth_id: str
    step: int
    at: datetime
    hash: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a customer; ``cause`` is the step that made it due, of which the rest tells."""

    step: int
    number: int
    at: datetime
    what: EventKind
    gcid: str
    others: tuple[str, ...]
    records: int
    cause: int | None
    cause_kind: str | None
    cause_system: str | None
    cause_decision: int | None  # the first of its decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A committed step. Its churn is ``churn / records``."""

    step: int
    at: datetime
    kind: str
    system: str | None
    policy: str | None
    counts: Mapping[str, Any]
    churn: int  # records that had a customer before, and have another or none since
    records: int  # that had been born by then


async def step_at(connection: AsyncConnection[Any], at: datetime) -> int | None:
    """The last committed step that is not later than ``at``."""
    cursor = await connection.execute(
        "SELECT step FROM committed WHERE at <= %s ORDER BY at DESC, step DESC LIMIT 1", [at]
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def members_at(connection: AsyncConnection[Any], gcid: str, step: int | None = None) -> set[str]:
    """The records, by birth id, that belonged to a customer after a step."""
    once = await bearers(connection, gcid)
    return {birth_id for birth_id, its in (await customers_at(connection, once, step)).items() if its == gcid}


async def bearers(connection: AsyncConnection[Any], gcid: str) -> set[str]:
    """All records that ever belonged to a customer."""
    cursor = await connection.execute(
        "SELECT DISTINCT birth_id FROM membership_delta JOIN committed USING (step) WHERE new_gcid = %s", [gcid]
    )
    return {row[0] async for row in cursor}


async def customers_at(
    connection: AsyncConnection[Any], birth_ids: Collection[str], step: int | None = None
) -> dict[str, str]:
    """The GCID of each of these records that belonged to a customer after a step."""
    cursor = await connection.execute(
        """
        SELECT birth_id, new_gcid
        FROM unnest(%s::uuid[]) AS asked (birth_id)
        CROSS JOIN LATERAL (
            SELECT new_gcid FROM membership_delta JOIN committed USING (step)
            WHERE membership_delta.birth_id = asked.birth_id AND step <= %s ORDER BY step DESC LIMIT 1
        ) last
        WHERE new_gcid IS NOT NULL
        """,
        [list(birth_ids), _upto(step)],
    )
    return {birth_id: gcid async for birth_id, gcid in cursor}


async def holdings_at(
    connection: AsyncConnection[Any], birth_ids: Collection[str], step: int | None = None
) -> list[Held]:
    """The values that these records had after a step; ``step`` and ``at`` of each tell since when it was so."""
    return await read_rows(
        connection,
        _held,
        """
        SELECT * FROM (
            SELECT DISTINCT ON (birth_id, value) birth_id, value, what, step, at, source_at
            FROM evidence_delta JOIN committed USING (step)
            WHERE birth_id = ANY(%(birth_ids)s::uuid[]) AND step <= %(step)s
            ORDER BY birth_id, value, step DESC
        ) last
        WHERE what <> 'ended'
        """,
        birth_ids=list(birth_ids),
        step=_upto(step),
    )


async def holders_of(connection: AsyncConnection[Any], value: str) -> list[Holding]:
    """Every interval in which a record had this value, in the order of their beginnings."""
    return await read_rows(
        connection,
        holding,
        """
        SELECT * FROM (
            SELECT birth_id, value, what, step AS from_step, at AS from_at, source_at AS source_from,
                   lead(step) OVER record AS to_step, lead(at) OVER record AS to_at,
                   lead(source_at) OVER record AS source_to
            FROM evidence_delta JOIN committed USING (step)
            WHERE value = %(value)s
            WINDOW record AS (PARTITION BY birth_id ORDER BY step)
        ) told
        WHERE what <> 'ended'
        ORDER BY from_step, birth_id
        """,
        value=value,
    )


async def golden_at(connection: AsyncConnection[Any], gcid: str, step: int | None = None) -> Mapping[str, Any] | None:
    """What a customer said after a step; None before its first word, or where it was forgotten."""
    cursor = await connection.execute(
        "SELECT said FROM golden_version JOIN committed USING (step) WHERE gcid = %s AND step <= %s"
        " ORDER BY step DESC LIMIT 1",
        [gcid, _upto(step)],
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def versions_of(
    connection: AsyncConnection[Any], birth_ids: Collection[str], upto_step: int | None = None
) -> list[Version]:
    """All that these records said up to a step, oldest first."""
    return await read_rows(
        connection,
        Version,
        """
        SELECT birth_id, step, at, hash, said FROM record_version JOIN committed USING (step)
        WHERE birth_id = ANY(%(birth_ids)s::uuid[]) AND step <= %(step)s
        ORDER BY step, birth_id
        """,
        birth_ids=list(birth_ids),
        step=_upto(upto_step),
    )


async def links_of(connection: AsyncConnection[Any], birth_ids: Collection[str], step: int | None = None) -> list[Link]:
    """The links, accepted or refused, that these records had after a step."""
    query = LINKS + _OF_RECORDS + LAST_OF_EACH
    return await read_rows(connection, link, query, birth_ids=list(birth_ids), step=_upto(step))


LINKS = """
SELECT * FROM (
    SELECT DISTINCT ON (a, b, link.kind, value, decision)
           a, b, what, link.kind, value, decision, stage, reason, inside, link.step, committed.at, policy
    FROM link_delta link
    JOIN committed USING (step)
    JOIN step ON step.id = link.step
    WHERE link.step <= %(step)s
"""
_OF_RECORDS = " AND (a = ANY(%(birth_ids)s::uuid[]) OR b = ANY(%(birth_ids)s::uuid[]))"
LAST_OF_EACH = """
    -- A step that accepts what was refused before ends the one and opens the other.
    ORDER BY a, b, link.kind, value, decision, link.step DESC, what = 'ended'
) last
WHERE what <> 'ended'
"""


async def events(
    connection: AsyncConnection[Any], gcid: str | None = None, after: tuple[int, int] | None = None, limit: int = 200
) -> list[Event]:
    """What happened to all customers, or to this one and what it met or came from, in order.

    ``after`` is step and number of the last event that is known already.
    """
    step, number = after or (0, 0)
    query = EVENTS + (_OF_CUSTOMER if gcid else "") + " ORDER BY event.step, number LIMIT %(limit)s"
    return await read_rows(connection, event, query, gcid=gcid, step=step, number=number, limit=limit)


EVENTS = """
SELECT event.step, number, committed.at, what, gcid, others, records, cause,
       step.kind AS cause_kind, step.system AS cause_system,
       (SELECT min(id) FROM decision WHERE decision.step = cause) AS cause_decision
FROM identity_event event
JOIN committed USING (step)
LEFT JOIN step ON step.id = cause
WHERE (event.step, number) > (%(step)s, %(number)s)
"""
_OF_CUSTOMER = " AND (gcid = %(gcid)s OR others @> ARRAY[%(gcid)s::uuid])"


async def runs(connection: AsyncConnection[Any], limit: int) -> list[Run]:
    """The newest committed steps, newest first."""
    return await read_rows(connection, Run, RUNS + " ORDER BY id DESC LIMIT %(limit)s", limit=limit)


RUNS = """
SELECT id AS step, step.at, kind, system, policy, coalesce(counts, '{}') AS counts,
       (SELECT count(*) FROM membership_delta d WHERE d.step = id AND old_gcid IS NOT NULL) AS churn,
       (SELECT coalesce(max(rank), 0) FROM rank WHERE rank.step = (SELECT max(r.step) FROM rank r WHERE r.step <= id))
           AS records
FROM step JOIN outcome ON outcome.step = id
WHERE what = 'committed'
"""


def holding(what: str, **rest: Any) -> Holding:
    return Holding(what=Evident(what), **rest)


def link(what: str, **rest: Any) -> Link:
    return Link(what=LinkFate(what), **rest)


def _held(what: str, **rest: Any) -> Held:
    return Held(what=Evident(what), **rest)


def event(what: str, others: list[str], **rest: Any) -> Event:
    return Event(what=EventKind(what), others=tuple(others), **rest)


def _upto(step: int | None) -> int:
    return NEVER if step is None else step
