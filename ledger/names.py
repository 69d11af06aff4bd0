"""What the birth ids of the chain stand for: keys of records, and who answers for a record that left."""

from collections.abc import Collection
from typing import Any

from psycopg import AsyncConnection

from ledger.entries import Presence


async def keys_of(connection: AsyncConnection[Any], birth_ids: Collection[str]) -> dict[str, str]:
    """The key of each of these records; those that were erased have none."""
    cursor = await connection.execute(
        "SELECT birth_id, key FROM record_key WHERE birth_id = ANY(%s::uuid[])", [list(birth_ids)]
    )
    return {birth_id: key async for birth_id, key in cursor}


async def heirs_of(connection: AsyncConnection[Any], birth_ids: Collection[str]) -> dict[str, str | None]:
    """Who was named to answer for each of these records that left, and for those in turn; None: nobody.

    A record that is not named has no heir in force: it is present, or its heir is not named yet.
    """
    cursor = await connection.execute(
        """
        WITH RECURSIVE named (birth_id, heir) AS (
            SELECT asked.birth_id, last.heir FROM unnest(%s::uuid[]) AS asked (birth_id) CROSS JOIN LATERAL (
                SELECT what, heir FROM heir_delta JOIN committed USING (step)
                WHERE heir_delta.birth_id = asked.birth_id ORDER BY step DESC LIMIT 1
            ) last WHERE last.what = 'named'
            UNION
            SELECT named.heir, last.heir FROM named CROSS JOIN LATERAL (
                SELECT what, heir FROM heir_delta JOIN committed USING (step)
                WHERE heir_delta.birth_id = named.heir ORDER BY step DESC LIMIT 1
            ) last WHERE last.what = 'named'
        )
        SELECT birth_id, heir FROM named
        """,
        [list(birth_ids)],
    )
    return {birth_id: heir async for birth_id, heir in cursor}


async def presence_of(connection: AsyncConnection[Any], birth_id: str) -> Presence | None:
    """What was last said of a record's presence; None if it never left."""
    cursor = await connection.execute(
        "SELECT what FROM presence_delta JOIN committed USING (step) WHERE birth_id = %s ORDER BY step DESC LIMIT 1",
        [birth_id],
    )
    row = await cursor.fetchone()
    return Presence(row[0]) if row else None
