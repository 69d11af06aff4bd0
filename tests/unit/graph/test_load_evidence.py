from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.evidence import compare_evidence
from graph.identifiers import normalise
from graph.records import CustomerRecord, Departure, IdentifierValue
from graph.relationships import relationship
from ledger.entries import Evident


def value(raw: str, *, verified: bool = True) -> IdentifierValue:
    found = normalise("Phone", raw, "KE", verified=verified)
    assert isinstance(found, IdentifierValue)
    return found


PHONE, CLAIM, OTHER = value("0712345678"), value("0712345678", verified=False), value("0722000001")


def record(*identifiers: IdentifierValue, name: str = "Jane Wanjiru") -> CustomerRecord:
    return CustomerRecord(key="core|customer|1", full_name=name, identifiers=identifiers)


def stored(*holdings: tuple[str, IdentifierValue]) -> dict[str, dict[str, Any]]:
    rows = [
        {
            "id": f"e{n}",
            "type": edge,
            "identifier": held.key,
            "raw": held.raw,
            "position": n,
            "valid_from": "then",
            "step": 3,
            "source_from": None,
            "source_to": None,
        }
        for n, (edge, held) in enumerate(holdings)
    ]
    return {"core|customer|1": {"canonical_name": "jane wanjiru", "holdings": rows}}


@pytest.mark.parametrize(
    ("kind", "edge"), [("NationalId", "HAS_NATIONAL_ID"), ("TaxPin", "HAS_TAX_PIN"), ("Phone", "HAS_PHONE")]
)
def test_relationship_types_are_spelt_as_neo4j_does(kind: str, edge: str) -> None:
    assert relationship(kind, "HAS_") == edge


def test_a_new_record_opens_all_its_values_and_has_them_counted() -> None:
    change = compare_evidence([record(PHONE, value("0733000001", verified=False))], {})
    assert {(row["type"], row["identifier"]) for row in change.opened} == {
        ("HAS_PHONE", PHONE.key),
        ("CLAIMS_PHONE", "Phone|+254733000001"),
    }
    assert change.moved == {PHONE.key, "Phone|+254733000001"}
    assert change.recount == {PHONE.key}


def test_the_same_again_changes_nothing() -> None:
    change = compare_evidence([record(PHONE)], stored(("HAS_PHONE", PHONE)))
    assert (change.opened, change.closed, change.deleted, change.moved, change.recount) == ([], [], [], set(), set())


def test_a_value_that_is_gone_closes() -> None:
    change = compare_evidence([record(OTHER)], stored(("HAS_PHONE", PHONE)))
    assert [(row["type"], row["identifier"], row["valid_from"]) for row in change.closed] == [
        ("HAD_PHONE", PHONE.key, "then")
    ]
    assert change.deleted == ["e0"]
    assert change.moved == change.recount == {PHONE.key, OTHER.key}


def test_verification_closes_the_claim_and_moves_the_value() -> None:
    change = compare_evidence([record(CLAIM, PHONE)], stored(("CLAIMS_PHONE", PHONE)))
    assert [row["type"] for row in change.opened] == ["HAS_PHONE"]
    assert [(row["type"], row["claimed"]) for row in change.closed] == [("HAD_PHONE", True)]
    assert change.moved == change.recount == {PHONE.key}


def test_another_spelling_keeps_the_date_and_moves_nothing() -> None:
    change = compare_evidence([record(value("+254712345678"))], stored(("HAS_PHONE", PHONE)))
    assert [(row["raw"], row["valid_from"]) for row in change.opened] == [("+254712345678", "then")]
    assert (change.deleted, change.closed, change.moved, change.recount) == (["e0"], [], set(), set())
    assert change.told == {}, "for the ledger nothing happened"


def test_another_place_in_the_record_keeps_the_date_and_the_step() -> None:
    change = compare_evidence([record(OTHER, PHONE)], stored(("HAS_PHONE", PHONE), ("HAS_PHONE", OTHER)))
    assert {(row["identifier"], row["position"], row["valid_from"], row["step"]) for row in change.opened} == {
        (OTHER.key, 0, "then", 3),
        (PHONE.key, 1, "then", 3),
    }
    assert (change.closed, change.moved, change.told) == ([], set(), {})


def test_positions_are_counted_within_a_kind_and_claims_have_theirs() -> None:
    national_id = normalise("NationalId", "12345678", "KE")
    assert isinstance(national_id, IdentifierValue)
    claim = replace(OTHER, verified=False)
    change = compare_evidence([record(PHONE, national_id, PHONE, claim)], {})
    assert {(row["identifier"], row["position"]) for row in change.opened} == {
        (PHONE.key, 0),
        (national_id.key, 0),
        (OTHER.key, 1),
    }


def test_the_ledger_is_told_of_a_value_once_with_the_source_s_date() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    since = replace(OTHER, source_from=day - timedelta(days=9))
    new = replace(record(CLAIM, PHONE, since), updated_at=day)
    change = compare_evidence([new], stored(("CLAIMS_PHONE", PHONE), ("HAS_PHONE", value("0733000001"))))
    key = new.key
    assert change.told == {
        (key, PHONE.key): (Evident.HELD, day),  # it was claimed: that ended is no delta of its own
        (key, OTHER.key): (Evident.HELD, day - timedelta(days=9)),
        (key, "Phone|+254733000001"): (Evident.ENDED, day),
    }


def test_who_leaves_holds_nothing_any_more() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    before = stored(("HAS_PHONE", PHONE), ("CLAIMS_PHONE", OTHER))
    change = compare_evidence([], before, [Departure("core|customer|1", at=day)])
    assert [(row["type"], row["identifier"], row["claimed"]) for row in change.closed] == [
        ("HAD_PHONE", PHONE.key, None),
        ("HAD_PHONE", OTHER.key, True),
    ]
    assert (change.moved, change.recount) == ({PHONE.key, OTHER.key}, {PHONE.key})
    assert set(change.told.values()) == {(Evident.ENDED, day)}


def test_a_placeholder_is_suppressed_from_the_beginning() -> None:
    zeros = normalise("NationalId", "00000000", "KE")
    assert isinstance(zeros, IdentifierValue)
    change = compare_evidence([record(zeros, PHONE)], {})
    assert {row["kind"]: row["suppressed"] for row in change.values.values()} == {
        "NationalId": "placeholder",
        "Phone": None,
    }


def test_another_name_has_the_values_counted_again_but_moves_none() -> None:
    change = compare_evidence([record(PHONE, name="Jane Kamau")], stored(("HAS_PHONE", PHONE)))
    assert (change.recount, change.moved) == ({PHONE.key}, set())


@given(st.lists(st.sampled_from([PHONE, CLAIM, OTHER]), max_size=5))
def test_a_record_has_one_edge_per_value_and_verified_ones_win(identifiers: list[IdentifierValue]) -> None:
    change = compare_evidence([record(*identifiers)], {})
    assert sorted(row["identifier"] for row in change.opened) == sorted({held.key for held in identifiers})
    verified = {held.key for held in identifiers if held.verified}
    assert {row["identifier"] for row in change.opened if row["type"] == "HAS_PHONE"} == verified
