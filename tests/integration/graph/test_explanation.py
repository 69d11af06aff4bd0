"""Why, why not, construction and bridges on real servers."""

from datetime import UTC, datetime

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.errors import NotFound
from graph.explanation import Explanations, Shared
from graph.proposals import Different, Same
from graph.records import Departure
from graph.resolution.bridges import Candidate, Thing
from graph.resolution.explanation import Level
from graph.resolution.reasons import ReasonCode
from ledger.ledger import Ledger
from tests.integration.graph.bank import customer
from tests.integration.graph.place import FILLER, ID, MAIL, NOBODY, OTHER_ID, PHONE, WHY, A, B, C, D, Place


@pytest.fixture
def place(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    return Place(graph, ledger, driver)


@pytest.fixture
def explanations(place: Place) -> Explanations:
    return Explanations(place.graph, place.resolver)


def told(shared: tuple[Shared, ...]) -> set[tuple[str, Level, ReasonCode | None]]:
    return {(it.value.masked if it.value else "", it.level, it.reason) for it in shared}


async def test_a_chain_of_evidence_with_our_dates(place: Place, explanations: Explanations) -> None:
    began = datetime.now(UTC)
    records = customer(A, "John Doe", ID), customer(B, "John Doe", ID, PHONE), customer(C, "John Doe", PHONE)
    await place.tell(*records)
    before = await place.snapshot()
    why = await explanations.why(A, C)
    assert why.same
    assert {why.customers[0]} == {await place.gcid_of(A)}
    assert [(it.a, it.b, it.stage, it.value and (it.value.kind, it.value.masked)) for it in why.chain] == [
        (A, B, 1, ("NationalId", ID.masked)),
        (B, C, 3, ("Phone", PHONE.masked)),
    ]
    assert all(it.since and began <= it.since <= datetime.now(UTC) for it in why.chain)
    assert {(held.record, held.claimed) for it in why.chain for held in it.holdings} == {
        (A, False),
        (B, False),
        (C, False),
    }
    assert (why.shared, why.between, why.clash, why.due) == ((), (), None, False)
    assert await place.snapshot() == before, "a question writes nothing"


async def test_why_not_says_what_they_share_and_what_keeps_them_apart(place: Place, explanations: Explanations) -> None:
    records = customer(A, "John Doe", ID, PHONE, FILLER), customer(B, "John Doe", OTHER_ID, PHONE, FILLER)
    await place.tell(*records)
    why = await explanations.why(A, B)
    assert not why.same
    assert told(why.shared) == {
        (FILLER.masked, Level.VALUE, ReasonCode.PLACEHOLDER),
        (PHONE.masked, Level.COMPONENT, ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS),
    }
    assert why.clash is not None
    assert why.clash.values is not None
    assert [value.masked for value in why.clash.values] == [ID.masked, OTHER_ID.masked]


async def test_two_who_share_nothing_hear_of_what_their_customers_share(
    place: Place, explanations: Explanations
) -> None:
    records = (
        customer(A, "John Doe", ID),
        customer(B, "John Doe", ID, PHONE),
        customer(C, "John Doe", OTHER_ID, PHONE),
        customer(D, "John Doe", MAIL),
    )
    await place.tell(*records)
    why = await explanations.why(A, C)
    assert why.shared == ()
    assert [(it.a, it.b, it.reason) for it in why.between] == [(B, C, ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS)]
    nothing = await explanations.why(A, D)
    assert (nothing.same, nothing.shared, nothing.between, nothing.clash) == (False, (), (), None)


async def test_the_same_customer_in_spite_of_a_refused_link(place: Place, explanations: Explanations) -> None:
    await place.tell(customer(A, "John Doe", ID, PHONE), customer(B, "Mary Wanjiku", ID, PHONE))
    why = await explanations.why(A, B)
    assert why.same
    assert told(why.shared) == {
        (ID.masked, Level.ACCEPTED, None),
        (PHONE.masked, Level.PAIR, ReasonCode.NAMES_CONTRADICT),
    }


async def test_decisions_are_named_with_who_took_them(place: Place, explanations: Explanations) -> None:
    await place.tell(customer(A, "John Doe"), customer(B, "John Doe"), customer(C, "J Doe"))
    await place.steward.decide(Same(A, B), **WHY)
    await place.steward.decide(Different(frozenset({A}), frozenset({C})), **WHY)
    (hop,) = (await explanations.why(B, A)).chain
    assert (hop.a, hop.b, hop.stage) == (B, A, 0)
    assert hop.decision is not None
    assert (hop.decision.verdict, hop.decision.by, hop.decision.reason) == ("same", "tests", WHY["reason"])
    clash = (await explanations.why(B, C)).clash
    assert clash is not None
    assert clash.decision is not None
    assert (clash.reason, clash.decision.verdict) == (ReasonCode.STEWARD_DIFFERENT, "different")
    bridges = await explanations.bridges(await place.gcid_of(A))
    assert [(it.candidate.thing, it.decision and it.decision.verdict) for it in bridges.found] == [(Thing.SAME, "same")]


async def test_construction_and_bridges_of_a_customer_and_of_an_id_it_took_over(
    place: Place, explanations: Explanations
) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(C, "John Doe", PHONE, MAIL))
    first, gone = await place.gcid_of(A), await place.gcid_of(C)
    await place.tell(customer(B, "John Doe", ID, PHONE), customer(D, "John Doe", PHONE, MAIL))
    for gcid in (first, gone):
        built = await explanations.construction(gcid)
        assert (built.gcid, built.members) == (first, (A, B, C, D))
        assert [(it.link.value and it.link.value.kind, it.left, it.right) for it in built.steps] == [
            ("NationalId", 1, 1),
            ("Phone", 2, 1),
            ("Phone", 3, 1),
        ]
    bridges = await explanations.bridges(gone)
    assert {(it.candidate, it.parts) for it in bridges.found} == {
        (Candidate(Thing.VALUE, PHONE.key), ((A, B), (C, D))),
        (Candidate(Thing.VALUE, ID.key), ((B, C, D), (A,))),
        (Candidate(Thing.RECORD, B), ((C, D), (A,))),
    }
    assert bridges.untried == 0


async def test_what_is_not_there_is_one_sentence(place: Place, explanations: Explanations) -> None:
    await place.tell(customer(A, "John Doe", ID), customer(B, "Mary Wanjiku"))
    gone = await place.gcid_of(B)
    await place.tell(Departure(B))
    for question in (
        explanations.why(A, "core|customer|nobody"),
        explanations.why(A, B),
        explanations.construction(NOBODY),
        explanations.bridges(gone),
    ):
        with pytest.raises(NotFound):
            await question
