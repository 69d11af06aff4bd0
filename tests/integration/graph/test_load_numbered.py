"""Scores and cases that name a customer by a number: attached to whom has it, to nobody else, and making nobody."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.business import CaseRecord, Reference, ScoreRecord
from graph.client import GraphClient
from graph.load import Loader
from graph.records import CustomerRecord, Departure, SourceRecord
from graph.resolution.policy import Policy
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, SECRET, batch, customer, identifier
from tests.integration.graph.snapshot import edges, snapshot

MARY, JANE = "core|customer|1", "core|customer|2"
DOCUMENT = identifier("NationalId", "28417093")
BY_NUMBER = Reference(to="customer.number", value="IND1", system="core")
BY_DOCUMENT = Reference(to="customer.national_id", value=DOCUMENT.key, system="core")


def score(n: int, *about: Reference) -> ScoreRecord:
    key = f"register|profile|{n}"
    return ScoreRecord(key=key, at=DAY, raw_score=13, raw_scale="1-25", score=50, about=about)


def mary(**said: Any) -> CustomerRecord:
    return customer(MARY, "Mary Wanjiku", **{"attributes": {"customer_number": "IND1"}, **said})


JANES = customer(JANE, "Jane Wanjiru", DOCUMENT)
SCORES = (score(1, BY_NUMBER), score(2, BY_DOCUMENT), score(3, replace(BY_NUMBER, value="IND9")))
CASE = CaseRecord(key="register|case|1", at=DAY, about=(BY_NUMBER, BY_DOCUMENT))
ATTACHED = {
    (MARY, "SCORED", "register|profile|1"),
    (JANE, "SCORED", "register|profile|2"),
    ("register|case|1", "ABOUT", MARY),
    ("register|case|1", "ABOUT", JANE),
}
NOBODY_MADE = "MATCH (c:SourceCustomer) WHERE NOT c:Ghost RETURN c.key"


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, policy: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=policy)


async def tied(driver: AsyncDriver) -> set[tuple[str, str, str]]:
    return await edges(driver, "SCORED", "ABOUT")


async def keys(driver: AsyncDriver) -> set[str]:
    rows, _, _ = await driver.execute_query(NOBODY_MADE)
    return {row[0] for row in rows}


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    return {}


@pytest.mark.parametrize("order", list(permutations(((mary(), JANES), SCORES, (CASE,)))), ids=range(6))
async def test_whoever_arrives_first_the_same_is_attached(
    loader: Loader, driver: AsyncDriver, seen: dict[str, object], order: Sequence[Sequence[SourceRecord]]
) -> None:
    for records in order:
        await loader.load(batch(*records))
    assert await tied(driver) == ATTACHED
    assert await keys(driver) == {MARY, JANE}
    found = await snapshot(driver, without=frozenset({"rank"}))
    assert found == seen.setdefault("first", found)
    assert not (await loader.load(batch(*SCORES, CASE))).step, "the same again is nothing new"


async def test_it_follows_the_number_and_the_document(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(mary(), JANES, *SCORES, CASE))
    await loader.load(batch(mary(attributes={"customer_number": "IND9"}), customer(JANE, "Jane Wanjiru")))
    assert await tied(driver) == {(MARY, "SCORED", "register|profile|3")}
    await loader.load(batch(mary(), JANES))
    assert await tied(driver) == ATTACHED


async def test_who_leaves_is_not_scored_any_more_and_who_returns_is(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(mary(), JANES, *SCORES, CASE))
    await loader.load(batch(Departure(MARY), Departure(JANE)))
    assert await tied(driver) == set()
    await loader.load(batch(mary(), JANES))
    assert await tied(driver) == ATTACHED


async def test_two_who_have_it_are_none_and_claims_and_other_systems_do_not_count(
    loader: Loader, driver: AsyncDriver
) -> None:
    claimed = customer("core|customer|3", "Anna", identifier("NationalId", "28417093", verified=False))
    elsewhere = customer("web|user|1", "Anna", DOCUMENT, attributes={"customer_number": "IND1"})
    await loader.load(batch(mary(), JANES, claimed, *SCORES, CASE))
    await loader.load(batch(elsewhere, system="web"))
    assert await tied(driver) == ATTACHED
    twin = customer("core|customer|4", "Twin", DOCUMENT, attributes={"customer_number": "IND1"})
    await loader.load(batch(twin))
    assert await tied(driver) == set()


async def test_a_score_that_names_another_one_moves(loader: Loader, driver: AsyncDriver) -> None:
    await loader.load(batch(mary(), JANES, score(1, BY_NUMBER)))
    await loader.load(batch(score(1, BY_DOCUMENT)))
    assert await tied(driver) == {(JANE, "SCORED", "register|profile|1")}
    await loader.load(batch(score(1)))
    assert await tied(driver) == set()
    rows, _, _ = await driver.execute_query("MATCH (r:Reference) RETURN r")
    assert rows == []
