"""Identifiers made of what records say, under a policy that counts on them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.derive import derive_identifiers
from graph.load import Loader
from graph.resolution.derived import derive
from graph.resolution.policy import Policy, load_policy
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, SECRET, batch, customer, identifier
from tests.integration.graph.snapshot import clear_marks, edges, marked, snapshot
from tests.integration.graph.test_load_crash import Crash, Killed

KEY, SAME_KEY, OTHER_KEY = (f"core|customer|{n}" for n in "123")
JANE = customer(KEY, "Jane Wanjiru", identifier("Phone", "0712345678"))
SAME = customer(SAME_KEY, "Wanjiru JANE")
OTHER = customer(OTHER_KEY, "Peter Otieno")
(SHARED,) = derive(JANE.full_name, JANE.birth_date)
(OWN,) = derive(OTHER.full_name, OTHER.birth_date)


@pytest.fixture
def extended() -> Policy:
    return load_policy("extended")


async def held(driver: AsyncDriver) -> set[tuple[str, str, str]]:
    return await edges(driver, "HAS_NAME_BIRTH", "HAD_NAME_BIRTH")


async def test_loaded_records_hold_what_is_derived(
    graph: GraphClient, ledger: Ledger, extended: Policy, driver: AsyncDriver
) -> None:
    loader = Loader(graph, ledger, secret=SECRET, policy=extended)
    await loader.load(batch(JANE, SAME, OTHER))
    assert await held(driver) == {
        (KEY, "HAS_NAME_BIRTH", SHARED.key),
        (SAME_KEY, "HAS_NAME_BIRTH", SHARED.key),
        (OTHER_KEY, "HAS_NAME_BIRTH", OWN.key),
    }
    await clear_marks(driver)
    await loader.load(batch(replace(SAME, full_name="Peter Otieno", updated_at=DAY + timedelta(days=1))))
    assert await held(driver) == {
        (KEY, "HAS_NAME_BIRTH", SHARED.key),
        (SAME_KEY, "HAD_NAME_BIRTH", SHARED.key),
        (SAME_KEY, "HAS_NAME_BIRTH", OWN.key),
        (OTHER_KEY, "HAS_NAME_BIRTH", OWN.key),
    }
    assert await marked(driver) == {KEY, SAME_KEY, OTHER_KEY}
    assert (await loader.load(batch(JANE, OTHER))).step is None


@pytest.mark.parametrize("point", ["appended", "applied", "committed"])
async def test_a_policy_that_is_adopted_derives_for_all_and_another_takes_it_back(
    graph: GraphClient, ledger: Ledger, policy: Policy, extended: Policy, driver: AsyncDriver, point: str
) -> None:
    plain = Loader(graph, ledger, secret=SECRET, policy=policy)
    await plain.load(batch(JANE, SAME, OTHER))
    assert await held(driver) == set()
    await clear_marks(driver)
    before = await snapshot(driver)
    with pytest.raises(Killed):
        await derive_identifiers(graph, ledger, secret=SECRET, policy=extended, on_point=Crash(point, 1))
    steps = await derive_identifiers(graph, ledger, secret=SECRET, policy=extended)
    assert len(steps) == (point != "committed")
    assert await held(driver) == {
        (KEY, "HAS_NAME_BIRTH", SHARED.key),
        (SAME_KEY, "HAS_NAME_BIRTH", SHARED.key),
        (OTHER_KEY, "HAS_NAME_BIRTH", OWN.key),
    }
    assert await marked(driver) == {KEY, SAME_KEY, OTHER_KEY}
    assert await derive_identifiers(graph, ledger, secret=SECRET, policy=extended) == ()
    await derive_identifiers(graph, ledger, secret=SECRET, policy=policy)
    assert {edge for _, edge, _ in await held(driver)} == {"HAD_NAME_BIRTH"}
    await driver.execute_query("MATCH (i:NameBirth) DETACH DELETE i")
    await clear_marks(driver)
    assert await snapshot(driver) == before
