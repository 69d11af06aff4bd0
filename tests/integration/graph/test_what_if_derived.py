"""A preview of a policy that derives identifiers, or derives none any more, says what adopting it then does."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.proposals import Different, Same
from graph.records import CustomerRecord, Departure, PartyType
from graph.resolution.derived import derive
from graph.resolution.policy import Policy, load_policy
from graph.verify import verify
from graph.what_if import Preview, WhatIf
from ledger.entries import EventKind
from ledger.history import events
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, SECRET, customer
from tests.integration.graph.foresight import assert_came_true
from tests.integration.graph.place import ID, MAIL, OTHER_ID, PHONE, WHY, A, B, C, D, Place
from tests.integration.graph.populations import random_population
from tests.unit.graph.resolution.worlds import GUARDED, LOW, PLAIN

EXTENDED = load_policy("extended")
FEW = EXTENDED.model_copy(update={"cap": 3, "hub": 5})
POLICIES = {
    "low limits": FEW,
    "national ids kept apart": FEW.model_copy(update={"exclusive": ("NationalId",)}),
    "one life, one name": FEW.model_copy(update={"exclusive": ("NationalId", "NameBirth")}),
    "nobody judged": FEW.model_copy(update={"judge": False}),
    "as it is delivered": EXTENDED,
}
HUB = [customer(f"core|customer|hub{n}", "Peter Otieno") for n in range(FEW.hub + 1)]
CROWD = [  # as many people as no value may have, though few enough records, and their names sound alike
    customer(f"core|customer|crowd{n}", name)
    for n, name in enumerate(("Grace Akinyi", "Grayce Akinyi", "Grase Akinyi", "Gracie Akinyi"))
]
PEOPLE = (
    customer(A, "Jane Wanjiru", ID, PHONE),
    customer(B, "Wanjiru Jane", MAIL),  # hers by name and birth date only
    customer(C, None, PHONE, birth_date=None),
    customer(D, "WANJIRU, Jayne", OTHER_ID),  # the same with another national id
    customer("core|customer|e", "Jane Wanjiru", birth_date=date(1990, 5, 18)),
    customer("core|customer|f", "Mary Njeri"),
    customer("core|customer|g", "Mara Nojira"),  # sounds as the one before, and is another name
    customer("core|customer|h", "Mary Wambui Njeri", MAIL, birth_date=None),
    *(customer(f"core|customer|filled{n}", "John Kamau", birth_date=date(1970, 1, 1)) for n in "ab"),
    *(replace(customer(f"core|customer|{party}", "Ann Achieng"), party_type=party) for party in PartyType),
    *HUB,
    *CROWD,
)


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.resolve.SEEDS_PER_STEP", 9)
    monkeypatch.setattr("graph.derive.PAGE", 8)
    monkeypatch.setattr("graph.derive.CROWDS", 1)


def under(place: Place, policy: Policy) -> Place:
    return Place(place.graph, place.ledger, place.driver, policy)


def what_if(place: Place) -> WhatIf:
    return WhatIf(place.graph, place.ledger, secret=SECRET, resolver=place.resolver)


async def last_step(place: Place) -> object:
    async with place.ledger.transaction() as connection:
        return await (await connection.execute("SELECT max(id) FROM step")).fetchone()


async def adopt_as_foreseen(place: Place, policy: Policy) -> Preview:
    """Preview the policy in both ways, adopt it, and compare; answers what was foreseen."""
    adopting = under(place, policy)
    before = await place.snapshot(), await last_step(place)
    foreseen = await what_if(place).preview(policy)
    assert await what_if(adopting).adoption() == foreseen
    assert (await place.snapshot(), await last_step(place)) == before, "asking writes nothing"

    old = await place.gcids()
    report = await adopting.resolver.resolve()
    new = await place.gcids()
    assert_came_true(foreseen, report, new)
    assert foreseen.customers_before == len(set(old.values()))
    assert {(it.record, it.before, it.after) for it in foreseen.changed.items} == {
        (key, gcid, new.get(key)) for key, gcid in old.items() if new.get(key) != gcid
    }
    async with place.ledger.transaction() as connection:
        happened = [event for event in await events(connection) if event.step in report.steps]
    assert foreseen.happened == Counter(event.what for event in happened)
    assert {(it.what, it.gcid, it.others, it.records) for it in foreseen.events.items} == {
        (it.what, it.gcid, it.others, it.records) for it in happened
    }
    assert await verify(place.graph, place.ledger, secret=SECRET, policy=policy) == []
    return foreseen


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
async def test_a_policy_that_derives_does_what_its_preview_says_there_back_and_there_again(
    place: Place, policy: Policy
) -> None:
    await place.tell(*PEOPLE)
    await place.steward.decide(
        Different(frozenset({"core|customer|person"}), frozenset({"core|customer|unknown"})), **WHY
    )
    guarded = await place.gcids()
    there = await adopt_as_foreseen(place, policy)
    assert there.happened[EventKind.MERGED] > 0
    extended = await place.gcids()
    back = await adopt_as_foreseen(under(place, policy), GUARDED)
    assert back.changed.total == there.changed.total
    assert await place.gcids() == guarded
    again = await adopt_as_foreseen(place, policy)
    assert again.changed == there.changed, "what is left of the first time says nothing"
    assert await place.gcids() == extended


async def test_who_is_joined_by_name_and_birth_date(place: Place) -> None:
    await place.tell(*PEOPLE)
    await adopt_as_foreseen(place, FEW)
    gcids = await place.gcids()
    assert gcids[A] == gcids[B] == gcids[C] == gcids[D] != gcids["core|customer|e"]
    assert gcids["core|customer|f"] != gcids["core|customer|g"]
    assert gcids["core|customer|filleda"] != gcids["core|customer|filledb"], "the date is one that systems fill in"
    for many in (HUB, CROWD):
        assert len({gcids[record.key] for record in many}) == len(many)
    await adopt_as_foreseen(under(place, FEW), POLICIES["national ids kept apart"])
    gcids = await place.gcids()
    assert gcids[A] != gcids[D]
    more = FEW.model_copy(update={"cap": 50, "hub": 50})
    assert (await adopt_as_foreseen(under(place, FEW), more)).happened[EventKind.MERGED] > 0
    gcids = await place.gcids()
    assert len({gcids[record.key] for record in HUB}) == 1


@pytest.mark.usefixtures("small_pages")
async def test_what_was_loaded_under_either_policy_since_the_last_resolution_is_foreseen(place: Place) -> None:
    await place.tell(*PEOPLE)
    extended = under(place, FEW)
    await extended.load(customer("core|customer|x", "Jane Wanjiru"), Departure(B), Departure(HUB[0].key))
    foreseen = await adopt_as_foreseen(place, FEW)
    assert foreseen.due
    await place.load(
        customer(B, "Jane Wanjiru", updated_at=DAY + timedelta(days=1)),
        customer("core|customer|y", "Peter Otieno"),
        customer("core|customer|e", "Mary Njeri", updated_at=DAY + timedelta(days=1)),
    )
    again = FEW.model_copy(update={"private_limit": 2})
    await adopt_as_foreseen(extended, again)
    gcids = await place.gcids()
    assert gcids["core|customer|x"] == gcids[A] == gcids[B]
    await place.load(customer("core|customer|z", "Mary Njeri"))
    await adopt_as_foreseen(under(place, again), PLAIN)


async def test_a_supposed_setting_of_a_policy_that_derives_counts_its_values_anew(place: Place) -> None:
    extended = under(place, FEW)
    await extended.tell(*PEOPLE)
    for settings in ({"hub": 3, "cap": 2}, {"hub": 30, "cap": 30}, {"private_limit": 1}):
        await adopt_as_foreseen(extended, policy := FEW.model_copy(update=settings))
        extended = under(place, policy)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("seed", range(2))
async def test_random_worlds_are_foreseen(place: Place, seed: int) -> None:
    random = Random(seed)
    people = [
        replace(record, key=record.key.replace("s|", "core|", 1))
        for record in random_population(random, worlds=8).values()
    ]
    await place.tell(*people)
    unknown = [record.key for record in people if record.party_type is PartyType.UNKNOWN]
    await place.steward.decide(Same(*random.sample(unknown, 2)), **WHY)
    low, policies = GUARDED.model_copy(update=LOW), list(POLICIES.values())
    policy = GUARDED
    for chosen in (random.choice(policies), low, random.choice(policies), random.choice(policies), PLAIN):
        await adopt_as_foreseen(under(place, policy), chosen)
        policy = chosen


@pytest.mark.parametrize("many", [HUB, CROWD], ids=["hub", "crowd"])
def test_those_who_are_too_many_share_a_value(many: list[CustomerRecord]) -> None:
    assert len({derive(record.full_name, record.birth_date) for record in many}) == 1
