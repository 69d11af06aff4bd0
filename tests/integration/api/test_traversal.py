"""Who is tied to whom: through each kind of thing, past no hub, through no suppressed value unless asked."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.statements import with_one_parameter
from graph.traversal import EVENTS, EVERYTHING, HUB, Via, ties_text
from tests.integration.api.conftest import Api

TIES = """customers { gcid name hops { from to evidence { record otherRecord
  tie { kind what key value masked suppressed number } } } } hubs { gcid tie { kind what masked number suppressed } }
  complete"""
# Ann and Bob share a phone, Bob and Cid a device, Cid and Dan an account, Dan paid Eve, Eve is director of Fay.
TOWN = """
UNWIND ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus'] AS who
CREATE (:SourceCustomer {key: 'core|customer|' + who, birth_id: who})-[:RESOLVES_TO]->
  (:GlobalCustomer {gcid: who, name: who, status: 'current'})
WITH collect(who) AS all
MATCH (ann:SourceCustomer {birth_id: 'ann'}), (bob:SourceCustomer {birth_id: 'bob'}),
  (cid:SourceCustomer {birth_id: 'cid'}), (dan:SourceCustomer {birth_id: 'dan'}),
  (eve:SourceCustomer {birth_id: 'eve'}), (fay:SourceCustomer {birth_id: 'fay'}), (gus:SourceCustomer {birth_id: 'gus'})
CREATE (phone:Identifier:Phone {key: 'Phone|+1', kind: 'Phone', value: '+1', masked: '***1'}),
  (agent:Identifier:Phone {key: 'Phone|+2', kind: 'Phone', value: '+2', masked: '***2', suppressed: 'placeholder'}),
  (ann)-[:HAS_PHONE]->(phone), (bob)-[:CLAIMS_PHONE]->(phone),
  (ann)-[:HAS_PHONE]->(agent), (gus)-[:HAS_PHONE]->(agent),
  (device:Device {key: 'app|device|1', type: 'android'}),
  (bob)-[:REGISTERED]->(device), (cid)-[:LOGGED_IN]->(:Login {key: 'app|login|1'})-[:FROM]->(device),
  (shared:Account {key: 'core|account|1'}), (cid)-[:OWNS]->(shared), (dan)-[:OWNS {role: 'joint'}]->(shared),
  (hers:Account {key: 'core|account|2'}), (eve)-[:OWNS]->(hers),
  (his:Account {key: 'core|account|3'}), (dan)-[:OWNS]->(his),
  (his)-[:POSTED]->(:Transaction {key: 'core|transaction|1'})-[:COUNTERPARTY]->(hers),
  (eve)-[:DIRECTOR_OF {role_key: 'core|role|1'}]->(fay)
