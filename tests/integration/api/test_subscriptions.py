"""Subscriptions over a real websocket: who may listen, what is heard, and who is sent away."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import websockets
from neo4j import AsyncDriver

from api.feed import QUEUE
from api.lines import MAX_SUBSCRIPTIONS
from graph.business import AlertRecord
from graph.client import GraphClient
from graph.proposals import Same
from ledger.entries import Entries, EventKind, IdentityEvent
from ledger.ledger import Ledger
from ledger.steps import Outcome, append_outcome, append_step
from tests.integration.api.conftest import token
from tests.integration.api.listening import Site, open_site
from tests.integration.graph.bank import DAY, customer
from tests.integration.graph.place import ID, PHONE, WHY, A, B, Place

CHANGED = "subscription($g: ID!) { customerChanged(gcid: $g) { kind gcid from to cause { decision { verdict } } } }"


@pytest.fixture
async def site(graph: GraphClient, ledger: Ledger) -> AsyncIterator[Site]:
    async with open_site(graph, ledger) as opened:
        yield opened


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": 7},
        {"Authorization": f"Bearer {token(lifetime=timedelta(minutes=-1))}"},
    ],
    ids=["nothing", "no token", "no text", "expired"],
)
async def test_nobody_listens_without_a_token(site: Site, said: dict[str, Any]) -> None:
    async with site.socket() as line:
        await line.send(type="connection_init", payload=said)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4403


async def test_nothing_is_answered_before_the_introduction(site: Site) -> None:
    async with site.socket() as line:
        await line.subscribe("subscription { identityChanged { gcid } }")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_a_listener_hears_what_happens_to_her_and_another_hears_all(site: Site, place: Place) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "Johnny D", PHONE))
    first, second = await place.gcid_of(A), await place.gcid_of(B)
    async with site.line() as hers, site.line() as all_:
        await hers.subscribe(CHANGED, g=second)
        await all_.subscribe("subscription { identityChanged { kind gcid } }")
        await site.listeners(2)
        await place.tell(customer("core|customer|x", "Mary Wanjiku"))
        third = await place.gcid_of("core|customer|x")
        await place.steward.decide(Same(A, B), **WHY)
        merged = {"kind": "MERGED", "gcid": first, "from": [first, second], "to": [first]}
        cause = {"cause": {"decision": {"verdict": "same"}}}
        assert (await hers.next())["payload"] == {"data": {"customerChanged": merged | cause}}
        heard = [(await all_.next())["payload"]["data"]["identityChanged"] for _ in range(2)]
        assert heard == [{"kind": "CREATED", "gcid": third}, {"kind": "MERGED", "gcid": first}]
    await site.listeners(0)
    assert site.feed._reader is None, "nobody reads when nobody listens"


async def test_alerts_are_heard_as_they_come(site: Site, place: Place) -> None:
    async with site.line() as line:
        await line.subscribe("subscription { alertRaised { key score about } }")
        await site.listeners(1)
        await place.tell(customer(A, "John Doe", ID), AlertRecord(key="core|alert|1", at=DAY, customer=A, score=82.0))
        heard = (await line.next())["payload"]
        assert heard == {"data": {"alertRaised": {"key": "core|alert|1", "score": 82.0, "about": [A]}}}


async def test_who_does_not_keep_up_is_sent_away_and_nobody_waits_for_her(site: Site, ledger: Ledger) -> None:
    """Everything happens in one step: more than fits into a queue before anybody can read it."""
    entries = Entries(
        events=tuple(
            IdentityEvent(what=EventKind.CREATED, gcid=f"{n:08}-0000-8000-8000-000000000000", records=1)
            for n in range(QUEUE + 50)
        )
    )
    async with site.line() as line:
        await line.subscribe("subscription { identityChanged { gcid } }", "slow")
        await line.subscribe(CHANGED, "one", g=f"{QUEUE + 49:08}-0000-8000-8000-000000000000")
        await site.listeners(2)
        async with ledger.session() as writer:
            step = await append_step(writer, "resolve", entries=entries)
            await append_outcome(writer, step.id, Outcome.COMMITTED)
        heard, ended = {"slow": 0, "one": 0}, None
        while ended is None or not heard["one"]:
            message = await line.next()
            if errors := (message.get("payload") or {}).get("errors"):
                ended = errors[0]["extensions"]["code"]
            elif message["type"] == "next":
                heard[message["id"]] += 1
        assert (ended, heard) == ("TOO_SLOW", {"slow": QUEUE, "one": 1})


async def test_a_line_has_bounds_and_is_for_subscriptions_only(site: Site) -> None:
    async with site.line() as line:
        await line.subscribe("{ __typename }", "query")
        refused = await line.next()
        errors = refused["payload"] if refused["type"] == "error" else refused["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
        if refused["type"] == "next":
            assert (await line.next())["type"] == "complete"
        for n in range(MAX_SUBSCRIPTIONS + 1):
            await line.subscribe("subscription { identityChanged { gcid } }", str(n))
        refused = await line.next()
        assert (refused["type"], refused["id"]) == ("error", str(MAX_SUBSCRIPTIONS))
