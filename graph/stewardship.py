"""Decisions as a service takes them: on what was looked at, once however often asked, and with a second person's word.

All checks and the decision are made under the writer lock, so that nothing comes between them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from graph.decisions import DecisionReport, Steward
from graph.errors import BadDecision, Conflict, NotFound, SamePerson
from graph.proposals import Correct, Proposal, hear_proposal, named_in, read_note, say_proposal
from graph.resolution.global_ids import value_id
from graph.what_if import Preview
from ledger.decisions import decisions
from ledger.entries import Approval, Request
from ledger.ledger import Ledger
from ledger.proposals import (
    Answered,
    ProposalState,
    Proposed,
    append_proposal,
    append_rejection,
    find_answered,
    find_proposal,
    forget_ruled,
    pending_proposals,
)

STALE = "What this would change is not what was looked at: preview it again, and decide on that."


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a decision would change; ``basis`` names just this outcome and tells nothing about it."""

    preview: Preview
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who decides and why; ``based_on``: the basis of the preview that was looked at.

    ``request`` and ``key``: the caller's own name for this request, and all that he asks for.
    """

    by: str
    reason: str
    based_on: str | None = None
    key: str | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that is not taken, or not yet."""

    proposed: Proposed
    proposal: Proposal | None  # None once it is ruled on


Outcome = DecisionReport | Waiting


