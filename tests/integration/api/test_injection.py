"""Cypher in every text that a caller can write: what it says is a value, wherever it goes."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)
from neo4j import AsyncDriver

from api.described import describe
from api.tokens import Role
from graph.client import GraphClient
from graph.verify import verify
from ledger.ledger import Ledger
from tests.integration.api.conftest import token
from tests.integration.api.fields import TYPES
from tests.integration.api.listening import open_site
from tests.integration.api.service import Service, open_service
from tests.integration.api.test_attacks import INJECTIONS
from tests.integration.graph.bank import SECRET

HERE = "here"  # known by its identity
TEXTS = {"String", "ID"}
COUNTED = """MATCH (n) WHERE n:SourceCustomer OR n:Account OR n:Transaction OR n:Identifier OR n:GlobalCustomer
RETURN count(n) AS nodes, sum(size(keys(n))) AS properties"""
OWNED = "MATCH (n) WHERE any(name IN keys(n) WHERE n[name] = 'owned') RETURN count(n) AS nodes"
HARMLESS = {
    "a": "core|customer|a", "b": "core|customer|b", "reason": "seen both", "value": "0712345678", "text": "Jane",
    "system": "core", "id": "1", "name": "cap", "entity": "customer", "country": "KE",
}  # fmt: skip


@pytest.fixture
async def service(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Service]:
    async with open_service(graph, ledger, driver) as opened:
        yield opened


def places(type_: Any, name: str, known: dict[str, str]) -> Iterator[Any]:
    """The values of a type that have ``HERE`` where a stranger can write a text: each in one place."""
    named = get_named_type(type_)
    found: list[Any] = []
    if named.name in TEXTS:
        found = [HERE]
    elif isinstance(named, GraphQLInputObjectType):
        for below, field in named.fields.items():
            others = {it: harmless(other.type, it, known) for it, other in named.fields.items()}
            found += [({} if named.is_one_of else others) | {below: it} for it in places(field.type, below, known)]
    bare = type_.of_type if is_non_null_type(type_) else type_
    yield from ([it] for it in found) if is_list_type(bare) else found


def filled(value: Any, said: str) -> Any:
    """The value with a text instead of ``HERE``."""
    if isinstance(value, dict):
        return {name: filled(it, said) for name, it in value.items()}
    if isinstance(value, list):
        return [filled(it, said) for it in value]
    return said if value is HERE else value


def harmless(type_: Any, name: str, known: dict[str, str]) -> Any:
    bare = type_.of_type if is_non_null_type(type_) else type_
    if is_list_type(bare):
        return [harmless(bare.of_type, name, known)]
    named: Any = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        return {it: harmless(field.type, it, known) for it, field in named.fields.items()}
    if named.name in TEXTS:
        return known.get(name, HARMLESS.get(name, "1"))
    return {"Int": 1, "Boolean": True, "DateTime": "2026-03-03T08:00:00Z"}.get(named.name) or next(iter(named.values))


def requests(name: str, field: GraphQLField, keyword: str, known: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """A document for each place, and its variables."""
    needed = {of: it for of, it in field.args.items() if is_required_argument(it) or of == "dryRun"}
    for argument, it in field.args.items():
        given = needed | {argument: it}
        declared = ", ".join(f"${of}: {its.type}" for of, its in given.items())
        passed = ", ".join(f"{of}: ${of}" for of in given)
        others = {of: harmless(its.type, of, known) for of, its in given.items()}
        for value in places(it.type, argument, known):
            yield f"{keyword}({declared}) {{ {name}({passed}) {{ __typename }} }}", others | {argument: value}


@pytest.mark.parametrize("root", ["Query", "Mutation"])
async def test_in_every_argument(service: Service, ledger: Ledger, driver: AsyncDriver, root: str) -> None:
    before = (await driver.execute_query(COUNTED)).records
    type_, asked = TYPES[root], 0
    assert isinstance(type_, GraphQLObjectType)
    known = {"gcid": service.known["gcid"][0], "from": service.known["gcid"][0], "to": service.known["gcid"][1]}
    for name, field in type_.fields.items():
        for document, variables in requests(name, field, root.lower(), known):
            for said in INJECTIONS:
                sent = {"query": document, "variables": filled(variables, said)}
                reply = await service.send(sent, Role.PRIVACY_OFFICER if name == "audit" else Role.STEWARD)
                errors = reply.json().get("errors", ())
                assert {error["extensions"]["code"] for error in errors} <= {"BAD_USER_INPUT", "NOT_FOUND", "CONFLICT"}
                assert not [error for error in errors if said in error["message"]], sent
                asked += 1
    assert asked >= {"Query": 30, "Mutation": 40}[root] * len(INJECTIONS)
    assert (await driver.execute_query(COUNTED)).records == before, "what only is looked at, or said, changes nobody"
    assert (await driver.execute_query(OWNED)).records[0]["nodes"] == 0
    place = service.place
    await place.resolver.resolve()
    assert await verify(place.graph, ledger, secret=SECRET, policy=place.policy) == []


async def test_in_every_parameter_of_rest(service: Service, driver: AsyncDriver) -> None:
    before = (await driver.execute_query(COUNTED)).records
    bearer, gcid = {"Authorization": f"Bearer {token(Role.STEWARD)}"}, service.known["gcid"][0]
    asked = 0
    for path, operations in describe(service.app, service.app.state.schema._schema)["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                for said in INJECTIONS:
                    name, where = parameter["name"], parameter["in"]
                    reply = await service.http.request(
                        method,
                        path.replace("{gcid}", quote(said, safe="") if where == "path" else gcid),
                        params={name: said} if where == "query" else {},
                        headers=bearer | ({name: said} if where == "header" else {}),
                    )
                    assert (reply.status_code, reply.json()["code"]) in {(400, "BAD_USER_INPUT"), (404, "NOT_FOUND")}
                    assert said not in reply.json()["detail"]
                    asked += 1
    assert asked >= 14 * len(INJECTIONS)
    assert (await driver.execute_query(COUNTED)).records == before


async def test_in_what_is_listened_to(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    await driver.execute_query("CREATE (:SourceCustomer {key: 'x'})")
    async with open_site(graph, ledger) as site, site.line() as line:
        for number, said in enumerate(INJECTIONS):
            asked = "subscription($g: ID!) { customerChanged(gcid: $g) { gcid } }"
            await line.subscribe(asked, str(number), g=said)
        await site.listeners(len(INJECTIONS))
    assert (await driver.execute_query(COUNTED)).records[0]["nodes"] == 1
