"""What a company, its director and her mother have and are to each other: loaded, resolved, and asked for."""

from datetime import timedelta
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.business import AccountRecord, ScoreRecord
from graph.client import GraphClient
from graph.load import Loader
from graph.records import Departure
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from ledger.ledger import Ledger
from tests.integration.api.conftest import Api
from tests.integration.graph.bank import DAY, SECRET, account, batch, sighting, transaction
from tests.integration.graph.household import BATCHES, COMPANY, CURRENT, DIRECTOR, JOINT, MOTHER, role


def score(key: str, raw: float, scale: str, normalised: float, days: int) -> ScoreRecord:
    at = DAY + timedelta(days=days)
    return ScoreRecord(key=key, customer=DIRECTOR, at=at, raw_score=raw, raw_scale=scale, score=normalised)


MORE = (
    account(JOINT, "0102", MOTHER, balance_minor=10_000, updated_at=DAY + timedelta(days=1)),
    account("web|account|9", "0102", DIRECTOR, balance_minor=9_900, authoritative=False),
    transaction("core|transaction|2", "TX2", account=JOINT, at=DAY + timedelta(days=1)),
    sighting("web|transfer|1", "TX2", channel="web"),
    sighting("web|transfer|2", "TX2", channel="app", at=DAY + timedelta(seconds=1)),
    score("core|credit|1", 575.0, "850-300", 50.0, 1),
    score("core|credit|2", 850.0, "850-300", 0.0, 2),
    score("core|aml|1", 25.0, "1-25", 100.0, 0),
    score("web|score|1", 0.4, "0-1", 40.0, 3),
)


class House:
    def __init__(self, api: Api, driver: AsyncDriver, loader: Loader) -> None:
        self.api, self.driver, self.loader = api, driver, loader

    async def gcid(self, key: str) -> str:
        query = "MATCH (:SourceCustomer {key: $key})-[:RESOLVES_TO]->(g) RETURN g.gcid AS gcid"
        rows, _, _ = await self.driver.execute_query(query, key=key)
        gcid: str = rows[0]["gcid"]
        return gcid

    async def of(self, key: str, fields: str) -> Any:
        query = f"query($gcid: ID!) {{ customer(gcid: $gcid) {{ {fields} }} }}"
        return (await self.api.data(query, gcid=await self.gcid(key)))["customer"]

    async def nodes(self, key: str, name: str, fields: str) -> list[tuple[Any, ...]]:
        """The values of a connection's nodes."""
        found = (await self.of(key, f"{name} {{ edges {{ node {{ {fields} }} }} }}"))[name]
        return [tuple(edge["node"].values()) for edge in found["edges"]]


@pytest.fixture
async def house(empty_api: Api, graph: GraphClient, driver: AsyncDriver, ledger: Ledger, policy: Policy) -> House:
    loader = Loader(graph, ledger, secret=SECRET, policy=policy)
    for records in (*BATCHES, MORE):
        await loader.load(batch(*records))
    await Resolver(graph, ledger, secret=SECRET, policy=policy, trust={}).resolve()
    return House(empty_api, driver, loader)


async def test_loans_and_cards_of_whom_they_are_and_of_the_account_they_use(house: House) -> None:
    loan = ("core|loan|1", "L1", {"amount": "5000.00", "currency": "KES"}, None, COMPANY, CURRENT)
    assert await house.nodes(
        COMPANY, "loans", "key number outstanding { amount currency } principal { amount } borrower account"
    ) == [loan]
    card = ("core|card|1", "4242", DIRECTOR, CURRENT)
    assert await house.nodes(DIRECTOR, "cards", "key lastFour holder account") == [card]
    assert await house.nodes(DIRECTOR, "loans", "key") == await house.nodes(COMPANY, "cards", "key") == []
    assert await house.nodes(COMPANY, "accounts", "key cards { key } loans { key }") == [
        (CURRENT, [{"key": "core|card|1"}], [{"key": "core|loan|1"}])
    ]


