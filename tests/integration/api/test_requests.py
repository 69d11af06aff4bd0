"""Generated requests, valid and not, to every operation of the OpenAPI document, in every role: over a real port."""

import asyncio
import os
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from structlog.testing import capture_logs

from api.app import create_app
from api.described import describe
from api.tokens import Role
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, AMINA_BEFORE, SETTINGS, questions, token
from tests.integration.api.listening import serve
from tests.integration.api.service import PATIENCE, UNHURRIED

REQUESTS = int(os.environ.get("TEST_REQUESTS", "300"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
CUSTOMERS = (AMINA, AMINA_BEFORE)
# What shows where an error came from, and who wrote the code.
INSIDES = ("Traceback", 'File "', ".py", "cypher", "MATCH (", "neo4j.", "psycopg", "site-packages", "0x")


@cache
def operations() -> list[Any]:
    app = create_app(SETTINGS, None, None)  # type: ignore[arg-type]  # which only describes itself
    loaded: Any = schemathesis.openapi.from_dict(describe(app, app.state.schema._schema))
    return [found.ok() for found in loaded.get_all_operations()]


@st.composite
def cases(draw: Any) -> Any:
    operation = draw(st.sampled_from(operations()))
    known = {"gcid": draw(st.sampled_from(CUSTOMERS))} if "{gcid}" in operation.path and draw(st.booleans()) else None
    return draw(operation.as_strategy(draw(st.sampled_from(list(GenerationMode))), path_parameters=known))


OPEN = {"/health/live", "/webhooks/{source}"}  # the second is for whoever signs


@pytest.fixture
async def address(small_bank: None, polled: None, graph: GraphClient, ledger: Ledger) -> AsyncIterator[str]:
    async with serve(create_app(UNHURRIED, graph, ledger, questions=questions(graph, ledger))) as served:
        yield f"http://{served}"


@pytest.mark.scaled
@settings(max_examples=REQUESTS, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), bearer=st.sampled_from([None, "noise", *Role]))
async def test_every_request_is_answered_as_described(address: str, case: Any, bearer: str | Role | None) -> None:
    headers = {}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {token(bearer) if isinstance(bearer, Role) else bearer}"
    with capture_logs() as lines:
        reply = await asyncio.to_thread(case.call, base_url=address, headers=headers, timeout=PATIENCE)
    assert [line for line in lines if line["log_level"] != "info"] == []
    case.validate_response(reply, checks=CHECKS, headers=headers)
    if case.operation.path != "/metrics":  # which tells of Python itself
        assert not [inside for inside in INSIDES if inside in reply.text]
    if bearer in {None, "noise"} and case.operation.path not in OPEN:
        assert reply.status_code in {401, 429}


@pytest.mark.parametrize("operation", operations(), ids=lambda it: it.path)
async def test_other_methods_are_refused_and_told_which_is_taken(address: str, operation: Any) -> None:
    headers = {"Authorization": f"Bearer {token()}"}
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, headers=headers) as http:
        allowed = operation.method.upper()
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY"} - {allowed}:
            reply = await http.request(method, operation.path.replace("{gcid}", AMINA))
            assert (reply.status_code, reply.headers["allow"]) == (405, allowed), method
            assert reply.headers["content-type"] == "application/problem+json"


NOWHERE = ("/customer/", "/health/live/", f"/customer/{AMINA}/accounts/", "//customer", "/customer/a%2Fb")


@pytest.mark.parametrize("path", NOWHERE)
async def test_what_is_no_path_of_ours_leads_nowhere_else(address: str, path: str) -> None:
    """No redirect: it would name a host that the caller made up."""
    async with httpx.AsyncClient(timeout=PATIENCE, headers={"Host": "elsewhere.example"}) as http:
        reply = await http.get(address + path)
    assert (reply.status_code, reply.json()["code"]) == (404, "NOT_FOUND")
    assert "elsewhere" not in str(reply.headers)
