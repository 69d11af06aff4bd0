"""The plans of our statements on the real planner: loads stream, and find their nodes by index."""

from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.rows import KINDS
from graph.statements import LABEL, parameters, statement, statement_names, with_one_parameter

ALONE = [name for name in statement_names() if not name.startswith(("schema_", "project_"))]
LISTS = frozenset({"keys", "rows", "ids", "steps", "records", "values", "customers", "known"})


def operators(plan: dict[str, Any]) -> set[str]:
    return {plan["operatorType"].partition("@")[0]}.union(*(operators(child) for child in plan.get("children", ())))


async def explain(driver: AsyncDriver, name: str, label: str | None = None) -> set[str]:
    """As a client sends it, which the plan depends on."""
    given: dict[str, Any] = {key: [] if key in LISTS else None for key in parameters(name)}
    text, parameters_ = with_one_parameter(statement(name, label), given)
    _, summary, _ = await driver.execute_query(f"EXPLAIN {text}", parameters_)
    assert summary.plan is not None
    return operators(summary.plan)


@pytest.mark.usefixtures("graph")
@pytest.mark.parametrize("name", ALONE)
async def test_statement_has_a_plan_and_loads_are_not_eager(driver: AsyncDriver, name: str) -> None:
    found = await explain(driver, name)
    assert found
    if name.startswith("load_"):
        assert_streams(found)


def assert_streams(found: set[str]) -> None:
    assert "Eager" not in found
    assert {operator for operator in found if operator.endswith("Scan")} == set()


LABELLED = [name for name in ALONE if LABEL.search(statement(name))]


@pytest.mark.usefixtures("graph")
@pytest.mark.parametrize("label", [kind.label for kind in KINDS.values()])
@pytest.mark.parametrize("name", LABELLED)
async def test_a_statement_for_every_kind_streams_for_each(driver: AsyncDriver, name: str, label: str) -> None:
    assert f":{label}" in statement(name, label)
    found = await explain(driver, name, label)
    assert any("NodeUniqueIndexSeek" in operator for operator in found)
    assert_streams(found)


@pytest.mark.usefixtures("graph")
async def test_holders_are_counted_by_degree(driver: AsyncDriver) -> None:
    """One Expand only, that of the names, which the hub bounds; the count itself asks the node for its degree."""
    _, summary, _ = await driver.execute_query(
        "EXPLAIN " + statement("load_count_holders"), {"keys": [], "few": 1, "hub": 1}
    )
    assert "getDegree" in str(summary.plan)
    assert str(summary.plan).count("Expand(All)@neo4j") == 1
