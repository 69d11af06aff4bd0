"""The root of what can be decided."""

import strawberry

from api import deciding, reviewing
from api.types.review import ReviewItem
from api.types.stewardship import DecisionOutcome


@strawberry.type(description="What stewards decide. All that a decision does can be previewed, and be undone.")
class Mutation:
    judge_same: DecisionOutcome = strawberry.field(
        resolver=deciding.judge_same, description="Two records are one person or company, whatever their values say."
    )
    judge_different: DecisionOutcome = strawberry.field(
        resolver=deciding.judge_different,
        description="Two people: all who were with `a` and all who were with `b` when they were apart last; or exactly "
        "`left` and `right`.",
    )
    suppress_value: DecisionOutcome = strawberry.field(
        resolver=deciding.suppress_value,
        description="A value says nothing about who somebody is: it links nobody, and tells nobody apart.",
    )
    release_value: DecisionOutcome = strawberry.field(
        resolver=deciding.release_value, description="A value links, though it looks like a filler or many share it."
    )
    correct_field: DecisionOutcome = strawberry.field(
        resolver=deciding.correct_field, description="What a field of a customer says, whatever the sources say."
    )
    undo_decision: DecisionOutcome = strawberry.field(
        resolver=deciding.undo_decision,
        description="A decision stands no more; undoing an undo revives what it had ended.",
    )
    approve_decision: DecisionOutcome = strawberry.field(
        resolver=deciding.approve_decision, description="The second person's yes: what was proposed is decided."
    )
    reject_decision: DecisionOutcome = strawberry.field(
        resolver=deciding.reject_decision, description="The second person's no: what was proposed is not decided."
    )
    resolve_review: DecisionOutcome = strawberry.field(
        resolver=reviewing.resolve_review, description="Take the decision that belongs to a review item."
    )
    claim_review_item: ReviewItem = strawberry.field(
        resolver=reviewing.claim_review_item,
        description="Work on an item: for half an hour nobody else can resolve it. Claim it again to go on.",
    )
    release_review_item: ReviewItem = strawberry.field(
        resolver=reviewing.release_review_item, description="Work on it no more."
    )
    comment_review_item: ReviewItem = strawberry.field(
        resolver=reviewing.comment_review_item, description="Say something of an item to other stewards."
    )
