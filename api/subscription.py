"""What callers may listen to, over graphql-transport-ws."""

from typing import Annotated, Any

import strawberry

from api.feed import AlertsCame, Happening
from api.selection import selection_of
from api.types.activity import Alert
from api.types.context import Info
from api.types.event import IdentityEvent
from graph.past import PastEvent
from graph.projection import Rows
from ledger.audit import Operation

ALERTS = Rows("read_alerts", "Alert")

Gcid = Annotated[strawberry.ID, strawberry.argument(description="The GlobalCustomerId to watch.")]


async def _customer_changed(info: Info, gcid: Gcid) -> Any:
    def hers(it: Happening) -> bool:
        return isinstance(it, PastEvent) and (it.gcid == gcid or gcid in it.others)

    async with info.context.feed.listen(hers) as happenings:
        async for happening in happenings:
            await _tell(info, happening)
            yield happening


async def _identity_changed(info: Info) -> Any:
    async with info.context.feed.listen(lambda it: isinstance(it, PastEvent)) as happenings:
        async for happening in happenings:
            await _tell(info, happening)
            yield happening


async def _tell(info: Info, happening: Happening) -> None:
    """The audit chain is told before the caller is."""
    trail = info.context.trail
    trail.operation = Operation.SUBSCRIPTION
    trail.note(info.field_name, (happening.gcid, *happening.others) if isinstance(happening, PastEvent) else ())
    await trail.append()


async def _alert_raised(info: Info) -> Any:
    context = info.context
    async with context.feed.listen(lambda it: isinstance(it, AlertsCame)) as happenings:
        async for happening in happenings:
            assert isinstance(happening, AlertsCame)  # noqa: S101 - it wants nothing else
            await _tell(info, happening)
            asked: dict[str, Any] = {"keys": list(happening.keys)}
            selection = selection_of(info._raw_info, context.fields, ALERTS, asked, len(happening.keys))
            for alert in await context.compiler.read(
                context.graph, ALERTS, selection, limit=context.settings.query_seconds
            ):
                yield alert


@strawberry.type(
    description="What can be listened to, from the moment of the subscription on: who was away asks for `changes` "
    "first. Who does not keep up is sent away with TOO_SLOW."
)
class Subscription:
    customer_changed: IdentityEvent = strawberry.subscription(
        resolver=_customer_changed,
        description="What happens to one customer: mergers, splits, moves, closing, erasure.",
    )
    identity_changed: IdentityEvent = strawberry.subscription(
        resolver=_identity_changed, description="What happens to any customer."
    )
    alert_raised: Alert = strawberry.subscription(
        resolver=_alert_raised, description="Alerts of the fraud systems that are new, or that changed."
    )
