"""Each role, each mutation and subscription, each field below: refused or let through, as the committed table says."""

from collections.abc import AsyncIterator

import pytest
from neo4j import AsyncDriver

from api.access import Right, load_access
from api.tokens import Role
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.api.conftest import token
from tests.integration.api.fields import Way, known, ways
from tests.integration.api.listening import Line, Site, open_site
from tests.integration.api.service import Service, open_service

ACCESS = load_access()
MUTATIONS, SUBSCRIPTIONS = tuple(ways("Mutation")), tuple(ways("Subscription"))


def denied(role: Role, way: Way, field: str) -> bool:
    return any(ACCESS.of_field(role, *step) is Right.DENIED for step in (*way.steps, (way.type.name, field)))


@pytest.fixture
async def service(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Service]:
    async with open_service(graph, ledger, driver) as opened:
        yield opened


WHO_DID = "SELECT DISTINCT subject, role FROM audit WHERE operation <> 'refusal'"


async def test_each_mutation_is_for_whom_the_table_names(service: Service, ledger: Ledger) -> None:
    given = known(service.known["gcid"][0], "1", "0712345678", "Jane Wanjiru")
    let_through: set[tuple[Role, str]] = set()
    for role in Role:
        for way in MUTATIONS:
            for field in way.type.fields:
                asked = way.document([field], given)
                reply = await service.send({"query": asked}, role)
                codes = {error["extensions"]["code"] for error in reply.json().get("errors", ())}
                assert (codes == {"FORBIDDEN"}) is denied(role, way, field), (role, asked)
                assert (reply.status_code == 403) is denied(role, way, field)
                assert "INTERNAL" not in codes
                if "FORBIDDEN" not in codes:
                    let_through.add((role, way.type.name))
    assert {role for role, _ in let_through} == {Role.STEWARD}
    assert {type_ for _, type_ in let_through} == {way.type.name for way in MUTATIONS}
    async with ledger.transaction() as connection:
        done = await (await connection.execute(WHO_DID)).fetchall()
    assert done == [("tests", "steward")], "who is refused does nothing"


@pytest.fixture
async def site(graph: GraphClient, ledger: Ledger) -> AsyncIterator[Site]:
    async with open_site(graph, ledger) as opened:
        yield opened


@pytest.mark.parametrize("role", Role)
async def test_each_subscription_is_for_whom_the_table_names(site: Site, role: Role) -> None:
    given = known("aaaaaaaa-0000-8000-8000-000000000001", "1", "0712345678", "Jane")
    async with site.line({"Authorization": f"Bearer {token(role)}"}) as line:
        for way in SUBSCRIPTIONS:
            for field in way.type.fields:
                asked = way.document([field], given)
                if denied(role, way, field):
                    await refused(line, asked)
                else:
                    await let_in(site, line, asked)


async def refused(line: Line, asked: str) -> None:
    await line.subscribe(asked)
    message = await line.next()
    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    assert [error["extensions"]["code"] for error in errors] == ["FORBIDDEN"], asked
    if message["type"] == "next":
        assert message["payload"]["data"] is None
        assert (await line.next())["type"] == "complete"


async def let_in(site: Site, line: Line, asked: str) -> None:
    await line.subscribe(asked)
    await site.listeners(1)
    await line.send(type="complete", id="1")
    await site.listeners(0)
