import re
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.components import NOTHING, Overlay, Region, evidence_of, members_of, read_region
from graph.identifiers import KINDS
from graph.records import PartyType
from graph.relationships import CLAIMS, HAS, relationship
from graph.resolution.eligibility import Eligibility
from graph.resolution.model import Decision, Evidence, Member, Verdict
from graph.resolution.reasons import ReasonCode
from graph.statements import statement
from tests.unit.graph.resolution.worlds import different, same


def test_a_raw_component_expands_over_every_kind_both_ways() -> None:
    types = {relationship(kind, prefix) for kind in KINDS for prefix in (HAS, CLAIMS)}
    steps = re.findall(r"\[e?:((?:HAS|CLAIMS)_[A-Z_|\s]+)\]", statement("resolve_expand"))
    held, claimed = ({it for it in types if it.startswith(prefix)} for prefix in (HAS, CLAIMS))
    assert [set(re.split(r"[|\s]+", step)) for step in steps] == [held, claimed, types]


SAME, DIFFERENT, CORRECT = "same", "different", "correct"


def stored(
    key: str, *values: tuple[str, str], customer: str | None = None, heir: str | None = None, ghost: bool = False
) -> dict[str, Any]:
    """A row of ``resolve_expand``; values are (edge, value), the value ``hub`` is suppressed, ``crowd`` crowded."""
    return {
        "key": key,
        "birth_id": key.upper(),
        "rank": ord(key),
        "ghost": ghost,
        "erased": False,
        "marked": False,
        "due": None,
        "party_type": "unknown",
        "full_name": f"Name {key}",
        "birth_date": None,
        "updated_seconds": 1,
        "updated_microsecond": 5,
        "customers": [customer] if customer else [],
        "evidence": [
            [f"Phone|{v}", edge, "Phone", v, None, "***", False, v == "hub", v == "crowd", n]
            for n, (edge, v) in enumerate(values)
        ],
        "links": [],
        "refusals": [],
        "tied": [[heir, True]] if heir else [],
        "decisions": [],
        "sames": [],
        "own": None,
        "merged_into": [],
    }


class Graph:
    """Answers ``resolve_expand`` from a list of rows, and remembers what it was asked.

    ``decisions`` are (id, verdict, left, right), with a record's key for each side.
    """

    def __init__(self, *rows: dict[str, Any], decisions: tuple[tuple[int, str, str, str], ...] = ()) -> None:
        self.rows = {row["key"]: deepcopy(row) for row in rows}
        self.expanded: set[str] = set()
        for row in rows:
            for heir in [key for key, is_heir in row["tied"] if is_heir]:
                self.rows[heir]["tied"].append([row["key"], False])
        for id_, verdict, left, right in decisions:
            for side, key in (("left", left), ("right", right)):
                if key in self.rows:
                    said = ("name", "Jane Doe") if verdict == CORRECT else (None, None)
                    self.rows[key]["decisions"].append([id_, verdict, side, *said, 7, 0])
            if verdict == SAME and not (self.rows[left]["ghost"] or self.rows[right]["ghost"]):
                self.rows[left]["sames"].append(right)
                self.rows[right]["sames"].append(left)

    async def read(self, name: str, **given: list[str]) -> list[dict[str, Any]]:
        assert name == "resolve_expand"
        self.expanded |= {*given["values"], *given["claimed"]}
        found = [row for key, row in self.rows.items() if key not in given["known"] and self._reached(row, given)]
        return [{"records": found}]

    @staticmethod
    def _reached(row: dict[str, Any], given: dict[str, list[str]]) -> bool:
        return bool(
            row["key"] in given["records"]
            or any(
                key in given["claimed" if edge.startswith(CLAIMS) else "values"] for key, edge, *_ in row["evidence"]
            )
            or set(row["customers"]) & set(given["customers"])
        )


