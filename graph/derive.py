"""Deriving identifiers anew for records that are loaded already: when a policy is adopted that counts on them."""

from graph.changes import Row
from graph.client import GraphClient
from graph.evidence import compare_evidence
from graph.holdings import evidence_entries, mark_evidence, write_evidence
from graph.identifiers import KINDS
from graph.records import CustomerRecord
from graph.resolution.derived import with_derived
from graph.resolution.policy import Policy
from graph.steps import OnPoint, open_writer
from ledger.entries import Entries
from ledger.ledger import Ledger

PAGE = 5_000  # records in one step


async def derive_identifiers(
    client: GraphClient, ledger: Ledger, *, secret: bytes, policy: Policy, on_point: OnPoint | None = None
) -> tuple[int, ...]:
    """Let every present record hold what the policy derives from it, and nothing else that is derived.

    Answers the steps, one for each page of records with something to write: none if all is as it should be, so that
    it may be called again after a crash.
    """
    derived = [kind.name for kind in KINDS.values() if kind.derived]
    steps: list[int] = []
    after = ""
    while True:
        async with open_writer(client, ledger, on_point=on_point) as writer:
            rows = await writer.read("load_derivable", after=after, limit=PAGE, kinds=derived)
            if not rows:
                return tuple(steps)
            after = rows[-1]["key"]
            stored = {row["key"]: row for row in rows}
            change = compare_evidence([with_derived(_record(row), policy) for row in rows], stored)
            if not change.deleted and not change.opened:
                continue
            births = {key: row["birth_id"] for key, row in stored.items()}
            values, deltas = evidence_entries(change, births, secret)
            async with writer.step("load", entries=Entries(values=values, evidence=deltas)) as step:
                if change.deleted:
                    await step.run("load_delete_edges", ids=change.deleted)
                await write_evidence(step, change)
                step.count(policy=policy.name, marked=await mark_evidence(step, change, policy))
            steps.append(step.id)


def _record(row: Row) -> CustomerRecord:
    """As much of a record as identifiers are derived from."""
    times = {name: row[name] and row[name].to_native() for name in ("birth_date", "created_at", "updated_at")}
    return CustomerRecord(key=row["key"], full_name=row["full_name"], **times)
