"""The mutations by which stewards decide. Who decides is who the token names; nothing in an input can say otherwise."""

import json
import re
from typing import Annotated, Any, NamedTuple

import strawberry

from api.errors import ApiError, ErrorCode
from api.office import Office
from api.pages import DEFAULT_FIRST, check_first, decode_cursor
from api.types.connection import After, First, PageOfRows
from api.types.context import Context, Info
from api.types.identity import IdentifierKind
from api.types.stewardship import CustomerField, DecisionOutcome, customers_in, outcome_of, pending_edge, previewed
from graph.decisions import DecisionReport
from graph.proposals import Correct, Different, Proposal, Release, Same, Suppress, Undo
from graph.stewardship import Outcome, Terms
from ledger.audit import Operation

MAX_KEY = 100  # characters of an idempotency key
NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")  # what no store can keep

Record = Annotated[str, strawberry.argument(description="A record's key: system|entity|id.")]
Side = Annotated[list[str] | None, strawberry.argument(description="Keys of the records of this side; not with a, b.")]
OneOfPair = Annotated[str | None, strawberry.argument(description="A record's key; all who were with it are meant.")]
Kind = Annotated[IdentifierKind, strawberry.argument(description="What kind of value it is.")]
Raw = Annotated[str, strawberry.argument(description="In any form in which it is written.")]
Country = Annotated[str | None, strawberry.argument(description="ISO code of the country that issued it.")]
Gcid = Annotated[strawberry.ID, strawberry.argument(description="A GlobalCustomerId, also one of the past.")]
Number = Annotated[strawberry.ID, strawberry.argument(description="The id of the pending decision.")]
Reason = Annotated[str, strawberry.argument(description="Why; kept with the decision.")]
DryRun = Annotated[bool, strawberry.argument(description="Say what would change; write nothing.")]
Key = Annotated[
    str | None,
    strawberry.argument(
        description="Your own name for this request: if you repeat it, it is answered and not done again."
    ),
]
Basis = Annotated[
    str | None,
    strawberry.argument(
        description="The basis of the preview that you looked at; CONFLICT if it would change anything else."
    ),
]


class Asked(NamedTuple):
    """What every decision is asked with."""

    reason: str
    dry_run: bool
    key: str | None
    based_on: str | None


async def judge_same(
    info: Info,
    a: Record,
    b: Record,
    reason: Reason,
    dry_run: DryRun = False,
    idempotency_key: Key = None,
    based_on: Basis = None,
) -> DecisionOutcome:
    return await decide(info, Same(a, b), Asked(reason, dry_run, idempotency_key, based_on))


async def judge_different(
    info: Info,
    reason: Reason,
    a: OneOfPair = None,
    b: OneOfPair = None,
    left: Side = None,
    right: Side = None,
    dry_run: DryRun = False,
    idempotency_key: Key = None,
    based_on: Basis = None,
) -> DecisionOutcome:
    asked = Asked(reason, dry_run, idempotency_key, based_on)
    if a is not None and b is not None and left is None and right is None:
        return await decide(info, (a, b), asked)
    if a is None and b is None and left and right:
        return await decide(info, Different(frozenset(left), frozenset(right)), asked)
    raise ApiError(ErrorCode.BAD_USER_INPUT, "Give a and b, or left and right.")


async def suppress_value(
    info: Info,
    kind: Kind,
    value: Raw,
    reason: Reason,
    country: Country = "KE",
    dry_run: DryRun = False,
    idempotency_key: Key = None,
    based_on: Basis = None,
) -> DecisionOutcome:
    asked = Asked(reason, dry_run, idempotency_key, based_on)
    return await decide(info, Suppress(kind.value, value, country), asked)


async def release_value(
    info: Info,
    kind: Kind,
    value: Raw,
    reason: Reason,
    country: Country = "KE",
    dry_run: DryRun = False,
    idempotency_key: Key = None,
    based_on: Basis = None,
) -> DecisionOutcome:
    asked = Asked(reason, dry_run, idempotency_key, based_on)
    return await decide(info, Release(kind.value, value, country), asked)


async def correct_field(
    info: Info,
    gcid: Gcid,
    field: CustomerField,
    value: Raw,
    reason: Reason,
    country: Country = "KE",
    dry_run: DryRun = False,
    idempotency_key: Key = None,
    based_on: Basis = None,
) -> DecisionOutcome:
    asked = Asked(reason, dry_run, idempotency_key, based_on)
    return await decide(info, Correct(gcid, field.value, value, country), asked)


