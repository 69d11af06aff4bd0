"""What came of a decision, or would."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import strawberry

from api.types.scalars import DateTime, utc_text
from graph.decisions import DecisionReport
from graph.proposals import Proposal, Release, Suppress, Undo, named_in
from graph.stewardship import Foreseen, Outcome, Waiting
from graph.what_if import Preview
from ledger.entries import IdentityEvent
from ledger.history import Event
from ledger.proposals import ProposalState


@strawberry.enum(description="What came of a decision.")
class DecisionState(Enum):
    PREVIEW = strawberry.enum_value("preview", description="It was only looked at: nothing is written.")
    TAKEN = strawberry.enum_value("taken", description="It holds.")
    PENDING = strawberry.enum_value("pending", description="It waits for a second person.")
    REJECTED = strawberry.enum_value("rejected", description="The second person said no.")
    KEPT = strawberry.enum_value("kept", description="It was decided to leave things as they are.")


@strawberry.enum(description="A field of the golden record that can be corrected.")
class CustomerField(Enum):
    """The names in ``graph.resolution.golden.FIELDS``, spelled out because callers depend on them."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    PARTY_TYPE = "party_type"
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"


@strawberry.type(description="Something that happens to a customer.")
class DecisionEvent:
    what: str = strawberry.field(description="created, merged, split, moved, closed or erased.")
    gcid: strawberry.ID = strawberry.field(
        description="Whom: the survivor of a merger, the one that splits, the one that records move to."
    )
    others: list[strawberry.ID] = strawberry.field(
        description="The ids that meet in it, come out of it, or that records move from."
    )
    records: int = strawberry.field(description="Records whose id changes.")


@strawberry.type(description="A record whose GlobalCustomerId changes.")
class MovedRecord:
    record: str = strawberry.field(description="Its key.")
    before: strawberry.ID = strawberry.field(description="Its id now.")
    after: strawberry.ID | None = strawberry.field(description="Its id then; null if it has none any more.")


@strawberry.type(description="What a decision would change.")
class DecisionPreview:
    customers_changed: int = strawberry.field(description="Customers who would have other records than now.")
    customers_before: int = strawberry.field(description="Customers of all records that were looked at, now.")
    customers_after: int = strawberry.field(description="And then.")
    records_changed: int = strawberry.field(description="Records whose id would change.")
    changed: list[MovedRecord] = strawberry.field(description="The first 100 of these.")
    events: list[DecisionEvent] = strawberry.field(description="The first 100 things that would happen.")
    resolution_due: bool = strawberry.field(
        description="Whether a resolution is due by itself: what that does is in here, too."
    )


@strawberry.type(description="What came of a decision, or would.")
class DecisionOutcome:
    state: DecisionState = strawberry.field(description="Whether it is taken.")
    decision: int | None = strawberry.field(default=None, description="The decision's number, once it is taken.")
    proposal: strawberry.ID | None = strawberry.field(
        default=None, description="What a second person rules on: approveDecision, rejectDecision."
    )
    basis: str | None = strawberry.field(
        default=None,
        description="Names just what is previewed: give it as `basedOn` to decide on that alone.",
    )
    preview: DecisionPreview | None = strawberry.field(default=None, description="What would change; null once taken.")
    events: list[DecisionEvent] = strawberry.field(
        default_factory=list, description="What the decision did, once it is taken."
    )
    suppressed: str | None = strawberry.field(
        default=None, description="Why the value that it is about links nobody from now on, as a code."
    )


@strawberry.type(description="A decision that waits for a second person.")
class PendingDecision:
    id: strawberry.ID = strawberry.field(description="For approveDecision and rejectDecision.")
    at: DateTime = strawberry.field(description="When it was proposed.")
    by: str = strawberry.field(description="Who proposed it, and may not rule on it.")
    reason: str = strawberry.field(description="Why.")
    verdict: str = strawberry.field(description="same, different, suppress, release, correct or undo.")
    about: list[str] = strawberry.field(
        description="Keys of records, the id of a customer, the kind of a value, or the number of a decision."
    )
    customers: int = strawberry.field(description="How many customers it would change.")
    basis: str = strawberry.field(description="What its proposer looked at; an approval of anything else is refused.")


def previewed(foreseen: Foreseen) -> DecisionOutcome:
    return DecisionOutcome(state=DecisionState.PREVIEW, basis=foreseen.basis, preview=_preview(foreseen.preview))


def outcome_of(outcome: Outcome) -> DecisionOutcome:
    if isinstance(outcome, DecisionReport):
        return DecisionOutcome(
            state=DecisionState.TAKEN,
            decision=outcome.decision,
            events=[_event(event) for event in outcome.events],
            suppressed=outcome.suppressed.value if outcome.suppressed else None,
        )
    proposed = outcome.proposed
    waits = proposed.state is ProposalState.PENDING
    return DecisionOutcome(
        state=DecisionState.PENDING if waits else DecisionState.REJECTED,
        proposal=strawberry.ID(str(proposed.id)),
        basis=proposed.basis if waits else None,
    )


def customers_in(outcome: DecisionOutcome) -> Iterator[str]:
    """Everybody whom it names: for the audit chain."""
    preview = outcome.preview
    for event in (*outcome.events, *(preview.events if preview else ())):
        yield from (event.gcid, *event.others)
    for changed in preview.changed if preview else ():
        yield from filter(None, (changed.before, changed.after))


def pending_edge(waiting: Waiting) -> Mapping[str, Any]:
    """As a page holds it."""
    proposed, proposal = waiting.proposed, waiting.proposal
    node = PendingDecision(
        id=strawberry.ID(str(proposed.id)),
        at=utc_text(proposed.at),
        by=proposed.by,
        reason=proposed.reason,
        verdict=type(proposal).__name__.lower(),
        about=_about(proposal) if proposal else [],
        customers=proposed.customers,
        basis=proposed.basis,
    )
    return {"node": node, "cursor": [proposed.id]}


def _about(proposal: Proposal) -> list[str]:
    """What it is about, but for a value, which may be somebody's."""
    match proposal:
        case Suppress() | Release():
            return [proposal.kind]
        case Undo(decision):
            return [str(decision)]
        case _:
            return named_in(proposal)


def _event(event: Event | IdentityEvent) -> DecisionEvent:
    others = [strawberry.ID(gcid) for gcid in event.others]
    return DecisionEvent(what=event.what.value, gcid=strawberry.ID(event.gcid), others=others, records=event.records)


def _preview(preview: Preview) -> DecisionPreview:
    return DecisionPreview(
        customers_changed=preview.touched,
        customers_before=preview.customers_before,
        customers_after=preview.customers_after,
        records_changed=preview.changed.total,
        changed=[
            MovedRecord(
                record=it.record, before=strawberry.ID(it.before), after=strawberry.ID(it.after) if it.after else None
            )
            for it in preview.changed.items
        ],
        events=[_event(event) for event in preview.events.items],
        resolution_due=preview.due,
    )
