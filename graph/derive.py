"""Deriving identifiers for records that are loaded already: a policy that counts on them is adopted, or supposed."""

from collections.abc import Mapping, Sequence

from graph.changes import Row
from graph.client import GraphClient
from graph.components import Read
from graph.evidence import compare_evidence
from graph.holdings import evidence_entries, mark_evidence, write_evidence
from graph.identifiers import KINDS
from graph.identifiers.name_birth import NAME_BIRTH
from graph.records import CustomerRecord
from graph.resolution.derived import Derivation, derive, with_derived
from graph.resolution.eligibility import judge_value
from graph.resolution.policy import Policy
from graph.steps import OnPoint, open_writer
from graph.stored import birth_date_of
from ledger.entries import Entries
from ledger.ledger import Ledger

PAGE = 5_000  # records in one step, or read at once
CROWDS = 100  # values whose people are counted at once: each may have as many holders as a hub


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


async def foresee_derived(read: Read, policy: Policy) -> Derivation:
    """What `derive_identifiers` would have all records hold; reads only, nothing for a policy that derives nothing.

    Keeps a text and a list for each value while it reads, and then for those that several records would share: some
    0.4 GB for a million records with names and birth dates, read in a minute.
    """
    holders = await _read_shared(read) if policy.derives else {}
    # Few holders are few people, and more than a hub are too many whoever they are.
    crowds = {key: found for key, found in holders.items() if policy.cap < len(found) <= policy.hub}
    people = await _count_people(read, crowds)
    suppressed = frozenset(
        key
        for key, found in holders.items()
        if judge_value(NAME_BIRTH.name, holders=len(found), people=people.get(key, 0), placeholder=False, policy=policy)
    )
    shared = {key: found for key, found in holders.items() if key not in suppressed}
    return Derivation(policy=policy, shared=shared, suppressed=suppressed)


async def _read_shared(read: Read) -> dict[str, list[str]]:
    """Who would hold each value that several would; placeholders link nobody, so they are left out."""
    holders: dict[str, list[str]] = {}
    after = ""
    while page := (await read("resolve_read_derivable", after=after, limit=PAGE))[0]["records"]:
        for row in page:
            for value in derive(row["full_name"], birth_date_of(row)):
                if not value.placeholder:
                    holders.setdefault(value.key, []).append(row["key"])
        after = page[-1]["key"]
    return {key: found for key, found in holders.items() if len(found) > 1}


async def _count_people(read: Read, crowds: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many people would hold each value: counted where the names are."""
    rows = [{"key": key, "holders": found} for key, found in crowds.items()]
    people: dict[str, int] = {}
    for first in range(0, len(rows), CROWDS):
        counted = await read("resolve_count_people", rows=rows[first : first + CROWDS])
        people |= {row["key"]: row["people"] for row in counted}
    return people


def _record(row: Row) -> CustomerRecord:
    """As much of a record as identifiers are derived from."""
    times = {name: row[name] and row[name].to_native() for name in ("birth_date", "created_at", "updated_at")}
    return CustomerRecord(key=row["key"], full_name=row["full_name"], **times)
