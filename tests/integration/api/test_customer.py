"""The 360 view of a small bank, asserted value by value."""

from typing import Any

import pytest

from tests.integration.api.conftest import AMINA, AMINA_BEFORE, BRIAN, Api


async def customer(api: Api, fields: str, gcid: str = AMINA) -> Any:
    return (await api.data(f"query($gcid: ID!) {{ customer(gcid: $gcid) {{ {fields} }} }}", gcid=gcid))["customer"]


async def test_golden_record_with_provenance(api: Api) -> None:
    assert await customer(
        api,
        "gcid status since partyType name { value source updatedAt } birthDate { value source }"
        " nationalId { value masked source } phone { value masked source } email { value }",
    ) == {
        "gcid": AMINA,
        "status": "CURRENT",
        "since": "2026-01-02T00:00:00Z",
        "partyType": "PERSON",
        "name": {"value": "Amina Wanjiru", "source": "core|customer|1", "updatedAt": "2026-01-01T10:00:00Z"},
        "birthDate": {"value": "1990-04-12", "source": "core|customer|1"},
        "nationalId": {"value": "29874561", "masked": "***61", "source": "core|customer|1"},
        "phone": {"value": "+254712345678", "masked": "***5678", "source": "mobile|user|7"},
        "email": None,
    }


async def test_an_id_of_before_answers_with_the_current_one(api: Api) -> None:
    assert await customer(api, "gcid requestedId previousIds", AMINA_BEFORE) == {
        "gcid": AMINA,
        "requestedId": AMINA_BEFORE,
        "previousIds": [AMINA_BEFORE],
    }
    assert await customer(api, "gcid requestedId") == {"gcid": AMINA, "requestedId": None}


