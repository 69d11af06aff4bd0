"""What a preview says is what happens, and asking writes nothing."""

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.errors import BadDecision, Conflict, NotFound
from graph.proposals import Different, Release, Same, Suppress, Undo
from graph.records import Departure
from graph.what_if import Delete, WhatIf, change_policy
from ledger.entries import EventKind
from ledger.ledger import Ledger
from tests.integration.graph.bank import SECRET, customer, identifier
from tests.integration.graph.place import FILLER, ID, MAIL, OTHER_ID, PHONE, WHY, A, B, C, D, Place
from tests.unit.graph.resolution.worlds import GUARDED, PLAIN

Asked = Same | Different | Suppress | Release | Undo
CAPPED = GUARDED.model_copy(update={"cap": 2})


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


def what_if(place: Place) -> WhatIf:
    return WhatIf(place.graph, place.ledger, secret=SECRET, resolver=place.resolver)


async def ledger_steps(place: Place) -> object:
    async with place.ledger.transaction() as connection:
        return await (await connection.execute("SELECT max(id) FROM step")).fetchone()


PEOPLE = (
    customer(A, "John Doe", ID, PHONE, FILLER),
    customer(B, "John Doe", PHONE, MAIL),
    customer(C, "John Doe", MAIL),
    customer(D, "Mary Wanjiku", OTHER_ID, FILLER),
)
PROPOSALS: list[tuple[Asked, int, int]] = [  # customers before and after, of those that are looked at
    (Suppress("Phone", "0712000001", "KE"), 1, 2),
    (Suppress("Phone", "0799999999", "KE"), 0, 0),
    (Release("Phone", "0700000000", "KE"), 2, 2),
    (Same(A, D), 2, 1),
    (Different(frozenset({A}), frozenset({B, C})), 1, 2),
    (Undo(1), 1, 2),
]


@pytest.mark.parametrize(("proposal", "before", "after"), PROPOSALS, ids=[type(it[0]).__name__ for it in PROPOSALS])
async def test_a_decision_does_what_its_preview_says(place: Place, proposal: Asked, before: int, after: int) -> None:
    people = PEOPLE if not isinstance(proposal, Undo) else (customer(A, "John Doe"), customer(B, "Johnny D"))
    await place.tell(*people)
    if isinstance(proposal, Undo):
        await place.steward.decide(Same(A, B), **WHY)
    graph_before, step, old = await place.snapshot(), await ledger_steps(place), await place.gcids()
    preview = await what_if(place).preview(proposal)
    assert (await place.snapshot(), await ledger_steps(place)) == (graph_before, step), "asking writes nothing"
    assert (preview.customers_before, preview.customers_after) == (before, after)
    assert not preview.due
    report = await place.steward.decide(proposal, **WHY)
    new = await place.gcids()
    assert {(it.record, it.before, it.after) for it in preview.changed.items} == {
        (key, old[key], new[key]) for key in old if old[key] != new[key]
    }
    assert {(it.what, it.gcid, it.others, it.records) for it in preview.events.items} == {
        (it.what, it.gcid, it.others, it.records) for it in report.events
    }


async def test_a_deletion_does_what_its_preview_says_also_through_a_value_that_it_frees(
    graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    place = Place(graph, ledger, driver, CAPPED)
    await place.tell(
        customer(A, "John Doe", ID),
        customer(B, "John Doe", ID, PHONE, MAIL),
        customer(C, "Mary Wanjiku", MAIL, PHONE),
        customer(D, None, PHONE),
        customer("core|customer|e", "Mary Wanjiku", PHONE, birth_date=None),
    )
    before, old = await place.snapshot(), await place.gcids()
    preview = await what_if(place).preview(Delete(D))
    assert await place.snapshot() == before
    await place.tell(Departure(D))
    new = await place.gcids()
    assert len(set(old.values())) == 4
    assert len(set(new.values())) == 2, "the phone links the two Marys: those who are left are two people"
    assert {(it.record, it.before, it.after) for it in preview.changed.items} == {
        (key, gcid, new.get(key)) for key, gcid in old.items() if new.get(key) != gcid
    }
    assert preview.happened[EventKind.CLOSED] == 1


async def test_a_policy_judges_every_value_anew(place: Place) -> None:
    names = ("Grace Akinyi", "Brian Mwangi", "Faith Njeri", "Kevin Kiptoo")
    await place.tell(*(customer(f"core|customer|{n}", name, PHONE) for n, name in enumerate(names)))
    await place.tell(customer(A, "John Doe", MAIL), customer(B, "John Doe", MAIL))
    before = await place.snapshot()
    ask = what_if(place).preview
    as_it_is = await ask(GUARDED)
    assert (as_it_is.records, as_it_is.changed.total, as_it_is.customers_after) == (6, 0, 5)
    plain = await ask(PLAIN)
    assert (plain.customers_before, plain.customers_after, plain.changed.total) == (5, 2, 3)
    assert plain.churn == 3 / 6
    assert plain.happened[EventKind.MERGED] == 1
    capped = await ask(change_policy(PLAIN, {"judge": True, "cap": 1, "private_limit": 1}))
    assert (capped.customers_after, capped.changed.total) == (5, 0)
    assert await place.snapshot() == before

    adopted = Place(place.graph, place.ledger, place.driver, PLAIN)
    old = await adopted.gcids()
    await adopted.resolver.resolve()
    new = await adopted.gcids()
    assert {(it.record, it.before, it.after) for it in plain.changed.items} == {
        (key, old[key], new[key]) for key in old if old[key] != new[key]
    }


async def test_what_cannot_be_is_one_sentence(place: Place) -> None:
    await place.tell(*PEOPLE)
    await place.steward.decide(Different(frozenset({A}), frozenset({D})), **WHY)
    ask = what_if(place).preview
    with pytest.raises(Conflict):
        await ask(Same(A, D))
    for unknown in (Same(A, "core|customer|nobody"), Undo(77), Delete("core|customer|nobody")):
        with pytest.raises(NotFound):
            await ask(unknown)
    for bad in (Suppress("Shoe", "44"), Same(A, A)):
        with pytest.raises(BadDecision):
            await ask(bad)


async def test_what_is_due_is_said(place: Place) -> None:
    await place.tell(*PEOPLE)
    await place.load(customer("core|customer|e", "John Doe", identifier("Email", "a@example.org")))
    assert (await what_if(place).preview(Suppress("Phone", "0712000001", "KE"))).due
