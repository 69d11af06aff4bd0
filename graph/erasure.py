"""Erasing a record for good: its words and values go from both stores, its birth id stays, so that its id resolves.

The key may not be loaded again until it is released; then it is a new incarnation, which nothing ties to the old one.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from graph.errors import BadDecision, NotFound
from graph.evidence import EvidenceChange, compare_evidence
from graph.holdings import evidence_entries, mark_evidence
from graph.records import Departure
from graph.resolution.global_ids import key_hash, value_id
from graph.resolution.policy import Policy
from graph.resolve import ResolveReport
from graph.rows import CUSTOMER_NATIONAL_ID, NATIONAL_ID, references_to
from graph.steps import Step, Writer
from ledger.decisions import decisions
from ledger.entries import Entries, Erasing, Erasure, Presence, PresenceDelta, StepNote
from ledger.records import erased_hashes, known_records

FORMER = "former|"  # how the name of a record begins whose key is somebody else's now, and not to be forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReport:
    """``step`` is None if the graph had forgotten the record already, and only the rest was left to do."""

    step: int | None
    resolved: ResolveReport


@dataclass(frozen=True, slots=True)
class Eraser:
    """Works under the writer lock; ``ledger`` reads what is committed."""

    writer: Writer
    ledger: AsyncConnection[Any]
    secret: bytes
    policy: Policy

    async def erase(self, key: str, note: StepNote) -> int | None:
        """Answers the step; None if a crash came between it and what the ledger has to forget after the resolution.

        Raises NotFound for a key that nobody has.
        """
        found = await self.writer.read("decide_read_records", keys=[key])
        if not found:
            await self._refuse_unknown(key)
            return None
        birth_id: str = found[0]["birth_id"]
        stored = await self.writer.read("load_stored_customers", rows=[{"key": key, "hash": None}])
        change = compare_evidence((), {key: stored[0]}, [Departure(key)])
        _, ended = evidence_entries(change, {key: birth_id}, self.secret)
        erasures = [] if key.startswith(FORMER) else [Erasure(self._hash(key), Erasing.ERASED)]
        left = PresenceDelta(birth_id, Presence.ERASED)
        entries = Entries(presences=[left], evidence=ended, erasures=erasures, note=note)
        async with self.writer.step("erase", entries=entries) as step:
            await self._apply(step, key, birth_id, change)
        return step.id

    async def release(self, key: str, note: StepNote) -> int:
        """The key may be loaded again. Answers the step; raises BadDecision if the key is not an erased one."""
        hashed = self._hash(key)
        if not await erased_hashes(self.ledger, [hashed]):
            raise BadDecision("This key was not erased, or was released already: nothing was changed.")
        entries = Entries(erasures=[Erasure(hashed, Erasing.RELEASED)], note=note)
        async with self.writer.step("erase", entries=entries) as step:
            return step.id

    async def _refuse_unknown(self, key: str) -> None:
        known = (await known_records(self.ledger, [key])).get(key)
        if known is None or known.presence is not Presence.ERASED:
            raise NotFound("This record is not known, or was erased already: name it as system|entity|id.")

    async def _apply(self, step: Step, key: str, birth_id: str, change: EvidenceChange) -> None:
        await step.run("load_mark_sames", keys=[key], step=step.id)
        if change.deleted:
            await step.run("load_delete_edges", ids=change.deleted)
        await mark_evidence(step, change, self.policy)
        had = (await step.run("decide_erase", birth_id=birth_id, step=step.id))[0]["values"]
        await step.run("decide_erase_notes", birth_id=birth_id)
        await step.run("decide_erase_activities", birth_id=birth_id)
        held = {*had, *change.moved}
        documents = [(CUSTOMER_NATIONAL_ID, value) for value in held if value.startswith(f"{NATIONAL_ID}|")]
        await step.run("decide_erase_references", birth_id=birth_id, keys=sorted(references_to(key, documents)))
        if gone := await self._not_judged(held):
            await step.run("decide_erase_values", keys=gone)

    async def _not_judged(self, keys: set[str]) -> list[str]:
        """A decision about a value holds for whoever comes with it next, so such a value stays known."""
        names = {str(value_id(self.secret, key)): key for key in keys}
        judged = await decisions(self.ledger, values=list(names), standing_only=False) if names else []
        return sorted(keys - {names[decision.value] for decision in judged if decision.value})

    def _hash(self, key: str) -> str:
        return str(key_hash(self.secret, key))
