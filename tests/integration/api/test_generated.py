"""Generated GraphQL, valid and broken, to the whole service: every answer is one, or says by a code why it is none."""

import gc
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import AsyncDriver

from api.access import Right, load_access
from api.errors import ErrorCode
from api.schema import build_schema
from api.tokens import Role
from graph.client import GraphClient
from graph.verify import verify
from ledger.ledger import Ledger
from tests.integration.api.service import Service, open_service
from tests.integration.api.test_requests import INSIDES
from tests.integration.api.writing import Author, broken
from tests.integration.graph.bank import SECRET

# Of two root fields one is cancelled when the other fails; if it was just connecting, the driver forgets the socket.
pytestmark = [
    pytest.mark.scaled,
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]
REQUESTS = int(os.environ.get("TEST_REQUESTS", "300"))
ACCESS = load_access()
SCHEMA = build_schema()._schema
# Both stores are there, nothing is slow, and nothing of ours is wrong.
CODES = {code.value for code in ErrorCode} - {"INTERNAL", "UNAVAILABLE", "TIMEOUT", "TOO_SLOW", "RATE_LIMITED"}
ROLES = [Role.STEWARD] * 4 + [Role.INVESTIGATOR, *Role]


@pytest.fixture
async def service(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Service]:
    async with open_service(graph, ledger, driver) as opened:
        yield opened
    gc.collect()  # the sockets, as long as they are known to be harmless
    assert opened.answered, "who asks nonsense only learns nothing"


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
