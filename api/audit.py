"""``audit``: the privacy officer asks who read or did what about whom. That is audited, too."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.errors import ApiError, ErrorCode
from api.pages import DEFAULT_FIRST, check_first, decode_cursor
from api.types.audit import edge_of
from api.types.connection import After, First, PageOfRows
from api.types.context import Info
from api.types.scalars import DateTime
from ledger.audit import find_rows, storable

About = Annotated[strawberry.ID | None, strawberry.argument(description="Rows that name this customer's id.")]
Subject = Annotated[str | None, strawberry.argument(description="Rows of this caller.")]
Since = Annotated[DateTime | None, strawberry.argument(name="from", description="Not before this moment.")]
Until = Annotated[DateTime | None, strawberry.argument(name="to", description="Before this moment.")]


async def find_accesses(
    info: Info,
    gcid: About = None,
    subject: Subject = None,
    since: Since = None,
    until: Until = None,
    first: First = DEFAULT_FIRST,
    after: After = None,
) -> Any:
    context = info.context
    check_first(first)
    position = decode_cursor(after, ("number",))
    about = _uuid(gcid) if gcid is not None else None
    context.trail.note(info.field_name, [about] if about else [])
    async with context.ledger.transaction() as connection:
        found = await find_rows(
            connection,
            gcid=about,
            subject=storable(subject) if subject is not None else None,
            since=_moment(since, "from"),
            until=_moment(until, "to"),
            before=int(position[0]) if position else None,
            limit=first + 1,
        )
    return PageOfRows([edge_of(row) for row in found], first)


def _uuid(gcid: str) -> str:
    try:
        return str(UUID(gcid))
    except ValueError:
        raise ApiError(ErrorCode.BAD_USER_INPUT, "'gcid' is no customer's id: that is a UUID.") from None


def _moment(text: str | None, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text is not None else None
    except (ValueError, TypeError):
        moment = None
    if text is not None and (moment is None or moment.tzinfo is None):
        raise ApiError(ErrorCode.BAD_USER_INPUT, f"'{name}' is a moment like 2026-03-03T08:00:00Z.")
    return moment