@pytest.mark.parametrize(
    "gcid",
    ["cccccccc-0000-8000-8000-000000000003", "", "' OR true //"],
    ids=["a birth id that never named a customer", "empty", "an injection"],
)
async def test_an_id_never_given_out_is_not_found(api: Api, gcid: str) -> None:
    body = await api.ask("query($gcid: ID!) { customer(gcid: $gcid) { gcid } }", gcid=gcid)
    assert body["data"] == {"customer": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["NOT_FOUND"]


async def test_source_records_say_what_their_systems_say(api: Api) -> None:
    records = (await customer(api, "sourceRecords { key entity fullName partyType attributes { name value } }"))[
        "sourceRecords"
    ]
    assert [(r["key"], r["entity"], r["fullName"], r["partyType"]) for r in records] == [
        ("core|customer|1", "customer", "Amina Wanjiru", "PERSON"),
        ("fraud|profile|AA", "profile", None, "UNKNOWN"),
        ("mobile|user|7", "user", "A. Wanjiru", "PERSON"),
    ]
    assert records[0]["attributes"] == [
        {"name": "branch", "value": "12"},
        {"name": "kyc_status", "value": "verified"},
    ]


async def test_identifiers_and_the_evidence_that_joins_and_keeps_apart(api: Api) -> None:
    found = await customer(
        api,
        "identifiers { kind value country suppressed suppressedReason placeholder heldBy }"
        " links { a b kind identifier stage } quarantined { a b kind identifier reason inside }",
    )
    assert [
        (i["kind"], i["value"], i["country"], i["suppressed"], i["suppressedReason"], i["placeholder"], i["heldBy"])
        for i in found["identifiers"]
    ] == [
        ("NATIONAL_ID", "29874561", "KE", False, None, False, ["core|customer|1", "fraud|profile|AA"]),
        ("PHONE", "+254700000000", None, True, "shared_by_too_many", False, ["core|customer|1"]),
        ("PHONE", "+254712345678", None, False, None, False, ["core|customer|1", "mobile|user|7"]),
    ]
    assert [tuple(link.values()) for link in found["links"]] == [
        ("core|customer|1", "fraud|profile|AA", "NationalId", "***61", "NationalId"),
        ("core|customer|1", "mobile|user|7", "Phone", "***5678", "Phone"),
    ]
    refused = ("core|customer|1", "mobile|user|9", "Phone", "***5678", "names_contradict", False)
    assert [tuple(link.values()) for link in found["quarantined"]] == [refused]
    assert [
        tuple(q.values())
        for q in (await customer(api, "quarantined { a b kind identifier reason inside }", BRIAN))["quarantined"]
    ] == [refused]


async def test_accounts_balances_and_money(api: Api) -> None:
    found = await customer(
        api,
        "balances { currency total } accounts { edges { node { key role owner authoritative openedAt"
        " balance { amount currency } available { amount } } } }",
    )
    assert found["balances"] == [{"currency": "KES", "total": "12500.50"}, {"currency": "UGX", "total": "70000"}]
    assert [edge["node"] for edge in found["accounts"]["edges"]] == [
        {
            "key": "core|account|10",
            "role": "holder",
            "owner": "core|customer|1",
            "authoritative": True,
            "openedAt": "2025-12-01T08:00:00Z",
            "balance": {"amount": "12500.50", "currency": "KES"},
            "available": {"amount": "-0.05"},
        },
        {
            "key": "core|account|11",
            "role": "joint",
            "owner": "core|customer|1",
            "authoritative": True,
            "openedAt": None,
            "balance": {"amount": "70000", "currency": "UGX"},
            "available": None,
        },
        {
            "key": "mobile|account|1",
            "role": "holder",
            "owner": "mobile|user|7",
            "authoritative": False,
            "openedAt": None,
            "balance": {"amount": "12500.00", "currency": "KES"},
            "available": None,
        },
    ]


async def test_transactions_with_what_channels_saw(api: Api) -> None:
    found = await customer(
        api,
        "transactions(first: 1) { edges { node { key account amount { amount } direction channel counterparty"
        " sightings { key status at } } } }",
    )
    assert found["transactions"]["edges"][0]["node"] == {
        "key": "core|transaction|3",
        "account": "core|account|10",
        "amount": {"amount": "850.00"},
        "direction": "debit",
        "channel": "app",
        "counterparty": "0200",
        "sightings": [{"key": "mobile|payment|8", "status": "SENT", "at": "2026-02-03T07:59:59Z"}],
    }


async def test_logins_and_devices(api: Api) -> None:
    assert await customer(
        api,
        "lastLogin { key at device { key } } logins { edges { node { key successful failureReason device { key } } } }"
        " devices { key trusted }",
    ) == {
        "lastLogin": {"key": "mobile|login|1", "at": "2026-02-03T07:58:00Z", "device": {"key": "mobile|device|5"}},
        "logins": {
            "edges": [
                {"node": {"key": "mobile|login|2", "successful": False, "failureReason": "wrong pin", "device": None}},
                {
                    "node": {
                        "key": "mobile|login|1",
                        "successful": True,
                        "failureReason": None,
                        "device": {"key": "mobile|device|5"},
                    }
                },
            ]
        },
        "devices": [{"key": "mobile|device|5", "trusted": True}],
    }


async def test_risk_and_alerts(api: Api) -> None:
    assert await customer(
        api,
        "risk { fraudScore level lastUpdated components { source rawScore rawScale normalised at } }"
        " alerts { edges { node { key score about at } } }",
    ) == {
        "risk": {
            "fraudScore": 64.0,
            "level": "medium",
            "lastUpdated": "2026-02-04T00:00:00Z",
            "components": [
                {
                    "source": "core",
                    "rawScore": 0.1,
                    "rawScale": "0-1",
                    "normalised": 10.0,
                    "at": "2026-02-04T00:00:00Z",
                },
                {
                    "source": "fraud",
                    "rawScore": 640.0,
                    "rawScale": "0-1000",
                    "normalised": 64.0,
                    "at": "2026-02-03T08:00:11Z",
                },
            ],
        },
        "alerts": {
            "edges": [
                {
                    "node": {
                        "key": "fraud|alert|4",
                        "score": 82.0,
                        "about": ["core|transaction|3", "fraud|profile|AA"],
                        "at": "2026-02-03T08:00:10Z",
                    }
                }
            ]
        },
    }


async def test_who_has_nothing_gets_empty_lists_and_nulls(api: Api) -> None:
    assert await customer(
        api,
        "previousIds balances { total } lastLogin { at } devices { key } risk { level } accounts { edges { cursor } "
        "pageInfo { hasNextPage endCursor } }",
        BRIAN,
    ) == {
        "previousIds": [],
        "balances": [],
        "lastLogin": None,
        "devices": [],
        "risk": None,
        "accounts": {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}},
    }


