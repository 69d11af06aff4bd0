"""Asking for ties: around a customer, and the way from one to another."""

from typing import Annotated, Any

import strawberry

from api.errors import ApiError, ErrorCode
from api.selection import answer_key
from api.types.context import Info
from api.types.traversal import EvidencePath
from graph.projection import Rows, Selection
from graph.traversal import EVERYTHING, MAX_HOPS, Traversal, Via

CUSTOMERS = Rows("read_customers", "GlobalCustomer")

Kinds = Annotated[list[Via] | None, strawberry.argument(description="By what ties; by all if not given.")]
Hops = Annotated[int, strawberry.argument(description=f"How many hops at most: 1 to {MAX_HOPS}.")]
Suppressed = Annotated[bool, strawberry.argument(description="Follow also values that are kept from linking.")]
From = Annotated[strawberry.ID, strawberry.argument(name="from", description="Any GlobalCustomerId ever given out.")]
End = Annotated[strawberry.ID, strawberry.argument(description="Any other.")]


async def related(
    root: strawberry.Parent[Any],
    info: Info,
    via: Kinds = None,
    max_hops: Hops = 1,
    include_suppressed: Suppressed = False,
) -> Any:
    info.context.count_question()
    gcid = root[answer_key(info.python_name, str(info.path.key))]
    traversal = Traversal(info.context.graph)
    kinds = EVERYTHING if via is None else via
    found = await traversal.around(gcid, via=kinds, max_hops=_checked(max_hops), suppressed=include_suppressed)
    info.context.trail.note(info.field_name, (it.gcid for it in found.customers))
    return found


async def _path(info: Info, from_: From, to: End, max_hops: Hops = MAX_HOPS) -> Any:
    info.context.count_question()
    _checked(max_hops)
    start, end = await _current(info, [from_, to])
    found = await Traversal(info.context.graph).way(start, end, max_hops=max_hops)
    info.context.trail.note(info.field_name, (start, end, *(hop.end for hop in (found.hops if found else ()))))
    return found


async def _current(info: Info, gcids: list[str]) -> list[str]:
    """Who answers for these ids now; raises ApiError where there is no one customer."""
    context = info.context
    asked = Selection("customers", "customers", (Selection("gcid", "gcid"),), {"gcids": gcids})
    found = await context.compiler.read(context.graph, CUSTOMERS, asked, limit=context.settings.query_seconds)
    for item in found:
        if "unanswered" in item:
            raise ApiError(ErrorCode(item["unanswered"]), "No one customer answers for one of these ids.")
    return [item["gcid"] for item in found]


def _checked(hops: int) -> int:
    if not 1 <= hops <= MAX_HOPS:
        raise ApiError(ErrorCode.BAD_USER_INPUT, f"'maxHops' is from 1 to {MAX_HOPS}.")
    return hops


@strawberry.type
class TraversalQuery:
    path: EvidencePath | None = strawberry.field(
        resolver=_path,
        description="A shortest way between two customers, through identifiers, devices, accounts, counterparties and "
        "roles; null if there is none within so many hops that leads past no hub. One statement a hop.",
    )
