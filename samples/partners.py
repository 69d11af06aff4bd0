"""What happens at Open Banking while somebody watches: payments, and consents given and taken back.

Each writes what it changed and the webhooks of it in one transaction, as the service's own code would; the service
sends them (`samples.deliveries`).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from samples.offered import OFFERED

NOW = "now() AT TIME ZONE 'UTC'"


def grant_consent(dsn: str, customer: str, client: str, scopes: Sequence[str], expires_at: datetime) -> str:
    """A customer lets a partner in; answers the consent's id."""
    id = str(uuid4())
    with psycopg.connect(dsn) as database:
        database.execute(
            "INSERT INTO consents (consent_id, customer_id, client_id, scopes, created_at, expires_at, updated_at)"  # noqa: S608
            f" VALUES (%s, %s, %s, %s, {NOW}, %s::timestamptz AT TIME ZONE 'UTC', {NOW})",
            (id, customer, client, list(scopes), expires_at),
        )
        _tell(database, "consent.granted", "consents", id)
    return id


def revoke_consent(dsn: str, id: str) -> None:
    with psycopg.connect(dsn) as database:
        database.execute(
            f"UPDATE consents SET status = 'revoked', revoked_at = {NOW}, updated_at = {NOW} WHERE consent_id = %s",  # noqa: S608
            (id,),
        )
        _tell(database, "consent.revoked", "consents", id)


def complete_payment(dsn: str, id: str) -> None:
    """It moves ``completed_at`` and no other time, as the service does."""
    with psycopg.connect(dsn) as database:
        database.execute(
            f"UPDATE payments SET status = 'completed', completed_at = {NOW} WHERE id = %s",  # noqa: S608
            (id,),
        )
        _tell(database, "payment.completed", "payments", id)


def _tell(database: psycopg.Connection, event: str, path: str, id: str) -> None:
    """A delivery to each who wants this event: with the whole item, as the service lists it."""
    resource = OFFERED["openbanking"][path]
    item = sql.SQL("SELECT row_to_json(t) FROM (SELECT {columns} FROM {rows} AS q WHERE {key} = %s) AS t").format(
        columns=sql.SQL(", ").join(map(sql.Identifier, resource.columns)),
        rows=sql.SQL(resource.rows),
        key=sql.Identifier(resource.key),
    )
    row = database.execute(item, (id,)).fetchone()
    if row is None:
        raise LookupError(f"Open Banking has no such row of {path}.")
    database.execute(
        "INSERT INTO webhook_deliveries (webhook_id, event_type, payload, created_at)"  # noqa: S608
        f" SELECT id, %s, %s, {NOW} FROM webhooks WHERE is_active AND %s = ANY(events)",
        (event, Jsonb(row[0]), event),
    )