async def test_sessions_cases_and_activities_newest_first(house: House) -> None:
    assert await house.nodes(MOTHER, "sessions", "key channel at steps status device { key }") == [
        ("core|session|1", "ussd", "2026-03-01T08:00:00Z", 4, "ended", {"key": "core|device|1"})
    ]
    about = [JOINT, COMPANY, "core|transaction|1"]
    assert await house.nodes(COMPANY, "cases", "key category about closedAt") == [("core|case|1", "fraud", about, None)]
    assert await house.nodes(MOTHER, "cases", "key") == [("core|case|1",)], "about her account"
    done = ("core|activity|1", "Update", "Account", "clerk", [JOINT, MOTHER])
    assert await house.nodes(MOTHER, "activities", "key operation entity actor doneTo") == [done]
    assert await house.nodes(DIRECTOR, "activities", "key") == [("core|activity|1",)], (
        "on the account that is hers, too"
    )
    assert await house.nodes(COMPANY, "activities", "key") == []


async def test_sums_and_reports_name_only_what_is_hers(house: House) -> None:
    money = "{ amount currency }"
    summed = (
        *("core|aggregate|1", "30 days", 3, "growth", COMPANY),
        *({"amount": amount, "currency": "KES"} for amount in ("1250.00", "9000.00")),
    )
    fields = f"key period count segment of amount {money} lifetimeValue {money}"
    assert await house.nodes(COMPANY, "aggregates", fields) == [summed]
    assert await house.nodes(MOTHER, "aggregates", "key of") == [("core|aggregate|2", JOINT)], "of her account"
    report = ("core|report|1", "Large transactions", "STR", "submitted")
    fields = "key name type status about"
    assert await house.nodes(COMPANY, "reports", fields) == [(*report, [COMPANY])]
    assert await house.nodes(DIRECTOR, "reports", fields) == [(*report, [JOINT, DIRECTOR])]
    assert await house.nodes(MOTHER, "reports", fields) == [(*report, [JOINT])]


async def test_consents_are_what_their_dates_say_at_this_moment(house: House) -> None:
    partner = {"name": "Pesa Planner", "clientId": "pesa"}
    asked = "key state status scopes at revokedAt partner { name clientId }"
    given = ("core|consent|1", "ACTIVE", None, "accounts:read", "2026-03-01T08:00:00Z", None, partner)
    assert await house.nodes(MOTHER, "consents", asked) == [given]
    assert (await house.of(MOTHER, "partners { key name }"))["partners"] == [
        {"key": "core|partner|1", "name": "Pesa Planner"}
    ]
    assert await house.nodes(COMPANY, "consents", "key") == []


async def test_relationships_from_both_sides_with_the_row_that_says_so(house: House) -> None:
    fields = "key type role hers current holder { key name } towards { key name }"
    company, director, mother = (
        {"key": key, "name": name}
        for key, name in ((COMPANY, "Wanjiru Traders Ltd"), (DIRECTOR, "Jane Wanjiru"), (MOTHER, "Grace Wanjiru"))
    )
    own, joint = ({"key": key, "name": name} for key, name in ((CURRENT, company["name"]), (JOINT, mother["name"])))
    assert await house.nodes(DIRECTOR, "relationships", fields) == [
        ("core|role|1", "DIRECTOR_OF", "Managing Director", True, True, director, [company]),
        ("core|role|2", "DIRECTOR_OF", None, True, True, director, [company]),
        ("core|role|3", "SIGNATORY_OF", "any to sign", True, True, director, [own, company]),
        ("core|role|4", "JOINT_HOLDER_OF", None, True, True, director, [joint]),
        ("core|role|5", "NEXT_OF_KIN_OF", "mother", False, True, mother, [director]),
    ]
    assert [
        (key, hers, current) for key, _, _, hers, current, *_ in await house.nodes(COMPANY, "relationships", fields)
    ] == [
        ("core|role|1", False, True),
        ("core|role|2", False, True),
        ("core|role|3", False, True),
        ("core|role|6", False, False),
    ]
    assert [(key, hers) for key, _, _, hers, *_ in await house.nodes(MOTHER, "relationships", fields)] == [
        ("core|role|4", False),
        ("core|role|5", True),
        ("core|role|6", True),
    ]
    page = await house.of(DIRECTOR, "relationships(first: 2) { pageInfo { hasNextPage endCursor } }")
    cursor = page["relationships"]["pageInfo"]["endCursor"]
    rest = await house.of(DIRECTOR, f'relationships(after: "{cursor}") {{ edges {{ node {{ key }} }} }}')
    assert [edge["node"]["key"] for edge in rest["relationships"]["edges"]] == [f"core|role|{n}" for n in (3, 4, 5)]