async def undo_decision(
    info: Info,
    decision: int,
    reason: Reason,
    dry_run: DryRun = False,
    idempotency_key: Key = None,
    based_on: Basis = None,
) -> DecisionOutcome:
    return await decide(info, Undo(decision), Asked(reason, dry_run, idempotency_key, based_on))


async def approve_decision(info: Info, id: Number, reason: Reason, dry_run: DryRun = False) -> DecisionOutcome:
    office, number = await begin(info, reason), _number(id)
    if dry_run:
        foreseen = await office.stewardship.foresee_pending(number)
        return _noted(info, previewed(foreseen))
    by = info.context.caller.subject
    return await finish(info, office, await office.stewardship.approve(number, by=by, reason=reason))


async def reject_decision(info: Info, id: Number, reason: Reason) -> DecisionOutcome:
    office = await begin(info, reason)
    by = info.context.caller.subject
    return outcome_of(await office.stewardship.reject(_number(id), by=by, reason=reason))


async def pending_decisions(info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Any:
    office = staffed(info.context)
    check_first(first)
    position = decode_cursor(after, ("number",))
    found = await office.stewardship.pending(int(position[0]) if position else 0, first + 1)
    return PageOfRows([pending_edge(waiting) for waiting in found], first)


async def decide(info: Info, meant: Proposal | tuple[str, str], asked: Asked) -> DecisionOutcome:
    """Preview or decide; two records are meant as two people, whose sides are still to be found."""
    office = await begin(info, *_texts(meant), *asked)
    terms = terms_of(info, asked, meant)
    if not asked.dry_run and (earlier := await office.stewardship.answered(terms)):
        return await finish(info, office, earlier)
    proposal = Different(*await office.stewardship.steward.sides_of(*meant)) if isinstance(meant, tuple) else meant
    return await conclude(info, office, proposal, terms, dry_run=asked.dry_run)


async def conclude(info: Info, office: Office, proposal: Proposal, terms: Terms, *, dry_run: bool) -> DecisionOutcome:
    if dry_run:
        return _noted(info, previewed(await office.stewardship.foresee(proposal)))
    return await finish(info, office, await office.stewardship.decide(proposal, terms))


async def finish(info: Info, office: Office, outcome: Outcome) -> DecisionOutcome:
    if isinstance(outcome, DecisionReport):
        await office.publish()
    return _noted(info, outcome_of(outcome))


async def begin(info: Info, *texts: object) -> Office:
    """Before anything is done: is the caller a steward, is what he wrote text, and is he in the audit chain?"""
    office = staffed(info.context)
    for text in texts:
        if isinstance(text, str) and NO_TEXT.search(text):
            raise ApiError(ErrorCode.BAD_USER_INPUT, "One of the texts holds a character that is none.")
    info.context.trail.operation = Operation.MUTATION
    info.context.trail.note(info.field_name, ())
    await info.context.trail.append()
    return office


def staffed(context: Context) -> Office:
    """Raises ApiError where the service takes no decisions."""
    if context.office is None:
        raise ApiError(ErrorCode.UNAVAILABLE, "This service takes no decisions.")
    return context.office


def terms_of(info: Info, asked: Asked, said: object) -> Terms:
    """``said`` is what else was asked for; any two requests that differ in it, or in the terms, are different."""
    if asked.key is not None and not 1 <= len(asked.key) <= MAX_KEY:
        raise ApiError(ErrorCode.BAD_USER_INPUT, f"An idempotency key has 1 to {MAX_KEY} characters.")
    request = json.dumps([info.field_name, asked.reason, asked.based_on, _texts(said)])
    return Terms(
        by=info.context.caller.subject, reason=asked.reason, based_on=asked.based_on, key=asked.key, request=request
    )


def _noted(info: Info, outcome: DecisionOutcome) -> DecisionOutcome:
    if named := list(customers_in(outcome)):
        info.context.trail.note(info.field_name, named)
    return outcome


def _texts(said: Any) -> list[Any]:
    """All that something says, flat and in order; of a proposal, its kind too."""
    if isinstance(said, list | tuple):
        return [text for item in said for text in (*_texts(item), ";")]
    if isinstance(said, frozenset):
        return _texts(sorted(said))
    if isinstance(said, str | int | None):
        return [said]
    return [type(said).__name__, *(text for name in said.__slots__ for text in _texts(getattr(said, name)))]


def _number(id: str) -> int:
    if not (id.isascii() and id.isdigit() and len(id) <= 18):
        raise ApiError(ErrorCode.NOT_FOUND, "There is no such pending decision.")
    return int(id)
