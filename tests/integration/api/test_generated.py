"""Generated GraphQL, valid and broken, to the whole service: every answer is one, or says by a code why it is none."""

import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import AsyncDriver

from api.access import Right, load_access
from api.app import create_app
from api.errors import ErrorCode
from api.nodes import encode_id
from api.office import Office
from api.pages import encode_cursor
from api.schema import build_schema
from api.tokens import Role
from graph.client import GraphClient
from graph.review import Review
from graph.stewardship import Stewardship
from graph.verify import verify
from ledger.ledger import Ledger
from tests.integration.api.conftest import SETTINGS, questions, token
from tests.integration.api.test_reach import load_everything
from tests.integration.api.test_requests import INSIDES
from tests.integration.api.writing import ODD, Author, Known, broken
from tests.integration.graph.bank import SECRET
from tests.integration.graph.place import Place

REQUESTS = int(os.environ.get("TEST_REQUESTS", "300"))
ACCESS = load_access()
SCHEMA = build_schema()._schema
# Both stores are there, nothing is slow, and nothing of ours is wrong.
CODES = {code.value for code in ErrorCode} - {"INTERNAL", "UNAVAILABLE", "TIMEOUT", "TOO_SLOW", "RATE_LIMITED"}
ROLES = [Role.STEWARD] * 4 + [Role.INVESTIGATOR, *Role]
PATIENCE = 30.0


@dataclass
class Service:
    http: httpx.AsyncClient
    known: Known
    place: Place
    answered: int = 0  # with data

    async def send(self, sent: Any, role: Role) -> httpx.Response:
        """JSON as a careless client writes it: half a pair of surrogates is escaped as any other character."""
        headers = {"Authorization": f"Bearer {token(role)}", "Content-Type": "application/json"}
        reply = await self.http.post("/graphql", content=json.dumps(sent), headers=headers)
        self.answered += '"data":{' in reply.text
        return reply


async def keep_nothing() -> None: ...


@pytest.fixture
async def service(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Service]:
    place = Place(graph, ledger, driver)
    await load_everything(place)
    stewardship = Stewardship(place.steward, ledger, secret=SECRET, alone=2)
    office = Office(stewardship, Review(graph, secret=SECRET, policy=place.policy), keep_nothing)
    app = create_app(SETTINGS, graph, ledger, questions=questions(graph, ledger), office=office)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=PATIENCE) as http:
        opened = Service(http, await known_of(place, office), place)
        yield opened
    assert opened.answered, "who asks nonsense only learns nothing"


async def known_of(place: Place, office: Office) -> Known:
    gcids, keys = sorted({*(await place.gcids()).values()}), sorted(await place.gcids())
    items = [case.key for case in (await office.review.queue()).cases]
    cursors = [encode_cursor(it) for it in ([3], [1, 2], ["2026-03-01T08:00:00Z", "k"], ["k"], [1.5, "k"], [keys[0]])]
    return {
        **dict.fromkeys(("gcid", "gcids", "from", "to"), gcids),
        **dict.fromkeys(("a", "b", "left", "right", "records", "delete"), keys),
        **dict.fromkeys(("after", "since"), cursors),
        **dict.fromkeys(("decision", "undo"), (1, 2, 3)),
        "id": [*(encode_id("GlobalCustomer", it) for it in gcids), "1", "2", *(key.split("|")[2] for key in keys)],
        "item": items or [gcids[0]],
        "value": ["0712345678", "0733000001", "x@y.example", "12345678", "Jane Wanjiru", "1990-05-17", "true", "20"],
        "system": ["core", "mobile", "fraud", "web", "twice"],
        "entity": ["customer", "user", "business"],
        "text": ["Jane", "wanjiru", "Jon Do", *ODD],
        "name": ["guarded", "plain", "cap", "hub"],
        "reason": ["seen both passports", " "],
        "country": ["KE", "UG", "ke", "XX"],
        "idempotencyKey": ["once", "twice"],
        "first": [1, 2, 20, 200],
    }


def proper(sent: Any, reply: httpx.Response) -> dict[str, Any]:
    """The answer, as every answer is."""
    assert reply.status_code < 500, (sent, reply.text)
    answer: dict[str, Any] = reply.json()
    if reply.headers["content-type"] == "application/problem+json":
        told = [(answer["code"], answer["detail"])]
    else:
        assert reply.headers["content-type"] == "application/json"
        assert "data" in answer
        told = [(error["extensions"]["code"], error["message"]) for error in answer.get("errors", ())]
        assert told or answer["data"] is not None
    assert {code for code, _ in told} <= CODES, (sent, told)
    assert not [(sent, message) for _, message in told for inside in INSIDES if inside in message]
    return answer


def granted(role: Role) -> Callable[[str, str], bool]:
    return lambda type_, name: ACCESS.of_field(role, type_, name) is not Right.DENIED


def generated(share: float) -> settings:
    """So much of all that are generated."""
    return settings(max_examples=max(1, int(REQUESTS * share)), deadline=None, suppress_health_check=list(HealthCheck))


@generated(0.4)
@given(data=st.data(), role=st.sampled_from(ROLES))
async def test_questions(service: Service, data: st.DataObject, role: Role) -> None:
    sent = Author(SCHEMA, service.known, granted(role), data.draw).request("query")
    proper(sent, await service.send(sent, role))


@generated(0.3)
@given(data=st.data(), role=st.sampled_from(ROLES))
async def test_requests_that_went_wrong(service: Service, data: st.DataObject, role: Role) -> None:
    author = Author(SCHEMA, service.known, granted(role), data.draw)
    sent = broken(data.draw, author.request(data.draw(st.sampled_from(["query", "mutation"]))))
    proper(sent, await service.send(sent, role))


@generated(0.3)
@given(data=st.data())
async def test_decisions(service: Service, data: st.DataObject) -> None:
    """Whatever is decided, previewed, undone or refused: the graph is what the rule and the ledger say."""
    sent = Author(SCHEMA, service.known, granted(Role.STEWARD), data.draw).request("mutation")
    proper(sent, await service.send(sent, Role.STEWARD))
    place = service.place
    await place.resolver.resolve()
    assert await verify(place.graph, place.ledger, secret=SECRET, policy=place.policy) == []
