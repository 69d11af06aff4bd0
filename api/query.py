"""The root of what can be asked; each root field reads the graph with one statement."""

from collections import defaultdict
from typing import Annotated, Any

import strawberry

from api.audit import find_accesses
from api.deciding import pending_decisions
from api.errors import ApiError, ErrorCode
from api.pages import DEFAULT_FIRST
from api.reviewing import review_queue
from api.search import full_text_query
from api.selection import selection_of
from api.trail import people_in
from api.types.audit import AuditedAccess
from api.types.connection import After, Connection, First, PageOfRows
from api.types.context import Info
from api.types.customer import GlobalCustomer
from api.types.identity import IdentifierKind
from api.types.review import ReviewItem
from api.types.source import SourceSystem, Statistics, Told, source_systems
from api.types.stewardship import PendingDecision
from graph.identifiers import normalise
from graph.projection import Page, Rows
from graph.records import IdentifierValue

DEFAULT_COUNTRY = "KE"
MAX_HOLDERS = 20  # of one value that are answered; more than that share it by accident

CUSTOMER = Rows("read_customer", "GlobalCustomer")
BY_IDENTIFIER = Rows("read_customers_by_identifier", "GlobalCustomer")
BY_NAME = Page("read_customers_by_name", "GlobalCustomer", position=("number", "text"))

Gcid = Annotated[strawberry.ID, strawberry.argument(description="Any GlobalCustomerId ever given out.")]
Kind = Annotated[IdentifierKind, strawberry.argument(description="What kind of value it is.")]
Raw = Annotated[str, strawberry.argument(description="In any form that people write: 0712…, +254 712…, 254712….")]
Text = Annotated[str, strawberry.argument(description="A name or a part of one; small slips are forgiven.")]


async def _read(info: Info, root: Rows, **arguments: Any) -> list[Any]:
    context = info.context
    selection = selection_of(info._raw_info, context.fields, root, arguments)
    rows = await context.compiler.read(context.graph, root, selection, limit=context.settings.query_seconds)
    if rows:
        context.trail.note(info.field_name, people_in(rows[: arguments.get("first")]))
    return rows


async def _customer(info: Info, gcid: Gcid) -> Any:
    found = await _read(info, CUSTOMER, gcid=gcid)
    if not found:
        raise ApiError(ErrorCode.NOT_FOUND, "No customer has or had this id.")
    return found[0]


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
class Query:
    customer: GlobalCustomer | None = strawberry.field(
        resolver=_customer,
        description="The customer of an id. Any id ever given out answers; an unknown one is an error, NOT_FOUND.",
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
