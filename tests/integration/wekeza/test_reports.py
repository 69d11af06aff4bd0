"""The relational copy of a sample bank: what polls leave in it, beside what the API answers."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import ApiSettings
from api.tokens import Role, issue_token, new_signing_key, verification_key
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.wekeza.conftest import Connect, OpenBank
from wekeza.rounds import run_round
from wekeza.wiring import Parts

ASKED = """
query ($gcid: ID!) {
  customer(gcid: $gcid) {
    gcid
    risk { fraudScore level lastUpdated }
    accounts(first: 100) { edges { node { number balance { amount currency } authoritative } } }
    sourceRecords { key system fullName }
    transactions(first: 100) { edges { node { reference channel amount { amount currency } } } }
  }
}
"""


@pytest.fixture
async def bank(connect: Connect, open_bank: OpenBank) -> Parts:
    parts = connect(open_bank(people=40).sources)
    assert not (await run_round(parts)).failed
    return parts


async def rows(ledger: Ledger, query: str) -> list[tuple[Any, ...]]:
    async with ledger.transaction() as connection:
        return [tuple(row) for row in await (await connection.execute(query.encode())).fetchall()]


async def test_a_poll_leaves_the_copy_as_the_graph_is(bank: Parts) -> None:
    assert await bank.copier().verify() == []
    assert (await bank.copier().publish()).changed == 0
    [(records, transactions)] = await rows(
        bank.ledger,
        "SELECT (SELECT count(*) FROM reports.customer_360), (SELECT count(*) FROM reports.transaction_360)",
    )
    assert records == (await bank.client.read("verify_count"))[0]["records"] > 50
    assert transactions > 50
    assert await rows(bank.ledger, "SELECT FROM reports.customer_360 WHERE GlobalCustomerId IS NULL") == []


async def test_reports_say_what_the_api_says(bank: Parts, graph: GraphClient) -> None:
    key = new_signing_key()
    app = create_app(ApiSettings(verification_key=verification_key(key)), graph, bank.ledger)
    headers = {"Authorization": f"Bearer {issue_token(key, 'tests', Role.INVESTIGATOR, timedelta(hours=1))}"}
    gcids = [row[0] for row in await rows(bank.ledger, "SELECT DISTINCT GlobalCustomerId FROM reports.customer_360")]
    risks, accounts, records, bookings = set(), set(), set(), set()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api", headers=headers) as http:
        for gcid in gcids:
            reply = await http.post("/graphql", json={"query": ASKED, "variables": {"gcid": gcid}})
            said = reply.json()["data"]["customer"]
            if risk := said["risk"]:
                risks.add((gcid, risk["fraudScore"], risk["level"], datetime.fromisoformat(risk["lastUpdated"])))
            accounts |= {
                (gcid, it["number"], money(it["balance"]), it["authoritative"]) for it in nodes(said["accounts"])
            }
            records |= {
                (gcid, it["system"], it["key"].split("|", 2)[2], it["fullName"]) for it in said["sourceRecords"]
            }
            bookings |= {
                (gcid, it["reference"], it["channel"], money(it["amount"])) for it in nodes(said["transactions"])
            }
    views = (
        "SELECT GlobalCustomerId, FraudScore, RiskLevel, LastUpdated FROM reports.risk_profile",
        "SELECT GlobalCustomerId, AccountNumber, Balance, Authoritative FROM reports.account_360"
        " WHERE GlobalCustomerId IS NOT NULL",
        "SELECT GlobalCustomerId, SourceSystem, SourceCustomerId, FullName FROM reports.customer_360",
        "SELECT GlobalCustomerId, Reference, Channel, Amount FROM reports.transaction_360"
        " WHERE GlobalCustomerId IS NOT NULL",
    )
    answers: list[set[tuple[Any, ...]]] = [{*risks}, {*accounts}, {*records}, {*bookings}]
    for view, said in zip(views, answers, strict=True):
        assert set(await rows(bank.ledger, view)) ^ said == set()
        assert said


def nodes(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in page["edges"]]


def money(said: dict[str, str] | None) -> Decimal | None:
    return Decimal(said["amount"]) if said else None
