"""The part of the root that the ledger and the rule answer: what happened, who held what, why, and what if."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry

from api.errors import ApiError, ErrorCode
from api.pages import check_first, decode_cursor
from api.types.connection import Connection, First, PageOfRows
from api.types.context import Info
from api.types.event import IdentityEvent, Moment, ValueHolder, read_moment
from api.types.explanation import Explanation, explain
from api.types.identity import IdentifierKind
from api.types.preview import IdentityChangeInput, IdentityPreview, read_change, show_preview
from ledger.feed import START

DEFAULT_COUNTRY = "KE"
CHANGES = 100
PLACE = ("number", "number")  # step, number of the event in it

Since = Annotated[
    str | None, strawberry.argument(description="Go on behind this cursor; from the very beginning if not given.")
]
Kind = Annotated[IdentifierKind, strawberry.argument(description="What kind of value it is.")]
Raw = Annotated[str, strawberry.argument(description="In any form that people write it: 0712…, +254 712…, 254712….")]
Country = Annotated[str | None, strawberry.argument(description="ISO code of the country that issued it.")]
Change = Annotated[IdentityChangeInput, strawberry.argument(description="What might be decided, set or deleted.")]


async def _changes(info: Info, since: Since = None, first: First = CHANGES) -> Any:
    check_first(first)
    step, number = decode_cursor(since, PLACE) or START
    events = await info.context.questions.history.changes((int(step), int(number)), first + 1)
    info.context.trail.note(info.field_name, (gcid for event in events[:first] for gcid in (event.gcid, *event.others)))
    return PageOfRows([{"node": event, "cursor": [event.step, event.number]} for event in events], first)


async def _holders(info: Info, kind: Kind, value: Raw, country: Country = DEFAULT_COUNTRY, at: Moment = None) -> Any:
    info.context.count_question()
    when = read_moment(at, datetime.now(UTC))
    found = await info.context.questions.history.holders_of(kind.value, value, country, when)
    info.context.trail.note(info.field_name, (it.customer for it in found if it.customer))
    return found


async def _what_if(info: Info, change: Change) -> IdentityPreview:
    info.context.count_question()
    questions = info.context.questions
    meant = read_change(change, questions.policy)
    try:
        async with asyncio.timeout(info.context.settings.query_seconds):
            preview = await questions.what_if.preview(meant)
    except TimeoutError as fault:
        raise ApiError(
            ErrorCode.TIMEOUT, "This looks at too much to be answered here: use the command line."
        ) from fault
    info.context.trail.note(
        info.field_name, (gcid for it in preview.changed.items for gcid in (it.before, it.after) if gcid)
    )
    return show_preview(preview)


@strawberry.type
class MemoryQuery:
    changes: Connection[IdentityEvent] = strawberry.field(
        resolver=_changes,
        description="What happened to customers, oldest first: the feed to follow. Each event comes at least once, and "
        "none before a cursor that was given out. Keep the cursor of the last event that you dealt with, and ask again "
        "with it; an empty page has no cursor of its own.",
    )
    holders: list[ValueHolder] = strawberry.field(
        resolver=_holders,
        description="Everybody who ever had a value, in the order in which we learnt it, and whether at that time.",
    )
    explanation: Explanation = strawberry.field(
        resolver=explain, description="Why two records are one customer, or why they are not."
    )
    what_if: IdentityPreview = strawberry.field(
        resolver=_what_if, description="What a change would come to, by the rule itself. Nothing is written."
    )
