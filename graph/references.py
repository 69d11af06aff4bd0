"""Settling references by number: the edges across systems are a function of what has arrived, in whatever order.

A reference means one node or none. As soon as what it means changes, all edges derived from it are made anew; as long
as it does not, only those who refer to it newly get theirs, so that a number that a million transactions name costs
nothing when the next one names it too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.changes import EdgeChange
from graph.rows import (
    ACCOUNT_NUMBER,
    CUSTOMER_NATIONAL_ID,
    CUSTOMER_NUMBER,
    REFERS_TO,
    TRANSACTION_REFERENCE,
    Edge,
)
from graph.steps import Step

Row = dict[str, Any]
ATTACHED, WAITING, AMBIGUOUS = "attached", "waiting", "ambiguous"

REFERENCED = {
    ACCOUNT_NUMBER: "load_referenced_accounts",
    TRANSACTION_REFERENCE: "load_referenced_transactions",
    CUSTOMER_NUMBER: "load_referenced_customers",
    CUSTOMER_NATIONAL_ID: "load_referenced_bearers",
}
REFERRING = {
    "COUNTERPARTY": "load_referring_transactions",
    "OF": "load_referring_sightings",
    "ABOUT": "load_referring_alerts",
    "SCORED": "load_referring_scores",
}
DERIVED = {
    ("COUNTERPARTY", ACCOUNT_NUMBER): "load_counterparty_accounts",
    ("OF", TRANSACTION_REFERENCE): "load_of",
    ("ABOUT", TRANSACTION_REFERENCE): "load_about_transactions",
    ("ABOUT", ACCOUNT_NUMBER): "load_about_accounts",
    ("ABOUT", CUSTOMER_NUMBER): "load_about_numbered",
    ("ABOUT", CUSTOMER_NATIONAL_ID): "load_about_numbered",
    ("SCORED", CUSTOMER_NUMBER): "load_scored_numbered",
    ("SCORED", CUSTOMER_NATIONAL_ID): "load_scored_numbered",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What a reference means now."""

    key: str
    state: str
    target: str | None
    new: bool  # nobody referred to it before this step
    changed: bool
    referred: bool  # whether anything refers to it still
    counterparty: bool  # whether a transaction names it as its counterparty

    @property
    def external(self) -> bool:
        return self.counterparty and self.target is None


async def settle_references(step: Step, edges: EdgeChange) -> None:
    """Write new references and who makes them, then settle all that these or arriving targets may have changed."""
    if edges.references:
        await step.run("load_references", rows=list(edges.references.values()))
    arrived = [edge for edge in edges.opened if edge.type == REFERS_TO]
    await _run_each(step, arrived, lambda edge: REFERRING[str(edge.role)], _row)
    if touched := await _settle(step, edges.touched):
        referring, derived = await _referring(step, arrived, touched)
        if derived:
            await step.run("load_delete_edges", ids=derived)
        await _derive(step, referring, touched)
        await _write_states(step, touched)


async def _settle(step: Step, touched: Iterable[str]) -> dict[str, Settled]:
    """What each of these references means now; those that do not exist are left out."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for key in sorted(touched):
        by_kind[_to(key)].append(key)
    return {
        row["key"]: _judge(row) for to, keys in by_kind.items() for row in await step.run(REFERENCED[to], keys=keys)
    }


def _judge(row: Row) -> Settled:
    targets = row["targets"]
    state = ATTACHED if len(targets) == 1 else AMBIGUOUS if targets else WAITING
    target = targets[0] if state == ATTACHED else None
    changed = not row["referred"] or (state, target) != (row["state"], row["target"])
    return Settled(row["key"], state, target, row["state"] is None, changed, row["referred"], row["counterparty"])


async def _referring(
    step: Step, arrived: Iterable[Edge], touched: Mapping[str, Settled]
) -> tuple[list[Edge], list[str]]:
    """Who needs a derived edge: all who refer to what changed, else who does so newly. And the derived edges to end."""
    changed = sorted(
        key for key, settled in touched.items() if settled.changed and settled.referred and not settled.new
    )
    rows = await step.run("load_referrers", keys=changed) if changed else []
    again = [Edge(REFERS_TO, row["start"], row["reference"], row["role"]) for row in rows]
    if seen := sorted({edge.start for edge in again if edge.role == "OF"}):
        await step.run("load_touch_sightings", keys=seen, step=step.id)
    newly = [edge for edge in arrived if touched[edge.end].new or not touched[edge.end].changed]
    return again + newly, [derived for row in rows for derived in row["derived"]]


async def _derive(step: Step, referring: Iterable[Edge], touched: Mapping[str, Settled]) -> None:
    external = {edge.end for edge in referring if edge.role == "COUNTERPARTY" and touched[edge.end].target is None}
    if external:
        await step.run("load_external_accounts", rows=[{"key": key, "number": _value(key)} for key in sorted(external)])

    def statement(edge: Edge) -> str | None:
        if edge.end in external:
            return "load_counterparty_externals"
        return DERIVED[str(edge.role), _to(edge.end)] if touched[edge.end].target else None

    def row(edge: Edge) -> Row:
        return {"start": edge.start, "end": touched[edge.end].target or edge.end, "reference": edge.end}

    await _run_each(step, referring, statement, row)


async def _write_states(step: Step, touched: Mapping[str, Settled]) -> None:
    changed = [settled for settled in touched.values() if settled.changed and settled.referred]
    for name, rows in (
        ("load_waiting_references", [_state(settled) for settled in changed if settled.state == WAITING]),
        ("load_settled_references", [_state(settled) for settled in changed if settled.state != WAITING]),
    ):
        if rows:
            await step.run(name, rows=rows)
    ours = [settled.key for settled in touched.values() if _to(settled.key) == ACCOUNT_NUMBER and not settled.external]
    if ours:
        await step.run("load_delete_external_accounts", keys=ours)
    if orphans := [settled.key for settled in touched.values() if not settled.referred]:
        await step.run("load_delete_references", keys=orphans)


async def _run_each(
    step: Step, edges: Iterable[Edge], statement: Callable[[Edge], str | None], row: Callable[[Edge], Row]
) -> None:
    """Run each edge's row through its statement, one call per statement."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for edge in edges:
        if name := statement(edge):
            rows[name].append(row(edge))
    for name, found in rows.items():
        await step.run(name, rows=found)


def _row(edge: Edge) -> Row:
    return {"start": edge.start, "end": edge.end, "role": edge.role}


def _state(settled: Settled) -> Row:
    return {"key": settled.key, "state": settled.state, "target": settled.target}


def _to(key: str) -> str:
    """What a reference's key says that it refers to."""
    return key.partition("|")[0]


def _value(key: str) -> str:
    return key.split("|", 2)[2]
