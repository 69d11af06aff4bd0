"""The review queue on real servers: the same items as from the pure rule, weighed, paged, and read by an index."""

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.proposals import Different
from graph.resolution.reasons import ReasonCode
from graph.resolution.review import WATCHED, Topic
from graph.review import Review
from graph.statements import statement
from ledger.ledger import Ledger
from tests.integration.graph.bank import SECRET, account, customer, identifier
from tests.integration.graph.place import ID, MAIL, OTHER_ID, PHONE, WHY, A, B, C, D, Place
from tests.integration.graph.populations import random_population
from tests.unit.graph.resolution.test_review import review
from tests.unit.graph.resolution.worlds import GUARDED, LOW, World

SLIP = identifier("NationalId", "23456718")  # of 23456781, the last two exchanged
PASSPORT = identifier("Passport", "AK0123456")


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


async def test_each_topic_with_its_weight(place: Place) -> None:
    await place.tell(
        customer(A, "John Doe", ID, PHONE),
        customer(B, "Doe John", SLIP, PHONE),
        customer(C, "Mary Wanjiku", OTHER_ID, MAIL, PASSPORT),
        customer(D, "Peter Otieno", OTHER_ID, MAIL),
        customer("core|customer|e", "Ann Akinyi", PASSPORT, birth_date=date(1960, 1, 1)),
    )
    await place.steward.decide(Different(frozenset({A}), frozenset({C})), **WHY)
    await place.load(*(account(f"core|account|{n}", f"01{n}", C) for n in range(3)))
    review_ = Review(place.graph, secret=SECRET, policy=GUARDED)
    queue = await review_.queue()
    assert queue.complete
    assert [(it.item.topic, it.item.records, it.records, it.accounts) for it in queue.cases] == [
        (Topic.DOCUMENTS_DISPUTED, (C, "core|customer|e"), 3, 3),
        (Topic.INSIDE, (C, D), 2, 3),
        (Topic.SLIP, (A, B), 2, 0),
    ]
    assert await review_.review_counts() == {
        Topic.SLIP: 1,
        Topic.AMBIGUOUS: 0,
        Topic.DOCUMENTS_DISPUTED: 1,
        Topic.INSIDE: 1,
        Topic.DECISION: 0,
    }
    first, second = await review_.page(limit=1), await review_.page(limit=2, after=queue.cases[0].key)
    assert [shown.case for shown in (*first, *second)] == list(queue.cases)
    (slip,) = await review_.page(Topic.SLIP)
    assert {(value.kind, value.masked) for value in slip.values} == {
        ("NationalId", ID.masked),
        ("NationalId", SLIP.masked),
    }


async def test_an_item_keeps_its_key_until_it_is_settled(place: Place) -> None:
    slip = customer(A, "John Doe", ID, PHONE), customer(B, "John Doe", SLIP, PHONE)
    await place.tell(*slip)
    queue = Review(place.graph, secret=SECRET, policy=GUARDED).queue
    (case,) = (await queue()).cases
    await place.tell(customer(C, "John Doe", ID))
    (again,) = (await queue()).cases
    assert again.key == case.key
    assert again.records == case.records + 1
    await place.tell(replace(customer(B, "John Doe", ID, PHONE), updated_at=datetime.now(UTC)))
    assert (await queue()).cases == ()


async def test_the_queue_is_that_of_the_pure_rule(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    policy = GUARDED.model_copy(update=LOW)
    place = Place(graph, ledger, driver, policy)
    population = random_population(Random(11), worlds=120)
    await place.tell(*population.values())
    queue = await Review(graph, secret=SECRET, policy=policy).queue()
    expected = review(World(tuple(population.values())), policy)
    assert len(expected) > 10
    assert {(it.item.topic, it.item.records, it.item.identifiers) for it in queue.cases} == {
        (it.topic, it.records, it.identifiers) for it in expected
    }


async def test_refused_links_are_found_by_an_index(place: Place) -> None:
    watch = WATCHED[0]
    given = {"reason": watch.reason.value, "inside": watch.inside, "kinds": list(watch.kinds), "limit": 10}
    plan = (await place.driver.execute_query("EXPLAIN " + statement("review_refused"), given)).summary.plan
    assert watch.reason is ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS
    assert plan is not None
    assert any("RelationshipIndex" in name for name in _operators(plan))


def _operators(plan: dict[str, object]) -> list[str]:
    children = plan.get("children") or []
    assert isinstance(children, list)
    return [str(plan["operatorType"]), *(name for child in children for name in _operators(child))]
