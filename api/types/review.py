"""What only a person can decide."""

from collections.abc import Mapping
from typing import Any

import strawberry

from api.types.scalars import DateTime, utc_text
from graph.resolution.review import Topic
from graph.review import ShownCase
from graph.settlement import Choice, choices_of
from ledger.review import Work

strawberry.enum(Topic, name="ReviewTopic", description="What there is to decide.")
strawberry.enum(Choice, name="ReviewChoice", description="What can be decided about a review item.")


@strawberry.type(description="A value that an item is about, as it may be shown.")
class ReviewValue:
    kind: str = strawberry.field(description="What kind of value it is.")
    country: str | None = strawberry.field(description="Who issued it, for kinds that a country issues.")
    masked: str = strawberry.field(description="A form that is fit to show.")
    suppressed: str | None = strawberry.field(description="Why it links nobody, as a code; null if it does.")


@strawberry.type(description="A decision that an item is about.")
class ReviewDecision:
    decision: int = strawberry.field(description="Its number.")
    verdict: str = strawberry.field(description="What it says.")
    at: DateTime = strawberry.field(description="When it was taken.")
    by: str = strawberry.field(description="By whom.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="Who works on an item.")
class ReviewClaim:
    by: str = strawberry.field(description="Who.")
    until: DateTime = strawberry.field(description="Until when; then anybody may claim it.")


@strawberry.type(description="What somebody said of an item.")
class ReviewComment:
    at: DateTime = strawberry.field(description="When.")
    by: str = strawberry.field(description="Who.")
    text: str = strawberry.field(description="What.")


@strawberry.type(description="Something that only a person can decide.")
class ReviewItem:
    id: strawberry.ID = strawberry.field(description="Names it as long as it is about the same.")
    topic: Topic = strawberry.field(description="What there is to decide.")
    weight: int = strawberry.field(description="Records and accounts of its customers: the weightiest come first.")
    customers: list[strawberry.ID] = strawberry.field(description="The customers that it is about.")
    records: list[str] = strawberry.field(description="Keys of the records that it is about: at most 20.")
    values: list[ReviewValue] = strawberry.field(description="The evidence: values, at most 20.")
    decisions: list[ReviewDecision] = strawberry.field(description="The evidence: decisions, at most 20.")
    reasons: list[str] = strawberry.field(description="Why the links were refused, as codes.")
    choices: list[Choice] = strawberry.field(description="What can be decided.")
    claim: ReviewClaim | None = strawberry.field(description="Who works on it; null if nobody does.")
    comments: list[ReviewComment] = strawberry.field(description="What was said of it, the last 50.")


def review_item(shown: ShownCase, work: Work) -> ReviewItem:
    case, item, claim = shown.case, shown.case.item, work.claim
    return ReviewItem(
        id=strawberry.ID(case.key),
        topic=item.topic,
        weight=case.records + case.accounts,
        customers=[strawberry.ID(gcid) for gcid in item.customers],
        records=list(shown.records),
        values=[
            ReviewValue(kind=it.kind, country=it.country, masked=it.masked, suppressed=it.suppressed)
            for it in shown.values
        ],
        decisions=[
            ReviewDecision(decision=it.id, verdict=it.verdict, at=utc_text(it.at), by=it.by, reason=it.reason)
            for it in shown.decisions
        ],
        reasons=[reason.value for reason in item.reasons],
        choices=list(choices_of(item)),
        claim=ReviewClaim(by=claim.by, until=utc_text(claim.until)) if claim else None,
        comments=[ReviewComment(at=utc_text(it.at), by=it.by, text=it.text) for it in work.comments],
    )


def review_edge(item: ReviewItem) -> Mapping[str, Any]:
    """As a page holds it."""
    return {"node": item, "cursor": [item.id]}