async def test_holders_of_an_account_with_what_they_are_to_it(house: House) -> None:
    fields = "key role owner holders { key role evidence name }"
    joint = [
        {"key": MOTHER, "role": "holder", "evidence": None, "name": "Grace Wanjiru"},
        {"key": DIRECTOR, "role": "joint", "evidence": "core|role|4", "name": "Jane Wanjiru"},
    ]
    copy = [{"key": DIRECTOR, "role": "holder", "evidence": None, "name": "Jane Wanjiru"}]
    assert await house.nodes(DIRECTOR, "accounts", fields) == [
        (JOINT, "joint", DIRECTOR, joint),
        ("web|account|9", "holder", DIRECTOR, copy),
    ]
    assert await house.nodes(MOTHER, "accounts", fields) == [(JOINT, "holder", MOTHER, joint)]
    assert await house.nodes(COMPANY, "accounts", "key holders { key role }") == [
        (CURRENT, [{"key": COMPANY, "role": "holder"}, {"key": DIRECTOR, "role": "signatory"}])
    ]


async def test_totals_add_authoritative_accounts_only_and_a_booking_is_listed_once(house: House) -> None:
    await house.loader.load(batch(role("9", "joint_holder_of", MOTHER, account=JOINT)))  # though she is its holder
    for owner in (MOTHER, DIRECTOR):
        assert (await house.of(owner, "balances { currency total }"))["balances"] == [
            {"currency": "KES", "total": "100.00"}
        ]
        assert await house.nodes(owner, "transactions", "key channel sightings { key }") == [
            ("core|transaction|2", "web", [{"key": "web|transfer|1"}, {"key": "web|transfer|2"}])
        ]
    assert (await house.of(COMPANY, "balances { total }"))["balances"] == []
    await house.loader.load(batch(Departure(JOINT, kind=AccountRecord)))
    assert (await house.of(DIRECTOR, "balances { total }"))["balances"] == []
    assert await house.nodes(DIRECTOR, "transactions", "key") == []


async def test_risk_over_tables_and_scales(house: House) -> None:
    """Of a credit score the high end is safe: its risk is normalised before any two are compared."""
    assert (
        await house.of(
            DIRECTOR, "risk { fraudScore lastUpdated components { source entity rawScore rawScale normalised } }"
        )
    )["risk"] == {
        "fraudScore": 100.0,
        "lastUpdated": "2026-03-04T08:00:00Z",
        "components": [
            {"source": "core", "entity": "aml", "rawScore": 25.0, "rawScale": "1-25", "normalised": 100.0},
            {"source": "core", "entity": "credit", "rawScore": 850.0, "rawScale": "850-300", "normalised": 0.0},
            {"source": "web", "entity": "score", "rawScore": 0.4, "rawScale": "0-1", "normalised": 40.0},
        ],
    }


async def test_holdings_by_rest(house: House) -> None:
    found = (await house.api.http.get(f"/customer/{await house.gcid(COMPANY)}/holdings")).json()
    assert [(it["number"], it["outstanding"]["amount"]) for it in found["loans"]["items"]] == [("L1", "5000.00")]
    first = found["relationships"]["items"][0]
    assert (first["key"], first["holder"]["key"]) == ("core|role|1", DIRECTOR)
    assert [it["key"] for it in found["cases"]["items"]] == ["core|case|1"]


async def test_the_newer_kinds_are_counted(house: House) -> None:
    counted = "loans cards roles sessions cases activities consents partners"
    found = await house.api.data(f"{{ statistics {{ {counted} }} sources {{ system {counted} }} }}")
    assert list(found["statistics"].values()) == [1, 1, 6, 1, 1, 1, 1, 1]
    assert {source.pop("system"): list(source.values()) for source in found["sources"]}["core"] == [
        1,
        1,
        6,
        1,
        1,
        1,
        1,
        1,
    ]


async def test_all_of_it_is_one_statement(house: House) -> None:
    house.api.graph.statements.clear()
    await house.of(
        MOTHER,
        "loans { edges { node { key } } } relationships { edges { node { holder { gcid } towards { gcid } } } }"
        " accounts { edges { node { holders { gcid } cards { account } loans { borrower } } } }"
        " cases { edges { cursor } }",
    )
    assert house.api.graph.statements == ["cypher/read_customer.cypher"]
