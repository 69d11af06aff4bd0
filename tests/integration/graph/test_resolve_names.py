"""Ids over time on real servers: who answers for whom, what the ledger remembers, what was said by stewards, and what
would be if something were otherwise. Decisions are written as nodes, as `graph.decisions` writes them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, LiteralString

import pytest
from neo4j import AsyncDriver
from psycopg.rows import dict_row

from graph.client import GraphClient
from graph.components import Overlay
from graph.deltas import recall
from graph.load import Loader
from graph.records import Batch, CustomerRecord, Departure
from graph.resolution.global_ids import value_id
from graph.resolution.model import Decision, Verdict
from graph.resolution.reasons import ReasonCode
from graph.resolve import Resolver, ResolveReport
from graph.statements import statement
from ledger.ledger import Ledger
from tests.integration.graph.populations import SECRET, held
from tests.unit.graph.resolution.worlds import GUARDED, LOW, PLAIN, identifier, record

A, B, C, D = (f"s|customer|{letter}" for letter in "abcd")
PHONE, OTHER_PHONE, NATIONAL_ID = identifier("Phone", "1"), identifier("Phone", "2"), identifier("NationalId", "1")
AT = datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC)
READ_CUSTOMER = statement("read_customer").replace("{/*fields*/}", "[customer.gcid, requested_id]")
DECIDE = """
CREATE (d:Decision {id: $id, verdict: $verdict, at: $at, field: $field, value: $value})
WITH d UNWIND $sides AS row MATCH (s:SourceCustomer {key: row.key})
CREATE (d)-[:CONCERNS {side: row.side}]->(s) SET s:Unresolved, s.due = 1
"""
UNDO = "MATCH (d:Decision {id: $id})-[:CONCERNS]->(s) SET s:Unresolved, s.due = 1 DETACH DELETE d"


class Bank:
    """A loader and a resolver over the same stores, and eyes on both."""

    def __init__(self, graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
        self.graph, self.ledger, self.driver = graph, ledger, driver
        self.loader = Loader(graph, ledger, secret=SECRET, policy=GUARDED)
        self.resolver = Resolver(graph, ledger, secret=SECRET, policy=GUARDED, trust={"s": 1})

    async def load(self, *records: CustomerRecord | Departure) -> int | None:
        report = await self.loader.load(Batch(system="s", table="customer", records=records, position=None))
        return report.step

    async def say(self, *records: CustomerRecord | Departure) -> ResolveReport:
        await self.load(*records)
        return await self.resolver.resolve()

    async def leave(self, *keys: str) -> ResolveReport:
        return await self.say(*(Departure(key) for key in keys))

    async def judge(
        self,
        id_: int,
        verdict: str,
        left: Iterable[str],
        right: Iterable[str] = (),
        *,
        field: str | None = None,
        value: str | None = None,
    ) -> ResolveReport:
        sides = [{"key": key, "side": "left"} for key in left] + [{"key": key, "side": "right"} for key in right]
        said = {"verdict": verdict, "at": AT, "field": field, "value": value}
        await self.driver.execute_query(DECIDE, id=id_, sides=sides, parameters_=said)
        return await self.resolver.resolve()

    async def undo(self, id_: int) -> ResolveReport:
        await self.driver.execute_query(UNDO, id=id_)
        return await self.resolver.resolve()

    async def gcids(self) -> dict[str, str]:
        """By the letter of each record."""
        return {key[-1]: gcid for key, gcid in (await held(self.driver)).memberships}

    async def parts(self) -> set[str]:
        return {"".join(sorted(key[-1] for key in part)) for part in (await held(self.driver)).partition}

    async def births(self) -> dict[str, str]:
        return {key[-1]: birth_id for key, (_, birth_id) in (await held(self.driver)).ranks.items()}

    async def answer(self, gcid: str) -> list[Any]:
        rows = await self.graph.read_text(READ_CUSTOMER, {"gcid": gcid}, name="read_customer")
        return [row["item"] for row in rows]

    async def rows(self, query: LiteralString) -> list[dict[str, Any]]:
        async with self.ledger.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(query)).fetchall()

    async def tuples(self, query: LiteralString) -> set[tuple[Any, ...]]:
        return {tuple(row.values()) for row in await self.rows(query)}


@pytest.fixture
def bank(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Bank:
    return Bank(graph, ledger, driver)


def john(key: str, *values: Any) -> CustomerRecord:
    return record(key, "John Doe", *values)


# -- ghosts and heirs ------------------------------------------------------------------------------------------------


async def test_an_id_outlives_its_record_and_closes_with_the_last_heir(bank: Bank) -> None:
    await bank.say(john(A, PHONE), john(B, PHONE), john(C, PHONE))
    births = await bank.births()
    first = births["a"]
    report = await bank.leave(A)
    assert (report.churn, report.closed, await bank.gcids()) == (0, 0, {"b": first, "c": first})
    await bank.leave(B)
    assert await bank.gcids() == {"c": first}
    assert await bank.answer(first) == [[first, None]]
    report = await bank.leave(C)
    assert (report.closed, await bank.answer(first)) == (1, [])
    assert (await held(bank.driver)).customers == {(first, "closed")}
    heirs = await bank.tuples("SELECT birth_id::text, what, heir::text FROM heir_delta")
    assert heirs == {
        (births["a"], "named", births["b"]),
        (births["b"], "named", births["c"]),
        (births["c"], "named", None),
    }
    assert (await bank.resolver.resolve_all()).steps == ()


async def test_a_record_that_returns_elsewhere_takes_its_id_along(bank: Bank) -> None:
    await bank.say(john(A, PHONE), john(B, PHONE))
    births = await bank.births()
    await bank.leave(A)
    report = await bank.say(john(A, OTHER_PHONE))
    assert await bank.gcids() == births
    assert (report.split, report.churn) == (1, 1)
    assert ("dropped",) in await bank.tuples("SELECT what FROM heir_delta")
    assert (await bank.driver.execute_query("MATCH ()-[h:HEIR]->() RETURN h")).records == []


async def test_an_id_that_was_merged_leads_to_whoever_answers_for_its_record(bank: Bank) -> None:
    await bank.say(john(A, PHONE))
    await bank.say(john(B, OTHER_PHONE))
    births = await bank.births()
    await bank.say(john(B, PHONE))
    assert await bank.answer(births["b"]) == [[births["a"], births["b"]]]
    await bank.leave(B)
    assert await bank.answer(births["b"]) == [[births["a"], births["b"]]]
    await bank.leave(A)
    assert (await held(bank.driver)).customers == {(births["a"], "closed"), (births["b"], "closed")}


async def test_until_it_is_resolved_an_id_is_answered_as_before(bank: Bank) -> None:
    await bank.say(john(A, PHONE), john(B, PHONE))
    first = (await bank.births())["a"]
    await bank.load(Departure(A))
    assert await bank.answer(first) == [[first, None]]
    await bank.resolver.resolve()
    await bank.load(john(A, OTHER_PHONE))
    assert await bank.answer(first) == [[first, None]]


# -- decisions -------------------------------------------------------------------------------------------------------


async def test_a_same_unites_records_that_share_nothing_until_it_is_undone(bank: Bank) -> None:
    await bank.say(john(A, PHONE), record(B, "Mary Wanjiku", OTHER_PHONE))
    apart = await bank.gcids()
    assert (await bank.judge(7, "same", [A], [B])).merged == 1
    assert (await held(bank.driver)).linked == {(A, B, "Same", "Same|7", 0)}
    assert await bank.parts() == {"ab"}
    await bank.leave(B)
    assert await bank.parts() == {"a"}
    await bank.say(record(B, "Mary Wanjiku", OTHER_PHONE))
    assert await bank.parts() == {"ab"}, "it slept while one of the two was gone"
    assert (await bank.undo(7)).split == 1
    assert await bank.gcids() == apart
    links = await bank.tuples("SELECT what, kind, decision, value FROM link_delta WHERE kind = 'Same'")
    assert links == {("accepted", "Same", 7, None), ("ended", "Same", 7, None)}


async def test_a_different_parts_two_sides_until_it_is_undone(bank: Bank) -> None:
    await bank.say(john(A, PHONE), john(B, PHONE), john(C, PHONE), john(D, PHONE))
    await bank.judge(1, "different", [A, B], [C, D])
    assert await bank.parts() == {"ab", "cd"}
    assert {refused[4] for refused in (await held(bank.driver)).refused} == {"steward_different"}
    await bank.leave(C)
    assert await bank.parts() == {"ab", "d"}
    await bank.undo(1)
    assert await bank.parts() == {"abd"}


async def test_a_correction_stands_in_the_golden_record_wherever_its_id_goes(bank: Bank) -> None:
    await bank.say(john(A, PHONE), john(B, PHONE))
    first = (await bank.births())["a"]
    await bank.judge(3, "correct", [A], field="name", value="John A Doe")
    await bank.leave(A)
    rows = await bank.driver.execute_query("MATCH (g:GlobalCustomer {gcid: $gcid}) RETURN g {.*} AS g", gcid=first)
    golden = rows.records[0]["g"]
    assert (golden["name"], golden["name_source"]) == ("John A Doe", "decision|3")
    assert golden["name_updated_at"].to_native() == AT
    assert golden["phone_source"] == B


# -- what the ledger remembers ---------------------------------------------------------------------------------------


async def test_every_change_is_told_to_the_ledger_with_the_step_that_caused_it(bank: Bank) -> None:
    await bank.load(john(A, PHONE))
    load = await bank.load(john(B, OTHER_PHONE))
    await bank.resolver.resolve()
    births = await bank.births()
    a, b = births["a"], births["b"]
    report = await bank.say(john(B, OTHER_PHONE, NATIONAL_ID), john(A, PHONE, NATIONAL_ID))
    (step,) = report.steps
    assert load is not None
    cause = step - 1
    events = "SELECT what, gcid::text, others::text[], records, cause FROM identity_event ORDER BY step, number"
    assert [tuple(row.values()) for row in await bank.rows(events)] == [
        *sorted([("created", a, [], 1, load - 1), ("created", b, [], 1, load)]),
        ("merged", a, sorted([a, b]), 1, cause),
    ]
    moved = (
        "SELECT birth_id::text, old_gcid::text, new_gcid::text, cause FROM membership_delta WHERE old_gcid IS NOT NULL"
    )
    assert await bank.tuples(moved) == {(b, b, a, cause)}
    links = "SELECT step, a::text, b::text, what, kind, value::text, stage FROM link_delta"
    value = str(value_id(SECRET, NATIONAL_ID.key))
    assert await bank.tuples(links) == {(step, a, b, "accepted", "NationalId", value, 1)}
    policies = await bank.tuples("SELECT DISTINCT policy FROM step WHERE kind = 'resolve'")
    assert len(policies) == 1
    assert policies != {(None,)}


async def test_refused_links_are_told_with_their_reasons_and_ends(bank: Bank) -> None:
    await bank.say(john(A, PHONE), record(B, "Mary Wanjiku", PHONE))
    await bank.say(record(B, "Mary Wanjiku", OTHER_PHONE))
    told = await bank.tuples("SELECT what, reason, inside FROM link_delta")
    assert told == {("refused", "names_contradict", False), ("ended", "names_contradict", False)}


async def test_what_a_customer_says_can_be_read_back_from_the_ledger(bank: Bank) -> None:
    await bank.say(john(A, PHONE))
    await bank.say(john(B, OTHER_PHONE))
    births = await bank.births()
    await bank.say(john(B, PHONE))
    newest = "SELECT DISTINCT ON (gcid) gcid::text, step, said FROM golden_version ORDER BY gcid, step DESC"
    told = {row["gcid"]: row for row in await bank.rows(newest)}
    assert told[births["b"]]["said"] | {"hash": ""} == {"status": "merged", "into": births["a"], "hash": ""}
    rows = (await bank.driver.execute_query("MATCH (g:GlobalCustomer) RETURN g {.*} AS g")).records
    assert len(rows) == 2
    for golden in (row["g"] for row in rows):
        since = golden.pop("since")
        assert golden == recall(told[golden["gcid"]]["said"]) | {
            "gcid": golden["gcid"],
            "step": told[golden["gcid"]]["step"],
        }
        assert since.to_native().tzinfo is not None


# -- what would be ---------------------------------------------------------------------------------------------------


async def everything(bank: Bank) -> tuple[Any, ...]:
    query = "MATCH (n) RETURN count(n) AS nodes, sum(COUNT { (n)-->() }) AS edges, max(n.epoch) AS epoch"
    return tuple((await bank.driver.execute_query(query)).records[0].values())


async def test_a_look_at_a_decision_says_what_it_would_do_and_writes_nothing(bank: Bank) -> None:
    await bank.say(john(A, PHONE), record(B, "Mary Wanjiku", OTHER_PHONE), john(C, PHONE))
    before = await everything(bank)
    supposed = Decision(id=99, verdict=Verdict.SAME, left=frozenset({A}), right=frozenset({B}))
    outlook = await bank.resolver.look([A], Overlay(decisions=(supposed,)))
    assert await everything(bank) == before
    assert set(outlook.region.records) == {A, B, C}
    await bank.judge(99, "same", [A], [B])
    assert outlook.conclusion.view.memberships == {
        f"s|customer|{key}": gcid for key, gcid in (await bank.gcids()).items()
    }
    assert [event.what for event in outlook.events] == ["merged"]


async def test_a_look_at_a_departure_names_the_heir(bank: Bank) -> None:
    await bank.say(john(A, PHONE), john(B, PHONE))
    outlook = await bank.resolver.look([A], Overlay(departed=frozenset({A})))
    assert outlook.conclusion.view.heirs == {A: B}
    await bank.leave(A)
    assert outlook.conclusion.view.memberships == {B: (await bank.gcids())["b"]}


async def test_a_look_at_a_suppression_finds_all_whom_it_would_part(bank: Bank) -> None:
    await bank.say(john(A, PHONE), john(B, PHONE), john(C, PHONE))
    suppose = Overlay(suppressed={PHONE.key: ReasonCode.STEWARD_SUPPRESSED})
    outlook = await bank.resolver.look([A], suppose)
    assert len(set(outlook.conclusion.view.memberships.values())) == 3
    assert not await bank.resolver.look([A])


async def test_a_survey_under_another_policy_is_what_adopting_it_comes_to(bank: Bank) -> None:
    names = ("John Doe", "Mary Wanjiku", "Peter Otieno", "Alice Kamau", "Grace Njeri", "Jane Achieng")
    keys = [f"s|customer|{number}" for number in range(len(names))]
    await bank.say(*(record(key, name, PHONE) for key, name in zip(keys, names, strict=True)), john(A, PHONE))
    before = await everything(bank)
    supposed: dict[str, str] = {}
    strict = GUARDED.model_copy(update=LOW)
    for policy in (strict, PLAIN):
        supposed = {}
        async for outlook in bank.resolver.survey(Overlay(policy=policy)):
            assert not supposed.keys() & outlook.conclusion.view.memberships.keys()
            supposed |= outlook.conclusion.view.memberships
        assert await everything(bank) == before
        assert len(set(supposed.values())) == (7 if policy is strict else 1)
    plain = Resolver(bank.graph, bank.ledger, secret=SECRET, policy=PLAIN, trust={})
    assert await plain.policy_changed()
    await plain.resolve()
    assert set(supposed.items()) == (await held(bank.driver)).memberships
    assert not await plain.policy_changed()
