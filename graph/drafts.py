"""From what a steward proposes to what may be appended: checked against the records that are known and what stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from graph.components import Read
from graph.contradictions import Contradiction, find_contradiction
from graph.errors import BadDecision, Conflict, NotFound
from graph.holdings import SAID
from graph.proposals import (
    Correct,
    Different,
    Note,
    Proposal,
    Release,
    Same,
    Suppress,
    Undo,
    read_content,
    read_note,
    read_value,
)
from graph.records import IdentifierValue, PartyType
from graph.resolution import model
from graph.resolution.eligibility import Standing
from graph.resolution.global_ids import value_id
from graph.resolution.reasons import ReasonCode
from graph.said import hear
from ledger.decisions import Decision, decisions, same_closure
from ledger.entries import EvidenceValue, NewDecision, Verdict
from ledger.records import latest_versions
from ledger.values import known_values

JUDGING = frozenset({Verdict.SAME, Verdict.DIFFERENT})
PROPOSED = 0  # the id of what is not in the ledger yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A decision that may be taken: what to append, and how it changes what stands."""

    new: NewDecision
    revived: Decision | None = None  # an undo's: what stands again
    ended: Decision | None = None  # an undo's: what stands no more
    value: EvidenceValue | None = None  # what a *suppress* or *release*, taken or undone, is about
    standing: Standing | None = None  # what stewards say of that value afterwards

    @property
    def effective(self) -> NewDecision | Decision:
        """The decision by which something changes: an undo changes what its target was about."""
        return self.revived or self.ended or self.new

    @property
    def concerned(self) -> list[str]:
        """Birth ids of the records that it is about."""
        return sorted({*self.effective.left, *self.effective.right})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where proposals are checked; reads both stores and writes nothing."""

    read: Read
    ledger: AsyncConnection[Any]
    secret: bytes

    async def draft(self, proposal: Proposal, *, by: str, reason: str) -> Draft:
        """Raises NotFound, BadDecision or Conflict: one sentence, without a value."""
        note = read_note(by, reason)
        match proposal:
            case Same(a, b):
                return await self._judge(Verdict.SAME, frozenset({a}), frozenset({b}), note)
            case Different(left, right):
                return await self._judge(Verdict.DIFFERENT, left, right, note)
            case Suppress():
                return await self._stand(Verdict.SUPPRESS, proposal, note)
            case Release():
                return await self._stand(Verdict.RELEASE, proposal, note)
            case Correct():
                return await self._correct(proposal, note)
            case Undo(number):
                return await self._undo(number, note)

    async def _judge(self, verdict: Verdict, left: frozenset[str], right: frozenset[str], note: Note) -> Draft:
        if not left or not right:
            raise BadDecision("Both sides need a record.")
        if left & right:
            raise BadDecision("A record cannot be judged against itself.")
        births = await self._births(left | right)
        ours, theirs = (frozenset(births[key] for key in side) for side in (left, right))
        await self._refuse_contradiction(
            model.Decision(id=PROPOSED, verdict=model.Verdict(verdict), left=ours, right=theirs)
        )
        return Draft(new=NewDecision(verdict=verdict, left=sorted(ours), right=sorted(theirs), **note._asdict()))

    async def _births(self, keys: Iterable[str]) -> dict[str, str]:
        rows = await self.read("decide_read_records", keys=sorted(keys))
        births = {row["key"]: row["birth_id"] for row in rows}
        if unknown := len(set(keys) - births.keys()):
            raise NotFound(
                f"{unknown} of the records named {'is' if unknown == 1 else 'are'} not known: name a record as"
                " system|entity|id, as its source does."
            )
        return births

    async def _refuse_contradiction(self, proposed: model.Decision) -> None:
        """Over all that stands, dormant decisions too, and by what records that left said last."""
        named = proposed.left | proposed.right
        standing = [_judgement(decision) for decision in await same_closure(self.ledger, sorted(named))]
        reached = {record for decision in standing for record in decision.left | decision.right} | named
        versions = await latest_versions(self.ledger, sorted(reached))
        parties: dict[str, PartyType] = {birth: hear(it.said).party_type for birth, it in versions.items()}
        if found := find_contradiction(proposed, standing, parties):
            raise Conflict(_tell(found), found.chain)

    async def _stand(self, verdict: Verdict, proposal: Suppress | Release, note: Note) -> Draft:
        value = _evidence_value(self.secret, read_value(proposal.kind, proposal.raw, proposal.country))
        new = NewDecision(verdict=verdict, value=value.value, **note._asdict())
        return Draft(new=new, value=value, standing=Standing(verdict))

    async def _correct(self, proposal: Correct, note: Note) -> Draft:
        content = read_content(proposal.field, proposal.value, proposal.country)
        gcid = _id(proposal.gcid)
        found = await self.read("decide_read_bearer", gcid=gcid)
        if not found:
            raise NotFound(f"No customer was ever called {gcid}.")
        if not found[0]["answered"]:
            raise BadDecision(f"Customer {gcid} is closed: no record is left that could be corrected.")
        return Draft(
            new=NewDecision(
                verdict=Verdict.CORRECT, left=[gcid], field=proposal.field, content=content, **note._asdict()
            )
        )

    async def _undo(self, number: int, note: Note) -> Draft:
        """Undoing an undo revives: go down to the decision that is about something, and see what becomes of it."""
        target = await self._find(number)
        ends = True
        while True:
            if ends and target.undone_by is not None:
                again = "" if target.id == number else f" anew, so that undoing {number} would change nothing"
                raise BadDecision(f"Decision {target.id} was undone by decision {target.undone_by}{again}.")
            if target.undoes is None:
                break
            target, ends = await self._find(target.undoes), not ends
        new = NewDecision(verdict=Verdict.UNDO, undoes=number, **note._asdict())
        draft = Draft(new=new, ended=target) if ends else Draft(new=new, revived=target)
        if target.verdict in JUDGING and not ends:
            await self._refuse_contradiction(_judgement(target))
        return draft if target.value is None else await self._about_value(draft, target.value)

    async def _find(self, number: int) -> Decision:
        found = await decisions(self.ledger, ids=[number], standing_only=False)
        if not found:
            raise NotFound(f"There is no decision {number}.")
        return found[0]

    async def _about_value(self, draft: Draft, value: str) -> Draft:
        """With the last *suppress* or *release* of the value that stands when the undo is taken: it decides."""
        known = (await known_values(self.ledger, [value])).get(value)
        if known is None and draft.revived:
            raise BadDecision(f"Decision {draft.revived.id} cannot be revived: the value that it is about was erased.")
        words = {it.id: it.verdict for it in await decisions(self.ledger, values=[value])}
        if draft.ended:
            words.pop(draft.ended.id, None)
        if draft.revived:
            words[draft.revived.id] = draft.revived.verdict
        return replace(draft, value=known, standing=Standing(words[max(words)]) if words else None)


def _evidence_value(secret: bytes, value: IdentifierValue) -> EvidenceValue:
    said = {part: getattr(value, part) for part in SAID}
    return EvidenceValue(str(value_id(secret, value.key)), value.key, {part: it for part, it in said.items() if it})


def _judgement(decision: Decision) -> model.Decision:
    return model.Decision(
        id=decision.id,
        verdict=model.Verdict(decision.verdict),
        left=frozenset(decision.left),
        right=frozenset(decision.right),
    )


def _tell(found: Contradiction) -> str:
    chain = ", ".join(map(str, found.chain))
    if found.reason is ReasonCode.DIFFERENT_PARTY_TYPES:
        return "A person and a company would be one" + (f" through decisions {chain}." if chain else ".")
    return f"This contradicts what stands: decisions {chain}. Undo one of them first."


def _id(gcid: str) -> str:
    try:
        return str(UUID(gcid))
    except ValueError:
        raise NotFound("This is no customer's id: it is a UUID.") from None
