import re
from datetime import UTC, datetime
from typing import Any

from graph.components import evidence_of, members_of, read_region
from graph.identifiers import KINDS
from graph.records import PartyType
from graph.relationships import CLAIMS, HAS, relationship
from graph.resolution.model import Evidence, Member
from graph.statements import statement


def test_a_raw_component_expands_over_every_kind_both_ways() -> None:
    types = {relationship(kind, prefix) for kind in KINDS for prefix in (HAS, CLAIMS)}
    steps = re.findall(r"\[e?:((?:HAS|CLAIMS)_[A-Z_|\s]+)\]", statement("resolve_expand"))
    assert [set(re.split(r"[|\s]+", step)) for step in steps] == [types, types]


def stored(key: str, *values: tuple[str, str], customer: str | None = None) -> dict[str, Any]:
    """A row of ``resolve_expand``; values are (edge, value) and the value ``hub`` is suppressed."""
    return {
        "key": key,
        "birth_id": key.upper(),
        "rank": ord(key),
        "marked": False,
        "party_type": "unknown",
        "full_name": f"Name {key}",
        "birth_date": None,
        "updated_seconds": 1,
        "updated_microsecond": 5,
        "customers": [customer] if customer else [],
        "evidence": [[f"Phone|{v}", edge, "Phone", v, None, "***", False, v == "hub"] for edge, v in values],
        "links": [],
        "refusals": [],
        "own": None,
        "merged_into": [],
    }


class Graph:
    """Answers ``resolve_expand`` from a list of rows, and remembers what it was asked."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = rows
        self.expanded: set[str] = set()

    async def read(self, name: str, **given: list[str]) -> list[dict[str, Any]]:
        assert name == "resolve_expand"
        self.expanded |= set(given["values"])
        found = [row for row in self.rows if row["key"] not in given["known"] and self._reached(row, given)]
        return [{"records": found}]

    @staticmethod
    def _reached(row: dict[str, Any], given: dict[str, list[str]]) -> bool:
        values = {value[0] for value in row["evidence"]}
        return bool(
            row["key"] in given["records"]
            or values & set(given["values"])
            or set(row["customers"]) & set(given["customers"])
        )


CHAIN = Graph(
    stored("a", ("HAS_PHONE", "1"), ("HAS_PHONE", "hub")),
    stored("b", ("CLAIMS_PHONE", "1"), ("HAS_PHONE", "2")),
    stored("c", ("HAS_PHONE", "2"), customer="C"),
    stored("d", customer="C"),
    stored("e", ("HAS_PHONE", "hub")),
)


async def test_a_region_is_closed_over_values_claims_and_memberships() -> None:
    region = await read_region(CHAIN.read, ["a"])
    assert set(region.records) == {"a", "b", "c", "d"}
    assert region.statements == 4  # a; b; c; d
    assert "Phone|hub" not in CHAIN.expanded
    assert region.records["a"].said.updated_at == datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)


async def test_the_rule_gets_members_and_the_eligible_values() -> None:
    region = await read_region(CHAIN.read, ["a", "b"])
    records = [region.records[key] for key in "ab"]
    assert members_of(records[:1]) == [Member(key="a", rank=97, name="Name a", party_type=PartyType.UNKNOWN)]
    assert set(evidence_of(records)) == {
        Evidence(key="Phone|1", kind="Phone", holders=("a",), claimants=("b",)),
        Evidence(key="Phone|2", kind="Phone", holders=("b",)),
    }


async def test_seeds_that_are_gone_make_an_empty_region() -> None:
    region = await read_region(Graph().read, ["z"])
    assert not region.records
    assert region.statements == 1
