"""Why two records are one customer or not, how a customer was put together, and what alone holds it together."""

from typing import Annotated, Any

import strawberry

from api.projected import PROJECTION, projected
from api.types.context import Info
from api.types.event import DecisionNote, IdentityEvent
from api.types.identity import QuarantinedLink
from api.types.scalars import DateTime
from graph.explanation import ShownBridge
from graph.projection import Rows, Value
from graph.resolution.bridges import Thing
from graph.resolution.explanation import Level
from graph.resolution.reasons import ReasonCode

strawberry.enum(ReasonCode, description="Why a value links nobody, or why two of its holders were not linked.")
strawberry.enum(Level, description="What decided about a value that two records share.")
strawberry.enum(Thing, description="What can hold a customer together.")


@strawberry.type(description="A value as it may be shown to anybody who may see who shares it.")
class SharedValue:
    kind: str = strawberry.field(description="What kind of value it is.")
    country: str | None = strawberry.field(description="Who issued it, for kinds that a country issues.")
    masked: str = strawberry.field(description="A form that is fit to show.")
    suppressed: ReasonCode | None = strawberry.field(description="Why it links nobody, if it does not.")


@strawberry.type(description="How a record has a value.")
class EvidenceHolding:
    record: str = strawberry.field(description="The key of the record.")
    claimed: bool = strawberry.field(description="Whether nobody has verified that it is hers.")
    since: DateTime | None = strawberry.field(description="Since when we know of it.")
    source_from: DateTime | None = strawberry.field(description="Since when, as its source tells.")
    source_to: DateTime | None = strawberry.field(description="Until when, as its source tells.")


@strawberry.type(description="An accepted link: by a value that both records have, or by a decision.")
class EvidenceLink:
    a: str = strawberry.field(description="The key of one record.")
    b: str = strawberry.field(description="The key of the other.")
    stage: int = strawberry.field(description="The stage of the rule that accepted it; 0 for a decision.")
    since: DateTime | None = strawberry.field(description="Since when; null: the next resolution writes it.")
    value: SharedValue | None = strawberry.field(description="What they share; null for a decision.")
    holdings: list[EvidenceHolding] = strawberry.field(description="How each of the two has the value.")
    decision: DecisionNote | None = strawberry.field(description="Who decided it; null for a value.")


@strawberry.type(description="Two records that cannot be one customer.")
class Clash:
    reason: ReasonCode = strawberry.field(description="Why.")
    a: str = strawberry.field(description="The key of one.")
    b: str = strawberry.field(description="The key of the other.")
    values: list[SharedValue] | None = strawberry.field(description="Two documents of a kind of which one has one.")
    decision: DecisionNote | None = strawberry.field(description="The decision that keeps them apart.")


@strawberry.type(description="Something that two records share, and what the rule makes of it between exactly them.")
class SharedThing:
    a: str = strawberry.field(description="The key of one record.")
    b: str = strawberry.field(description="The key of the other.")
    level: Level = strawberry.field(description="What decided about it.")
    reason: ReasonCode | None = strawberry.field(description="Why it does not link them; null if it does.")
    value: SharedValue | None = strawberry.field(description="The value; null for a decision.")
    decision: DecisionNote | None = strawberry.field(description="The decision; null for a value.")
    clash: Clash | None = strawberry.field(description="Who of the two customers cannot be one, if that decided.")


@strawberry.type(description="Why two records are one customer, or why they are not.")
class Explanation:
    same: bool = strawberry.field(description="Whether they are one customer.")
    customers: list[strawberry.ID] = strawberry.field(description="The customer of each, as the rule says now.")
    chain: list[EvidenceLink] = strawberry.field(description="The accepted links from the first to the second.")
    shared: list[SharedThing] = strawberry.field(description="All that the two share; refused things, too.")
    between: list[SharedThing] = strawberry.field(
        description="What was refused between other records of the two customers, the first of many."
    )
    clash: Clash | None = strawberry.field(description="Who of the two customers cannot be one.")
    due: bool = strawberry.field(description="A resolution is due: this is what it will say.")


@strawberry.type(description="A link, and how many records were together on each side of it before.")
class ConstructionStep:
    link: EvidenceLink = strawberry.field(description="The link.")
    left: int = strawberry.field(description="Records on the side of a.")
    right: int = strawberry.field(description="Records on the side of b.")


@strawberry.type(description="How a customer was put together, in the order of the rule.")
class Construction:
    gcid: strawberry.ID = strawberry.field(description="The customer.")
    members: list[str] = strawberry.field(description="The keys of her records.")
    steps: list[ConstructionStep] = strawberry.field(description="One link after the other.")


def _record(root: strawberry.Parent[Any]) -> str | None:
    bridge: ShownBridge = root
    return bridge.candidate.name if bridge.candidate.thing is Thing.RECORD else None


def _parts(root: strawberry.Parent[Any]) -> list[list[str]]:
    return [list(part) for part in root.parts]


@strawberry.type(description="What would split the customer if it were gone.")
class Bridge:
    thing: Thing = strawberry.field(resolver=lambda root: root.candidate.thing, description="What it is.")
    record: str | None = strawberry.field(resolver=_record, description="The key of the record, if it is one.")
    value: SharedValue | None = strawberry.field(description="The value, if it is one.")
    decision: DecisionNote | None = strawberry.field(description="The decision, if it is one.")
    parts: list[list[str]] = strawberry.field(resolver=_parts, description="The keys of the records of each part.")


@strawberry.type(description="What alone holds a customer together.")
class Bridges:
    found: list[Bridge] = strawberry.field(description="Most of it first.")
    tried: int = strawberry.field(description="How many things were taken away to see.")
    untried: int = strawberry.field(description="How many more there are, which would have taken too long.")


RecordKey = Annotated[strawberry.ID, strawberry.argument(description="The key of a record: system|entity|id.")]


async def explain(info: Info, a: RecordKey, b: RecordKey) -> Any:
    info.context.count_question()
    found = await info.context.questions.explanations.why(a, b)
    info.context.trail.note(info.field_name, found.customers)
    return found


async def _construction(root: strawberry.Parent[Any], info: Info) -> Any:
    info.context.count_question()
    return await info.context.questions.explanations.construction(root["construction"])


async def _bridges(root: strawberry.Parent[Any], info: Info) -> Any:
    info.context.count_question()
    return await info.context.questions.explanations.bridges(root["bridges"])


async def _history(root: strawberry.Parent[Any], info: Info) -> Any:
    info.context.count_question()
    return await info.context.questions.history.events(root["history"])


GCID = {PROJECTION: Value("gcid")}


@strawberry.type(
    description="Why she is one customer, and what became of her. Each field asks the rule or the ledger in a "
    "number of statements that does not depend on how many records she has."
)
class Identity:
    founder: str | None = projected(
        Rows("project_customer_founder", one=True),
        "The key of the record that she has her id from, which may have left; null if it was erased.",
    )
    quarantined: list[QuarantinedLink] = projected(
        Rows("project_customer_quarantined", "QuarantinedLink"), "Refused links that touch her records, and why."
    )
    construction: Construction = strawberry.field(
        resolver=_construction, description="How she was put together.", metadata=GCID
    )
    history: list[IdentityEvent] = strawberry.field(
        resolver=_history, description="What happened to her, the first 200 events, oldest first.", metadata=GCID
    )
    bridges: Bridges = strawberry.field(resolver=_bridges, description="What alone holds her together.", metadata=GCID)
    explanation: Explanation = strawberry.field(
        resolver=explain, description="Why two records, hers or not, are one customer, or why they are not."
    )