"""


# Ids are UUIDs; the tests speak of the people by their names.
GCIDS = {
    name: f"{name.encode().hex():0>8}-0000-8000-8000-000000000000"
    for name in ["ann", "bob", "cid", "dan", "eve", "fay", "gus"]
}


def with_ids(text: str) -> str:
    for name, gcid in GCIDS.items():
        text = text.replace(f"'{name}'", f"'{gcid}'").replace(f'"{name}"', f'"{gcid}"')
    return text


def with_names(answer: Any) -> Any:
    text = json.dumps(answer)
    for name, gcid in GCIDS.items():
        text = text.replace(gcid, name)
    return json.loads(text)


@pytest.fixture
async def town(empty_api: Api, driver: AsyncDriver) -> Api:
    await driver.execute_query(with_ids(TOWN))
    return empty_api


async def around(api: Api, gcid: str, arguments: str = "maxHops: 1") -> Any:
    query = f"query($g: [ID!]!) {{ customers(gcids: $g) {{ related({arguments}) {{ {TIES} }} }} }}"
    (found,) = (await api.data(query, g=[GCIDS[gcid]]))["customers"]
    return with_names(found["related"])


async def way(api: Api, start: str, end: str, hops: int = 6) -> Any:
    query = f"query($a: ID!, $b: ID!) {{ path(from: $a, to: $b, maxHops: {hops}) {{ hops {{ from to evidence {{"
    query += " record otherRecord tie { kind what key } } } } }"
    return with_names((await api.data(query, a=GCIDS[start], b=GCIDS[end]))["path"])


@pytest.mark.parametrize(
    ("gcid", "expected"),
    [
        ("ann", {("bob", "IDENTIFIER", "Phone", None, "***1")}),
        ("bob", {("ann", "IDENTIFIER", "Phone", None, "***1"), ("cid", "DEVICE", "android", "app|device|1", None)}),
        (
            "cid",
            {("bob", "DEVICE", "android", "app|device|1", None), ("dan", "ACCOUNT", "account", "core|account|1", None)},
        ),
        (
            "dan",
            {
                ("cid", "ACCOUNT", "account", "core|account|1", None),
                ("eve", "COUNTERPARTY", "account", "core|account|2", None),
            },
        ),
        (
            "eve",
            {
                ("dan", "COUNTERPARTY", "account", "core|account|2", None),
                ("fay", "ROLE", "director_of", "core|role|1", None),
            },
        ),
        ("fay", {("eve", "ROLE", "director_of", "core|role|1", None)}),
        ("gus", set()),
    ],
)
async def test_ties_of_each_kind_from_both_ends(town: Api, gcid: str, expected: set[tuple[Any, ...]]) -> None:
    found = await around(town, gcid)
    ties = {
        (it["gcid"], tie["kind"], tie["what"], tie["key"], tie["masked"])
        for it in found["customers"]
        for evidence in it["hops"][0]["evidence"]
        for tie in [evidence["tie"]]
    }
    assert ties == expected
    assert found["complete"]
    ends = {
        (evidence["record"], evidence["otherRecord"])
        for it in found["customers"]
        for evidence in it["hops"][0]["evidence"]
    }
    assert ends == {(f"core|customer|{gcid}", f"core|customer|{other}") for other, *_ in expected}
    kinds = {kind for _, kind, *_ in expected}
    for kind in kinds:
        some = await around(town, gcid, f"via: [{kind}]")
        assert {it["gcid"] for it in some["customers"]} == {other for other, of, *_ in expected if of == kind}


async def test_a_suppressed_value_is_shown_and_followed_only_if_asked(town: Api) -> None:
    found = await around(town, "gus")
    agent = {"kind": "IDENTIFIER", "what": "Phone", "masked": "***2", "number": 2, "suppressed": "placeholder"}
    assert (found["customers"], found["hubs"]) == ([], [{"gcid": "gus", "tie": agent}])
    asked = await around(town, "gus", "includeSuppressed: true, maxHops: 2")
    assert [(it["gcid"], len(it["hops"])) for it in asked["customers"]] == [("ann", 1), ("bob", 2)]


async def test_hops_have_bounds_and_cost_a_statement_each(town: Api) -> None:
    found = await around(town, "ann", "maxHops: 3")
    assert [(it["gcid"], len(it["hops"])) for it in found["customers"]] == [("bob", 1), ("cid", 2), ("dan", 3)]
    assert town.graph.statements == ["cypher/read_customers.cypher"] + ["cypher/read_ties_*.cypher"] * 3
    query = '{ customers(gcids: ["ann"]) { related(maxHops: %s) { complete } } }'
    for hops in (0, 7, -1):
        assert await town.code(with_ids(query % hops)) == "BAD_USER_INPUT"
    many = "query($g: [ID!]!) { customers(gcids: $g) { related { complete } } }"
    assert await town.code(many, g=[GCIDS["ann"]] * 51) == "BAD_USER_INPUT"


async def test_the_way_between_two(town: Api) -> None:
    found = await way(town, "ann", "fay")
    assert [(hop["from"], hop["to"]) for hop in found["hops"]] == [
        ("ann", "bob"), ("bob", "cid"), ("cid", "dan"), ("dan", "eve"), ("eve", "fay"),
    ]  # fmt: skip
    assert [(hop["evidence"][0]["record"], hop["evidence"][0]["otherRecord"]) for hop in found["hops"]] == [
        (f"core|customer|{hop['from']}", f"core|customer|{hop['to']}") for hop in found["hops"]
    ]
    assert len(town.graph.statements) <= 1 + 5
    back = await way(town, "fay", "ann", 5)
    assert [(hop["to"], hop["from"]) for hop in reversed(back["hops"])] == [
        (hop["from"], hop["to"]) for hop in found["hops"]
    ]
    assert await way(town, "ann", "fay", 4) is None
    assert await way(town, "ann", "gus") is None
    assert await way(town, "ann", "ann") == {"hops": []}
    assert await town.code(with_ids('{ path(from: "ann", to: "nobody") { hops { to } } }')) == "NOT_FOUND"


# Ann's phone, device, pool account and shop become everybody's, everybody pays her and guarantees for her.
CROWDED = """
MATCH (ann:SourceCustomer {birth_id: 'ann'})
CREATE (ann)-[:REGISTERED]->(:Device {key: 'app|device|crowd'}), (ann)-[:OWNS]->(:Account {key: 'core|account|pool'}),
  (ann)-[:OWNS]->(mine:Account {key: 'core|account|ann'}),
  (mine)-[:POSTED]->(:Transaction {key: 'core|transaction|ann'})-[:COUNTERPARTY]->(:ExternalAccount {key: 'shop'})
