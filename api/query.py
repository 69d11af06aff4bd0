"""The root of what can be asked; each root field reads the graph with one statement."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any

import strawberry

from api.audit import find_accesses
from api.deciding import pending_decisions
from api.errors import ApiError, ErrorCode
from api.masking import as_seen
from api.memory import DEFAULT_COUNTRY, MemoryQuery
from api.nodes import decode_id
from api.pages import DEFAULT_FIRST
from api.past import customer_then
from api.reviewing import review_queue
from api.search import full_text_query
from api.selection import selection_of
from api.trail import people_in
from api.traversal import TraversalQuery
from api.types.audit import AuditedAccess
from api.types.connection import After, Connection, First, PageOfRows
from api.types.context import Info
from api.types.customer import Follow, GlobalCustomer
from api.types.identity import IdentifierKind
from api.types.node import Node
from api.types.review import ReviewItem
from api.types.scalars import DateTime
from api.types.source import SourceSystem, Statistics, Told, source_systems
from api.types.stewardship import PendingDecision
from graph.identifiers import normalise
from graph.past import Conflicting
from graph.projection import Page, Rows
from graph.records import IdentifierValue

MAX_HOLDERS = 20  # of one value that are answered; more than that share it by accident

NO_CUSTOMER = "No customer has or had this id."
SEVERAL = "Those who bore this id live in several customers now: choose one, or say follow: RECORD."
MAX_BATCH = 500  # ids that are asked for at once

CUSTOMER = Rows("read_customer", "GlobalCustomer")
OF_RECORD = Rows("read_customer_of_record", "GlobalCustomer")
CUSTOMERS = Rows("read_customers", "GlobalCustomer")
BY_SOURCE = Rows("read_customer_by_source", "GlobalCustomer")
BY_IDENTIFIER = Rows("read_customers_by_identifier", "GlobalCustomer")
BY_NAME = Page("read_customers_by_name", "GlobalCustomer", position=("number", "text"))

Gcid = Annotated[strawberry.ID, strawberry.argument(description="Any GlobalCustomerId ever given out.")]
Gcids = Annotated[
    list[strawberry.ID], strawberry.argument(description=f"Ids ever given out, at most {MAX_BATCH}; answered in order.")
]
AsOf = Annotated[
    DateTime | None,
    strawberry.argument(
        description="As we knew her then. Only fields that say so are kept over time: others answer NOT_HISTORISED."
    ),
]
FollowWhat = Annotated[
    Follow | None,
    strawberry.argument(description="If those who bore the id live in several customers; else that is a CONFLICT."),
]
System = Annotated[str, strawberry.argument(description="The system.")]
SourceId = Annotated[str, strawberry.argument(description="The id of the row in that system.")]
Entity = Annotated[
    str | None,
    strawberry.argument(description="Its table; if not given, any table of customers that the system is known for."),
]
NodeId = Annotated[strawberry.ID, strawberry.argument(description="The `id` of a node.")]
Kind = Annotated[IdentifierKind, strawberry.argument(description="What kind of value it is.")]
Raw = Annotated[str, strawberry.argument(description="In any form that people write: 0712…, +254 712…, 254712….")]
Text = Annotated[str, strawberry.argument(description="A name or a part of one; small slips are forgiven.")]


async def _read(info: Info, root: Rows, *, objects: int = 1, **arguments: Any) -> list[Any]:
    context = info.context
    selection = selection_of(info._raw_info, context.fields, root, arguments, objects)
    rows = await context.compiler.read(context.graph, root, selection, limit=context.settings.query_seconds)
    if rows:
        context.trail.note(info.field_name, people_in(rows[: arguments.get("first")]))
    return rows


async def _customer(info: Info, gcid: Gcid, as_of: AsOf = None, follow: FollowWhat = None) -> Any:
    if as_of is not None:
        info.context.count_question()
        then = datetime.fromisoformat(as_of)
        known = customer_then(await info.context.questions.history.customer_as_of(gcid, then))
        info.context.trail.note(info.field_name, [known["gcid"]])
        return as_seen(info.context.view, info.context.fields, "GlobalCustomer", known)
    found = await _read(info, OF_RECORD if follow else CUSTOMER, gcid=gcid)
    if not found:
        raise ApiError(ErrorCode.NOT_FOUND, NO_CUSTOMER)
    if len(found) > 1:
        raise await _several(info, gcid)
    return found[0]


async def _several(info: Info, gcid: str) -> ApiError:
    """The conflict, with all the customers between whom it is."""
    answer = await info.context.questions.history.answer(gcid)
    candidates = answer.candidates if isinstance(answer, Conflicting) else ()
    info.context.trail.note(info.field_name, candidates)
    return ApiError(ErrorCode.CONFLICT, SEVERAL, candidates=list(candidates))


async def _customers(info: Info, gcids: Gcids) -> list[Any]:
    if len(gcids) > MAX_BATCH:
        raise ApiError(ErrorCode.BAD_USER_INPUT, f"'gcids' are at most {MAX_BATCH}.")
    found = await _read(info, CUSTOMERS, objects=len(gcids), gcids=gcids)
    return [_alone(item) for item in found]


def _alone(item: dict[str, Any]) -> Any:
    """The customer; None for an id never given out or closed; the error of one that leads to several."""
    match item.get("unanswered"):
        case None:
            return item
        case "CONFLICT":
            return ApiError(ErrorCode.CONFLICT, SEVERAL)
        case _:
            return None


async def _customer_by_source(info: Info, system: System, id: SourceId, entity: Entity = None) -> Any:
    known = {it.name: it.entities for it in info.context.settings.inventory}
    entities = [entity] if entity else known.get(system, ())
    if not entities:
        raise ApiError(ErrorCode.BAD_USER_INPUT, "No table of customers is known of this 'system': give 'entity'.")
    found = await _read(info, BY_SOURCE, keys=[f"{system}|{it}|{id}" for it in entities])
    if not found:
        raise ApiError(ErrorCode.NOT_FOUND, "No customer has such a record now.")
    if len(found) > 1:
        raise ApiError(
            ErrorCode.CONFLICT, f"Records of several customers have this id: give 'entity', of {', '.join(entities)}."
        )
    return found[0]


async def _node(info: Info, id: NodeId) -> Any:
    found = await _read(info, OF_RECORD, gcid=decode_id(id, "GlobalCustomer"))
    return found[0] if found else None


async def _customer_by_identifier(info: Info, kind: Kind, value: Raw) -> Any:
    found = normalise(kind.value, value, DEFAULT_COUNTRY)
    if not isinstance(found, IdentifierValue):
        raise ApiError(ErrorCode.BAD_USER_INPUT, f"'value' is no valid {kind.name}.")
    return await _read(info, BY_IDENTIFIER, key=found.key, first=MAX_HOLDERS)


async def _search_customers(info: Info, text: Text, first: First = DEFAULT_FIRST, after: After = None) -> Any:
    rows = await _read(info, BY_NAME, text=full_text_query(text), first=first, after=after)
    info.context.trail.note(info.field_name, (row["cursor"][-1] for row in rows[:first]))  # the ids are in cursors, too
    return PageOfRows(rows, first)


async def _sources(info: Info) -> list[SourceSystem]:
    context, counts = info.context, defaultdict[str, dict[str, int]](dict)
    for row in await context.graph.read("read_source_counts"):
        counts[row["system"]][row["what"]] = row["number"]
    statuses, (letters, found) = await context.statuses(), await context.data_quality()
    settings = context.settings
    told = Told(
        statuses=statuses,
        configured=settings.systems,
        counts=counts,
        letters=letters,
        qualities=found,
        inventory=settings.inventory,
    )
    return source_systems(told, settings.stale_after)


async def _statistics(info: Info) -> Statistics:
    (counts,) = await info.context.graph.read("read_statistics")
    return Statistics(**counts)


@strawberry.type(description="What can be asked about the customers of all systems.")
class Query(MemoryQuery, TraversalQuery):
    customer: GlobalCustomer | None = strawberry.field(
        resolver=_customer,
        description="The customer of an id. Any id ever given out answers, also one of before (requestedId); an "
        "unknown one is an error, NOT_FOUND; one whose bearers live in several customers is a CONFLICT naming them.",
    )
    customers: list[GlobalCustomer | None] = strawberry.field(
        resolver=_customers,
        description=f"The customers of up to {MAX_BATCH} ids, in order: null for an id never given out, or closed.",
    )
    customer_by_source: GlobalCustomer | None = strawberry.field(
        resolver=_customer_by_source, description="The customer who has this row of a source now."
    )
    node: Node | None = strawberry.field(
        resolver=_node, description="What has this opaque id; null if there is no such thing any more."
    )
    customer_by_identifier: list[GlobalCustomer] = strawberry.field(
        resolver=_customer_by_identifier,
        description="Customers with a record that holds this value now, in any form that people write it, "
        f"by id: at most {MAX_HOLDERS}.",
    )
    search_customers: Connection[GlobalCustomer] = strawberry.field(
        resolver=_search_customers, description="Customers by name, best match first."
    )
    sources: list[SourceSystem] = strawberry.field(
        resolver=_sources, description="The source systems: how each is doing, and what the graph holds of it."
    )
    statistics: Statistics = strawberry.field(resolver=_statistics, description="Counts of the whole graph.")
    audit: Connection[AuditedAccess] = strawberry.field(
        resolver=find_accesses,
        description="Who read or did what about whom, the latest first. For privacy officers.",
    )
    review_queue: Connection[ReviewItem] = strawberry.field(
        resolver=review_queue, description="What only a person can decide, the weightiest first. For stewards."
    )
    pending_decisions: Connection[PendingDecision] = strawberry.field(
        resolver=pending_decisions,
        description="Decisions that wait for a second person, the oldest first.",
    )
