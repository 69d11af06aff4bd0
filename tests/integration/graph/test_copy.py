"""The relational copy follows the graph: whatever happens there, its views say what the graph answers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from neo4j import AsyncDriver

from graph.business import AccountRecord, ScoreRecord, SightingRecord, TransactionRecord
from graph.client import GraphClient
from graph.proposals import Same, Undo
from graph.records import Departure
from ledger.ledger import Ledger
from tests.integration.graph.bank import CORE, DAY, FRAUD, MOBILE, account, customer, identifier, sighting, transaction
from tests.integration.graph.copies import copier, read_tables
from tests.integration.graph.offices import Office
from tests.integration.graph.place import OTHER_ID, PHONE, WHY

ONE, TWO = "core|customer|1", "core|customer|2"


@pytest.fixture
def office(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Office:
    return Office(graph, ledger, driver)


@pytest.fixture
async def bank(office: Office) -> Office:
    await office.fill()
    return office


async def test_the_views_say_what_the_graph_says(bank: Office) -> None:
    await bank.check()
    gcid = await bank.gcid_of(ONE)
    copied = await bank.copy()
    assert copied["customer_360"] == {
        (gcid, "core", "1", "12345678", "+254712345678", None, "Jane Wanjiru", DAY),
        (await bank.gcid_of(TWO), "core", "2", None, "+254722000001", None, "Peter Otieno", DAY),
        (gcid, "mobile", "7", None, "+254712345678", None, "WANJIRU Jane", DAY),
        (gcid, "fraud", "a", None, "+254712345678", None, "Jane Wanjiru", DAY),
    }
    channels = {(row[2], row[12]) for row in copied["transaction_360"]}
    assert channels == {
        ("core|transaction|1", "mobile"),
        ("core|transaction|2", None),
        ("core|transaction|3", None),
    }
    assert copied["risk_profile"] == {(gcid, 30.0, "low", DAY)}


async def test_a_system_at_once_or_record_by_record_backwards_is_the_same_copy(office: Office) -> None:
    """What refers to something that has not arrived gets it when it does."""
    for record in reversed((*CORE, *MOBILE, *FRAUD)):
        await office.tell(record)
        await office.check()


async def test_nothing_new_writes_nothing(bank: Office) -> None:
    before = await read_tables(bank.ledger)
    assert await bank.publish() == 0
    report = await copier(bank.graph, bank.ledger).publish(from_nothing=True)
    assert (report.whole, report.changed) == (True, 0)
    assert await read_tables(bank.ledger) == before


async def test_a_merge_and_a_split_move_what_they_had_and_rewrite_no_booking(bank: Office) -> None:
    had = {table: await bank.versions(table) for table in ("transaction", "account", "sighting", "record")}
    taken = await bank.steward.decide(Same(ONE, TWO), **WHY)
    await bank.check()
    assert {row[0] for row in (await bank.copy())["transaction_360"]} == {await bank.gcid_of(ONE)}
    await bank.steward.decide(Undo(taken.decision), **WHY)
    await bank.check()
    assert len({row[0] for row in (await bank.copy())["account_360"]}) > 2
    assert {table: await bank.versions(table) for table in had} == had


async def test_who_has_a_million_bookings_merges_in_a_few_rows(office: Office) -> None:
    """A few hundred here: whatever they are, what is written does not depend on it."""
    written = []
    for bookings in (1, 300):
        keys = [f"core|customer|{bookings}-{side}" for side in "ab"]
        await office.tell(
            *(customer(key, f"Jane {bookings}") for key in keys),
            account(f"core|account|{bookings}", f"{bookings}", keys[1]),
            *(
                transaction(f"core|transaction|{bookings}-{n}", f"T{bookings}-{n}", account=f"core|account|{bookings}")
                for n in range(bookings)
            ),
        )
        await office.check()
        await office.steward.decide(Same(*keys), **WHY)
        written.append(await office.publish())
        gcid = await office.gcid_of(keys[0])
        assert sum(row[0] == gcid for row in (await office.copy())["transaction_360"]) == bookings
    assert written == [1, 1]


async def test_a_correction_at_the_source(bank: Office) -> None:
    corrected = customer(ONE, "Jane Wanjiru-Otieno", OTHER_ID, PHONE, updated_at=DAY + timedelta(days=1))
    moved = account("core|account|1", "0101", TWO, balance_minor=-1_005, updated_at=DAY + timedelta(days=1))
    before = await bank.versions("transaction")
    await bank.tell(corrected, moved)
    await bank.check()
    assert ("core", "1", "34567812", "+254712000001", "Jane Wanjiru-Otieno") in {
        (row[1], row[2], row[3], row[4], row[6]) for row in (await bank.copy())["customer_360"]
    }
    assert await bank.versions("transaction") == before


async def test_of_several_values_the_verified_comes_before_the_claimed_and_then_the_first(office: Office) -> None:
    claimed, first, second = (
        identifier("Phone", "0712000001", verified=False),
        identifier("Phone", "0712000002"),
        identifier("Phone", "0712000003"),
    )
    again = identifier("Phone", "0712000001")
    await office.tell(
        customer("core|customer|1", "Ann Atieno", claimed, first, second),
        customer("core|customer|2", "Ben Baraka", claimed),
        customer("core|customer|3", "Carol Chebet", claimed, first, again),  # verified in the end: it was named first
        customer("core|customer|4|5", "Dan Dida"),
    )
    await office.check_phones({"1": "+254712000002", "2": "+254712000001", "3": "+254712000001", "4|5": None})


async def test_what_leaves_disappears_and_what_returns_is_back(bank: Office) -> None:
    await bank.tell(Departure("mobile|user|7", at=DAY + timedelta(days=1)))
    await bank.check()
    assert "mobile" not in {row[1] for row in (await bank.copy())["customer_360"]}
    await bank.tell(replace(MOBILE[0], updated_at=DAY + timedelta(days=2)))
    await bank.check()
    assert "mobile" in {row[1] for row in (await bank.copy())["customer_360"]}


async def test_an_erased_record_disappears_at_once_and_names_nobody_afterwards(bank: Office) -> None:
    await bank.steward.erase(ONE, **WHY)
    assert (ONE.split("|")[2], "core") not in {(row[2], row[1]) for row in (await bank.copy())["customer_360"]}
    await bank.check()
    told = await read_tables(bank.ledger)
    assert [row for rows in told.values() for row in rows if {ONE, "12345678"} & set(row)] == []
    await bank.steward.release_erased(ONE, **WHY)
    await bank.tell(replace(CORE[0], updated_at=DAY + timedelta(days=3)))
    await bank.check()  # somebody new: what the erased one had is not hers


async def test_a_booking_has_a_channel_while_its_reference_means_only_it(bank: Office) -> None:
    twin = transaction("core|transaction|9", "TX1")
    await bank.tell(twin)
    await bank.check()
    assert {row[12] for row in (await bank.copy())["transaction_360"]} == {None}
    await bank.tell(replace(twin, reference="TX9"))
    await bank.check()
    assert {row[12] for row in (await bank.copy())["transaction_360"]} == {None, "mobile"}
    await bank.tell(
        sighting("ussd|session|1", "TX1", channel="ussd", at=DAY - timedelta(minutes=1)),
        sighting("web|transfer|1", "TX1", channel="web", at=DAY + timedelta(minutes=1)),
    )
    await bank.check()
    assert {row[12] for row in (await bank.copy())["transaction_360"]} == {None, "ussd"}


async def test_the_risk_is_the_highest_of_the_latest_of_each_table_of_each_source(bank: Office) -> None:
    def score(key: str, days: int, score: float, level: str) -> ScoreRecord:
        at = DAY + timedelta(days=days)
        customer = "fraud|party|a" if key.startswith("fraud") else "mobile|user|7"
        return ScoreRecord(
            key=key, customer=customer, at=at, raw_score=score, raw_scale="0-100", score=score, level=level
        )

    await bank.tell(
        score("fraud|score|2", 2, 40, "medium"),
        score("fraud|score|3", 1, 99, "old"),
        score("credit|score|1", 0, 40, "fair"),
        score("credit|score|2", 0, 39, "tied with the first, which is taken"),
        score("aml|score|9", 3, 12, "low"),
        score("aml|rating|1", 0, 30, "another table of the same source"),
        score("aml|rating|2", 1, 20, "its latest"),
    )
    await bank.check()
    gcid = await bank.gcid_of(ONE)
    assert (await bank.copy())["risk_profile"] == {(gcid, 40.0, "fair", DAY + timedelta(days=3))}


async def test_records_of_every_kind_that_leave(bank: Office) -> None:
    """Nothing in the graph tells that they were there: the step says it."""
    for key, kind in (
        ("core|transaction|2", TransactionRecord),
        ("fraud|score|1", ScoreRecord),
        ("mobile|transfer|1", SightingRecord),
        ("core|account|1", AccountRecord),  # on which bookings are posted that stay
    ):
        await bank.tell(Departure(key, kind=kind))
        await bank.check()
    copied = await bank.copy()
    assert copied["risk_profile"] == set()
    assert {(row[2], row[3], row[0], row[12]) for row in copied["transaction_360"]} == {
        (f"core|transaction|{number}", "core|account|1", None, None) for number in (1, 3)
    }
    await bank.tell(Departure("core|transaction|3", kind=TransactionRecord))
    await bank.tell(CORE[2], CORE[-1])  # gone and back again before anybody copied
    await bank.check()
    assert {row[2] for row in (await bank.copy())["transaction_360"]} == {"core|transaction|1", "core|transaction|3"}
