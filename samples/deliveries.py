"""Open Banking's webhooks: whoever changes something writes a delivery in the same transaction; this sends it.

Signed as Standard Webhooks are: HMAC-SHA256 over id, time and body. Sent again, with a new time, until it is accepted.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import psycopg
from psycopg.rows import dict_row

EVERY_SECONDS = 0.1
AGAIN_SECONDS = 1.0
PENDING = """SELECT d.id::text, d.event_type, d.payload, d.created_at, w.url, w.secret
FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
WHERE d.status = 'pending' AND w.is_active AND coalesce(d.next_retry_at, '-infinity') <= now() AT TIME ZONE 'UTC'
ORDER BY d.created_at LIMIT 100"""
SENT = """UPDATE webhook_deliveries SET attempts = attempts + 1, last_attempt_at = now() AT TIME ZONE 'UTC',
    status = CASE WHEN %(accepted)s THEN 'delivered' ELSE 'pending' END,
    delivered_at = CASE WHEN %(accepted)s THEN now() AT TIME ZONE 'UTC' END,
    next_retry_at = (now() + %(again)s * interval '1 second') AT TIME ZONE 'UTC'
WHERE id = %(id)s"""


@asynccontextmanager
async def delivering(dsn: str | None) -> AsyncIterator[None]:
    """Until the block ends; without a database nothing is sent."""
    if dsn is None:
        yield
        return
    task = asyncio.create_task(_deliver(dsn))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _deliver(dsn: str) -> None:
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while True:
            with suppress(psycopg.OperationalError):  # the database is away: it is asked again
                async with await psycopg.AsyncConnection.connect(dsn, row_factory=dict_row, autocommit=True) as opened:
                    while True:
                        for row in await (await opened.execute(PENDING)).fetchall():
                            accepted = await _send(client, row)
                            told = {"id": row["id"], "accepted": accepted, "again": AGAIN_SECONDS}
                            await opened.execute(SENT, told)
                        await asyncio.sleep(EVERY_SECONDS)
            await asyncio.sleep(AGAIN_SECONDS)


async def _send(client: httpx.AsyncClient, row: dict[str, Any]) -> bool:
    event = {"id": row["id"], "type": row["event_type"], "created_at": row["created_at"], "data": row["payload"]}
    body = orjson.dumps(event)
    with suppress(httpx.TransportError):
        answer = await client.post(row["url"], content=body, headers=signed(row["id"], row["secret"], body))
        return answer.is_success
    return False


def signed(id: str, secret: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    """The headers of a webhook."""
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    said = b".".join((id.encode(), stamp.encode(), body))
    signature = base64.b64encode(hmac.digest(secret.encode(), said, hashlib.sha256)).decode()
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }
