"""Identity over time by GraphQL, on a real history: why, how, since when, and what if."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.proposals import Same, Undo
from ledger.entries import Entries, EventKind, IdentityEvent
from ledger.feed import LAST_NUMBER, START, newest_place
from ledger.ledger import Ledger
from ledger.steps import Outcome, append_outcome, append_step
from tests.integration.api.conftest import Api
from tests.integration.graph.bank import customer, identifier
from tests.integration.graph.place import ID, MAIL, NOBODY, OTHER_ID, PHONE, WHY, A, B, C, D, Place

PEOPLE = (
    customer(A, "John Doe", ID, PHONE),
    customer(B, "John Doe", ID, PHONE, MAIL),
    customer(C, "John Doe", MAIL),
    customer(D, "John Doe", OTHER_ID, PHONE),
)
EVENT = "kind gcid from to records cause { kind system decision { verdict by reason } }"
WHY_ = """same customers due chain { a b stage since value { kind masked } decision { verdict }
  holdings { record claimed } }
  shared { level reason value { masked suppressed } } between { a b reason }
  clash { reason a b values { masked } decision { verdict } }"""


@pytest.fixture
async def place(empty_api: Api, graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Place:
    place = Place(graph, ledger, driver)
    await place.tell(*PEOPLE)
    return place


async def identity(api: Api, gcid: str, fields: str) -> Any:
    query = f"query($g: ID!) {{ customer(gcid: $g) {{ identity {{ {fields} }} }} }}"
    return (await api.data(query, g=gcid))["customer"]["identity"]


async def why(api: Api, a: str, b: str) -> Any:
    query = f"query($a: ID!, $b: ID!) {{ explanation(a: $a, b: $b) {{ {WHY_} }} }}"
    return (await api.data(query, a=a, b=b))["explanation"]


async def test_why_and_why_not(empty_api: Api, place: Place) -> None:
    gcids = await place.gcids()
    found = await why(empty_api, A, C)
    assert (found["same"], found["customers"], found["due"]) == (True, [gcids[A]] * 2, False)
    assert [(it["a"], it["b"], it["stage"], it["value"]) for it in found["chain"]] == [
        (A, B, 1, {"kind": "NationalId", "masked": ID.masked}),
        (B, C, 4, {"kind": "Email", "masked": MAIL.masked}),
    ]
    assert all(it["since"].endswith("Z") for it in found["chain"])
    apart = await why(empty_api, A, D)
    assert (apart["same"], apart["customers"]) == (False, [gcids[A], gcids[D]])
    assert [(it["level"], it["reason"], it["value"]["masked"]) for it in apart["shared"]] == [
        ("COMPONENT", "WOULD_JOIN_TWO_NATIONAL_IDS", PHONE.masked)
    ]
    assert [it["masked"] for it in apart["clash"]["values"]] == [ID.masked, OTHER_ID.masked]
    twice = f'one: explanation(a: "{A}", b: "{B}") {{ same }} other: explanation(a: "{A}", b: "{D}") {{ same }}'
    nested = await identity(empty_api, gcids[A], twice)
    assert nested == {"one": {"same": True}, "other": {"same": False}}
    assert await empty_api.code(f'{{ explanation(a: "{A}", b: "no|such|row") {{ same }} }}') == "NOT_FOUND"


async def test_founder_construction_and_bridges(empty_api: Api, place: Place) -> None:
    gcid = await place.gcid_of(A)
    found = await identity(
        empty_api,
        gcid,
        "founder quarantined { a b reason } construction { gcid members steps { left right link"
        " { a b value { kind } } } }"
        " bridges { tried untried found { thing record value { masked } parts } }",
    )
    assert found["founder"] == A
    assert {tuple(it.values()) for it in found["quarantined"]} == {(A, D, "would_join_two_national_ids")}
    built = found["construction"]
    assert (built["gcid"], built["members"]) == (gcid, [A, B, C])
    assert [(it["left"], it["right"], it["link"]["value"]["kind"]) for it in built["steps"]] == [
        (1, 1, "NationalId"),
        (2, 1, "Email"),
    ]
    assert {(it["thing"], it["record"], it["value"] and it["value"]["masked"]) for it in found["bridges"]["found"]} == {
        ("VALUE", None, MAIL.masked),
        ("RECORD", B, None),
    }
    assert found["bridges"]["untried"] == 0


async def test_the_statements_of_an_identity_do_not_grow_with_the_records(empty_api: Api, place: Place) -> None:
    gcid = await place.gcid_of(A)
    fields = "founder quarantined { a } construction { members } bridges { tried }"
    spent = []
    for more in range(2):
        await place.tell(*(customer(f"core|more|{n}", "John Doe", ID) for n in range(more * 12)))
        empty_api.graph.statements.clear()
        await identity(empty_api, gcid, fields + f' explanation(a: "{A}", b: "{C}") {{ chain {{ a }} }}')
        spent.append(sorted(empty_api.graph.statements))
    assert spent[0] == spent[1]


async def test_what_happened_and_why(empty_api: Api, place: Place) -> None:
    gcids = await place.gcids()
    first, second = gcids[A], gcids[D]
    await place.tell(replace(PEOPLE[3], identifiers=(MAIL,), updated_at=datetime.now(UTC)))
    told = (await identity(empty_api, first, f"history {{ {EVENT} }}"))["history"]
    load = {"kind": "load", "system": "core", "decision": None}
    assert told == [
        {"kind": "CREATED", "gcid": first, "from": [], "to": [first], "records": 3, "cause": load},
        {"kind": "MERGED", "gcid": first, "from": [first, second], "to": [first], "records": 1, "cause": load},
    ]


async def feed(api: Api, since: str | None = None, first: int = 2) -> AsyncIterator[tuple[Any, ...]]:
    """All events behind a cursor, page by page."""
    query = f"""query($since: String, $first: Int!) {{ changes(since: $since, first: $first) {{
      edges {{ cursor node {{ {EVENT} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    more = True
    while more:
        page = (await api.data(query, since=since, first=first))["changes"]
        for edge in page["edges"]:
            yield edge["node"]["kind"], edge["node"]["gcid"], edge["cursor"]
        more, since = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]


async def test_the_feed_tells_each_event_once_in_order_and_goes_on_from_a_cursor(empty_api: Api, place: Place) -> None:
    gcids = await place.gcids()
    decision = (await place.steward.decide(Same(C, D), **WHY)).decision
    assert decision is not None
    await place.steward.decide(Undo(decision), **WHY)
    events = [event async for event in feed(empty_api)]
    assert [(kind, gcid) for kind, gcid, _ in events][:2] == [("CREATED", gcids[A]), ("CREATED", gcids[D])]
    for n, (_, _, cursor) in enumerate(events):
        assert [event async for event in feed(empty_api, cursor)] == events[n + 1 :]
    assert await empty_api.code('{ changes(since: "bm8") { edges { cursor } } }') == "BAD_USER_INPUT"
    assert await empty_api.code("{ changes(first: 1000000000) { edges { cursor } } }") == "BAD_USER_INPUT"


async def test_an_open_step_holds_back_all_that_is_behind_it(empty_api: Api, ledger: Ledger) -> None:
    """Later steps may be settled before it: whoever had a cursor behind them would miss it for ever."""

    async def step(number: int) -> int:
        gcid = f"{number:08}-0000-8000-8000-000000000000"
        entries = Entries(events=(IdentityEvent(what=EventKind.CREATED, gcid=gcid, records=1),))
        return (await append_step(writer, "resolve", entries=entries)).id

    async def told() -> list[str]:
        return [gcid[:8] async for _, gcid, _ in feed(empty_api)]

    async with ledger.session() as writer:
        one, two, three, four = [await step(number) for number in (1, 2, 3, 4)]
        assert await told() == []
        await append_outcome(writer, one, Outcome.COMMITTED)
        await append_outcome(writer, three, Outcome.COMMITTED)
        assert await told() == ["00000001"]
        assert await newest_place(writer, START) == (one, LAST_NUMBER)
        await append_outcome(writer, four, Outcome.VOID)
        assert await told() == ["00000001"]
        await append_outcome(writer, two, Outcome.COMMITTED)
        assert await told() == ["00000001", "00000002", "00000003"]
        assert await newest_place(writer, START) == await newest_place(writer) == (four, LAST_NUMBER)


async def test_who_held_a_phone_then(empty_api: Api, place: Place) -> None:
    march = datetime(2026, 3, 3, tzinfo=UTC)
    dated = replace(identifier("Phone", "0799000001"), source_from=march)
    await place.tell(customer("core|customer|x", "Mary Wanjiku", dated))
    query = """query($at: DateTime) { holders(kind: PHONE, value: "0799 000 001", at: $at) {
      record customer claimed then thenBySource since until sourceSince } }"""
    now, then, before = [
        (await empty_api.data(query, at=at))["holders"] for at in (None, "2026-03-04", "2026-03-02T23:59:59+00:00")
    ]
    (held,) = now
    assert (held["record"], held["customer"]) == ("core|customer|x", await place.gcid_of("core|customer|x"))
    assert (held["then"], held["thenBySource"], held["until"]) == (True, True, None)
    assert held["sourceSince"] == "2026-03-03T00:00:00Z"
    assert [(it["then"], it["thenBySource"], it["customer"]) for it in then + before] == [
        (False, True, None),
        (False, False, None),
    ]
    assert await empty_api.code('{ holders(kind: PHONE, value: "no phone") { record } }') == "BAD_USER_INPUT"


CHANGES: list[tuple[dict[str, Any], tuple[int, int, int]]] = [
    ({"suppress": {"kind": "EMAIL", "value": MAIL.value}}, (2, 3, 1)),
    ({"release": {"kind": "EMAIL", "value": MAIL.value}}, (0, 0, 0)),
    ({"same": {"a": A, "b": D}}, (2, 1, 1)),
    ({"different": {"left": [A], "right": [C]}}, (2, 3, 1)),
    ({"delete": B}, (2, 3, 2)),
    ({"policy": {"name": "plain"}}, (2, 1, 1)),
    ({"policy": {"settings": [{"name": "cap", "value": "60"}]}}, (2, 2, 0)),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=lambda it: next(iter(it)) if isinstance(it, dict) else "")
async def test_what_if_is_computed_and_nothing_is_written(
    empty_api: Api, place: Place, change: dict[str, Any], expected: tuple[int, int, int]
) -> None:
    before = await place.snapshot()
    query = """query($change: IdentityChangeInput!) { whatIf(change: $change) {
      customersBefore customersAfter changedTotal due churn events { kind from to }
      changed { record before after } } }"""
    found = (await empty_api.data(query, change=change))["whatIf"]
    assert (found["customersBefore"], found["customersAfter"], found["changedTotal"]) == expected
    assert len(found["changed"]) == expected[2]
    assert not found["due"]
    assert await place.snapshot() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "BAD_USER_INPUT"),
        ({"undo": 1, "delete": A}, "BAD_USER_INPUT"),
        ({"undo": 77}, "NOT_FOUND"),
        ({"delete": NOBODY}, "NOT_FOUND"),
        ({"suppress": {"kind": "PHONE", "value": "no phone"}}, "BAD_USER_INPUT"),
        ({"policy": {"name": "no such"}}, "BAD_USER_INPUT"),
        ({"policy": {"settings": [{"name": "cap", "value": "many"}]}}, "BAD_USER_INPUT"),
        ({"different": {"left": ["x"] * 501, "right": [A]}}, "BAD_USER_INPUT"),
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_one_sentence(empty_api: Api, change: dict[str, Any], code: str) -> None:
    query = "query($change: IdentityChangeInput!) { whatIf(change: $change) { records } }"
    assert await empty_api.code(query, change=change) == code
