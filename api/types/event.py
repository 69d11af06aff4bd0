"""What happened to customers: who was created, merged, split, and why."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.types.scalars import DateTime
from graph.past import PastEvent
from ledger.entries import EventKind
from ledger.entries import IdentityEvent as Foreseen

strawberry.enum(EventKind, description="What can happen to a customer.")


@strawberry.type(description="A decision of a steward, as it was taken.")
class DecisionNote:
    id: int = strawberry.field(description="Its number.")
    verdict: str = strawberry.field(description="same, different, suppress, release, correct or undo.")
    by: str = strawberry.field(description="Who took it.")
    at: DateTime = strawberry.field(description="When.")
    reason: str = strawberry.field(description="Why, in that person's words.")


@strawberry.type(description="Why something happened: the step that made it due. All null: everything was resolved.")
class Cause:
    step: int | None = strawberry.field(description="The step.")
    kind: str | None = strawberry.field(description="load, decide, erase or resolve.")
    system: str | None = strawberry.field(description="The system that was loaded.")
    decision: DecisionNote | None = strawberry.field(description="The decision that was taken, or undone.")


def _from(root: strawberry.Parent[Any]) -> list[strawberry.ID]:
    return [strawberry.ID(gcid) for gcid in came_from(root)]


def _to(root: strawberry.Parent[Any]) -> list[strawberry.ID]:
    return [strawberry.ID(gcid) for gcid in went_to(root)]


def came_from(event: PastEvent | Foreseen) -> tuple[str, ...]:
    """The ids under which its records were known before."""
    match event.what:
        case EventKind.CREATED:
            return ()
        case EventKind.MERGED | EventKind.MOVED:
            return event.others
        case _:
            return (event.gcid,)


def went_to(event: PastEvent | Foreseen) -> tuple[str, ...]:
    """The ids under which they are known since."""
    match event.what:
        case EventKind.CLOSED | EventKind.ERASED:
            return ()
        case EventKind.SPLIT:
            return event.others
        case _:
            return (event.gcid,)


@strawberry.type(description="Something that happened to a customer, once it is settled.")
class IdentityEvent:
    kind: EventKind = strawberry.field(resolver=lambda root: root.what, description="What happened.")
    at: DateTime = strawberry.field(description="When.")
    step: int = strawberry.field(description="The step that wrote it; later events have the same or a higher one.")
    gcid: strawberry.ID = strawberry.field(
        description="Whose event it is: of a merger the survivor, of a split who splits, of a move who gained."
    )
    from_: list[strawberry.ID] = strawberry.field(
        name="from", resolver=_from, description="The ids under which the records were known before."
    )
    to: list[strawberry.ID] = strawberry.field(resolver=_to, description="The ids under which they are known since.")
    records: int = strawberry.field(description="How many records have another id since.")
    cause: Cause = strawberry.field(description="Why.")


@strawberry.type(description="A time in which a record had a value, by our dates and by its source's own.")
class ValueHolder:
    record: str | None = strawberry.field(description="The key of the record; null if it was erased.")
    customer: strawberry.ID | None = strawberry.field(description="Whose record it was at the time asked about.")
    claimed: bool = strawberry.field(description="Whether nobody had verified that the value was hers.")
    since: DateTime = strawberry.field(description="From when on we knew of it.")
    until: DateTime | None = strawberry.field(description="Until when, by us; null: still.")
    source_since: DateTime | None = strawberry.field(description="From when on, as its source tells.")
    source_until: DateTime | None = strawberry.field(description="Until when, as its source tells.")
    then: bool = strawberry.field(description="Whether it had the value at the time asked about, as we knew it.")
    then_by_source: bool | None = strawberry.field(
        description="Whether it had, by its source's own dates; null where the source tells none."
    )


Moment = Annotated[
    DateTime | None, strawberry.argument(description="The time asked about; now if not given. ISO 8601.")
]


def read_moment(text: str | None, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else otherwise
