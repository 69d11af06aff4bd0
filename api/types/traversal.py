"""Who is tied to whom by what they share: the evidence of each hop, and what was not followed."""

from typing import Any

import strawberry

from graph.traversal import Hub as FoundHub
from graph.traversal import Via

strawberry.enum(Via, name="RelationKind", description="By what customers can be tied to each other.")


@strawberry.type(description="A thing that customers share.")
class Tie:
    kind: Via = strawberry.field(description="What kind of tie it is.")
    what: str = strawberry.field(description="What it is: Phone, device, account, director_of and so on.")
    key: str | None = strawberry.field(description="Its key: of a device, an account or a role's row.")
    value: str | None = strawberry.field(description="Of an identifier, the normal form.")
    masked: str | None = strawberry.field(description="Of an identifier, a form that is fit to show.")
    suppressed: str | None = strawberry.field(description="Why it links nobody, as a code; null if it may.")
    number: int = strawberry.field(
        description="How many have it; of a device or a counterparty, among the events that were looked at."
    )


@strawberry.type(description="A tie between two customers, and the first record of each that has it.")
class TieEvidence:
    tie: Tie = strawberry.field(description="What they share.")
    record: str = strawberry.field(description="The key of a record of the one.")
    other_record: str = strawberry.field(description="The key of a record of the other.")


def _start(root: strawberry.Parent[Any]) -> strawberry.ID:
    return strawberry.ID(root.start)


def _end(root: strawberry.Parent[Any]) -> strawberry.ID:
    return strawberry.ID(root.end)


@strawberry.type(description="A step from one customer to another.")
class Hop:
    from_: strawberry.ID = strawberry.field(name="from", resolver=_start, description="The one customer.")
    to: strawberry.ID = strawberry.field(resolver=_end, description="The other customer.")
    evidence: list[TieEvidence] = strawberry.field(description="All that ties the two.")


@strawberry.type(description="A customer who is tied to her, and how.")
class Related:
    gcid: strawberry.ID = strawberry.field(description="The customer.")
    name: str | None = strawberry.field(description="That customer's name.")
    hops: list[Hop] = strawberry.field(description="A shortest way to that customer.")


def _near(root: strawberry.Parent[Any]) -> strawberry.ID:
    hub: FoundHub = root
    return strawberry.ID(hub.gcid)


@strawberry.type(description="A thing that was not followed: too many have it, or it is suppressed.")
class Hub:
    gcid: strawberry.ID = strawberry.field(resolver=_near, description="The customer who has it, on the way.")
    tie: Tie = strawberry.field(description="What it is, and how many have it.")


@strawberry.type(description="Who is around a customer.")
class Surroundings:
    customers: list[Related] = strawberry.field(description="The nearest first.")
    hubs: list[Hub] = strawberry.field(description="What was not followed.")
    complete: bool = strawberry.field(description="Whether that is everybody; a ring of too many is cut.")


@strawberry.type(description="A shortest way between two customers by what they share.")
class EvidencePath:
    hops: list[Hop] = strawberry.field(description="One after the other; none from a customer to herself.")
