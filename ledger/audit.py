"""The audit chain: who read or did what about whom. Each row's hash covers the row before, so no row changes unseen.

The hash is SHA-256 over the previous hash and one JSON array of all that the row says. A row holds no personal data:
subjects of tokens, names of fields, GCIDs.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from ledger.locks import AUDIT
from ledger.rows import read_rows

GENESIS = bytes(32)  # what the first row follows
VERSION = "wekeza-audit-1"  # of the encoding that is hashed
MAX_TEXT = 200  # characters of a subject or a purpose
ABANDONED = "5s"  # that a writer which vanished in the middle may keep the others waiting


class Operation(StrEnum):
    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"
    REFUSAL = "refusal"  # of what is named in ``fields``


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What is to be appended. ``fields``: the root fields; ``gcids``: the customers that the answer names."""

    subject: str
    role: str
    operation: Operation
    fields: tuple[str, ...]
    gcids: tuple[str, ...] = ()
    purpose: str | None = None

    def __post_init__(self) -> None:
        """Whatever a token or a header says can be stored: one bad character must not stop what is appended with it."""
        object.__setattr__(self, "subject", storable(self.subject))
        if self.purpose is not None:
            object.__setattr__(self, "purpose", storable(self.purpose))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A row of the chain; ``at`` is aware, UTC, and never earlier than the row before."""

    id: int
    at: datetime
    subject: str
    role: str
    operation: str
    fields: Sequence[str]
    gcids: Sequence[str]
    purpose: str | None
    previous: bytes
    hash: bytes


class Head(NamedTuple):
    """Where the chain ends; it vouches for all that is before."""

    id: int
    hash: bytes


NOTHING_YET = Head(0, GENESIS)


def hash_of(row: AuditRow) -> bytes:
    """What the row's hash has to be."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [VERSION, row.id, at, row.subject, row.role, row.operation, [*row.fields], [*row.gcids], row.purpose]
    encoded = json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return hashlib.sha256(row.previous + encoded).digest()


def chained(head: Head, at: datetime, entries: Sequence[AuditEntry]) -> list[AuditRow]:
    """The rows that these entries become behind a head."""
    rows: list[AuditRow] = []
    for entry in entries:
        told = {name: getattr(entry, name) for name in ("subject", "role", "fields", "gcids", "purpose")}
        operation = entry.operation.value
        row = AuditRow(id=head.id + 1, at=at, operation=operation, previous=head.hash, hash=b"", **told)
        head = Head(row.id, hash_of(row))
        rows.append(AuditRow(**{name: getattr(row, name) for name in row.__slots__} | {"hash": head.hash}))
    return rows


async def append_entries(connection: AsyncConnection[Any], entries: Sequence[AuditEntry]) -> None:
    """Append in the caller's transaction, which should do nothing else: other processes wait until it ends."""
    await connection.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [ABANDONED])
    await connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", AUDIT)
    cursor = await connection.execute(
        "SELECT coalesce(id, 0), hash, greatest(clock_timestamp(), at) FROM (SELECT) one"
        " LEFT JOIN LATERAL (SELECT id, hash, at FROM audit ORDER BY id DESC LIMIT 1) last ON true"
    )
    number, last, at = await anext(cursor)
    async with connection.cursor() as writer, writer.copy(_COPY) as copy:
        for row in chained(Head(number, last or GENESIS), at, entries):
            said = (row.id, row.at, row.subject, row.role, row.operation, list(row.fields), list(row.gcids))
            await copy.write_row((*said, row.purpose, row.previous, row.hash))


_COPY = "COPY audit (id, at, subject, role, operation, fields, gcids, purpose, previous, hash) FROM STDIN"


async def read_head(connection: AsyncConnection[Any]) -> Head:
    row = await (await connection.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")).fetchone()
    return Head(*row) if row else NOTHING_YET


async def find_rows(
    connection: AsyncConnection[Any],
    *,
    gcid: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int,
) -> list[AuditRow]:
    """The latest rows first, those before the row ``before``; ``since`` is in, ``until`` is out."""
    wanted = {"gcid": gcid, "subject": subject, "since": since, "until": until, "before": before}
    given = {name: value for name, value in wanted.items() if value is not None}
    filters = " AND ".join(_FILTERS[name] for name in given) or "true"
    query = f"{ROWS} WHERE {filters} ORDER BY id DESC LIMIT %(limit)s"
    return await read_rows(connection, AuditRow, query, limit=limit, **given)


ROWS = "SELECT id, at, subject, role, operation, fields, gcids, purpose, previous, hash FROM audit"
_FILTERS = {
    "gcid": "gcids @> ARRAY[%(gcid)s::uuid]",
    "subject": "subject = %(subject)s",
    "since": "at >= %(since)s",
    "until": "at < %(until)s",
    "before": "id < %(before)s",
}


def storable(text: str) -> str:
    """The text as PostgreSQL can keep it: without half characters and NUL, and not without end."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "?")[:MAX_TEXT]
