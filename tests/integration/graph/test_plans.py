"""The plans of our statements on the real planner: loads stream, and find their nodes by index."""

from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.statements import parameters, statement, statement_names

ALONE = [name for name in statement_names() if not name.startswith(("schema_", "project_"))]
LISTS = frozenset({"keys", "rows", "ids", "steps", "records", "values", "customers", "known"})


def operators(plan: dict[str, Any]) -> set[str]:
    return {plan["operatorType"].partition("@")[0]}.union(*(operators(child) for child in plan.get("children", ())))


async def explain(driver: AsyncDriver, name: str) -> set[str]:
    given: dict[str, Any] = {key: [] if key in LISTS else None for key in parameters(name)}
    _, summary, _ = await driver.execute_query("EXPLAIN " + statement(name), given)
    assert summary.plan is not None
    return operators(summary.plan)


@pytest.mark.usefixtures("graph")
@pytest.mark.parametrize("name", ALONE)
async def test_statement_has_a_plan_and_loads_are_not_eager(driver: AsyncDriver, name: str) -> None:
    found = await explain(driver, name)
    assert found
    if name.startswith("load_"):
        assert "Eager" not in found
        assert {operator for operator in found if operator.endswith("Scan")} == set()


@pytest.mark.usefixtures("graph")
async def test_holders_are_counted_by_degree(driver: AsyncDriver) -> None:
    """One Expand only, that of the names, which the hub bounds; the count itself asks the node for its degree."""
    _, summary, _ = await driver.execute_query(
        "EXPLAIN " + statement("load_count_holders"), {"keys": [], "few": 1, "hub": 1}
    )
    assert "getDegree" in str(summary.plan)
    assert str(summary.plan).count("Expand(All)@neo4j") == 1
