"""What was: ids, members, holders and events over time, from the ledger alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.errors import BadDecision, NotFound
from graph.history import History
from graph.past import Closed, Conflicting, Current, Erased, Merged
from graph.proposals import Same, Undo
from graph.records import Departure
from ledger.entries import EventKind
from ledger.ledger import Ledger
from tests.integration.graph.bank import SECRET, customer
from tests.integration.graph.place import ID, MAIL, NOBODY, PHONE, WHY, A, B, C, Place

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


@pytest.fixture
def history(ledger: Ledger) -> History:
    return History(ledger, SECRET)


async def test_a_merge_and_its_undoing_on_each_day(place: Place, history: History) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "Johnny D", PHONE))
    first, second = await place.gcid_of(A), await place.gcid_of(B)
    apart = datetime.now(UTC)
    decision = (await place.steward.decide(Same(A, B), **WHY)).decision
    together = datetime.now(UTC)
    assert await history.answer(second) == Merged(second, first)
    await place.steward.decide(Undo(decision), **WHY)

    then = await history.customer_as_of(first, apart)
    assert (then.members, {(it.record, it.value.masked) for it in then.identifiers}) == ((A,), {(A, ID.masked)})
    assert then.golden is not None
    assert then.golden["name"] == "John Doe"
    then = await history.customer_as_of(first, together)
    assert then.members == (A, B)
    assert {(it.record, it.value.masked) for it in then.identifiers} == {(A, ID.masked), (B, PHONE.masked)}
    assert [(it.a, it.b, it.kind, it.decision) for it in then.links] == [(A, B, "Same", decision)]
    merged = await history.customer_as_of(second, together)
    assert merged.members == ()
    assert merged.golden is not None
    assert (merged.golden["status"], merged.golden["into"]) == ("merged", first)
    assert (await history.customer_as_of(second, datetime.now(UTC))).members == (B,)
    assert await history.answer(second) == Current(second)
    before = await history.customer_as_of(first, LONG_AGO)
    assert (before.step, before.members, before.golden) == (None, (), None)

    events = await history.events(first)
    assert [(it.what, it.gcid, it.others) for it in events] == [
        (EventKind.CREATED, first, ()),
        (EventKind.MERGED, first, (first, second)),
        (EventKind.SPLIT, first, (first, second)),
    ]
    created, merger, split = (it.cause for it in events)
    assert (created.kind, created.system, created.decision) == ("load", "core", None)
    assert merger.decision is not None
    assert (merger.decision.id, merger.decision.verdict.value, merger.decision.by) == (decision, "same", "tests")
    assert split.decision is not None
    assert (split.decision.verdict.value, split.decision.undoes) == ("undo", decision)


async def test_an_id_whose_bearers_live_in_several_customers_is_a_conflict(place: Place, history: History) -> None:
    await place.tell(customer(A, "John Doe", ID))
    await place.tell(customer(B, "John Doe", PHONE), customer(C, "John Doe", PHONE))
    first, second = await place.gcid_of(A), await place.gcid_of(B)
    await place.tell(replace(customer(B, "John Doe", ID), updated_at=datetime.now(UTC)))
    third = await place.gcid_of(C)
    assert await place.gcids() == {A: first, B: first, C: third}
    assert await history.answer(second) == Conflicting(second, tuple(sorted((first, third))))
    assert await history.answer(second, follow_record=True) == Merged(second, first)
    assert await history.answer(third) == Current(third)


async def test_ids_of_those_who_left(place: Place, history: History) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "John Doe", ID), customer(C, "Mary Wanjiku"))
    shared, alone = await place.gcid_of(A), await place.gcid_of(C)
    await place.tell(Departure(A), Departure(C))
    assert await history.answer(shared) == Current(shared), "the heir carries it on"
    assert await history.answer(alone) == Closed(alone)
    await place.steward.erase(C, **WHY)
    assert await history.answer(alone) == Erased(alone)
    with pytest.raises(NotFound):
        await history.answer(NOBODY)
    with pytest.raises(NotFound):
        await history.answer("no id")


async def test_erased_members_are_counted_and_not_named(place: Place, history: History) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "John Doe", ID, MAIL))
    gcid, then = await place.gcid_of(A), datetime.now(UTC)
    await place.steward.erase(B, **WHY)
    was = await history.customer_as_of(gcid, then)
    assert (was.members, was.erased) == ((A,), 1)
    assert {(it.record, it.value.masked) for it in was.identifiers} == {
        (A, ID.masked),
        (None, ID.masked),
        (None, None),
    }


async def test_who_held_a_phone_by_our_dates_and_by_the_sources_own(place: Place, history: History) -> None:
    march = datetime(2026, 3, 3, tzinfo=UTC)
    await place.tell(
        customer(A, "John Doe", replace(PHONE, source_from=march)),
        customer(B, "Mary Wanjiku", PHONE),  # whose source dates the row, not the phone
        customer(C, "Peter Otieno", PHONE, created_at=None, updated_at=None),
    )
    held, gcids = datetime.now(UTC), await place.gcids()
    await place.tell(replace(customer(A, "John Doe"), updated_at=march + timedelta(days=10)))

    async def told(at: datetime) -> dict[str | None, tuple[bool, bool | None]]:
        found = await history.holders_of("Phone", "0712 000 001", "KE", at)
        return {it.record: (it.then, it.then_by_source) for it in found}

    assert await told(held) == {A: (True, False), B: (True, True), C: (True, None)}
    assert await told(march + timedelta(days=1)) == {A: (False, True), B: (False, True), C: (False, None)}
    assert await told(datetime.now(UTC)) == {A: (False, False), B: (True, True), C: (True, None)}
    assert await told(LONG_AGO) == {A: (False, False), B: (False, False), C: (False, None)}
    found = await history.holders_of("Phone", "+254712000001", "KE", held)
    assert {it.record: it.customer for it in found} == gcids
    assert await history.holders_of("Phone", "0799999999", "KE", held) == ()
    with pytest.raises(BadDecision):
        await history.holders_of("Shoe", "44", "KE", held)


async def test_the_churn_of_runs(place: Place, history: History) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "Johnny D"))
    await place.steward.decide(Same(A, B), **WHY)
    runs = await history.runs(2)
    assert [(run.kind, run.records, run.churn) for run in runs] == [("resolve", 2, 1), ("decide", 2, 0)]
