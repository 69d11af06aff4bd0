"""What a graph says, without when and in which step it was said: two histories of the same sources look alike."""

from collections.abc import Mapping
from typing import Any

from neo4j import Driver

# `rank` orders births, and `since` dates a customer; both tell of the way, not of where it led.
UNTOLD = frozenset({"step", "valid_from", "valid_to", "since", "rank"})
HISTORY = ("MERGED_INTO", "WAS_RESOLVED_TO")
Picture = Mapping[str, frozenset[Any]]


def picture(driver: Driver) -> Picture:
    """By label or relationship type: nodes as (name, properties), relationships as (from, to, properties).

    Left out are steps, customers that were merged away, and the edges that tell of them.
    """
    nodes, _, _ = driver.execute_query(
        "MATCH (n) WHERE NOT n:Run AND NOT n:Fence AND NOT n:WekezaTests AND coalesce(n.status, '') <> 'merged'"
        " RETURN labels(n) AS labels, coalesce(n.key, n.gcid) AS name, properties(n) AS said"
    )
    edges, _, _ = driver.execute_query(
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


def differences(found: Picture, expected: Picture) -> dict[str, list[Any]]:
    """What is in one and not in the other, by kind."""
    by_kind = {
        kind: sorted(found.get(kind, frozenset()) ^ expected.get(kind, frozenset()))
        for kind in found.keys() | expected.keys()
    }
    return {kind: items for kind, items in by_kind.items() if items}


def first_records(found: Picture) -> dict[str, str]:
    """By the id of each customer the first of its records: a name that does not tell who was born first."""
    first: dict[str, str] = {}
    for record, gcid, _ in sorted(found["RESOLVES_TO"]):
        first.setdefault(gcid, record)
    return first


def renamed(found: Picture) -> Picture:
    """The same with each customer named by the first of its records: which id it has depends on who was born first."""
    names = first_records(found)

    def rename(item: tuple[Any, ...]) -> tuple[Any, ...]:
        *ends, said = item
        properties = tuple((name, names.get(value, value) if name == "gcid" else value) for name, value in said)
        return (*(names.get(end, end) for end in ends), properties)

    return {kind: frozenset(map(rename, items)) for kind, items in found.items()}


def partition(found: Picture) -> frozenset[frozenset[str]]:
    """The records of each customer, whatever the customer is called."""
    customers: dict[str, set[str]] = {}
    for record, gcid, _ in found["RESOLVES_TO"]:
        customers.setdefault(gcid, set()).add(record)
    return frozenset(map(frozenset, customers.values()))


def count_runs(driver: Driver) -> int:
    """How many steps were committed."""
    [row] = driver.execute_query("MATCH (r:Run) RETURN count(r) AS runs").records
    return int(row["runs"])


def _spell(said: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in said.items() if name not in UNTOLD))
