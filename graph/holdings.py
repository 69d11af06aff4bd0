"""Identifier edges, written: to the ledger, to the graph, and as marks on all whom they concern."""

from collections.abc import Mapping
from functools import cache

from graph.evidence import EvidenceChange
from graph.resolution.global_ids import value_id
from graph.resolution.policy import Policy
from graph.steps import Step
from graph.suppressions import mark_holders, stale_suppressions, write_suppressions
from ledger.entries import EvidenceDelta, EvidenceValue

SAID = ("kind", "value", "country", "masked", "placeholder")


def evidence_entries(
    change: EvidenceChange, births: Mapping[str, str], secret: bytes
) -> tuple[list[EvidenceValue], list[EvidenceDelta]]:
    """What the ledger is told: the values, personal, and how records have them; ``births`` are birth ids by key."""

    @cache
    def name(identifier: str) -> str:
        return str(value_id(secret, identifier))

    values = [
        EvidenceValue(name(key), key, {part: row[part] for part in SAID if row[part] is not None})
        for key, row in sorted(change.values.items())
    ]
    deltas = [
        EvidenceDelta(births[key], name(identifier), told.what, told.source_at)
        for (key, identifier), told in change.told.items()
    ]
    return values, deltas


async def write_evidence(step: Step, change: EvidenceChange) -> None:
    """Open and close the edges; those that end must be deleted before, by their ids."""
    if change.opened:
        await step.run("load_identifiers", rows=[change.values[key] for key in sorted(change.values)])
        await step.run("load_holdings", rows=change.opened, step=step.id, at=step.at)
    if change.closed:
        await step.run("load_past_holdings", rows=change.closed, step=step.id, at=step.at)


async def mark_evidence(step: Step, change: EvidenceChange, policy: Policy) -> int:
    """Count the holders of touched values again, suppress or release, and mark who has to be resolved again."""
    marked = 0
    touched = sorted(change.moved | change.recount)
    flipped = await stale_suppressions(step.run, touched, policy) if touched else []
    if flipped:
        marked += await write_suppressions(step, flipped)
    if moved := sorted(change.moved.difference(row["key"] for row in flipped)):
        marked += await mark_holders(step, moved, suppressed=False)
    return marked
