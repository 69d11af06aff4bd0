"""Our own events: what happened to customers, as others hear it on Kafka. GCIDs and numbers only, nothing personal."""

from typing import Literal

from pydantic import Field

from api.pages import encode_cursor
from api.types.event import came_from, went_to
from graph.past import PastEvent
from ingest.contracts.event import Event, Said
from ledger.entries import EventKind

TOPIC = "identity.events"
SYSTEM = "wekeza-identity-graph"
TYPES = {
    EventKind.CREATED: "IdentityCreated",
    EventKind.MERGED: "IdentityMerged",
    EventKind.SPLIT: "IdentitySplit",
    EventKind.MOVED: "IdentityMoved",
    EventKind.CLOSED: "IdentityClosed",
    EventKind.ERASED: "IdentityErased",
}


class Cause(Said):
    """The step that made it due; all null where everything was resolved."""

    step: int | None = None
    kind: str | None = Field(None, description="load, decide, erase or resolve.")
    system: str | None = Field(None, description="The system that was loaded.")


class IdentityEvent(Event):
    """What GraphQL tells as `changes`, in the same order; ``Id`` is the cursor there: `changes(since: Id)` goes on."""

    event_type: Literal[
        "IdentityCreated", "IdentityMerged", "IdentitySplit", "IdentityMoved", "IdentityClosed", "IdentityErased"
    ]
    gcid: str = Field(
        description="Whose event it is: of a merger the survivor, of a split who splits, of a move who gained."
    )
    from_: tuple[str, ...] = Field((), alias="From", description="The ids under which the records were known before.")
    to: tuple[str, ...] = Field((), description="The ids under which they are known since.")
    records: int = Field(description="How many records have another id since.")
    step: int = Field(description="The step that wrote it; later events have the same or a higher one.")
    cause: Cause


def to_event(past: PastEvent) -> IdentityEvent:
    return IdentityEvent.model_validate(
        {
            "Id": encode_cursor([past.step, past.number]),
            "EventType": TYPES[past.what],
            "SchemaVersion": 1,
            "OccurredAt": past.at,
            "SourceSystem": SYSTEM,
            "Gcid": past.gcid,
            "From": came_from(past),
            "To": went_to(past),
            "Records": past.records,
            "Step": past.step,
            "Cause": Cause(step=past.cause.step, kind=past.cause.kind, system=past.cause.system),
        }
    )
