"""Decisions that wait for a second person, and the requests by which a caller may repeat himself.

Appended under the writer lock; of what belongs to a step, only committed ones count.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from ledger.entries import Request
from ledger.rows import read_rows


class ProposalState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """``said`` is None once it is ruled on, or whom it was about was erased; ``step`` is what an approval came to."""

    id: int
    at: datetime
    by: str
    reason: str
    said: Mapping[str, Any] | None
    about: Sequence[str]
    basis: str
    customers: int
    state: ProposalState
    ruled_by: str | None
    step: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a request: a step with its decision, or a proposal."""

    request: str
    step: int | None
    proposal: int | None


_PROPOSED = """
SELECT id, proposal.at, proposal.by, proposal.reason, said, about, basis, customers,
       coalesce(verdict.what, 'pending') AS state, verdict.by AS ruled_by, verdict.step
FROM proposal
LEFT JOIN LATERAL (
    SELECT what, by, step FROM proposal_verdict
    WHERE proposal = proposal.id AND (step IS NULL OR step IN (SELECT step FROM committed))
    ORDER BY at DESC LIMIT 1
) verdict ON true
"""


async def find_proposal(connection: AsyncConnection[Any], number: int) -> Proposed | None:
    found = await read_rows(connection, _proposed, f"{_PROPOSED} WHERE id = %(number)s", number=number)
    return found[0] if found else None


async def pending_proposals(connection: AsyncConnection[Any], after: int, limit: int) -> list[Proposed]:
    """Those that nobody has ruled on, the oldest first."""
    query = (
        f"{_PROPOSED} WHERE id > %(after)s AND verdict.what IS NULL AND said IS NOT NULL ORDER BY id LIMIT %(limit)s"
    )
    return await read_rows(connection, _proposed, query, after=after, limit=limit)


async def find_answered(connection: AsyncConnection[Any], subject: str, key: str) -> Answered | None:
    """What came of the request that this caller named so; None if nothing did."""
    found = await read_rows(
        connection,
        Answered,
        "SELECT request, step, proposal FROM decision_request WHERE subject = %(subject)s AND key = %(key)s"
        " AND (step IS NULL OR step IN (SELECT step FROM committed))"
        " ORDER BY at LIMIT 1",
        subject=subject,
        key=key,
    )
    return found[0] if found else None


async def append_proposal(
    writer: AsyncConnection[Any],
    said: Mapping[str, Any],
    about: Sequence[str],
    *,
    by: str,
    reason: str,
    basis: str,
    customers: int,
    request: Request | None,
) -> int:
    """Keep what is to be decided, and the request that asked for it, in one transaction; answers its number."""
    async with writer.transaction():
        cursor = await writer.execute(
            "INSERT INTO proposal (id, by, reason, said, about, basis, customers)"
            " SELECT coalesce(max(id), 0) + 1, %s, %s, %s, %s, %s, %s FROM proposal RETURNING id",
            [by, reason, Jsonb(dict(said)), list(about), basis, customers],
        )
        number: int = (await anext(cursor))[0]
        if request:
            await writer.execute(
                "INSERT INTO decision_request (subject, key, request, proposal) VALUES (%s, %s, %s, %s)",
                [request.subject, request.key, request.request, number],
            )
    return number


async def append_rejection(writer: AsyncConnection[Any], number: int, *, by: str, reason: str) -> None:
    await writer.execute(
        "INSERT INTO proposal_verdict (proposal, what, by, reason) VALUES (%s, 'rejected', %s, %s)",
        [number, by, reason],
    )


async def forget_ruled(connection: AsyncConnection[Any]) -> None:
    """What was approved is a decision now, and what was rejected is nothing: its words are not kept twice."""
    await connection.execute(
        "UPDATE proposal SET said = NULL WHERE said IS NOT NULL AND id IN (SELECT proposal FROM proposal_verdict"
        " WHERE what = 'rejected' OR step IN (SELECT step FROM committed))"
    )


async def forget_proposals(connection: AsyncConnection[Any], names: Collection[str]) -> None:
    """Take away the words (not the authors) of what was proposed about these keys and ids."""
    cursor = await connection.execute(
        "UPDATE proposal SET said = NULL, about = '{}', reason = '(erased)' WHERE about && %s::text[] RETURNING id",
        [list(names)],
    )
    await connection.execute(
        "UPDATE proposal_verdict SET reason = '(erased)' WHERE proposal = ANY(%s)", [[row[0] async for row in cursor]]
    )


async def decision_of(connection: AsyncConnection[Any], step: int) -> tuple[int, str | None]:
    """The decision of a committed step, and why the value that it was about links nobody, if it then did not."""
    cursor = await connection.execute(
        "SELECT decision.id, counts->>'suppressed' FROM decision JOIN outcome USING (step) WHERE step = %s", [step]
    )
    number, suppressed = await anext(cursor)
    return number, suppressed


def _proposed(state: str, **rest: Any) -> Proposed:
    return Proposed(state=ProposalState(state), **rest)
