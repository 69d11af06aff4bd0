"""What a graph says, without when and in which step it was said: two histories of the same sources look alike."""

from typing import Any

from neo4j import AsyncDriver

# `rank` orders births; which of two records of one system is older may follow from where a batch ended.
UNTOLD = frozenset({"step", "valid_from", "valid_to", "since", "rank"})
HISTORY = ("MERGED_INTO", "WAS_RESOLVED_TO")
Picture = dict[str, frozenset[Any]]


async def picture(driver: AsyncDriver) -> Picture:
    """By label or relationship type: nodes as (name, properties), relationships as (from, to, properties).

    Left out is what tells of the way and not of where it led: steps, customers that were merged away, closed edges.
    """
    nodes, _, _ = await driver.execute_query(
        "MATCH (n) WHERE NOT n:Run AND NOT n:Fence AND NOT n:WekezaTests AND coalesce(n.status, '') <> 'merged'"
        " RETURN labels(n) AS labels, coalesce(n.key, n.gcid) AS name, properties(n) AS said"
    )
    edges, _, _ = await driver.execute_query(
        "MATCH (a)-[e]->(b) WHERE NOT type(e) IN $history"
        " RETURN type(e) AS type, coalesce(a.key, a.gcid) AS start, coalesce(b.key, b.gcid) AS end,"
        " properties(e) AS said",
        history=HISTORY,
    )
    found: dict[str, set[Any]] = {}
    for row in nodes:
        found.setdefault(":".join(sorted(row["labels"])), set()).add((row["name"], _spell(row["said"])))
    for row in edges:
        found.setdefault(row["type"], set()).add((row["start"], row["end"], _spell(row["said"])))
    return {kind: frozenset(items) for kind, items in sorted(found.items())}


async def runs(driver: AsyncDriver) -> int:
    """How many steps were committed."""
    [row] = (await driver.execute_query("MATCH (r:Run) RETURN count(r) AS runs")).records
    return int(row["runs"])


def _spell(said: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in said.items() if name not in UNTOLD))
