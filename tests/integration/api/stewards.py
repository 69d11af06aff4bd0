"""Stewards at the API on real servers, beside the graph as it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx

from api.app import create_app
from api.office import Office
from api.settings import ApiSettings
from api.tokens import Role, issue_token, verification_key
from graph.review import Review
from graph.stewardship import Stewardship
from ledger.audit import AuditRow, find_rows
from ledger.ledger import Ledger
from tests.integration.api.conftest import SIGNING_KEY
from tests.integration.graph import office as desk
from tests.integration.graph.bank import SECRET
from tests.integration.graph.office import ID, OTHER_ID, OTHER_PHONE, PHONE, record
from tests.unit.graph.resolution.worlds import GUARDED

JOHN = "John Doe"
ALONE = 2
OUTCOME = """{
  state decision proposal basis suppressed events { what gcid others records }
  preview {
    customersChanged customersBefore customersAfter recordsChanged
    changed { record before after } events { what }
  }
}"""
NAMES = {"reason": "String!", "dryRun": "Boolean! = false", "idempotencyKey": "String", "basedOn": "String"}
ARGUMENTS = {
    "judgeSame": {"a": "String!", "b": "String!"},
    "judgeDifferent": {"a": "String", "b": "String", "left": "[String!]", "right": "[String!]"},
    "suppressValue": {"kind": "IdentifierKind!", "value": "String!"},
    "releaseValue": {"kind": "IdentifierKind!", "value": "String!"},
    "correctField": {"gcid": "ID!", "field": "CustomerField!", "value": "String!"},
    "undoDecision": {"decision": "Int!"},
    "resolveReview": {"item": "ID!", "choice": "ReviewChoice!", "records": "[String!]"},
}
RULING = {"approveDecision": {"id": "ID!", "reason": "String!"}, "rejectDecision": {"id": "ID!", "reason": "String!"}}


def mutation(name: str) -> str:
    given = RULING.get(name) or ARGUMENTS[name] | NAMES
    declared = ", ".join(f"${argument}: {type_}" for argument, type_ in given.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in given)
    return f"mutation({declared}) {{ {name}({passed}) {OUTCOME} }}"


class Desk:
    """The API as stewards see it, beside the graph as it is."""

    http: httpx.AsyncClient

    def __init__(self, office: desk.Office, ledger: Ledger) -> None:
        self.office, self.ledger = office, ledger
        self.published = 0

    async def publish(self) -> None:
        self.published += 1

    async def post(self, query: str, by: str = "wanja", role: Role = Role.STEWARD, **variables: Any) -> dict[str, Any]:
        bearer = issue_token(SIGNING_KEY, by, role, timedelta(minutes=5))
        headers = {"Authorization": f"Bearer {bearer}"}
        reply = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body: dict[str, Any] = reply.json()
        return body

    async def do(self, name: str, **given: Any) -> dict[str, Any]:
        body = await self.post(mutation(name), **{"reason": "seen both passports", **given})
        assert "errors" not in body, body["errors"]
        outcome: dict[str, Any] = body["data"][name]
        return outcome

    async def refused(self, name: str, **given: Any) -> str:
        body = await self.post(mutation(name), **{"reason": "seen both passports", **given})
        code: str = body["errors"][0]["extensions"]["code"]
        return code

    async def audited(self) -> list[AuditRow]:
        async with self.ledger.transaction() as connection:
            return (await find_rows(connection, limit=1_000))[::-1]


@asynccontextmanager
async def open_desk(office: desk.Office, ledger: Ledger) -> AsyncIterator[Desk]:
    """The API over the stores of an office."""
    stewardship = Stewardship(office.steward, ledger, secret=SECRET, alone=ALONE)
    opened, review = Desk(office, ledger), Review(office.client, secret=SECRET, policy=GUARDED)
    settings = ApiSettings(verification_key=verification_key(SIGNING_KEY), query_page=True)
    app = create_app(settings, office.client, ledger, office=Office(stewardship, review, opened.publish))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as opened.http:
        yield opened


async def four(at: Desk) -> dict[str, str]:
    """John with two national ids, at two phones: two customers of two records each."""
    await at.office.load(record("a", JOHN, PHONE, ID), record("b", JOHN, PHONE))
    await at.office.load(record("c", JOHN, OTHER_PHONE, OTHER_ID), record("d", JOHN, OTHER_PHONE))
    assert await at.office.parts() == {"ab", "cd"}
    return await at.office.gcids()