async def test_a_source_that_is_down_or_was_never_read_shows_in_the_answer(api: Api) -> None:
    found = (await customer(api, "freshness { system state lag contributes lastRead }"))["freshness"]
    assert [(f["system"], f["state"], f["lag"], f["contributes"], f["lastRead"] is None) for f in found] == [
        ("core", "OK", 2.5, True, False),
        ("fraud", "NEVER_READ", None, True, True),
        ("mobile", "DOWN", None, True, False),
        ("web", "NEVER_READ", None, False, True),
    ]


async def test_sources_and_statistics(api: Api) -> None:
    found = await api.data(
        "{ sources { system state lastError rowsRead records accounts transactions logins alerts devices scores"
        " sightings loans } statistics { sourceRecords globalCustomers identifiers accounts transactions logins alerts"
        " waiting ambiguous loans cards roles sessions cases activities consents partners devices scores sightings } }"
    )
    assert [tuple(source.values()) for source in found["sources"]] == [
        ("core", "OK", None, 9, 1, 2, 3, 0, 0, 0, 1, 0, 0),
        ("fraud", "NEVER_READ", None, 0, 1, 0, 0, 0, 1, 0, 2, 0, 0),
        ("mobile", "DOWN", "Nobody answers.", 5, 2, 1, 0, 2, 0, 1, 0, 1, 0),
        ("web", "NEVER_READ", None, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    assert list(found["statistics"].values()) == [4, 2, 3, 3, 3, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 1]


async def test_one_statement_per_root_field(api: Api) -> None:
    everything = """query($gcid: ID!) {
      one: customer(gcid: $gcid) {
        name { value } sourceRecords { attributes { value } } identifiers { value } links { a } quarantined { a }
        accounts { edges { node { number transactions(first: 2) { edges { node { channel sightings { key } } } } } } }
        logins { edges { node { device { type } } } } lastLogin { at } risk { components { source } }
        freshness { state }
      }
      two: searchCustomers(text: "amina") { edges { node { accounts { edges { node { key } } } } } }
    }"""
    await api.data(everything, gcid=AMINA)
    assert sorted(api.graph.statements) == ["cypher/read_customer.cypher", "cypher/read_customers_by_name.cypher"]


async def test_aliases_fragments_and_directives(api: Api) -> None:
    query = """query($gcid: ID!, $no: Boolean!) {
      customer(gcid: $gcid) {
        __typename
        newest: transactions(first: 1) { ...keys }
        both: transactions(first: 3) { ...keys edges { node { reference } } }
        id: gcid again: gcid
        a: phone { value } b: phone { masked }
        ... on GlobalCustomer @skip(if: $no) { status }
        risk @include(if: $no) { level }
        name @skip(if: $no) { value }
      }
    }
    fragment keys on TransactionConnection { edges { node { key kind: __typename } } }"""
    found = (await api.data(query, gcid=AMINA, no=False))["customer"]
    assert found == {
        "__typename": "GlobalCustomer",
        "newest": {"edges": [{"node": {"key": "core|transaction|3", "kind": "Transaction"}}]},
        "both": {
            "edges": [
                {"node": {"key": f"core|transaction|{n}", "kind": "Transaction", "reference": f"TXN-{n}"}}
                for n in (3, 1, 2)
            ]
        },
        "id": AMINA,
        "again": AMINA,
        "a": {"value": "+254712345678"},
        "b": {"masked": "***5678"},
        "status": "CURRENT",
        "name": {"value": "Amina Wanjiru"},
    }
    assert {"status", "name"} & (await api.data(query, gcid=AMINA, no=True))["customer"].keys() == set()
