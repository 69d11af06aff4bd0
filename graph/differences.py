"""Writing a difference: a fixed number of statements, however many rows, and none for what does not differ."""

from collections.abc import Mapping
from typing import Any

from graph.conclusion import Properties
from graph.memberships import Difference
from graph.steps import Step

Rows = list[dict[str, Any]]


async def write_difference(
    step: Step, difference: Difference, customers: Mapping[str, Properties], *, policy: str
) -> None:
    """Apply the difference in the step's transaction; ``policy`` (a hash) is noted on what is new."""
    moment = {"at": step.at, "step": step.id}
    await _run(step, "resolve_close_links", _closed_links(difference))
    await _run(step, "resolve_close_mergers", _mergers(difference.mergers_closed))
    await _run(step, "resolve_drop_heirs", _heirs(difference.heirs_dropped))
    await _run(step, "resolve_write_customers", _customers(difference, customers), **moment)
    await _run(step, "resolve_close_memberships", _memberships(difference.closed), **moment)
    await _run(step, "resolve_open_memberships", _memberships(difference.opened), policy=policy, **moment)
    await _run(step, "resolve_open_links", _opened_links(difference), policy=policy, **moment)
    await _run(step, "resolve_open_refusals", _opened_refusals(difference), **moment)
    await _run(step, "resolve_open_mergers", _mergers(difference.mergers_opened), **moment)
    await _run(step, "resolve_name_heirs", _heirs(difference.heirs_named), **moment)


async def _run(transaction: Step, name: str, rows: Rows, **given: Any) -> None:
    if rows:
        await transaction.run(name, rows=rows, **given)


def _memberships(pairs: tuple[tuple[str, str], ...]) -> Rows:
    return [{"key": key, "gcid": gcid} for key, gcid in pairs]


def _mergers(pairs: tuple[tuple[str, str], ...]) -> Rows:
    return [{"from": gone, "to": into} for gone, into in pairs]


def _heirs(pairs: tuple[tuple[str, str | None], ...]) -> Rows:
    """An id that is closed has no edge: only the ledger says that nobody was there to name."""
    return [{"key": key, "heir": heir} for key, heir in pairs if heir is not None]


def _customers(difference: Difference, customers: Mapping[str, Properties]) -> Rows:
    return [{"gcid": gcid, "properties": customers[gcid]} for gcid, _ in difference.customers]


def _closed_links(difference: Difference) -> Rows:
    links = [
        {"a": link.a, "b": link.b, "identifier": link.identifier, "type": "LINKED", "reason": ""}
        for link in difference.links_closed
    ]
    refusals = [
        {"a": link.a, "b": link.b, "identifier": link.identifier, "type": "QUARANTINED", "reason": link.reason.value}
        for link in difference.refusals_closed
    ]
    return links + refusals


def _opened_links(difference: Difference) -> Rows:
    return [
        {"a": link.a, "b": link.b, "kind": link.kind, "identifier": link.identifier, "stage": link.stage}
        for link in difference.links_opened
    ]


def _opened_refusals(difference: Difference) -> Rows:
    return [
        {
            "a": link.a,
            "b": link.b,
            "kind": link.kind,
            "identifier": link.identifier,
            "reason": link.reason.value,
            "inside": link.inside,
        }
        for link in difference.refusals_opened
    ]
