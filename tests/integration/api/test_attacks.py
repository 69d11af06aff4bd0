"""What somebody tries who has a token, or none: each a clear 4xx, and nothing is read."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from graphql import GraphQLObjectType, GraphQLScalarType, get_named_type
from neo4j import AsyncDriver

from api.tokens import Role
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, SETTINGS, SIGNING_KEY, Api, opened, token
from tests.integration.api.fields import TYPES

ONE = {"query": "{ statistics { accounts } }"}
HARMLESS = {
    "gcid": AMINA, "value": "0712345678", "text": "Amina", "kind": "PHONE", "system": "core", "entity": "customer",
    "id": "1", "a": "core|customer|1", "b": "mobile|user|7", "from": AMINA, "to": AMINA,
}  # fmt: skip
STAFFED = {"pendingDecisions", "reviewQueue"}  # need stewards, who are tried elsewhere
INJECTIONS = (
    "' }) DETACH DELETE n //",
    '"}) MATCH (n) DETACH DELETE n RETURN n //',
    "`]->(x) SET x.name = 'owned' //",
    "$gcid} CALL { MATCH (n) DELETE n }",
    "\\u0027 OR 1=1 //",
    "/*fields*/ x: 1, ",
)


async def test_cypher_in_every_argument_of_text(api: Api, driver: AsyncDriver) -> None:
    before, _, _ = await driver.execute_query("MATCH (n) RETURN count(n) AS nodes, sum(size(keys(n))) AS properties")
    query, asked = TYPES["Query"], 0
    assert isinstance(query, GraphQLObjectType)
    for name, field in query.fields.items():
        texts = [of for of, it in field.args.items() if isinstance(get_named_type(it.type), GraphQLScalarType)]
        texts = [of for of in texts if get_named_type(field.args[of].type).name in {"String", "ID"}]
        for text in texts:
            api.be(Role.PRIVACY_OFFICER if name == "audit" else Role.STEWARD)
            for said in INJECTIONS:
                given = {of: HARMLESS[of] for of in field.args if of in HARMLESS} | {text: said}
                declared = ", ".join(f"${of}: {field.args[of].type}" for of in given)
                passed = ", ".join(f"{of}: ${of}" for of in given)
                body = await api.ask(f"query({declared}) {{ {name}({passed}) {{ __typename }} }}", **given)
                codes = {error["extensions"]["code"] for error in body.get("errors", ())}
                unstaffed = {"UNAVAILABLE"} if name in STAFFED else set()
                assert codes <= {"BAD_USER_INPUT", "NOT_FOUND"} | unstaffed, (name, text, said)
                assert said not in str(body)
                asked += 1
    assert asked >= 4 * len(INJECTIONS)
    for said in INJECTIONS:
        assert (await api.http.get(f"/customer/{quote(said, safe='')}")).status_code in {307, 400, 404}
        reply = await api.http.get(f"/customer/{AMINA}/accounts", params={"after": said})
        assert reply.status_code == 400
    after, _, _ = await driver.execute_query("MATCH (n) RETURN count(n) AS nodes, sum(size(keys(n))) AS properties")
    assert after == before


PAGES = {
    "objects": "accounts(first: 1000000000)",
    "more than numbers hold": "logins(first: 99999999999999999999)",
    "less than none": "accounts(first: -1)",
    "a forged cursor": 'accounts(after: "WyJ4Il0x")',
    "another field's cursor": 'logins(after: "WyJ4Il0")',
}
TOO_MUCH = {
    what: f'{{ customer(gcid: "{AMINA}") {{ {page} {{ edges {{ cursor }} }} }} }}' for what, page in PAGES.items()
}
TOO_MUCH |= {
    "depth": "{ a" * 600 + " }" * 600,
    "lists in lists": "{ customer(gcid: " + "[" * 900 + "]" * 900 + ") { gcid } }",
    "fragments that go round": "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
}


@pytest.mark.parametrize("what", TOO_MUCH)
async def test_too_much_is_refused(api: Api, what: str) -> None:
    reply = await api.http.post("/graphql", json={"query": TOO_MUCH[what]})
    assert reply.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert not any((reply.json()["data"] or {}).values())
    assert reply.status_code == 400 or what in PAGES  # a field that failed alone is a partial answer
    assert api.graph.statements == []


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 500_000,
        b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 100_000,
        b'{"query": "query($a: String) { __typename }", "variables": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}",
    ],
)
async def test_json_that_is_nested_without_end(api: Api, content: bytes) -> None:
    reply = await api.http.post("/graphql", content=content, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400


async def test_a_body_of_fifty_megabytes_is_not_taken(api: Api) -> None:
    taken = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(800):
            taken += 65_536
            yield b" " * 65_536

    reply = await api.http.post("/graphql", content=parts(), headers={"Content-Type": "application/json"})
    assert reply.status_code == 413
    assert taken <= 2 * SETTINGS.max_body_bytes


async def test_a_body_that_trickles_is_given_up(small_bank: None, driver: AsyncDriver, ledger: Ledger) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"query": '
        await asyncio.Event().wait()

    async with opened(replace(SETTINGS, body_seconds=0.2), driver, ledger) as api:
        reply = await api.http.post("/graphql", content=parts(), headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (408, "BAD_USER_INPUT")
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql"],
)
async def test_what_a_form_on_another_page_could_send_is_refused(api: Api, kind: str) -> None:
    """Nothing but JSON is taken, which no page sends elsewhere without being allowed to, and there are no cookies."""
    headers = {"Content-Type": kind, "Origin": "https://elsewhere.example", "Cookie": f"token={token()}"}
    reply = await api.http.post("/graphql", content=b'{"query": "{ statistics { accounts } }"}', headers=headers)
    assert 400 <= reply.status_code < 500
    del api.http.headers["authorization"]
    headers["Content-Type"] = "application/json"
    assert (await api.http.post("/graphql", json=ONE, headers=headers)).status_code == 401
    asked = await api.http.options("/graphql", headers=headers | {"Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in asked.headers
    assert api.graph.statements == []


CHANGE = 'mutation { undoDecision(decision: 1, reason: "x") { state } }'
LISTEN = "subscription { identityChanged { gcid } }"
EVENTS = {"Accept": "text/event-stream"}
MULTIPART = {"operations": (None, json.dumps({"query": CHANGE})), "map": (None, "{}")}
FORGED: dict[str, dict[str, Any]] = {
    "a mutation in a URL": {"method": "GET", "params": {"query": CHANGE}},
    "a mutation in the URL of a POST": {"method": "POST", "params": {"query": CHANGE}},
    "a mutation in a form": {"method": "POST", "data": {"query": CHANGE}},
    "a mutation in an upload": {"method": "POST", "files": MULTIPART},
    "a mutation by another method": {"method": "PUT", "json": {"query": CHANGE}},
    "a subscription in a URL": {
        "method": "GET",
        "params": {"query": LISTEN},
        "headers": {"Accept": "text/event-stream"},
    },
    "a subscription in parts": {"method": "POST", "json": {"query": LISTEN}, "headers": {"Accept": "multipart/mixed"}},
    "a subscription as events": {
        "method": "POST",
        "json": {"query": LISTEN},
        "headers": {"Accept": "text/event-stream"},
    },
    "a document by its hash": {"method": "GET", "params": {"extensions": '{"persistedQuery": {"version": 1}}'}},
}


@pytest.mark.parametrize("what", FORGED)
async def test_nothing_is_done_but_by_a_post_of_json(api: Api, what: str) -> None:
    api.be(Role.STEWARD)
    reply = await api.http.request(url="/graphql", **FORGED[what])
    body = reply.json()
    assert 400 <= reply.status_code < 500
    assert (body.get("code") or body["errors"][0]["extensions"]["code"]) == "BAD_USER_INPUT"
    assert api.graph.statements == []


ASK = "query Ask { statistics { accounts } } "
DISGUISED = {
    "as a question": ('{ judgeSame(a: "x", b: "y", reason: "x") { state } }', None, "BAD_USER_INPUT"),
    "in a fragment": ("{ ...m } fragment m on Mutation { __typename }", None, "BAD_USER_INPUT"),
    "beside a question": (f"{ASK} {CHANGE}", "Ask", "BAD_USER_INPUT"),
    "beside a question, by name": (
        f"query Ask {{ statistics {{ accounts }} }} {CHANGE.replace('n {', 'n Do {', 1)}",
        "Ask",
        "FORBIDDEN",
    ),
    "skipped": (CHANGE.replace(") {", ") @skip(if: true) {"), None, "FORBIDDEN"),
    "under another name": (CHANGE.replace("undo", "statistics: undo"), None, "FORBIDDEN"),
    "with a role": (CHANGE.replace('"x"', '"x", role: "steward"'), None, "BAD_USER_INPUT"),
}


@pytest.mark.parametrize("how", DISGUISED)
async def test_a_decision_cannot_be_disguised(api: Api, how: str) -> None:
    api.be(Role.ANALYST)
    query, name, code = DISGUISED[how]
    reply = await api.http.post("/graphql", json={"query": query, "operationName": name})
    assert {error["extensions"]["code"] for error in reply.json()["errors"]} == {code}
    assert reply.json()["data"] is None
    assert api.graph.statements == []


async def test_several_documents_in_one_body_are_refused(api: Api) -> None:
    assert (await api.http.post("/graphql", json=[ONE, ONE])).status_code == 400
    assert api.graph.statements == []


async def test_nobody_becomes_more_than_her_token_says(api: Api) -> None:
    api.be(Role.ANALYST)
    query = f'{{ customer(gcid: "{AMINA}") {{ phone {{ value }} links {{ a }} }} }}'
    tries: list[dict[str, Any]] = [
        {"json": {"query": query, "variables": {"role": "steward"}}},
        {"json": {"query": query, "extensions": {"role": "steward"}}},
        {"json": {"query": query, "role": "steward", "operationName": None}},
        {"json": {"query": query}, "headers": {"X-Role": "steward", "Role": "steward"}},
        {"json": {"query": query}, "params": {"role": "steward"}},
    ]
    for sent in tries:
        reply = await api.http.post("/graphql", **sent)
        assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert api.graph.statements == []
    claims = {"iss": "wekeza", "aud": "wekeza-api", "sub": "x", "iat": 1, "exp": 4_000_000_000}
    for role in (["steward"], {"steward": True}, None, 7, "STEWARD", "steward "):
        headers = {"Authorization": "Bearer " + jwt.encode(claims | {"role": role}, SIGNING_KEY, algorithm="ES256")}
        assert (await api.http.post("/graphql", json=ONE, headers=headers)).status_code == 401, role


async def test_a_second_operation_is_decided_on_too(api: Api) -> None:
    """The whole document is: which operation runs is chosen apart from it."""
    api.be(Role.ANALYST)
    query = f'query Fine {{ statistics {{ accounts }} }} query Not {{ customer(gcid: "{AMINA}") {{ links {{ a }} }} }}'
    for name in ("Fine", "Not"):
        reply = await api.http.post("/graphql", json={"query": query, "operationName": name})
        assert reply.status_code == 403
    assert api.graph.statements == []


async def test_too_often(small_bank: None, driver: AsyncDriver, ledger: Ledger) -> None:
    async with opened(replace(SETTINGS, requests_per_second=0.01), driver, ledger) as api:
        assert (await api.http.post("/graphql", json=ONE)).status_code == 200
        reply = await api.http.post("/graphql", json=ONE)
        assert (reply.status_code, reply.json()["code"]) == (429, "RATE_LIMITED")
        assert 0 < int(reply.headers["retry-after"]) <= 100
        assert len(api.graph.statements) == 1
        assert (await api.http.get("/health/live")).status_code == 200


async def test_tokens_that_are_not_valid_are_counted_and_shut_nobody_else_out(api: Api) -> None:
    wrong = {"Authorization": "Bearer noise"}
    codes = [(await api.http.get("/health/ready", headers=wrong)).status_code for _ in range(70)]
    assert (codes[0], codes[-1]) == (401, 429)
    assert (await api.http.post("/graphql", json=ONE)).status_code == 200


async def test_no_introspection_in_production(small_bank: None, driver: AsyncDriver, ledger: Ledger) -> None:
    async with opened(replace(SETTINGS, query_page=False), driver, ledger) as api:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
            assert await api.code(query) == "BAD_USER_INPUT"
        assert await api.data("{ __typename }") == {"__typename": "Query"}
        assert (await api.http.get("/graphiql")).status_code == 404


async def test_a_purpose_is_a_word_and_may_be_demanded(small_bank: None, driver: AsyncDriver, ledger: Ledger) -> None:
    async with opened(replace(SETTINGS, purpose_required=True), driver, ledger) as api:
        assert (await api.http.post("/graphql", json=ONE)).status_code == 400
        for purpose in ("", " ", "a@example.org", "x" * 101, "né", "<b>"):
            reply = await api.http.post("/graphql", json=ONE, headers=[(b"X-Purpose", purpose.encode())])
            assert reply.status_code == 400, purpose
        good = {"X-Purpose": "case 2026/17"}
        assert (await api.http.post("/graphql", json=ONE, headers=good)).status_code == 200
        assert (await api.http.get(f"/customer/{AMINA}", headers=good)).status_code == 200
        api.be(Role.ANALYST)
        assert (await api.http.post("/graphql", json=ONE)).status_code == 200, "sees no identifier in clear"
