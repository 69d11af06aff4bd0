"""What happens to customers and their ids: corrections, merges, splits, policies, crashes."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.load import Loader
from graph.records import Batch, CustomerRecord
from graph.resolution.policy import Policy
from graph.resolve import Resolver, ResolveReport
from graph.verify import verify
from ledger.ledger import Ledger
from ledger.memberships import latest_memberships
from tests.integration.graph.populations import SECRET, Held, assert_held, held, load, random_population
from tests.unit.graph.resolution.worlds import GUARDED, LOW, PLAIN, identifier, record

STRICT = GUARDED.model_copy(update=LOW)
A, B, C = (f"s|customer|{letter}" for letter in "abc")
NATIONAL_ID, PHONE, OTHER_PHONE = identifier("NationalId", "1"), identifier("Phone", "1"), identifier("Phone", "2")


class Crash(Exception):
    pass


class Bank:
    """A loader and a resolver over the same stores."""

    def __init__(self, graph: GraphClient, ledger: Ledger, driver: AsyncDriver, policy: Policy = STRICT) -> None:
        self.graph, self.ledger, self.driver = graph, ledger, driver
        self.loader = Loader(graph, ledger, secret=SECRET, policy=policy)
        self.resolver = Resolver(graph, ledger, secret=SECRET, policy=policy, trust={"s": 1})

    async def say(self, *records: CustomerRecord) -> ResolveReport:
        await self.loader.load(Batch(system="s", table="customer", records=records, position=None))
        return await self.resolver.resolve()

    async def held(self) -> Held:
        return await held(self.driver)

    async def gcids(self) -> dict[str, str]:
        return dict((await self.held()).memberships)


@pytest.fixture
def bank(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Bank:
    return Bank(graph, ledger, driver)


async def test_a_corrected_phone_moves_its_record(bank: Bank) -> None:
    first, second = record(A, "John Doe", PHONE), record(B, "Mary Wanjiku", OTHER_PHONE)
    await bank.say(first, second)
    report = await bank.say(record(C, "John Doe", PHONE))
    assert (report.created, report.merged, report.churn, report.links) == (0, 0, 0, 1)
    await bank.say(moved := record(C, "Mary Wanjiku", OTHER_PHONE))
    assert (await bank.held()).partition == {frozenset({A}), frozenset({B, C})}
    assert_held(await bank.held(), [first, second, moved], STRICT)


async def test_a_record_that_moves_is_counted_and_remembered(bank: Bank) -> None:
    await bank.say(record(A, "John Doe", PHONE), record(B, "Mary Wanjiku", OTHER_PHONE), record(C, "John Doe", PHONE))
    report = await bank.say(record(C, "Mary Wanjiku", OTHER_PHONE))
    assert (report.moved, report.merged, report.split, report.created, report.churn) == (1, 0, 0, 0, 1)
    past = await bank.driver.execute_query(
        "MATCH (s)-[r:WAS_RESOLVED_TO]->(g) RETURN s.key, r.valid_from < r.valid_to, g.gcid"
    )
    assert [tuple(row.values()) for row in past.records] == [(C, True, (await bank.gcids())[A])]


async def test_a_name_that_flips_a_suppression_is_felt_by_every_holder(bank: Bank) -> None:
    names = ["John Doe"] * 2 + ["Mary Wanjiku", "Peter Otieno", "Alice Johnson", "Jane Kamau"]
    records = [record(f"s|customer|{n}", name, PHONE) for n, name in enumerate(names)]
    await bank.say(*records)
    assert len((await bank.held()).partition) == 5  # five people are the cap: the two John Does are one
    records[-1] = record("s|customer|5", "Grace Njeri", PHONE)
    records.append(record("s|customer|6", "Ann Achieng", PHONE))
    await bank.say(*records[-2:])
    assert len((await bank.held()).partition) == 7  # six people: the phone links nobody
    records[-1] = record("s|customer|6", "Grace Njeri", PHONE)
    await bank.say(records[-1])
    assert_held(await bank.held(), records, STRICT)
    assert len((await bank.held()).partition) == 5


async def test_a_merge_undone_gives_back_the_two_ids(bank: Bank) -> None:
    await bank.say(record(A, "John Doe", PHONE))
    await bank.say(record(B, "John Doe", OTHER_PHONE))
    before = await bank.held()
    apart = await bank.gcids()

    report = await bank.say(record(B, "John Doe", OTHER_PHONE, NATIONAL_ID), record(A, "John Doe", PHONE, NATIONAL_ID))
    assert (report.merged, report.split, report.churn) == (1, 0, 1)
    together = await bank.held()
    assert together.memberships == {(A, apart[A]), (B, apart[A])}, "the lower rank names the customer"
    assert together.customers == {(apart[A], "current"), (apart[B], "merged")}
    assert together.mergers == {(apart[B], apart[A])}, "the other id leads to where its founder record lives"

    report = await bank.say(record(B, "John Doe", OTHER_PHONE))
    assert (report.merged, report.split, report.churn) == (0, 1, 1)
    after = await bank.held()
    assert (after.memberships, after.customers, after.mergers) == (before.memberships, before.customers, before.mergers)
    assert await verify(bank.graph, bank.ledger, secret=SECRET, policy=STRICT) == []


async def test_an_id_that_was_merged_twice_leads_on_in_one_hop(bank: Bank) -> None:
    for key, name, phone in ((A, "Mary", PHONE), (B, "John Doe", OTHER_PHONE), (C, "Peter Otieno", OTHER_PHONE)):
        await bank.say(record(key, name, phone))
    gcids = await bank.gcids()
    await bank.say(record(C, "John Doe", OTHER_PHONE))
    assert (await bank.held()).mergers == {(gcids[C], gcids[B])}
    await bank.say(record(B, "John Doe", OTHER_PHONE, NATIONAL_ID), record(A, "Mary", PHONE, NATIONAL_ID))
    assert (await bank.held()).mergers == {(gcids[C], gcids[A]), (gcids[B], gcids[A])}


async def test_the_golden_record_says_where_it_comes_from(bank: Bank) -> None:
    at = datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC)
    newer = CustomerRecord(key=A, full_name="Jane Doe", updated_at=at, identifiers=(PHONE, NATIONAL_ID))
    older = CustomerRecord(key=B, full_name="J Doe", birth_date=date(1990, 1, 2), identifiers=(NATIONAL_ID,))
    await bank.say(newer, older)
    rows = (await bank.driver.execute_query("MATCH (g:GlobalCustomer) RETURN g {.*} AS g")).records
    golden = rows[0]["g"]
    assert len(rows) == 1
    assert (golden["name"], golden["name_source"], golden["name_updated_at"].to_native()) == ("Jane Doe", A, at)
    assert (golden["birth_date"].to_native(), golden["birth_date_source"]) == (date(1990, 1, 2), B)
    assert (golden["phone"], golden["phone_source"]) == (PHONE.value, A)
    assert "birth_date_updated_at" not in golden
    assert (await bank.resolver.resolve_all()).steps == ()


async def test_another_policy_resolves_everything_once(bank: Bank) -> None:
    random = Random(11)
    records = list(random_population(random, worlds=10).values())
    await load(bank.loader, records, random)
    await bank.resolver.resolve()
    plain = Bank(bank.graph, bank.ledger, bank.driver, PLAIN)
    await plain.resolver.resolve()
    assert_held(await bank.held(), records, PLAIN)
    assert (await plain.resolver.resolve()).steps == ()
    await bank.resolver.resolve()
    assert_held(await bank.held(), records, STRICT)
    assert await verify(bank.graph, bank.ledger, secret=SECRET, policy=STRICT) == []


@pytest.mark.parametrize("point", ["appended", "applied", "committed"])
async def test_a_change_of_policy_that_crashed_starts_over(bank: Bank, point: str) -> None:
    random = Random(12)
    records = list(random_population(random, worlds=10).values())
    await load(bank.loader, records, random)
    await bank.resolver.resolve()
    with pytest.raises(Crash):
        await crashing(bank, point, PLAIN).resolve()
    await Bank(bank.graph, bank.ledger, bank.driver, PLAIN).resolver.resolve()
    assert_held(await bank.held(), records, PLAIN)


@pytest.mark.parametrize("point", ["appended", "applied", "committed"])
async def test_a_crash_leaves_no_trace(bank: Bank, point: str) -> None:
    random = Random(13)
    records = list(random_population(random, worlds=10).values())
    await load(bank.loader, records, random)
    with pytest.raises(Crash):
        await crashing(bank, point, STRICT).resolve()
    await bank.resolver.resolve()
    found = await bank.held()
    assert_held(found, records, STRICT)
    async with bank.ledger.transaction() as connection:
        remembered = await latest_memberships(connection)
    assert remembered == {found.ranks[key][1]: gcid for key, gcid in found.memberships}
    assert await verify(bank.graph, bank.ledger, secret=SECRET, policy=STRICT) == []


def crashing(bank: Bank, point: str, policy: Policy) -> Resolver:
    def crash(reached: str) -> None:
        if reached == point:
            raise Crash

    return Resolver(bank.graph, bank.ledger, secret=SECRET, policy=policy, trust={}, on_point=crash)


async def test_what_was_tampered_with_is_put_right_by_a_full_resolution(bank: Bank) -> None:
    await bank.say(record(A, "John Doe", PHONE), record(B, "John Doe", PHONE), record(C, "Mary Wanjiku", PHONE))
    before = await bank.held()
    await bank.driver.execute_query("MATCH ()-[l:LINKED|QUARANTINED]->() DELETE l")
    await bank.driver.execute_query("MATCH ({key: $key})-[r:RESOLVES_TO]->() DELETE r", key=B)
    assert len((await bank.resolver.resolve_all()).steps) == 1
    assert await bank.held() == before
