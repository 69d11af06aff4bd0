"""What would change if something were decided, set or deleted. Nothing of it is written."""

from collections.abc import Mapping
from typing import Any

import strawberry

from api.errors import ApiError, ErrorCode
from api.types.event import came_from, went_to
from api.types.identity import IdentifierKind
from graph.proposals import Different, Release, Same, Suppress, Undo
from graph.resolution.policy import Policy, load_policy
from graph.what_if import Change, Delete, Preview, change_policy, read_setting
from ledger.entries import EventKind

MAX_SIDE = 500  # records of one side of a difference, and settings of a policy


@strawberry.input(description="A value, in any form that people write it.")
class ValueInput:
    kind: IdentifierKind = strawberry.field(description="What kind of value it is.")
    value: str = strawberry.field(description="The value.")
    country: str | None = strawberry.field(default="KE", description="ISO code of the country that issued it.")


@strawberry.input(description="Two records, by their keys.")
class PairInput:
    a: strawberry.ID = strawberry.field(description="The key of one record.")
    b: strawberry.ID = strawberry.field(description="The key of the other.")


@strawberry.input(description="Two groups of records, by their keys.")
class SidesInput:
    left: list[strawberry.ID] = strawberry.field(description="The keys of the records on one side.")
    right: list[strawberry.ID] = strawberry.field(description="The keys of the records on the other.")


@strawberry.input(description="A setting of a policy.")
class SettingInput:
    name: str = strawberry.field(description="Its name: cap, hub, private_limit and so on.")
    value: str = strawberry.field(description='Its value, as a policy\'s file would write it: 20, true, ["Phone"].')


@strawberry.input(description="Another policy, or the present one with other settings.")
class PolicyInput:
    name: str | None = strawberry.field(default=None, description="A policy; the present one if not given.")
    settings: list[SettingInput] = strawberry.field(default_factory=list, description="What is to be otherwise.")


@strawberry.input(one_of=True, description="What might be decided, set or deleted: exactly one of these.")
class IdentityChangeInput:
    suppress: ValueInput | None = strawberry.field(
        default=strawberry.UNSET, description="A value would link nobody any more."
    )
    release: ValueInput | None = strawberry.field(
        default=strawberry.UNSET, description="A value would link, in spite of being a filler or shared by many."
    )
    same: PairInput | None = strawberry.field(
        default=strawberry.UNSET, description="A steward would say that two records are one customer."
    )
    different: SidesInput | None = strawberry.field(
        default=strawberry.UNSET, description="A steward would say that nobody on the left is anybody on the right."
    )
    undo: int | None = strawberry.field(default=strawberry.UNSET, description="A decision would stand no more.")
    delete: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The source would no longer have the record with this key."
    )
    policy: PolicyInput | None = strawberry.field(
        default=strawberry.UNSET, description="Another policy would hold. Looks at every record: may take too long."
    )


@strawberry.type(description="How often something would happen.")
class ForeseenCount:
    kind: EventKind = strawberry.field(description="What.")
    number: int = strawberry.field(description="To how many customers.")


@strawberry.type(description="Something that would happen to a customer.")
class ForeseenEvent:
    kind: EventKind = strawberry.field(description="What.")
    gcid: strawberry.ID = strawberry.field(description="Whose event it would be.")
    from_: list[strawberry.ID] = strawberry.field(name="from", description="The ids before.")
    to: list[strawberry.ID] = strawberry.field(description="The ids afterwards.")
    records: int = strawberry.field(description="Records that would get another id.")


@strawberry.type(description="A record that would get another GlobalCustomerId.")
class ChangedRecord:
    record: str = strawberry.field(description="Its key.")
    before: strawberry.ID = strawberry.field(description="Its customer now.")
    after: strawberry.ID | None = strawberry.field(description="Its customer then; null if it would be gone.")


@strawberry.type(description="What would change. Of many changes the first are listed, and all are counted.")
class IdentityPreview:
    records: int = strawberry.field(description="Records that were looked at.")
    customers_before: int = strawberry.field(description="Their customers now.")
    customers_after: int = strawberry.field(description="Their customers then.")
    happened: list[ForeseenCount] = strawberry.field(description="What would happen to customers, counted.")
    events: list[ForeseenEvent] = strawberry.field(description="The first things that would happen.")
    changed: list[ChangedRecord] = strawberry.field(description="The first records that would get another id.")
    changed_total: int = strawberry.field(description="How many records would get another id.")
    churn: float = strawberry.field(description="Their share of the records looked at, from 0 to 1.")
    links: int = strawberry.field(description="Links that would be accepted anew.")
    refused: int = strawberry.field(description="Links that would be refused anew.")
    due: bool = strawberry.field(description="A resolution is due: what it will do is in here, too.")


def read_change(given: IdentityChangeInput, policy: Policy) -> Change:
    """What was meant. Raises ApiError, or BadPolicy for a setting that no policy has."""
    match given:
        case IdentityChangeInput(suppress=ValueInput() as it):
            return Suppress(it.kind.value, it.value, it.country)
        case IdentityChangeInput(release=ValueInput() as it):
            return Release(it.kind.value, it.value, it.country)
        case IdentityChangeInput(same=PairInput() as pair):
            return Same(pair.a, pair.b)
        case IdentityChangeInput(different=SidesInput() as sides):
            _bound(len(sides.left), len(sides.right))
            return Different(frozenset(sides.left), frozenset(sides.right))
        case IdentityChangeInput(undo=int() as decision):
            return Undo(decision)
        case IdentityChangeInput(delete=str() as record):
            return Delete(record)
        case IdentityChangeInput(policy=PolicyInput() as changed):
            _bound(len(changed.settings))
            settings = {it.name: read_setting(it.value) for it in changed.settings}
            return change_policy(load_policy(changed.name) if changed.name else policy, settings)
        case _:
            raise ApiError(ErrorCode.BAD_USER_INPUT, "'change' names exactly one change.")


def _bound(*numbers: int) -> None:
    if max(numbers) > MAX_SIDE:
        raise ApiError(ErrorCode.BAD_USER_INPUT, f"A list in 'change' has at most {MAX_SIDE} items.")


def show_preview(preview: Preview) -> IdentityPreview:
    happened: Mapping[EventKind, int] = preview.happened
    return IdentityPreview(
        records=preview.records,
        customers_before=preview.customers_before,
        customers_after=preview.customers_after,
        happened=[ForeseenCount(kind=kind, number=happened[kind]) for kind in EventKind if happened[kind]],
        events=[_foreseen(event) for event in preview.events.items],
        changed=[ChangedRecord(**_ids(it)) for it in preview.changed.items],
        changed_total=preview.changed.total,
        churn=preview.churn,
        links=preview.links,
        refused=preview.refused,
        due=preview.due,
    )


def _foreseen(event: Any) -> ForeseenEvent:
    return ForeseenEvent(
        kind=event.what,
        gcid=strawberry.ID(event.gcid),
        from_=[strawberry.ID(gcid) for gcid in came_from(event)],
        to=[strawberry.ID(gcid) for gcid in went_to(event)],
        records=event.records,
    )


def _ids(changed: Any) -> dict[str, Any]:
    return {"record": changed.record, "before": changed.before, "after": changed.after}
