"""One row of each audit table, as the application that was looked at would write it: UTC without a zone."""

import json
from datetime import UTC, datetime

from samples.tables import Row


def change_row(id: str, table: str, operation: str, row: dict[str, str], changed_by: str, at: datetime) -> Row:
    """A change of one of the core's rows; of a deleted one there is only what it was."""
    said = json.dumps(row)
    return {
        "id": id,
        "table_name": table,
        "operation": operation,
        "old_data": None if operation == "INSERT" else said,
        "new_data": None if operation == "DELETE" else said,
        "changed_by": changed_by,
        "changed_at": at.astimezone(UTC).replace(tzinfo=None),
    }


def action_row(id: str, user_id: str, action: str, entity: tuple[str, str] | None, at: datetime) -> Row:
    """What a user of the wallet platform did, and to which row, as (type, id)."""
    return {
        "audit_id": id,
        "user_id": user_id,
        "action": action,
        "entity_type": entity and entity[0],
        "entity_id": entity and entity[1],
        "metadata": "{}",
        "ip_address": "198.18.0.1",
        "created_at": at.astimezone(UTC).replace(tzinfo=None),
    }
