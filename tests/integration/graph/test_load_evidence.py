"""Identifier edges: what opens and closes, which values link nobody, and who has to be resolved again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.load import Loader
from graph.records import CustomerRecord, IdentifierValue
from graph.resolution.eligibility import Standing
from graph.resolution.global_ids import birth_id, value_id
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from graph.said import hear
from graph.suppressions import stale_suppressions
from ledger.ledger import Ledger
from ledger.records import latest_versions
from tests.integration.graph.bank import DAY, SECRET, batch, customer, identifier
from tests.integration.graph.snapshot import clear_marks, edges, marked
from tests.unit.graph.resolution.worlds import GUARDED

PHONE = identifier("Phone", "0712345678")
CLAIM = identifier("Phone", "0712345678", verified=False)
OTHER = identifier("Phone", "0722000001")
HELD = ("HAS_PHONE", "CLAIMS_PHONE", "HAD_PHONE")


@pytest.fixture
def small(policy: Policy) -> Policy:
    return policy.model_copy(update={"cap": 2, "hub": 4})


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, small: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=small)


def later(record: CustomerRecord, days: int = 1, **said: Any) -> CustomerRecord:
    return replace(record, updated_at=DAY + timedelta(days=days), **said)


def people(number: int, *, names: int = 99) -> list[CustomerRecord]:
    """Holders of PHONE who show ``names`` different names."""
    return [customer(f"core|customer|{n}", f"Jane {'ABCDEFGH'[n % names]}kamau", PHONE) for n in range(number)]


async def suppressed(driver: AsyncDriver) -> set[tuple[str, str | None]]:
    rows, _, _ = await driver.execute_query("MATCH (i:Identifier) RETURN i.key AS key, i.suppressed AS reason")
    return {(row["key"], row["reason"]) for row in rows}


async def test_a_value_that_changes_is_kept_as_past(loader: Loader, driver: AsyncDriver) -> None:
    record = customer("core|customer|1", "Jane", PHONE)
    first = await loader.load(batch(record))
    second = await loader.load(batch(later(record, identifiers=(OTHER,))))
    assert await edges(driver, *HELD) == {
        (record.key, "HAS_PHONE", OTHER.key),
        (record.key, "HAD_PHONE", PHONE.key),
    }
    rows, _, _ = await driver.execute_query(
        "MATCH ()-[h:HAD_PHONE]->() RETURN h.valid_from AS a, h.valid_to AS b, h.raw AS raw, h.claimed AS claimed"
    )
    found = [(row["a"].to_native(), row["b"].to_native(), row["raw"], row["claimed"]) for row in rows]
    assert found == [(first.at, second.at, PHONE.raw, None)]


async def test_another_spelling_is_the_same_holding(loader: Loader, driver: AsyncDriver) -> None:
    record = customer("core|customer|1", "Jane", PHONE)
    first = await loader.load(batch(record))
    await loader.load(batch(later(record, identifiers=(identifier("Phone", "+254 712 345 678"),))))
    rows, _, _ = await driver.execute_query("MATCH ()-[h]->(:Phone) RETURN type(h) AS t, h.valid_from AS a, h.raw AS r")
    assert [(r["t"], r["a"].to_native(), r["r"]) for r in rows] == [("HAS_PHONE", first.at, "+254 712 345 678")]


async def test_verification_replaces_the_claim(loader: Loader, driver: AsyncDriver) -> None:
    record = customer("core|customer|1", "Jane", CLAIM)
    await loader.load(batch(record))
    assert await edges(driver, *HELD) == {(record.key, "CLAIMS_PHONE", PHONE.key)}
    await loader.load(batch(later(record, identifiers=(CLAIM, PHONE))))
    assert await edges(driver, *HELD) == {(record.key, "HAS_PHONE", PHONE.key), (record.key, "HAD_PHONE", PHONE.key)}


async def test_an_edge_that_changes_marks_all_holders_and_claimants(loader: Loader, driver: AsyncDriver) -> None:
    holder, claimant = customer("core|customer|1", "A B", PHONE), customer("core|customer|2", "A B", CLAIM)
    bystander = customer("core|customer|3", "A B", OTHER)
    await loader.load(batch(holder, claimant, bystander))
    await clear_marks(driver)
    newcomer = customer("core|customer|4", "A B", PHONE)
    assert (await loader.load(batch(newcomer))).marked == 3
    assert await marked(driver) == {holder.key, claimant.key, newcomer.key}
    await clear_marks(driver)
    await loader.load(batch(later(newcomer, identifiers=())))
    assert await marked(driver) == {holder.key, claimant.key, newcomer.key}


async def test_what_a_record_says_besides_marks_itself_alone(loader: Loader, driver: AsyncDriver) -> None:
    first, second = customer("core|customer|1", "A B", PHONE), customer("core|customer|2", "A B", PHONE)
    await loader.load(batch(first, second))
    await clear_marks(driver)
    await loader.load(batch(later(first, attributes={"kyc_status": "expired"})))
    assert await marked(driver) == {first.key}


async def test_more_people_than_the_cap_suppress_and_fewer_release(loader: Loader, driver: AsyncDriver) -> None:
    crowd = people(3)
    await loader.load(batch(*crowd[:2]))
    assert await suppressed(driver) == {(PHONE.key, None)}
    await clear_marks(driver)
    await loader.load(batch(crowd[2]))
    assert await suppressed(driver) == {(PHONE.key, "shared_by_too_many")}
    assert await marked(driver) == {record.key for record in crowd}
    await clear_marks(driver)
    renamed = later(crowd[2], full_name=crowd[1].full_name)  # no edge changes, but two people are left
    await loader.load(batch(renamed))
    assert await suppressed(driver) == {(PHONE.key, None)}
    assert await marked(driver) == {record.key for record in crowd}


async def test_nameless_holders_are_a_person_each(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(*(customer(f"core|customer|{n}", None, PHONE) for n in range(3))))
    assert await suppressed(driver) == {(PHONE.key, "shared_by_too_many")}


async def test_more_holders_than_the_hub_suppress_whoever_they_are(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(*people(4, names=1)))
    assert await suppressed(driver) == {(PHONE.key, None)}
    await loader.load(batch(*people(5, names=1)))
    assert await suppressed(driver) == {(PHONE.key, "shared_by_too_many")}


async def test_a_value_that_stays_suppressed_marks_nobody_else(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(*people(6)))
    await clear_marks(driver)
    newcomer = customer("core|customer|new", "Jane Anew", PHONE)
    assert (await loader.load(batch(newcomer))).marked == 1
    assert await marked(driver) == {newcomer.key}


async def test_claims_count_for_nothing(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(*(replace(record, identifiers=(CLAIM,)) for record in people(6))))
    assert await suppressed(driver) == {(PHONE.key, None)}


async def test_a_placeholder_has_a_node_and_says_so(loader: Loader, driver: AsyncDriver) -> None:
    zeros = identifier("NationalId", "00000000")
    assert zeros.placeholder
    await loader.load(batch(customer("core|customer|1", "Jane", zeros)))
    rows, _, _ = await driver.execute_query(
        "MATCH (:SourceCustomer)-[:HAS_NATIONAL_ID]->(i:NationalId) RETURN i.placeholder AS p, i.suppressed AS s"
    )
    assert [(row["p"], row["s"]) for row in rows] == [(True, "placeholder")]


async def test_places_and_the_source_s_dates_stand_on_the_edge(loader: Loader, driver: AsyncDriver) -> None:
    def dated(value: IdentifierValue, days: int) -> IdentifierValue:
        return replace(value, source_from=DAY - timedelta(days=days))

    async def told() -> set[tuple[Any, ...]]:
        rows, _, _ = await driver.execute_query(
            "MATCH ()-[h]->(i:Phone) RETURN type(h) AS t, i.key AS k, h.position AS p, h.source_from AS f, h.step AS s"
        )
        return {(row["t"], row["k"], row["p"], row["f"] and row["f"].to_native(), row["s"]) for row in rows}

    record = customer("core|customer|1", "Jane", dated(PHONE, 3), OTHER)
    first = await loader.load(batch(record))
    assert await told() == {
        ("HAS_PHONE", PHONE.key, 0, DAY - timedelta(days=3), first.step),
        ("HAS_PHONE", OTHER.key, 1, None, first.step),
    }
    await loader.load(batch(later(record, identifiers=(OTHER, dated(PHONE, 5)))))
    assert await told() == {
        ("HAS_PHONE", PHONE.key, 1, DAY - timedelta(days=5), first.step),
        ("HAS_PHONE", OTHER.key, 0, None, first.step),
    }
    third = await loader.load(batch(later(record, days=2, identifiers=(OTHER,))))
    assert ("HAD_PHONE", PHONE.key, None, DAY - timedelta(days=5), third.step) in await told()


async def test_the_ledger_has_every_holding_and_what_was_said(
    loader: Loader, ledger: Ledger, driver: AsyncDriver
) -> None:
    record = customer("core|customer|1", "Jane", CLAIM, OTHER)
    birth = str(birth_id(SECRET, record.key))
    phone, other = (str(value_id(SECRET, value.key)) for value in (PHONE, OTHER))
    await loader.load(batch(record))
    await loader.load(batch(later(record, identifiers=(PHONE,))))
    async with ledger.transaction() as connection:
        rows = await connection.execute("SELECT step, birth_id, value, what, source_at FROM evidence_delta")
        deltas = {row async for row in rows}
        values = await connection.execute("SELECT value, key, said FROM evidence_value")
        named = {value: (key, said) async for value, key, said in values}
        last = (await latest_versions(connection, [birth]))[birth]
    assert deltas == {
        (1, birth, phone, "claimed", DAY),
        (1, birth, other, "held", DAY),
        (2, birth, phone, "held", DAY + timedelta(days=1)),
        (2, birth, other, "ended", DAY + timedelta(days=1)),
    }
    assert set(named) == {phone, other}
    said = {"kind": "Phone", "value": "+254712345678", "masked": PHONE.masked}
    assert named[phone] == (PHONE.key, said)
    assert hear(last.said) == later(record, identifiers=(PHONE,))
    nodes, _, _ = await driver.execute_query("MATCH (s:SourceCustomer) RETURN s.hash AS hash")
    assert [row["hash"] for row in nodes] == [last.hash]


async def stand(driver: AsyncDriver, key: str, standing: str | None) -> None:
    await driver.execute_query(
        "MATCH (i:Identifier {key: $key}) SET i.standing = $standing", key=key, standing=standing
    )


async def test_a_steward_s_word_on_a_value_counts(loader: Loader, driver: AsyncDriver, small: Policy) -> None:
    crowd = people(4)
    await loader.load(batch(*crowd))
    await stand(driver, PHONE.key, "release")
    newcomer = customer("core|customer|new", "Jane Akamau", OTHER)
    await loader.load(batch(later(crowd[0], attributes={}, full_name="Jane Dkamau"), newcomer))
    assert await suppressed(driver) == {(PHONE.key, None), (OTHER.key, None)}, "released, although above the cap"
    await stand(driver, OTHER.key, "suppress")
    await clear_marks(driver)
    await loader.load(batch(customer("core|customer|newer", "Jane Other", OTHER)))
    assert await suppressed(driver) == {(PHONE.key, None), (OTHER.key, "steward_suppressed")}
    assert await marked(driver) == {newcomer.key, "core|customer|newer"}


async def test_a_released_value_is_suppressed_above_the_hub(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(*people(2)))
    await stand(driver, PHONE.key, "release")
    await loader.load(batch(*people(5)))
    assert await suppressed(driver) == {(PHONE.key, "shared_by_too_many")}


async def test_other_words_can_be_supposed(
    loader: Loader, graph: GraphClient, driver: AsyncDriver, small: Policy
) -> None:
    zeros = identifier("NationalId", "00000000")
    await loader.load(batch(customer("core|customer|1", "Jane", PHONE, zeros)))
    keys = [PHONE.key, zeros.key]
    assert await stale_suppressions(graph.read, keys, small) == []
    supposed = {PHONE.key: Standing.SUPPRESS, zeros.key: Standing.RELEASE}
    assert await stale_suppressions(graph.read, keys, small, supposed) == [
        {"key": PHONE.key, "reason": "steward_suppressed", "crowded": None},
        {"key": zeros.key, "reason": None, "crowded": None},
    ]
    await stand(driver, PHONE.key, "suppress")
    assert await stale_suppressions(graph.read, keys, small, {PHONE.key: None}) == []


async def test_what_is_above_the_hub_costs_no_more_however_many_hold_it(loader: Loader, driver: AsyncDriver) -> None:
    """Each batch on a suppressed phone writes as much as the one before, and marks its own records alone."""
    await loader.load(batch(*(customer(f"core|first|{n}", f"Jane {n}", PHONE, CLAIM) for n in range(500))))
    seen = []
    for turn in range(3):
        report = await loader.load(batch(*(customer(f"core|t{turn}|{n}", f"Jane {n}", PHONE) for n in range(500))))
        seen.append((report.marked, report.statements, report.counters))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == 500
    assert await suppressed(driver) == {(PHONE.key, "shared_by_too_many")}


async def test_claims_above_the_hub_cost_no_more_however_many_there_are(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    """Each batch that claims a crowded phone marks its own records and the holder; a claim is then resolved alone."""
    policy = GUARDED.model_copy(update={"hub": 400})
    loader = Loader(graph, ledger, secret=SECRET, policy=policy)
    resolver = Resolver(graph, ledger, secret=SECRET, policy=policy, trust={})
    unverified = replace(PHONE, verified=False)
    await loader.load(batch(customer("core|holder|1", "Jane", PHONE)))
    seen = []
    for turn in range(4):
        claims = (customer(f"core|t{turn}|{n}", f"Jane {n}", unverified) for n in range(500))
        report = await loader.load(batch(*claims))
        seen.append((report.marked, report.statements, report.counters))
    assert seen[1] == seen[2] == seen[3]
    assert seen[1][0] == 501
    assert await suppressed(driver) == {(PHONE.key, None)}
    await resolver.resolve()
    await loader.load(batch(customer("core|last|1", "Jane", unverified)))
    assert (await resolver.resolve()).records == 2
