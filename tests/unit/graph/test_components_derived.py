"""Regions of a graph whose records are supposed to hold other derived identifiers than they do."""

from datetime import date
from typing import Any

import pytest

from graph.components import Overlay, Region, evidence_of, read_region
from graph.relationships import HAS, relationship
from graph.resolution.derived import Derivation, derive
from graph.resolution.policy import load_policy
from tests.unit.graph.resolution.worlds import GUARDED
from tests.unit.graph.test_components import Graph, stored

BORN = date(1990, 5, 17)
NAME_BIRTH = relationship("NameBirth", HAS)
EXTENDED = load_policy("extended")
(JANE,) = derive("Jane Wanjiru", BORN)


def jane(key: str, *values: tuple[str, str], **said: Any) -> dict[str, Any]:
    return stored(key, *values, **said) | {"full_name": "Jane Wanjiru", "birth_date": BORN.isoformat()}


def holding(row: dict[str, Any], value: str) -> dict[str, Any]:
    """The row, with a derived value that the graph holds already."""
    evidence = [f"NameBirth|{value}", NAME_BIRTH, "NameBirth", value, None, "***", False, False, False, 0]
    return row | {"evidence": [*row["evidence"], evidence]}


def foreseen(*holders: str, suppressed: bool = False) -> Overlay:
    return Overlay(
        policy=EXTENDED,
        derived=Derivation(
            policy=EXTENDED,
            shared={} if suppressed else {JANE.key: holders},
            suppressed=frozenset({JANE.key} if suppressed else ()),
        ),
    )


def values(region: Region) -> dict[str, tuple[str, ...]]:
    return {value.key: value.holders for value in evidence_of(region.records.values())}


GRAPH = Graph(jane("a"), jane("b", ("HAS_PHONE", "1")), stored("c", ("HAS_PHONE", "1")), jane("d", ghost=True))


@pytest.mark.parametrize("seed", "abc")
async def test_who_would_share_a_derived_value_is_here_with_whom_he_is_connected(seed: str) -> None:
    region = await read_region(GRAPH.read, [seed], foreseen("a", "b"))
    assert set(region.records) == {"a", "b", "c"}
    assert values(region) == {JANE.key: ("a", "b"), "Phone|1": ("b", "c")}


async def test_a_derived_value_that_too_many_would_share_leads_nowhere() -> None:
    region = await read_region(GRAPH.read, ["a"], foreseen(suppressed=True))
    assert (set(region.records), values(region)) == ({"a"}, {})


async def test_a_record_that_left_would_hold_nothing() -> None:
    region = await read_region(GRAPH.read, ["d"], foreseen("a", "b"))
    assert (set(region.records), set(region.ghosts)) == (set(), {"d"})


async def test_a_value_of_one_record_alone_is_held_and_leads_nowhere() -> None:
    region = await read_region(GRAPH.read, ["a"], foreseen())
    assert (set(region.records), values(region)) == ({"a"}, {JANE.key: ("a",)})


HELD = Graph(holding(jane("a"), "old"), holding(stored("b"), "old"), holding(jane("c"), JANE.value))


async def test_what_the_graph_holds_of_derived_values_counts_no_more_and_is_still_followed() -> None:
    assert values(await read_region(HELD.read, ["a"])) == {"NameBirth|old": ("a", "b")}
    region = await read_region(HELD.read, ["a"], foreseen("a", "c"))
    assert (set(region.records), values(region)) == ({"a", "b", "c"}, {JANE.key: ("a", "c")})


async def test_under_a_policy_that_derives_nothing_nobody_holds_a_derived_value() -> None:
    nothing = Derivation(policy=GUARDED, shared={}, suppressed=frozenset())
    region = await read_region(HELD.read, ["a"], Overlay(policy=GUARDED, derived=nothing))
    assert (set(region.records), values(region)) == ({"a", "b"}, {})
    assert [record.said.identifiers for record in region.records.values()] == [(), ()]
