"""Memberships as the ledger remembers them: the newest delta of each record in a committed step."""

from typing import Any

from psycopg import AsyncConnection


async def latest_memberships(connection: AsyncConnection[Any]) -> dict[str, str]:
    """The GCID of each record that has one, by birth id; steps that are void or not settled yet do not count."""
    cursor = await connection.execute(
        "SELECT birth_id, new_gcid FROM (SELECT DISTINCT ON (birth_id) birth_id, new_gcid"
        " FROM membership_delta JOIN committed USING (step) ORDER BY birth_id, step DESC) newest"
        " WHERE new_gcid IS NOT NULL"
    )
    return {birth_id: gcid async for birth_id, gcid in cursor}