"""
CROWD = """
MATCH (ann:SourceCustomer {birth_id: 'ann'}), (phone:Identifier {key: 'Phone|+1'}),
  (device:Device {key: 'app|device|crowd'}), (pool:Account {key: 'core|account|pool'}),
  (mine:Account {key: 'core|account|ann'}), (shop:ExternalAccount {key: 'shop'})
UNWIND range($from, $upto) AS n
CREATE (his:SourceCustomer {key: 'core|crowd|' + n}),
  (his)-[:RESOLVES_TO]->(:GlobalCustomer {gcid: $head + right('000000000000' + n, 12)}),
  (his)-[:HAS_PHONE]->(phone), (his)-[:REGISTERED]->(device), (his)-[:OWNS]->(pool),
  (his)-[:LOGGED_IN]->(:Login {key: 'app|crowd|' + n})-[:FROM]->(device),
  (his)-[:OWNS]->(account:Account {key: 'core|crowd|' + n}),
  (account)-[:POSTED]->(:Transaction {key: 'core|crowd|' + n})-[:COUNTERPARTY]->(shop),
  (account)-[:POSTED]->(:Transaction {key: 'core|crowd|in' + n})-[:COUNTERPARTY]->(mine),
  (mine)-[:POSTED]->(:Transaction {key: 'core|crowd|out' + n})-[:COUNTERPARTY]->(account),
  (his)-[:GUARANTEES {role_key: 'core|role|c' + n}]->(ann)
"""
THIN = "MATCH ()-[e]->() CALL (e) { DELETE e } IN TRANSACTIONS OF 10000 ROWS"  # or a node could not be deleted at once


@pytest.fixture
async def crowded(town: Api, driver: AsyncDriver) -> AsyncIterator[Api]:
    await driver.execute_query(with_ids(CROWDED))
    yield town
    async with driver.session(database="neo4j") as session:
        await (await session.run(THIN)).consume()


async def hits(driver: AsyncDriver, *via: Via) -> int:
    given = {"gcids": [GCIDS["ann"]], "hub": HUB, "events": EVENTS, "suppressed": False}
    text, parameters = with_one_parameter(ties_text(via), given)
    _, summary, _ = await driver.execute_query("PROFILE " + text, parameters)
    assert summary.profile is not None
    return _hits(summary.profile)


def _hits(profile: dict[str, Any]) -> int:
    return int(profile.get("dbHits", 0)) + sum(_hits(child) for child in profile.get("children", ()))


async def test_a_hub_of_ten_thousand_is_told_and_costs_what_one_of_a_thousand_does(
    crowded: Api, driver: AsyncDriver
) -> None:
    """Counted in what the store was asked for, not in time: for each kind of tie alone, and for all of them."""
    spent = []
    for first, last in ((1, 1_000), (1_001, 10_000)):
        for start in range(first, last, 1_000):  # one transaction has a limit of memory
            given = {"from": start, "upto": min(start + 999, last), "head": "00000000-0000-8000-8000-"}
            await driver.execute_query(with_ids(CROWD), given)
        spent.append([await hits(driver, kind) for kind in EVERYTHING] + [await hits(driver, *EVERYTHING)])
    assert all(after <= before * 1.25 + 10 for before, after in zip(*spent, strict=True)), spent
    found = await around(crowded, "ann")
    told = {(hub["tie"]["kind"], hub["tie"]["what"], hub["tie"]["number"] > HUB) for hub in found["hubs"]}
    assert told >= {
        ("IDENTIFIER", "Phone", True),
        ("DEVICE", "device", True),
        ("ACCOUNT", "account", True),
        ("COUNTERPARTY", "account", True),
    }
    assert {hub["tie"]["number"] for hub in found["hubs"] if hub["tie"]["masked"] == "***1"} == {10_002}
