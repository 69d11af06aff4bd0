"""Each role, each field of the schema, one real document: clear, masked or refused, as the committed table says."""

import pytest

from api.access import Right, load_access
from api.tokens import Role
from tests.integration.api.conftest import AMINA, Api
from tests.integration.api.fields import REMEMBERED, Way, known, ways

ACCESS = load_access()
WAYS = tuple(ways())
MASKED = {"GoldenIdentifier.value", "GoldenDate.value", "SourceRecord.birthDate", "Identifier.value"}
GIVEN = known(AMINA, "1", "0712345678", "Amina Wanjiru")


def right_to(role: Role, way: Way, field: str) -> Right:
    """What a role may see of a field when it comes that way."""
    if any(ACCESS.of_field(role, *step) is Right.DENIED for step in way.steps):
        return Right.DENIED
    return ACCESS.of_field(role, way.type.name, field)


@pytest.mark.parametrize("role", Role)
async def test_each_field_is_shown_masked_or_refused(api: Api, role: Role) -> None:
    found: dict[Right, set[str]] = {right: set() for right in Right}
    for way in WAYS:
        rights = {field: right_to(role, way, field) for field in way.type.fields}
        for field, right in rights.items():
            found[right].add(f"{way.type.name}.{field}")
            if right is Right.DENIED:
                await refused(api, role, way, field)
        seen = [field for field, right in rights.items() if right is not Right.DENIED]
        if remembered := [field for field in seen if {field, *(name for _, name in way.steps)} & REMEMBERED]:
            api.be(role)
            reply = await api.http.post("/graphql", json={"query": way.document(remembered, GIVEN)})
            assert "FORBIDDEN" not in reply.text
        if seen := [field for field in seen if field not in remembered]:
            document = way.document(seen, GIVEN)
            api.be(Role.STEWARD)  # who sees all that there is
            clear = await api.data(document)
            api.be(role)
            told = await api.data(document)
            for field in seen:
                compare(rights[field], way, field, way.values(clear, field), way.values(told, field))
    assert sum(map(len, found.values())) == sum(len(way.type.fields) for way in WAYS) > 190
    leaves = {place for place in found[Right.MASKED] if not place.startswith("GlobalCustomer.")}
    assert leaves == (MASKED if role in {Role.ANALYST, Role.PRIVACY_OFFICER} else set())


def compare(right: Right, way: Way, field: str, clear: list[object], told: list[object]) -> None:
    place = f"{way.type.name}.{field}"
    if place in {"SourceRecord.attributes", "Attribute.name", "Attribute.value"}:
        assert all(value in clear for value in told), place
    elif place in MASKED and right is Right.MASKED:
        assert len(clear) == len(told) > 0, place
        assert all(hidden != value for hidden, value in zip(told, clear, strict=True)), place
    else:
        assert told == clear, place


async def refused(api: Api, role: Role, way: Way, field: str) -> None:
    """As a whole, naming a field that is denied, before any store is asked."""
    api.be(role)
    api.graph.statements.clear()
    reply = await api.http.post("/graphql", json={"query": way.document([field], GIVEN)})
    (error,) = reply.json()["errors"]
    assert (reply.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
    steps = {f"{type_}.{name}" for type_, name in (*way.steps, (way.type.name, field))}
    assert error["message"].removeprefix(f"The role {role} may not read ").removesuffix(".") in steps
    assert api.graph.statements == []


async def test_masked_values_and_attributes_as_they_look(api: Api) -> None:
    query = """query($gcid: ID!) { customer(gcid: $gcid) {
      name { value } birthDate { value source } nationalId { value masked } phone { number: value value }
      sourceRecords { key birthDate attributes { name } } identifiers { kind value } } }"""
    api.be(Role.ANALYST)
    her = (await api.data(query, gcid=AMINA))["customer"]
    assert her["name"] == {"value": "Amina Wanjiru"}
    assert her["birthDate"] == {"value": "1990", "source": "core|customer|1"}
    assert her["nationalId"] == {"value": "***61", "masked": "***61"}
    assert her["phone"] == {"number": "***5678", "value": "***5678"}
    assert [record["birthDate"] for record in her["sourceRecords"]] == ["1990", None, None]
    assert {(it["kind"], it["value"]) for it in her["identifiers"]} == {
        ("NATIONAL_ID", "***61"), ("PHONE", "***5678"), ("PHONE", "***0000"),
    }  # fmt: skip
    assert her["sourceRecords"][0]["attributes"] == [{"name": "branch"}, {"name": "kyc_status"}]
    api.be(Role.PRIVACY_OFFICER)
    her = (await api.data(query, gcid=AMINA))["customer"]
    assert her["sourceRecords"][0]["attributes"] == [{"name": "branch"}], "compliance is none of her business"
    api.be(Role.INVESTIGATOR)
    her = (await api.data(query, gcid=AMINA))["customer"]
    assert her["phone"] == {"number": "+254712345678", "value": "+254712345678"}
    assert her["birthDate"]["value"] == "1990-04-12"


@pytest.mark.parametrize(
    ("role", "denied"),
    [
        (
            Role.SERVICE,
            {"links", "quarantined", "lastLogin", "devices", "risk", "alerts", "sourceRecords", "identifiers"},
        ),
        (Role.ANALYST, {"links", "quarantined"}),
        (Role.INVESTIGATOR, set()),
        (
            Role.PRIVACY_OFFICER,
            {"links", "quarantined", "lastLogin", "devices", "risk", "alerts", "balances", "accounts", "transactions"},
        ),
    ],
)
async def test_rest_leaves_out_what_a_role_may_not_see(api: Api, role: Role, denied: set[str]) -> None:
    whole = (await api.http.get(f"/customer/{AMINA}")).json()
    api.be(role)
    api.graph.statements.clear()
    reply = await api.http.get(f"/customer/{AMINA}")
    assert reply.status_code == 200
    assert whole.keys() - reply.json().keys() == denied
    assert api.graph.statements == ["cypher/read_customer.cypher"]
    assert ("+254712345678" in reply.text) is (role in {Role.SERVICE, Role.INVESTIGATOR})
    for part, needs in (("accounts", "accounts"), ("transactions", "transactions"), ("risk", "risk")):
        reply = await api.http.get(f"/customer/{AMINA}/{part}")
        assert (reply.status_code == 403) is (needs in denied), part


@pytest.mark.parametrize("role", Role)
async def test_what_is_no_customer(api: Api, role: Role) -> None:
    api.be(role)
    assert (await api.http.get("/health/ready")).status_code == 200
    assert (await api.http.get("/openapi.json")).status_code == 200
    assert (await api.http.get("/metrics")).status_code == (403 if role is Role.SERVICE else 200)
    assert (await api.http.get(f"/customer/{AMINA}")).status_code == (403 if role is Role.OPERATOR else 200)
