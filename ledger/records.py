"""Records as the ledger remembers them: by key, what they said last, and how they are forgotten.

Ids are UUIDs as text. Only committed steps count, but a birth id and a rank hold from a void step too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from ledger.entries import Presence, RecordVersion
from ledger.proposals import forget_proposals
from ledger.review import forget_remarks
from ledger.rows import read_rows


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A key's newest incarnation; ``presence`` is None if the record never left."""

    birth_id: str
    rank: int
    incarnation: int
    presence: Presence | None


async def known_records(connection: AsyncConnection[Any], keys: Collection[str]) -> dict[str, KnownRecord]:
    """Those of these record keys that have been loaded before."""
    rows = await read_rows(
        connection,
        _known_record,
        """
        SELECT DISTINCT ON (key) key, birth_id, rank, incarnation, presence
        FROM record_key
        JOIN rank USING (birth_id)
        LEFT JOIN LATERAL (
            SELECT what AS presence FROM presence_delta JOIN committed USING (step)
            WHERE presence_delta.birth_id = record_key.birth_id ORDER BY step DESC LIMIT 1
        ) last ON true
        WHERE key = ANY(%(keys)s)
        ORDER BY key, incarnation DESC
        """,
        keys=list(keys),
    )
    return dict(rows)


async def latest_versions(connection: AsyncConnection[Any], birth_ids: Collection[str]) -> dict[str, RecordVersion]:
    """What each of these records said last, also if it left since; an erased one says nothing any more."""
    rows = await read_rows(
        connection,
        RecordVersion,
        """
        SELECT birth_id, hash, said
        FROM unnest(%(birth_ids)s::uuid[]) AS asked (birth_id)
        CROSS JOIN LATERAL (
            SELECT hash, said FROM record_version JOIN committed USING (step)
            WHERE record_version.birth_id = asked.birth_id ORDER BY step DESC LIMIT 1
        ) last
        """,
        birth_ids=list(birth_ids),
    )
    return {version.birth_id: version for version in rows}


async def erased_hashes(connection: AsyncConnection[Any], hashes: Collection[str]) -> set[str]:
    """Those of these keyed hashes whose keys may not be loaded: erased, and not released since."""
    cursor = await connection.execute(
        """
        SELECT key_hash
        FROM unnest(%s::uuid[]) AS asked (key_hash)
        CROSS JOIN LATERAL (
            SELECT what FROM erasure JOIN committed USING (step)
            WHERE erasure.key_hash = asked.key_hash ORDER BY step DESC LIMIT 1
        ) last
        WHERE what = 'erased'
        """,
        [list(hashes)],
    )
    return {row[0] async for row in cursor}


async def forget_erased(connection: AsyncConnection[Any]) -> None:
    """Forget the records that were erased, have left their customers, and are known still.

    So an erasure that was killed before it came to this is finished by whoever resolves next.
    """
    cursor = await connection.execute(
        """
        SELECT birth_id FROM presence_delta JOIN committed USING (step) JOIN record_key USING (birth_id)
        LEFT JOIN LATERAL (
            SELECT new_gcid FROM membership_delta JOIN committed USING (step)
            WHERE membership_delta.birth_id = presence_delta.birth_id ORDER BY step DESC LIMIT 1
        ) last ON true
        WHERE what = 'erased' AND new_gcid IS NULL
        """
    )
    if erased := [row[0] async for row in cursor]:
        await forget(connection, erased)


async def forget(connection: AsyncConnection[Any], birth_ids: Collection[str]) -> None:
    """Take away all that the personal tables say of these records; the chain, which says nothing personal, stays.

    That is: their keys, versions and dead letters, their rows in the relational copy, the values that no other known
    record ever had and nobody decided about (such a decision holds for whoever has the value next), what their
    customers said while they belonged to them (not their status), the words (not the authors) of the decisions about
    them, proposed ones too, and what was said of them in reviews. For records that have left their customers: of one
    that is still a member, the customer's words of now go too.
    """
    gone = [list(birth_ids)]
    async with connection.transaction():
        keys = await connection.execute("SELECT key FROM record_key WHERE birth_id = ANY(%s)", gone)
        names = [*birth_ids, *[row[0] async for row in keys]]
        await forget_proposals(connection, names)
        await forget_remarks(connection, names)
        await connection.execute(
            "DELETE FROM dead_letter WHERE key IN (SELECT key FROM record_key WHERE birth_id = ANY(%s))", gone
        )
        await connection.execute("DELETE FROM record_key WHERE birth_id = ANY(%s)", gone)
        await connection.execute("DELETE FROM record_version WHERE birth_id = ANY(%s)", gone)
        await connection.execute("DELETE FROM reports.record WHERE record = ANY(%s)", gone)
        await connection.execute(_FORGET_VALUES, gone)
        await connection.execute(_FORGET_GOLDENS, gone)
        await connection.execute(
            "UPDATE decision_note SET reason = '(erased)', content = NULL"
            " WHERE decision IN (SELECT decision FROM decision_record WHERE birth_id = ANY(%s))",
            gone,
        )


_FORGET_VALUES = """
DELETE FROM evidence_value
WHERE value IN (SELECT value FROM evidence_delta WHERE birth_id = ANY(%s))
AND NOT EXISTS (
    SELECT FROM evidence_delta JOIN record_key USING (birth_id) WHERE evidence_delta.value = evidence_value.value
)
AND NOT EXISTS (SELECT FROM decision WHERE decision.value = evidence_value.value)
"""

# From the step that brought a record to a customer until the one that took it away. What the customer says right after
# that step, even if it said so before, owes nothing to the record.
# A status, and since when, is not personal.
_FORGET_GOLDENS = """
WITH stay AS (
    SELECT new_gcid AS gcid, step AS since, lead(step) OVER (PARTITION BY birth_id ORDER BY step) AS until
    FROM membership_delta JOIN committed USING (step)
    WHERE birth_id = ANY(%s)
)
UPDATE golden_version
SET said = jsonb_strip_nulls(jsonb_build_object('status', said->'status', 'into', said->'into'))
FROM stay
WHERE golden_version.gcid = stay.gcid AND golden_version.step >= since
AND (until IS NULL OR golden_version.step < (
    SELECT max(step) FROM golden_version said WHERE said.gcid = stay.gcid AND said.step <= until
))
"""


def _known_record(key: str, presence: str | None, **rest: Any) -> tuple[str, KnownRecord]:
    return key, KnownRecord(presence=Presence(presence) if presence else None, **rest)
