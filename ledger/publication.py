"""How far the feed has been told to others. The place is written once they have it: what follows is told again."""

from typing import Any

from psycopg import AsyncConnection

from ledger.feed import START, Place


async def published(connection: AsyncConnection[Any], name: str) -> Place:
    cursor = await connection.execute("SELECT step, number FROM publication WHERE name = %s", [name])
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else START


async def publish(connection: AsyncConnection[Any], name: str, place: Place) -> None:
    await connection.execute(
        "INSERT INTO publication (name, step, number) VALUES (%s, %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET step = EXCLUDED.step, number = EXCLUDED.number",
        [name, *place],
    )
