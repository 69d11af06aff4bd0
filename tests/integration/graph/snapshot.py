"""A whole graph as sets of tuples, without what depends on when and in which step something was written."""

from typing import Any

from neo4j import AsyncDriver

TIMING = frozenset({"step", "due", "valid_from", "valid_to"})
Snapshot = tuple[frozenset[Any], frozenset[Any]]


async def snapshot(driver: AsyncDriver, *, without: frozenset[str] = frozenset()) -> Snapshot:
    """Nodes as (labels, properties) and relationships as (start, type, properties, end), also the queue of marks."""
    hidden = TIMING | without

    def spell(properties: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(sorted((name, str(value)) for name, value in properties.items() if name not in hidden))

    nodes, _, _ = await driver.execute_query(
        "MATCH (n) WHERE NOT n:Run AND NOT n:Fence AND NOT n:WekezaTests RETURN labels(n) AS labels, properties(n) AS p"
    )
    edges, _, _ = await driver.execute_query(
        "MATCH (a)-[e]->(b) RETURN a.key AS start, type(e) AS type, properties(e) AS p, b.key AS end"
    )
    return (
        frozenset((tuple(sorted(row["labels"])), spell(row["p"])) for row in nodes),
        frozenset((row["start"], row["type"], spell(row["p"]), row["end"]) for row in edges),
    )


async def edges(driver: AsyncDriver, *types: str) -> set[tuple[str, str, str]]:
    """The relationships of these types as (start, type, end)."""
    rows, _, _ = await driver.execute_query(
        "MATCH (a)-[e]->(b) WHERE type(e) IN $types RETURN a.key AS start, type(e) AS type, b.key AS end", types=types
    )
    return {(row["start"], row["type"], row["end"]) for row in rows}


async def marked(driver: AsyncDriver) -> set[str]:
    rows, _, _ = await driver.execute_query("MATCH (s:Unresolved) RETURN s.key AS key")
    return {row["key"] for row in rows}


async def clear_marks(driver: AsyncDriver) -> None:
    await driver.execute_query("MATCH (s:Unresolved) REMOVE s:Unresolved")
