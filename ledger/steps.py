"""Steps in the ledger: a step is appended before the graph changes, its outcome after.

Both are appended on the connection that holds the writer lock, so a writer that lost it cannot append.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection


class Outcome(StrEnum):
    COMMITTED = "committed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Birth:
    """A record that is loaded for the first time; ``birth_id`` is a UUID as text."""

    key: str
    birth_id: str


@dataclass(frozen=True, slots=True)
class RankedBirth:
    birth_id: str
    rank: int


@dataclass(frozen=True, slots=True)
class MembershipDelta:
    """One record's change of customer in one step; None means that it had, or has, none."""

    birth_id: str
    old_gcid: str | None
    new_gcid: str | None


@dataclass(frozen=True, slots=True)
class AppendedStep:
    id: int
    at: datetime  # aware, UTC, never earlier than the step before
    ranks: Mapping[str, RankedBirth]  # of the births, by key


async def append_step(
    writer: AsyncConnection[Any],
    kind: str,
    *,
    system: str | None = None,
    births: Sequence[Birth] = (),
    deltas: Sequence[MembershipDelta] = (),
) -> AppendedStep:
    """Append a step with all that it decides, in one transaction. Births get the next ranks in the order given."""
    async with writer.transaction():
        cursor = await writer.execute(
            "INSERT INTO step (id, at, kind, system) SELECT coalesce(max(id), 0) + 1,"
            " greatest(clock_timestamp(), max(at)), %s, %s FROM (SELECT id, at FROM step ORDER BY id DESC LIMIT 1) last"
            " RETURNING id, at",
            [kind, system],
        )
        row = await cursor.fetchone()
        if row is None:
            raise AssertionError("INSERT of one row returned none")
        step, at = row
        if births:
            await writer.execute(
                "INSERT INTO rank (birth_id, rank, step) SELECT id, coalesce((SELECT max(rank) FROM rank), 0) + nth, %s"
                " FROM unnest(%s::uuid[]) WITH ORDINALITY AS born (id, nth)",
                [step, [birth.birth_id for birth in births]],
            )
            await writer.execute(
                "INSERT INTO record_key (key, birth_id) SELECT * FROM unnest(%s::text[], %s::uuid[])",
                [[birth.key for birth in births], [birth.birth_id for birth in births]],
            )
        if deltas:
            await writer.execute(
                "INSERT INTO membership_delta (step, birth_id, old_gcid, new_gcid)"
                " SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[])",
                [step, [d.birth_id for d in deltas], [d.old_gcid for d in deltas], [d.new_gcid for d in deltas]],
            )
        cursor = await writer.execute(
            "SELECT key, birth_id::text, rank FROM rank JOIN record_key USING (birth_id) WHERE step = %s", [step]
        )
        ranks = {key: RankedBirth(birth_id, rank) async for key, birth_id, rank in cursor} if births else {}
    return AppendedStep(step, at.astimezone(UTC), ranks)


async def append_outcome(writer: AsyncConnection[Any], step: int, what: Outcome) -> None:
    await writer.execute("INSERT INTO outcome (step, what) VALUES (%s, %s)", [step, what.value])


async def open_steps(connection: AsyncConnection[Any]) -> list[int]:
    """Steps without an outcome, ascending: what a writer that died left behind, or one that works now.

    Every writer settles them before it appends its own, so all of them are newer than the newest outcome.
    """
    cursor = await connection.execute(
        "SELECT id FROM step WHERE id > coalesce((SELECT max(step) FROM outcome), 0) ORDER BY id"
    )
    return [row[0] async for row in cursor]


async def ranks_of(connection: AsyncConnection[Any], keys: Sequence[str]) -> dict[str, RankedBirth]:
    """Birth id and rank of each of these record keys that has been loaded before, also in a void step."""
    cursor = await connection.execute(
        "SELECT key, birth_id::text, rank FROM record_key JOIN rank USING (birth_id) WHERE key = ANY(%s)", [list(keys)]
    )
    return {key: RankedBirth(birth_id, rank) async for key, birth_id, rank in cursor}