CHAIN = Graph(
    stored("a", ("HAS_PHONE", "1"), ("HAS_PHONE", "hub")),
    stored("b", ("CLAIMS_PHONE", "1"), ("HAS_PHONE", "2")),
    stored("c", ("HAS_PHONE", "2"), customer="C"),
    stored("d", customer="C"),
    stored("e", ("HAS_PHONE", "hub")),
)


async def region_of(graph: Graph, *seeds: str, suppose: Overlay = NOTHING) -> Region:
    return await read_region(graph.read, seeds, suppose)


async def test_a_region_is_closed_over_values_claims_and_memberships() -> None:
    region = await region_of(CHAIN, "a")
    assert set(region.records) == {"a", "b", "c", "d"}
    assert region.statements == 4  # a; b; c; d
    assert "Phone|hub" not in CHAIN.expanded
    assert region.records["a"].said.updated_at == datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)


async def test_the_rule_gets_members_and_the_eligible_values() -> None:
    region = await region_of(CHAIN, "a", "b")
    records = [region.records[key] for key in "ab"]
    assert members_of(records[:1]) == [Member(key="a", rank=97, name="Name a", party_type=PartyType.UNKNOWN)]
    assert set(evidence_of(records)) == {
        Evidence(key="Phone|1", kind="Phone", holders=("a",), claimants=("b",)),
        Evidence(key="Phone|2", kind="Phone", holders=("b",)),
    }


async def test_values_come_in_the_order_in_which_the_source_names_them() -> None:
    region = await region_of(Graph(stored("a", ("HAS_PHONE", "9"), ("HAS_PHONE", "1"))), "a")
    assert [value.value for value in region.records["a"].said.identifiers] == ["9", "1"]


async def test_seeds_that_are_gone_make_an_empty_region() -> None:
    region = await region_of(Graph(), "z")
    assert not region.records
    assert region.statements == 1


async def test_a_same_is_followed_and_a_different_is_not() -> None:
    graph = Graph(stored("a"), stored("b"), stored("c"), decisions=((1, SAME, "a", "b"), (2, DIFFERENT, "b", "c")))
    region = await region_of(graph, "a")
    assert set(region.records) == {"a", "b"}
    assert region.decisions == (same(1, "a", "b"),), "a different is cut to the records here: one side is not"
    assert (await region_of(graph, "a", "c")).decisions == (same(1, "a", "b"), different(2, "b", "c"))


GHOSTS = (
    stored("a", ghost=True, heir="b"),
    stored("b", ghost=True, heir="c"),
    stored("c", customer="A"),
    stored("d", customer="A"),
)


@pytest.mark.parametrize("seed", "abcd")
async def test_whoever_answers_and_whom_he_answers_for_are_read_together(seed: str) -> None:
    region = await region_of(Graph(*GHOSTS), seed)
    assert (set(region.records), set(region.ghosts)) == ({"c", "d"}, {"a", "b"})
    assert region.held.heirs == {"a": "b", "b": "c"}


@pytest.mark.parametrize("seed", "abc")
async def test_a_record_that_returned_is_read_with_its_heir(seed: str) -> None:
    returned = {**GHOSTS[1], "ghost": False}
    region = await region_of(Graph(GHOSTS[0], returned, *GHOSTS[2:]), seed)
    assert (set(region.records), set(region.ghosts)) == ({"b", "c", "d"}, {"a"})
    assert region.held.heirs == {"a": "b", "b": "c"}


async def test_a_record_that_left_brings_the_customer_that_it_was_in_and_has_no_heir_yet() -> None:
    graph = Graph(stored("a", ghost=True, customer="A"), stored("b", customer="A"), stored("x", ghost=True))
    region = await region_of(graph, "a", "x")
    assert (set(region.records), set(region.ghosts)) == ({"b"}, {"a", "x"})
    assert region.held.heirs == {"x": None}, "x left long ago, and its id is closed"


