"""Who gets in, what is refused, and what is told of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import jwt
import pytest
from neo4j import AsyncGraphDatabase
from structlog.testing import capture_logs

from api.schema import MAX_ALIASES, MAX_DEPTH
from api.tokens import Role, issue_token, new_signing_key
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, SIGNING_KEY, Api

ONE = {"query": "{ statistics { accounts } }"}
CLAIMS = {"iss": "wekeza", "aud": "wekeza-api", "sub": "x", "role": "service", "iat": 1, "exp": 4_000_000_000}

BAD_TOKENS = {
    "none at all": None,
    "another scheme": "Basic eDp5",
    "no token": "Bearer ",
    "noise": "Bearer noise",
    "unsigned": "Bearer " + jwt.encode(CLAIMS, "", algorithm="none"),
    "signed with a password": "Bearer " + jwt.encode(CLAIMS, "a password of thirty-two characters", algorithm="HS256"),
    "signed by a stranger": "Bearer " + jwt.encode(CLAIMS, new_signing_key(), algorithm="ES256"),
    "expired": "Bearer " + issue_token(SIGNING_KEY, "x", Role.SERVICE, timedelta(minutes=-1)),
    "for another service": "Bearer " + jwt.encode(CLAIMS | {"aud": "other"}, SIGNING_KEY, algorithm="ES256"),
    "of another issuer": "Bearer " + jwt.encode(CLAIMS | {"iss": "other"}, SIGNING_KEY, algorithm="ES256"),
    "of a role that is none": "Bearer " + jwt.encode(CLAIMS | {"role": "root"}, SIGNING_KEY, algorithm="ES256"),
}


@pytest.mark.parametrize("how", BAD_TOKENS)
async def test_without_a_valid_token_nothing_but_liveness(api: Api, how: str) -> None:
    del api.http.headers["authorization"]
    given = BAD_TOKENS[how]
    headers = {"Authorization": given} if given else {}
    replies = [await api.http.post("/graphql", json=ONE, headers=headers)]
    for path in (f"/customer/{AMINA}", "/health/ready", "/metrics", "/openapi.json"):
        replies.append(await api.http.get(path, headers=headers))
    for reply in replies:
        assert (reply.status_code, reply.json()["code"]) == (401, "UNAUTHENTICATED")
        assert reply.headers["www-authenticate"] == "Bearer"
    assert (await api.http.get("/health/live", headers=headers)).json() == {"status": "live"}
    assert api.graph.statements == []


BAD_DOCUMENTS = {
    "no document": "{",
    "unknown field": "{ customers { gcid } }",
    "too many aliases": "{ " + " ".join(f"a{n}: statistics {{ accounts }}" for n in range(MAX_ALIASES + 1)) + " }",
    "too long": "{ " + "statistics { accounts } " * 1_000 + " }",
    "missing variable": "query($gcid: ID!) { customer(gcid: $gcid) { gcid } }",
    "unknown kind": '{ customerByIdentifier(kind: SHOE_SIZE, value: "41") { gcid } }',
    "too deep": "{ a" * (MAX_DEPTH + 2) + " }" * (MAX_DEPTH + 2),
    "introspection without end": "{ __schema { types " + "{ fields { type " * 5 + "{ name }" + " } }" * 5 + " } }",
}


@pytest.mark.parametrize("what", BAD_DOCUMENTS)
async def test_a_bad_document_is_the_callers_mistake(api: Api, what: str) -> None:
    reply = await api.http.post("/graphql", json={"query": BAD_DOCUMENTS[what]})
    assert reply.status_code == 400
    assert {error["extensions"]["code"] for error in reply.json()["errors"]} == {"BAD_USER_INPUT"}
    assert api.graph.statements == []


async def test_depth_is_limited(api: Api) -> None:
    nested = "query($gcid: ID!) { customer(gcid: $gcid) { accounts { edges { node { transactions { edges { node {"
    nested += " sightings { key } } } } } } } } }"
    assert "errors" not in await api.ask(nested, gcid=AMINA)  # the deepest that there is fits


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"{ statistics { accounts } }", "application/graphql", 400),
        (b"[]", "application/json", 400),
        (b'{"query": 7}', "application/json", 400),
        (b"null", "application/json", 400),
        (b"7", "application/json", 400),
        (b'"query"', "application/json", 400),
        (b"[null]", "application/json", 400),
        (b'{"query": "{ __typename }", "operationName": ["a"]}', "application/json", 400),
        (b'{"query": "{ __typename }", "operationName": 7}', "application/json", 400),
        (b'{"query": "query a { __typename } query b { __typename }"}', "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"query": "' + b" " * (1 << 20) + b'"}', "application/json", 413),
    ],
)
async def test_a_bad_body_is_refused(api: Api, content: bytes, kind: str, status: int) -> None:
    reply = await api.http.post("/graphql", content=content, headers={"Content-Type": kind})
    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("application/")


async def test_a_body_of_unannounced_length_is_bounded_too(api: Api) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    reply = await api.http.post("/graphql", content=endless(), headers={"Content-Type": "application/json"})
    assert reply.status_code == 413


async def test_queries_do_not_travel_in_urls(api: Api) -> None:
    reply = await api.http.get("/graphql", params=ONE)
    assert reply.status_code in (400, 404, 405)
    assert api.graph.statements == []


async def test_answers_are_not_kept_by_browsers(api: Api) -> None:
    headers = (await api.http.get(f"/customer/{AMINA}", headers={"Origin": "https://elsewhere.example"})).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


async def test_the_query_page_needs_no_token_and_nothing_from_elsewhere(api: Api) -> None:
    del api.http.headers["authorization"]
    reply = await api.http.get("/graphiql")
    assert reply.status_code == 200
    assert "http://" not in reply.text
    assert "https://" not in reply.text
    assert "script-src 'sha256-" in reply.headers["content-security-policy"]


async def test_logs_name_routes_and_nobody(api: Api) -> None:
    with capture_logs() as lines:
        await api.http.get(f"/customer/{AMINA}/accounts", params={"first": 3})
        await api.http.get("/customer/0712345678")
        await api.ask('{ customerByIdentifier(kind: PHONE, value: "0712345678") { gcid } }')
        await api.ask('{ searchCustomers(text: "Amina") { nonsense } }')
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/customer/{gcid}/accounts", 200),
        ("/customer/{gcid}", 404),
        ("/graphql", 200),
        ("/graphql", 400),
    ]
    text = str(lines)
    for told in (AMINA, "0712345678", "Amina", "first", "nonsense"):
        assert told not in text


async def test_ready_and_metrics(api: Api) -> None:
    await api.http.get(f"/customer/{AMINA}")
    ready = await api.http.get("/health/ready")
    assert (ready.status_code, ready.json()["stores"]) == (200, {"neo4j": True, "ledger": True})
    text = (await api.http.get("/metrics")).text
    lines = set(text.splitlines())
    assert lines >= {
        'wekeza_store_up{store="neo4j"} 1.0',
        'wekeza_graph_objects{what="waiting"} 1.0',
        'wekeza_graph_objects{what="ambiguous"} 1.0',
        'wekeza_source_up{source="mobile"} 0.0',
        'wekeza_source_records_total{source="mobile",what="loaded"} 4.0',
        'wekeza_source_records_total{source="core",what="read"} 9.0',
        'wekeza_http_request_seconds_count{method="GET",route="/customer/{gcid}",status="200"} 1.0',
    }
    assert AMINA not in text


async def test_a_graph_that_went_away_is_unavailable(api: Api) -> None:
    async with AsyncGraphDatabase.driver("bolt://127.0.0.1:1") as nobody_there:
        api.graph._driver = nobody_there
        body = await api.ask("query($gcid: ID!) { customer(gcid: $gcid) { gcid } }", gcid=AMINA)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAVAILABLE"]
        assert "127.0.0.1" not in str(body)
        assert (await api.http.get(f"/customer/{AMINA}")).status_code == 503
        ready = await api.http.get("/health/ready")
        assert (ready.status_code, ready.json()["stores"]) == (503, {"neo4j": False, "ledger": True})
        assert 'wekeza_store_up{store="neo4j"} 0.0' in (await api.http.get("/metrics")).text


async def test_without_the_ledger_the_customer_is_answered_and_freshness_is_unknown(api: Api, ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        await connection.execute("ALTER TABLE source_status RENAME TO hidden")
    body = await api.ask("query($gcid: ID!) { customer(gcid: $gcid) { gcid freshness { system } } }", gcid=AMINA)
    assert body["data"] == {"customer": {"gcid": AMINA, "freshness": None}}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAVAILABLE"]
