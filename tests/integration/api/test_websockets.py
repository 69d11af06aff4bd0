"""What somebody tries over websockets: too many, too long, too often, and messages that are none."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import websockets
from structlog.testing import capture_logs

from api.lines import MAX_LINES, MAX_STRANGERS, MAX_SUBSCRIPTIONS
from api.tokens import LEEWAY_SECONDS, Role, issue_token
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.api.conftest import SETTINGS, SIGNING_KEY, token
from tests.integration.api.listening import Line, Site, open_site

ALL = "subscription { identityChanged { gcid } }"


@pytest.fixture
async def site(graph: GraphClient, ledger: Ledger) -> AsyncIterator[Site]:
    async with open_site(graph, ledger) as opened:
        yield opened


def bearer(subject: str = "tests", lifetime: timedelta = timedelta(minutes=5)) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(SIGNING_KEY, subject, Role.INVESTIGATOR, lifetime)}"}


async def healthy(site: Site) -> bool:
    async with httpx.AsyncClient(base_url=f"http://{site.address}", timeout=20) as http:
        headers = {"Authorization": f"Bearer {token()}"}
        asked = await http.post("/graphql", json={"query": "{ statistics { accounts } }"}, headers=headers)
        return (asked.status_code, (await http.get("/health/live")).status_code) == (200, 200)


async def refused(site: Site, said: dict[str, str]) -> int:
    async with site.socket() as line:
        await line.send(type="connection_init", payload=said)
        return await line.closed()


async def test_a_websocket_ends_with_its_token(site: Site) -> None:
    """A token is let in until some seconds after its end, and its websocket then."""
    nearly_over = bearer(lifetime=timedelta(seconds=2 - LEEWAY_SECONDS))
    async with site.line(nearly_over) as line, site.line() as other:
        await line.subscribe(ALL)
        await other.subscribe(ALL)
        await site.listeners(2)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await line.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401
        assert "expired" in closed.value.rcvd.reason
        await site.listeners(1)
        await other.send(type="ping")
        assert await other.next() == {"type": "pong"}


async def test_many_websockets_of_one_caller_are_bounded(site: Site) -> None:
    """All that she may have, with all subscriptions that each may have, and then one more of everything."""
    async with AsyncExitStack() as held:
        lines = [await held.enter_async_context(site.line(bearer("flood"))) for _ in range(MAX_LINES)]
        for line in lines:
            for n in range(MAX_SUBSCRIPTIONS + 1):
                await line.subscribe(ALL, str(n))
        for line in lines:
            error = await line.next()
            assert (error["type"], error["id"]) == ("error", str(MAX_SUBSCRIPTIONS))
            assert error["payload"][0]["extensions"] == {"code": "RATE_LIMITED"}
        await site.listeners(MAX_LINES * MAX_SUBSCRIPTIONS)
        assert [await refused(site, bearer("flood")) for _ in range(20)] == [4429] * 20
        async with site.line(bearer("somebody else")) as line:
            await line.subscribe(ALL)
            await site.listeners(MAX_LINES * MAX_SUBSCRIPTIONS + 1)
        assert await healthy(site)
    await site.listeners(0)
    async with site.line(bearer("flood")):
        assert site.app.state.lines._open == {"caller flood": 1}


async def test_many_strangers_are_bounded(site: Site) -> None:
    async with AsyncExitStack() as held, site.line():
        lines = [await held.enter_async_context(site.socket()) for _ in range(MAX_STRANGERS)]
        async with site.socket() as one_more:
            assert await one_more.closed() == 4429
        assert await healthy(site)
        await lines[0].send(type="connection_init", payload=bearer())
        assert (await lines[0].next())["type"] == "connection_ack"
        async with site.socket() as instead_of_her:
            await instead_of_her.send(type="ping")
            assert (await instead_of_her.next())["type"] == "pong"


async def test_subscribing_counts_as_a_request_does(graph: GraphClient, ledger: Ledger) -> None:
    async with open_site(graph, ledger, replace(SETTINGS, requests_per_second=1)) as site, site.line() as line:
        codes = []
        for n in range(5):
            await line.subscribe("{ __typename }", str(n))
            codes.append((await line.next())["payload"][0]["extensions"]["code"])
        assert codes == ["BAD_USER_INPUT", *["RATE_LIMITED"] * 4]  # two at once, and coming in was one


MESSAGES: dict[str, Any] = {
    "a list": [],
    "a number": 7,
    "nothing": None,
    "no type": {"id": "1"},
    "a type that is none": {"type": "nonsense"},
    "a type that is no text": {"type": ["subscribe"]},
    "an id that is no text": {"type": "subscribe", "id": ["1"], "payload": {"query": ALL}},
    "an id without end": {"type": "subscribe", "id": "1" * 101, "payload": {"query": ALL}},
    "no payload": {"type": "subscribe", "id": "1"},
    "a payload that is text": {"type": "subscribe", "id": "1", "payload": ALL},
    "no query": {"type": "subscribe", "id": "1", "payload": {}},
    "a query that is no text": {"type": "subscribe", "id": "1", "payload": {"query": {"a": 1}}},
    "variables that are none": {"type": "subscribe", "id": "1", "payload": {"query": ALL, "variables": [1]}},
    "an operation that is no text": {"type": "subscribe", "id": "1", "payload": {"query": ALL, "operationName": 7}},
    "an end of what is no text": {"type": "complete", "id": {"a": 1}},
    "an introduction once more": {"type": "connection_init"},
}


@pytest.mark.parametrize("what", MESSAGES)
async def test_a_message_that_is_none_closes_the_line(site: Site, what: str) -> None:
    with capture_logs() as lines:
        async with site.line() as line:
            await line.socket.send(json.dumps(MESSAGES[what]))
            assert await line.closed() in {4400, 4429}
        assert await healthy(site)
    assert {line["event"] for line in lines} == {"request"}


@pytest.mark.parametrize(
    "sent", [b"\x00\xff", "{", '"\\ud800"', "[" * 10_000, "\x00"], ids=["bytes", "half", "surrogate", "deep", "NUL"]
)
async def test_what_is_no_json_closes_the_line(site: Site, sent: str | bytes) -> None:
    async with site.line() as line:
        await line.socket.send(sent)
        assert await line.closed() == 4400


DOCUMENTS = {
    "broken": "subscription {",
    "broken at length": 'subscription { a(b: "' + "x" * 1_000,
    "unknown": "subscription { nonsense }",
    "two": "subscription { identityChanged { gcid } alertRaised { key } }",
    "a mutation": 'mutation { undoDecision(decision: 1, reason: "x") { state } }',
    "without variables": "subscription($g: ID!) { customerChanged(gcid: $g) { gcid } }",
    "empty": "",
    "a fragment alone": "fragment f on Query { __typename }",
    "no such operation": "subscription A { identityChanged { gcid } } subscription B { identityChanged { gcid } }",
    "denied": "subscription { identityChanged { cause { kind } } }",
}


@pytest.mark.parametrize("what", DOCUMENTS)
async def test_a_document_that_cannot_be_listened_to_is_an_error_with_a_code(site: Site, what: str) -> None:
    said = {"Authorization": f"Bearer {token(Role.SERVICE)}"}
    async with site.line(said) as line:
        await line.subscribe(DOCUMENTS[what], "asked")
        message = await line.next()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        codes = {error["extensions"]["code"] for error in errors}
        assert codes == {"FORBIDDEN" if what in {"denied", "a mutation"} else "BAD_USER_INPUT"}


async def test_who_listens_and_breaks_off_leaves_nothing(site: Site) -> None:
    async def visit(number: int) -> None:
        async with site.line(bearer(f"guest {number % 4}")) as line:
            await line.subscribe(ALL)
            await line.send(type="complete", id="1")
            await line.subscribe(ALL)
            line.socket.transport.abort()

    await asyncio.gather(*(visit(number) for number in range(20)))
    await site.listeners(0)
    async with site.line() as line:
        assert site.app.state.lines._open == {"caller tests": 1}
        assert isinstance(line, Line)