async def test_what_was_said_of_a_record_sleeps_while_it_is_gone() -> None:
    graph = Graph(stored("a", ghost=True), stored("b"), decisions=((1, SAME, "a", "b"), (2, DIFFERENT, "a", "b")))
    assert set((await region_of(graph, "a")).records) == set()
    assert (await region_of(graph, "a", "b")).decisions == ()


async def test_a_correction_comes_with_the_record_that_it_concerns() -> None:
    graph = Graph(*GHOSTS, decisions=((5, CORRECT, "a", "-"),))
    (correction,) = (await region_of(graph, "d")).corrections["a"]
    assert (correction.id, correction.field, correction.content) == (5, "name", "Jane Doe")
    assert (await region_of(graph, "d", suppose=Overlay(undone=frozenset({5})))).corrections == {}


# -- what is supposed ------------------------------------------------------------------------------------------------


async def test_a_value_that_is_supposed_to_link_is_followed() -> None:
    supposed = Overlay(eligibility={"Phone|hub": Eligibility()})
    region = await region_of(CHAIN, "a", suppose=supposed)
    assert set(region.records) == {"a", "b", "c", "d", "e"}
    assert {value.key for value in evidence_of(region.records.values())} == {"Phone|1", "Phone|2", "Phone|hub"}


async def test_a_value_that_is_supposed_to_link_nobody_still_shows_whom_it_links_now() -> None:
    supposed = Overlay(eligibility={"Phone|1": Eligibility(ReasonCode.STEWARD_SUPPRESSED)})
    region = await region_of(CHAIN, "a", suppose=supposed)
    assert set(region.records) == {"a", "b", "c", "d"}
    assert {value.key for value in evidence_of(region.records.values())} == {"Phone|2"}


CROWD = Graph(
    stored("a", ("HAS_PHONE", "crowd")),
    stored("b", ("HAS_PHONE", "crowd")),
    stored("c", ("CLAIMS_PHONE", "crowd"), ("HAS_PHONE", "1")),
    stored("d", ("HAS_PHONE", "1")),
)


async def test_a_value_that_too_many_claim_leads_to_holders_only() -> None:
    assert set((await region_of(CROWD, "a")).records) == {"a", "b"}
    region = await region_of(CROWD, "c")
    assert set(region.records) == {"c", "d"}
    assert {value.key for value in evidence_of(region.records.values())} == {"Phone|1"}


@pytest.mark.parametrize("seed", "abcd")
async def test_claims_that_are_supposed_to_count_are_followed(seed: str) -> None:
    region = await region_of(CROWD, seed, suppose=Overlay(eligibility={"Phone|crowd": Eligibility()}))
    assert set(region.records) == {"a", "b", "c", "d"}
    assert Evidence(key="Phone|crowd", kind="Phone", holders=("a", "b"), claimants=("c",)) in evidence_of(
        region.records.values()
    )


async def test_a_same_that_is_supposed_is_followed_and_one_that_is_not_stands_no_more() -> None:
    graph = Graph(stored("a"), stored("b"), stored("c"), decisions=((1, SAME, "a", "b"),))
    added = Decision(id=9, verdict=Verdict.SAME, left=frozenset("b"), right=frozenset("c"))
    region = await region_of(graph, "a", suppose=Overlay(decisions=(added,), undone=frozenset({1})))
    assert set(region.records) == {"a", "b", "c"}
    assert region.decisions == (added,)


async def test_a_record_that_is_supposed_to_leave_is_a_ghost_whose_heir_is_to_be_named() -> None:
    region = await region_of(CHAIN, "a", suppose=Overlay(departed=frozenset("c")))
    assert (set(region.records), set(region.ghosts)) == ({"a", "b", "d"}, {"c"})
    assert region.held.memberships == {"c": "C", "d": "C"}
    assert "c" not in region.held.heirs


async def test_a_supposed_different_is_cut_to_who_is_here() -> None:
    apart = different(9, "ax", "b")
    region = await region_of(CHAIN, "a", suppose=Overlay(decisions=(apart,)))
    assert region.decisions == (replace(apart, left=frozenset("a")),)
