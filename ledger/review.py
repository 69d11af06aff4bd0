"""Who works on what there is to review, what was said of it, and what was looked at and left as it is."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from ledger.rows import read_rows

CLAIM = timedelta(minutes=30)  # then somebody else may take the item
COMMENTS = 50  # of one item that are shown: the last


@dataclass(frozen=True, slots=True)
class Claim:
    item: str
    by: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    item: str
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """What stewards have noted beside an item."""

    claim: Claim | None = None
    comments: list[Comment] = field(default_factory=list)


async def work_on(connection: AsyncConnection[Any], items: Collection[str]) -> dict[str, Work]:
    """By item; claims that have run out are none."""
    given = {"items": list(items)}
    claims = await read_rows(
        connection,
        Claim,
        "SELECT item, by, until FROM review_claim WHERE item = ANY(%(items)s::uuid[]) AND until > clock_timestamp()",
        **given,
    )
    comments = await read_rows(
        connection,
        Comment,
        "SELECT item, at, by, text FROM (SELECT *, row_number() OVER (PARTITION BY item ORDER BY number DESC) AS back"
        " FROM review_comment WHERE item = ANY(%(items)s::uuid[])) said WHERE back <= %(limit)s ORDER BY item, number",
        limit=COMMENTS,
        **given,
    )
    claimed = {claim.item: claim for claim in claims}
    return {item: Work(claimed.get(item), [comment for comment in comments if comment.item == item]) for item in items}


async def kept_items(connection: AsyncConnection[Any]) -> set[str]:
    """Items that somebody has looked at and leaves as they are."""
    return {row[0] async for row in await connection.execute("SELECT item FROM review_kept")}


async def claim_item(connection: AsyncConnection[Any], item: str, by: str) -> Claim:
    """Take an item that is free, or go on with one's own; answers whose it is then."""
    await connection.execute(
        "INSERT INTO review_claim (item, by, until) VALUES (%(item)s, %(by)s, clock_timestamp() + %(long)s)"
        " ON CONFLICT (item) DO UPDATE SET by = excluded.by, until = excluded.until"
        " WHERE review_claim.by = excluded.by OR review_claim.until <= clock_timestamp()",
        {"item": item, "by": by, "long": CLAIM},
    )
    (claim,) = await read_rows(
        connection, Claim, "SELECT item, by, until FROM review_claim WHERE item = %(item)s", item=item
    )
    return claim


async def release_item(connection: AsyncConnection[Any], item: str, by: str) -> bool:
    """Whether it was his to release."""
    cursor = await connection.execute("DELETE FROM review_claim WHERE item = %s AND by = %s", [item, by])
    return bool(cursor.rowcount)


async def comment_on(connection: AsyncConnection[Any], item: str, by: str, text: str, about: Collection[str]) -> None:
    """``about``: keys of the item's records, with which the words are forgotten."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [item])
    await connection.execute(
        "INSERT INTO review_comment (item, number, by, text, about)"
        " SELECT %(item)s, coalesce(max(number), 0) + 1, %(by)s, %(text)s, %(about)s"
        " FROM review_comment WHERE item = %(item)s",
        {"item": item, "by": by, "text": text, "about": list(about)},
    )


async def keep_item(connection: AsyncConnection[Any], item: str, by: str, reason: str, about: Collection[str]) -> None:
    """``about``: as for comments."""
    await connection.execute(
        "INSERT INTO review_kept (item, by, reason, about) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [item, by, reason, list(about)],
    )


async def forget_remarks(connection: AsyncConnection[Any], keys: Collection[str]) -> None:
    """Take away what was said of items about these records."""
    await connection.execute("DELETE FROM review_comment WHERE about && %s::text[]", [list(keys)])
    await connection.execute(
        "UPDATE review_kept SET reason = '(erased)', about = '{}' WHERE about && %s::text[]", [list(keys)]
    )
