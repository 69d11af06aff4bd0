"""The review queue: what only a person can decide, who works on it, and what was decided."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import strawberry

from api.deciding import Asked, Basis, DryRun, Key, Reason, begin, conclude, finish, staffed, terms_of
from api.errors import ApiError, ErrorCode
from api.office import Office
from api.pages import DEFAULT_FIRST, check_first, decode_cursor
from api.types.connection import After, First, PageOfRows
from api.types.context import Context, Info
from api.types.review import ReviewItem, review_edge, review_item
from api.types.stewardship import DecisionOutcome, DecisionState
from graph.proposals import MAX_TEXT, Different, Proposal, read_note
from graph.resolution.review import Topic
from graph.review import Case
from graph.settlement import Choice, pair_of, propose, refuse_other
from ledger.review import claim_item, comment_on, keep_item, kept_items, release_item, work_on

Item = Annotated[strawberry.ID, strawberry.argument(description="The item's id.")]
Wanted = Annotated[Topic | None, strawberry.argument(description="Only this topic.")]
Chosen = Annotated[Choice, strawberry.argument(description="One of the item's choices.")]
Pair = Annotated[
    list[str] | None,
    strawberry.argument(description="The two of its records that are judged; not needed if it has only two."),
]
Text = Annotated[str, strawberry.argument(description=f"At most {MAX_TEXT} characters.")]


async def review_queue(info: Info, reason: Wanted = None, first: First = DEFAULT_FIRST, after: After = None) -> Any:
    context = info.context
    office = staffed(context)
    check_first(first)
    position = decode_cursor(after, ("text",))
    queue = await office.review.queue(reason)
    async with context.ledger.transaction() as connection:
        kept = await kept_items(connection)
    left = replace(queue, cases=tuple(case for case in queue.cases if case.key not in kept))
    cases = left.after(position[0] if position else None)[: first + 1]
    context.trail.note(info.field_name, (gcid for case in cases[:first] for gcid in case.item.customers))
    return PageOfRows([review_edge(item) for item in await _shown(context, office, cases)], first)


async def resolve_review(
    info: Info,
    item: Item,
    choice: Chosen,
    reason: Reason,
    records: Pair = None,
    dry_run: DryRun = False,
    idempotency_key: Key = None,
    based_on: Basis = None,
) -> DecisionOutcome:
    asked = Asked(reason, dry_run, idempotency_key, based_on)
    office = await begin(info, *(records or ()), *asked)
    terms = terms_of(info, asked, (item, choice.value, sorted(records or ())))
    if not dry_run and (earlier := await office.stewardship.answered(terms)):
        return await finish(info, office, earlier)
    case = await _find(office, item)
    refuse_other(case.item, choice)
    await _refuse_claimed(info.context, case)
    if choice is Choice.KEEP:
        return await _keep(info.context, case, asked)
    proposal = await _propose(office, case, choice, records or [])
    return await conclude(info, office, proposal, terms, dry_run=dry_run)


async def claim_review_item(info: Info, item: Item) -> ReviewItem:
    office = await begin(info)
    case = await _find(office, item)
    context = info.context
    async with context.ledger.transaction() as connection:
        claim = await claim_item(connection, case.key, context.caller.subject)
    if claim.by != context.caller.subject:
        raise _claimed(claim.by)
    return await _one(info, office, case)


async def release_review_item(info: Info, item: Item) -> ReviewItem:
    office = await begin(info)
    case = await _find(office, item)
    async with info.context.ledger.transaction() as connection:
        if not await release_item(connection, case.key, info.context.caller.subject):
            raise ApiError(ErrorCode.CONFLICT, "This item is not yours to release.")
    return await _one(info, office, case)


async def comment_review_item(info: Info, item: Item, text: Text) -> ReviewItem:
    office = await begin(info, text)
    note = read_note(info.context.caller.subject, text)
    case = await _find(office, item)
    async with info.context.ledger.transaction() as connection:
        await comment_on(connection, case.key, note.by, note.reason, case.item.records)
    return await _one(info, office, case)


async def _propose(office: Office, case: Case, choice: Choice, records: list[str]) -> Proposal:
    if choice is Choice.DIFFERENT:
        return Different(*await office.stewardship.steward.sides_of(*pair_of(case.item, records)))
    return propose(case.item, choice, records)


async def _keep(context: Context, case: Case, asked: Asked) -> DecisionOutcome:
    """Leave it as the rule has it: it is asked no more, for as long as it is about the same."""
    note = read_note(context.caller.subject, asked.reason)
    if asked.dry_run:
        return DecisionOutcome(state=DecisionState.PREVIEW)
    async with context.ledger.transaction() as connection:
        await keep_item(connection, case.key, note.by, note.reason, case.item.records)
    return DecisionOutcome(state=DecisionState.KEPT)


async def _find(office: Office, key: str) -> Case:
    try:
        wanted = str(UUID(key))
    except ValueError:
        wanted = None
    for case in (await office.review.queue()).cases:
        if case.key == wanted:
            return case
    raise ApiError(ErrorCode.NOT_FOUND, "There is no such review item: it may be settled.")


async def _refuse_claimed(context: Context, case: Case) -> None:
    async with context.ledger.transaction() as connection:
        claim = (await work_on(connection, [case.key]))[case.key].claim
    if claim and claim.by != context.caller.subject:
        raise _claimed(claim.by)


def _claimed(by: str) -> ApiError:
    return ApiError(ErrorCode.CONFLICT, f"{by} works on this item.")


async def _one(info: Info, office: Office, case: Case) -> ReviewItem:
    info.context.trail.note(info.field_name, case.item.customers)
    return (await _shown(info.context, office, [case]))[0]


async def _shown(context: Context, office: Office, cases: Any) -> list[ReviewItem]:
    shown = await office.review.show(cases)
    async with context.ledger.transaction() as connection:
        work = await work_on(connection, [it.case.key for it in shown])
    return [review_item(it, work[it.case.key]) for it in shown]