class Stewardship:
    """Takes decisions under terms; more than ``alone`` customers are changed by two people only."""

    def __init__(self, steward: Steward, ledger: Ledger, *, secret: bytes, alone: int) -> None:
        self.steward = steward
        self._ledger = ledger
        self._secret = secret
        self._alone = alone

    async def foresee(self, proposal: Proposal) -> Foreseen:
        """Raises NotFound, BadDecision and Conflict as deciding would; writes nothing."""
        preview = await self.steward.preview(proposal)
        said = [say_proposal(proposal), preview.digest.hex(), await self._corrected(proposal)]
        return Foreseen(preview, self._hash("basis", said))

    async def decide(self, proposal: Proposal, terms: Terms) -> Outcome:
        """Decide, or keep the proposal for a second person; a request that was answered is answered again.

        Raises as `foresee`, and Conflict for a stale basis and for a key that named another request.
        """
        read_note(terms.by, terms.reason)
        async with self.steward.writing() as writer:
            answered = await self._find(terms)
            if answered is None:
                foreseen = await self._based(proposal, terms.based_on)
                if foreseen.preview.touched > self._alone:
                    return await self._keep(proposal, foreseen, terms)
                request = self._request(terms)
                step = await self.steward.take(writer, proposal, by=terms.by, reason=terms.reason, request=request)
                answered = Answered(request="", step=step, proposal=None)
        return await self._tell(answered)

    async def answered(self, terms: Terms) -> Outcome | None:
        """What came of this request before; None if it is new. Raises Conflict for a key that named another."""
        found = await self._find(terms)
        return await self._tell(found) if found else None

    async def approve(self, number: int, *, by: str, reason: str, based_on: str | None = None) -> Outcome:
        """Take a decision that waits, if it comes to what its proposer looked at; approved before, it is told again.

        Raises NotFound, SamePerson if the proposer himself approves, Conflict if it was rejected or is stale.
        """
        read_note(by, reason)
        async with self.steward.writing() as writer:
            proposed = await self._proposed(number)
            self._refuse_self(proposed, by)
            if proposed.state is ProposalState.REJECTED:
                raise Conflict(f"Proposal {number} was rejected.", ())
            step = proposed.step
            if step is None:
                proposal = _heard(number, proposed)
                await self._based(proposal, proposed.basis)
                if based_on not in (None, proposed.basis):
                    raise Conflict(STALE, ())
                approval = Approval(number, by, reason)
                step = await self.steward.take(
                    writer, proposal, by=proposed.by, reason=proposed.reason, approval=approval
                )
        async with self._ledger.transaction() as connection:
            await forget_ruled(connection)
        return await self.steward.report(step)

    async def foresee_pending(self, number: int) -> Foreseen:
        """What a decision that waits would change now. Raises NotFound, and BadDecision once it was ruled on."""
        return await self.foresee(_heard(number, await self._proposed(number)))

    async def reject(self, number: int, *, by: str, reason: str) -> Waiting:
        """Raises NotFound, SamePerson if the proposer himself rejects, Conflict if it was approved."""
        read_note(by, reason)
        async with self.steward.writing():
            proposed = await self._proposed(number)
            self._refuse_self(proposed, by)
            if proposed.state is ProposalState.APPROVED:
                raise Conflict(f"Proposal {number} was approved: undo its decision.", ())
            async with self._ledger.transaction() as connection:
                if proposed.state is ProposalState.PENDING:
                    await append_rejection(connection, number, by=by, reason=reason)
                await forget_ruled(connection)
        return Waiting(await self._proposed(number), None)

    async def pending(self, after: int, limit: int) -> Sequence[Waiting]:
        """What waits for a second person, the oldest first."""
        async with self._ledger.transaction() as connection:
            found = await pending_proposals(connection, after, limit)
        return [_waiting(it) for it in found]

    async def _based(self, proposal: Proposal, basis: str | None) -> Foreseen:
        foreseen = await self.foresee(proposal)
        if basis not in (None, foreseen.basis):
            raise Conflict(STALE, ())
        return foreseen

    async def _keep(self, proposal: Proposal, foreseen: Foreseen, terms: Terms) -> Waiting:
        async with self._ledger.transaction() as connection:
            number = await append_proposal(
                connection,
                say_proposal(proposal),
                named_in(proposal),
                by=terms.by,
                reason=terms.reason,
                basis=foreseen.basis,
                customers=foreseen.preview.touched,
                request=self._request(terms),
            )
        return _waiting(await self._proposed(number))

    async def _find(self, terms: Terms) -> Answered | None:
        request = self._request(terms)
        if request is None:
            return None
        async with self._ledger.transaction() as connection:
            found = await find_answered(connection, request.subject, request.key)
        if found and found.request != request.request:
            raise Conflict("This idempotency key was given to another request: choose a new one.", ())
        return found

    async def _tell(self, answered: Answered) -> Outcome:
        if answered.step is not None:
            return await self.steward.report(answered.step)
        proposed = await self._proposed(answered.proposal or 0)
        return _waiting(proposed) if proposed.step is None else await self.steward.report(proposed.step)

    async def _proposed(self, number: int) -> Proposed:
        async with self._ledger.transaction() as connection:
            found = await find_proposal(connection, number)
        if found is None:
            raise NotFound(f"There is no proposal {number}.")
        return found

    @staticmethod
    def _refuse_self(proposed: Proposed, by: str) -> None:
        if proposed.by == by:
            raise SamePerson("Another person than the one who proposed this has to rule on it.")

    async def _corrected(self, proposal: Proposal) -> list[int]:
        """The standing corrections beside a correction: it changes no customer, but they may have changed."""
        if not isinstance(proposal, Correct):
            return []
        async with self._ledger.transaction() as connection:
            standing = await decisions(connection, birth_ids=[proposal.gcid])
        return [it.id for it in standing if it.field == proposal.field]

    def _request(self, terms: Terms) -> Request | None:
        return Request(terms.by, terms.key, self._hash("request", terms.request)) if terms.key else None

    def _hash(self, what: str, said: object) -> str:
        return str(value_id(self._secret, f"{what}|{json.dumps(said, sort_keys=True)}"))


def _waiting(proposed: Proposed) -> Waiting:
    return Waiting(proposed, hear_proposal(proposed.said) if proposed.said else None)


def _heard(number: int, proposed: Proposed) -> Proposal:
    if proposed.said is None:
        raise BadDecision(f"Proposal {number} was ruled on, or is about somebody who was erased since.")
    return hear_proposal(proposed.said)
