"""Each law, broken once in a sound graph behind the back of the product, is found, and nobody is named."""

from typing import LiteralString

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.laws import Finding, Law
from graph.proposals import Different, Suppress
from graph.verify import verify
from ledger.ledger import Ledger
from tests.integration.graph.bank import SECRET, identifier
from tests.integration.graph.living import POLICY, WHY, Bank, key, national_id, person, phone
from tests.integration.graph.stores import OpenSite

ONE = "MATCH (s:SourceCustomer {key: 'core|customer|1'}) "
DAMAGE: dict[LiteralString, set[Law]] = {
    ONE + "MATCH (s)-[r:RESOLVES_TO]->() DELETE r": {Law.ONE_MEMBERSHIP, Law.MEMBERSHIPS, Law.LINKED},
    ONE + "MATCH (s)-[l:LINKED]-() DELETE l": {Law.LINKED, Law.LINKS},
    ONE + "SET s.rank = 99": {Law.RECORDS, Law.FOUNDER},
    ONE + "SET s:Unresolved": {Law.RESOLVED},
    ONE + "MATCH (s)-[e:HAS_PHONE]->() DELETE e": {Law.EVIDENCE},
    ONE + "MATCH (s)-[e:HAS_PHONE]->() SET e.valid_from = e.valid_from + duration('PT1S')": {Law.EVIDENCE},
    "MATCH (s:SourceCustomer {key: 'core|customer|3'}) DETACH DELETE s": {Law.RECORDS, Law.STATUS, Law.ISSUED},
    "MATCH (:Ghost)-[h:HEIR]->() DELETE h": {Law.HEIRS, Law.STATUS},
    "MATCH (g:GlobalCustomer {status: 'merged'}) SET g.status = 'closed'": {Law.STATUS, Law.CUSTOMERS},
    "MATCH (g:GlobalCustomer {status: 'merged'}) DETACH DELETE g": {Law.ISSUED, Law.CUSTOMERS},
    "MATCH (i:Identifier {suppressed: 'steward_suppressed'}) REMOVE i.suppressed": {Law.SUPPRESSED},
    "MATCH (i:Identifier {standing: 'suppress'}) SET i.standing = 'release'": {Law.SUPPRESSED},
    "MATCH (d:Decision {verdict: 'suppress'}) DETACH DELETE d": {Law.DECISIONS},
    "CREATE (:SourceCustomer {key: 'core|customer|x', birth_id: 'x', rank: 100})": {Law.RECORDS},
}


@pytest.fixture
async def bank(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Bank:
    """Two who are one, one who joined her and left, one alone, and two whom a decision holds apart."""
    living = Bank(OpenSite(graph, driver), ledger, POLICY)
    await living.say(
        person(1, "Jane Wanjiru", phone(1), national_id(1)),
        person(2, "Jane Wanjiru", phone(1)),
        person(3, "Peter Otieno", phone(2), national_id(2)),
        person(4, "Jane Wanjiru", phone(4)),
        person(5, "Ann Moraa", identifier("Email", "ann@example.org")),
        person(6, "Ann Moraa", identifier("Email", "ann@example.org")),
    )
    await living.resolve()
    await living.say(person(4, "Jane Wanjiru", national_id(1)))
    await living.resolve()
    await living.leave(key(4))
    await living.steward.decide(Suppress("Phone", "0712000002", "KE"), **WHY)
    await living.steward.decide(Different(frozenset({key(5)}), frozenset({key(6)})), **WHY)
    await living.resolve()
    return living


async def findings(bank: Bank) -> list[Finding]:
    return await verify(bank.site.client, bank.ledger, secret=SECRET, policy=bank.policy)


async def test_each_damage_is_found(bank: Bank) -> None:
    for damage, laws in DAMAGE.items():
        assert await findings(bank) == [], damage
        await bank.site.driver.execute_query(damage)
        found = await findings(bank)
        assert {finding.law for finding in found} >= laws, damage
        assert not any(personal in str(found) for personal in ("Jane", "712000", "core|"))
        await bank.restored()


async def test_conflicts_within_a_customer_are_found(bank: Bank) -> None:
    await bank.site.driver.execute_query(
        "MATCH (a {key: 'core|customer|1'})-[:RESOLVES_TO]->(g), (b {key: 'core|customer|3'})-[r:RESOLVES_TO]->()"
        " CREATE (b)-[:RESOLVES_TO]->(g), (a)-[:LINKED {kind: 'Phone'}]->(b) DELETE r"
    )
    assert Law.CONFLICT in {finding.law for finding in await findings(bank)}


async def test_records_held_apart_in_one_customer_are_found(bank: Bank) -> None:
    await bank.site.driver.execute_query(
        "MATCH (a {key: 'core|customer|5'})-[:RESOLVES_TO]->(g), (b {key: 'core|customer|6'})-[r:RESOLVES_TO]->()"
        " CREATE (b)-[:RESOLVES_TO]->(g) DELETE r"
    )
    assert Finding(Law.DIFFERENT, "2") in await findings(bank)
