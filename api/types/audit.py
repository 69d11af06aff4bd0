from collections.abc import Mapping
from typing import Any

import strawberry

from api.types.scalars import DateTime, utc_text
from ledger.audit import AuditRow


@strawberry.type(description="A row of the audit chain: somebody read or did something. It holds no personal data.")
class AuditedAccess:
    id: strawberry.ID = strawberry.field(description="Its number in the chain.")
    at: DateTime = strawberry.field(description="When it was appended, which is before the answer left.")
    subject: str = strawberry.field(description="Who it was, as the token says.")
    role: str = strawberry.field(description="In which role.")
    operation: str = strawberry.field(
        description="query, mutation, subscription, or refusal: it was asked for and not given."
    )
    fields: list[str] = strawberry.field(
        description="What was asked for: the root fields; of a refusal, what was refused."
    )
    gcids: list[strawberry.ID] = strawberry.field(description="The customers that the answer names.")
    purpose: str | None = strawberry.field(description="What for, as the caller said.")
    hash: str = strawberry.field(description="The row's hash, which covers all rows before; hexadecimal.")


def edge_of(row: AuditRow) -> Mapping[str, Any]:
    """As a page holds it."""
    node = AuditedAccess(
        id=strawberry.ID(str(row.id)),
        at=utc_text(row.at),
        subject=row.subject,
        role=row.role,
        operation=row.operation,
        fields=list(row.fields),
        gcids=[strawberry.ID(gcid) for gcid in row.gcids],
        purpose=row.purpose,
        hash=row.hash.hex(),
    )
    return {"node": node, "cursor": [row.id]}
