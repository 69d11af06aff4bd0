"""One person whose values nobody else has: where they come out for a role without the right, something leaks."""

import logging

import pytest
from neo4j import AsyncDriver
from structlog.testing import capture_logs

from api.access import Right, load_access
from api.tokens import Role
from tests.integration.api.conftest import Api
from tests.integration.api.fields import Way, known, ways
from tests.integration.api.test_access import right_to

ACCESS = load_access()
GCID = "eeeeeeee-0000-8000-8000-000000000005"
NATIONAL_ID, PHONE, EMAIL, NICKNAME = "73519864", "+254798135246", "canary.bird@example.org", "Tweety of Nyeri"
CANARIES = (NATIONAL_ID, PHONE, PHONE[1:], "0" + PHONE[4:], EMAIL, NICKNAME)
BORN = "1987-06-05"
PERSON = """
CREATE (g:GlobalCustomer {gcid: $gcid, status: 'current', since: datetime(), party_type: 'person', name: 'Canary Bird',
  name_source: 'core|customer|5', birth_date: date($born), birth_date_source: 'core|customer|5',
  national_id: $id, national_id_masked: '***64', national_id_source: 'core|customer|5', phone: $phone,
  phone_masked: '***5246', phone_source: 'core|customer|5', email: $email, email_source: 'core|customer|5'})
CREATE (s:SourceCustomer {key: 'core|customer|5', system: 'core', entity: 'customer', rank: 5, birth_id: $gcid,
  party_type: 'person', full_name: 'Canary Bird', birth_date: date($born), said_gender: $nickname,
  said_nickname: $nickname, said_kyc_status: 'verified', invalid_phone: $phone})-[:RESOLVES_TO]->(g)
CREATE (s)-[:HAS_NATIONAL_ID]->(:Identifier:NationalId {key: 'NationalId|KE|' + $id, kind: 'NationalId', value: $id,
  masked: '***64', country: 'KE'})
CREATE (s)-[:HAS_PHONE]->(p:Identifier:Phone {key: 'Phone|' + $phone, kind: 'Phone', value: $phone, masked: '***5246'})
CREATE (s)-[:HAS_EMAIL]->(:Identifier:Email {key: 'Email|' + $email, kind: 'Email', value: $email, masked: 'c***@e***'})
WITH s MATCH (other:SourceCustomer {key: 'core|customer|1'})
CREATE (s)-[:QUARANTINED {kind: 'Phone', identifier: 'Phone|' + $phone, reason: 'names_contradict', inside: false,
  valid_from: datetime()}]->(other)
"""
GIVEN = known(GCID, "5", PHONE, "Canary Bird")
WITHOUT = (Role.ANALYST, Role.PRIVACY_OFFICER, Role.OPERATOR)


@pytest.fixture
async def canary(api: Api, driver: AsyncDriver) -> Api:
    await driver.execute_query(
        PERSON, gcid=GCID, born=BORN, id=NATIONAL_ID, phone=PHONE, email=EMAIL, nickname=NICKNAME
    )
    async with driver.session(database="neo4j") as session:
        await (await session.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")).consume()
    return api


def documents(role: Role) -> list[str]:
    """Everything that the role may ask for, and a field that it may not, at each place."""
    asked = []
    for way in ways():
        rights = {field: right_to(role, way, field) for field in way.type.fields}
        asked += [way.document([field], GIVEN) for field, right in rights.items() if right is Right.DENIED][:1]
        if seen := [field for field, right in rights.items() if right is not Right.DENIED]:
            asked.append(way.document(seen, GIVEN))
    return asked


def wrong(value: str) -> list[str]:
    """Documents in which a caller wrote a value where it has no business."""
    return [
        f'{{ customer(gcid: "{value}") {{ gcid }} }}',
        f'{{ customerByIdentifier(kind: PHONE, value: "{value}") {{ gcid }} }}',
        f'{{ searchCustomers(text: "{value}") {{ edges {{ node {{ gcid name {{ value }} }} }} }} }}',
        f'{{ searchCustomers(text: "{value}", first: "{value}") {{ edges {{ cursor }} }} }}',
        f'{{ searchCustomers(text: "x", after: "{value}") {{ edges {{ cursor }} }} }}',
        f'{{ customerByIdentifier(kind: "{value}", value: "x") {{ gcid }} }}', f'{{ "{value}" }}', f'"{value}" {{ x }}',
        f'{{ customer(gcid: ["{value}", {{a: "{value}"}}]) {{ gcid }} }}', f"{{ customer(gcid: {value}) {{ gcid }} }}",
    ]  # fmt: skip


@pytest.mark.parametrize("role", WITHOUT)
async def test_no_answer_line_or_metric_holds_what_the_role_may_not_see(
    canary: Api, role: Role, caplog: pytest.LogCaptureFixture
) -> None:
    canary.be(role)
    told = []
    with capture_logs() as lines, caplog.at_level(logging.DEBUG, logger="api"):
        for query in [*documents(role), *(query for value in CANARIES for query in wrong(value))]:
            told.append((await canary.http.post("/graphql", json={"query": query})).text)
        for value in CANARIES:
            variables = {"gcid": value, "first": value, "kind": value, "one": {"of": [value]}}
            query = "query($gcid: ID!, $first: Int, $kind: IdentifierKind!) { customer(gcid: $gcid) { gcid } }"
            told.append((await canary.http.post("/graphql", json={"query": query, "variables": variables})).text)
            told.append((await canary.http.post("/graphql", content=value)).text)
            told.append((await canary.http.get(f"/customer/{value}")).text)
            told.append(
                (await canary.http.get(f"/customer/{GCID}/accounts", params={"after": value, "first": value})).text
            )
        for path in ("", "/accounts", "/transactions", "/risk"):
            told.append((await canary.http.get(f"/customer/{GCID}{path}")).text)
        for path in ("/metrics", "/health/ready", "/openapi.json"):
            told.append((await canary.http.get(path)).text)
    everything = "\n".join([*told, *map(str, lines), caplog.text])
    assert len(told) > 100
    assert len(lines) >= len(told)
    assert [value for value in (*CANARIES, BORN) if value in everything] == []
    assert ("Canary Bird" in everything) is (role is not Role.OPERATOR), "the person herself was found"


async def test_the_canaries_would_be_seen(canary: Api) -> None:
    """Whoever has the right sees them; nobody sees an attribute that no source file declares."""
    told = ""
    for query in documents(Role.INVESTIGATOR):
        told += (await canary.http.post("/graphql", json={"query": query})).text
    assert [value for value in (NATIONAL_ID, PHONE, EMAIL, BORN) if value not in told] == []
    assert (told.count(NICKNAME), "kyc_status" in told) == (1, True)
    canary.be(Role.SERVICE)
    overview = (await canary.http.get(f"/customer/{GCID}")).text
    assert all(value in overview for value in (NATIONAL_ID, PHONE, EMAIL))
    assert NICKNAME not in overview


def test_ways_lead_everywhere() -> None:
    assert {way.type.name for way in ways()} >= {
        "GlobalCustomer",
        "Identifier",
        "SourceRecord",
        "Party",
        "RiskComponent",
    }
    assert isinstance(next(iter(ways())), Way)
