"""Stewardship: decisions go to the ledger first, are applied at once, and hold in every later run, reload and rebuild.

A decision is one step: the ledger's row, the graph's node that ties it to what it concerns, and the marks on all whose
resolution is due by it. Then the resolver does the rest.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph import sides
from graph.client import GraphClient, Row
from graph.drafts import Desk, Draft
from graph.erasure import Eraser, ErasureReport
from graph.errors import NotFound
from graph.proposals import Correct, Proposal, read_note
from graph.resolution.reasons import ReasonCode
from graph.resolve import Resolver, ResolveReport
from graph.steps import OnPoint, Step, Writer, open_writer
from graph.suppressions import eligibility_of, stale_suppressions, write_suppressions
from graph.what_if import ASKED, Preview, WhatIf
from ledger.decisions import Decision
from ledger.entries import Approval, Entries, EvidenceValue, NewDecision, Request, StepNote
from ledger.history import Event, events
from ledger.ledger import Ledger
from ledger.proposals import decision_of
from ledger.records import forget_erased

PAGE = 200  # events that are read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReport:
    """What a decision did. ``events`` are those that it caused, in order."""

    decision: int
    step: int
    resolved: ResolveReport
    events: tuple[Event, ...] = ()
    suppressed: ReasonCode | None = None  # why the value that it is about links nobody from now on


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDecision:
    """For people: records by their keys, identifiers masked; what a correction says is not told."""

    id: int
    verdict: str
    at: datetime
    by: str
    reason: str
    field: str | None
    left: Sequence[str]
    right: Sequence[str]
    values: Sequence[str]


class Steward:
    """Takes the decisions of people; ``secret`` names values in the ledger. Records are named by their keys."""

    def __init__(
        self,
        client: GraphClient,
        ledger: Ledger,
        *,
        secret: bytes,
        resolver: Resolver,
        on_point: OnPoint | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._secret = secret
        self._resolver = resolver
        self._on_point = on_point
        self._what_if = WhatIf(client, ledger, secret=secret, resolver=resolver)

    async def decide(self, proposal: Proposal, *, by: str, reason: str) -> DecisionReport:
        """Append the decision, apply it and resolve what it makes due.

        Raises NotFound for a record, customer or decision that is not known, BadDecision for what cannot be decided,
        Conflict for what contradicts standing decisions, dormant ones too. Then nothing was written. What a crash
        leaves is finished by the next resolution.
        """
        async with self.writing() as writer:
            step = await self.take(writer, proposal, by=by, reason=reason)
        return await self.report(step)

    def writing(self) -> AbstractAsyncContextManager[Writer]:
        """Nobody else decides, loads or resolves until the block ends."""
        return open_writer(self._client, self._ledger, on_point=self._on_point)

    async def take(
        self,
        writer: Writer,
        proposal: Proposal,
        *,
        by: str,
        reason: str,
        request: Request | None = None,
        approval: Approval | None = None,
    ) -> int:
        """Append the decision, with the request for it and its approval, and apply it; answers the step.

        Raises as `decide` does. What it makes due is not resolved yet.
        """
        async with self._ledger.transaction() as connection:
            draft = await Desk(writer.read, connection, self._secret).draft(proposal, by=by, reason=reason)
        values = [draft.value] if draft.value else []
        entries = Entries(decisions=[draft.new], values=values, request=request, approval=approval)
        async with writer.step("decide", entries=entries) as step:
            suppressed = await self._apply(step, draft)
            step.count(decision=step.decisions[0], verdict=draft.new.verdict.value)
            step.count(suppressed=suppressed.value if suppressed else None)
        return step.id

    async def report(self, step: int) -> DecisionReport:
        """Resolve what a decision made due, if that was not done yet, and tell what it did."""
        resolved = await self._resolver.resolve()
        async with self._ledger.transaction() as connection:
            decision, suppressed = await decision_of(connection, step)
        return DecisionReport(
            decision=decision,
            step=step,
            resolved=resolved,
            events=await self._events(step),
            suppressed=ReasonCode(suppressed) if suppressed else None,
        )

    async def preview(self, proposal: Proposal) -> Preview:
        """What the decision would change, by the same checks; nothing is written. A correction changes no customer."""
        if isinstance(proposal, Correct):
            async with self._ledger.transaction() as connection:
                await Desk(self._client.read, connection, self._secret).draft(proposal, **ASKED)
            return Preview()
        return await self._what_if.preview(proposal)

    async def sides_of(self, a: str, b: str) -> sides.Sides:
        """Who stands on which side if these two are different: see `graph.sides`; erased records do not appear."""
        births = {row["key"]: row["birth_id"] for row in await self._client.read("decide_read_records", keys=[a, b])}
        if len(births) < len({a, b}):
            raise NotFound("One of these records is not known: name a record as system|entity|id, as its source does.")
        async with self._ledger.transaction() as connection:
            ours, theirs = await sides.sides_of(self._client.read, connection, births[a], births[b])
        rows = await self._client.read("decide_read_keys", birth_ids=sorted(ours | theirs))
        keys = {row["birth_id"]: row["key"] for row in rows}
        left, right = (frozenset(keys[birth] for birth in side if birth in keys) for side in (ours, theirs))
        return left, right

    async def erase(self, key: str, *, by: str, reason: str) -> ErasureReport:
        """Erase a record, resolve what that makes due, and have the ledger forget what it said; safe to repeat.

        Raises NotFound for a key that nobody has, BadDecision without ``by`` and ``reason``.
        """
        read_note(by, reason)
        async with self._erasing() as eraser:
            step = await eraser.erase(key, StepNote(by, reason))
        resolved = await self._resolver.resolve()
        async with self._ledger.transaction() as connection:
            await forget_erased(connection)
        return ErasureReport(step=step, resolved=resolved)

    async def release_erased(self, key: str, *, by: str, reason: str) -> int:
        """Let an erased key be loaded again, as a new incarnation. Answers the step; raises BadDecision."""
        read_note(by, reason)
        async with self._erasing() as eraser:
            return await eraser.release(key, StepNote(by, reason))

    @asynccontextmanager
    async def _erasing(self) -> AsyncIterator[Eraser]:
        async with (
            open_writer(self._client, self._ledger, on_point=self._on_point) as writer,
            self._ledger.transaction() as connection,
        ):
            yield Eraser(writer, connection, self._secret, self._resolver.policy)

    async def standing(self) -> list[StandingDecision]:
        """The decisions that stand, in the order in which they were taken."""
        rows = await self._client.read("decide_list")
        return [StandingDecision(**row | {"at": row["at"].to_native()}) for row in rows]

    async def _apply(self, step: Step, draft: Draft) -> ReasonCode | None:
        """In the step's transaction. Answers why the value that it is about links nobody from now on."""
        key = draft.value.key if draft.value else None
        if draft.value:
            await step.run("load_identifiers", rows=[_identifier(draft.value)])
        if draft.ended:
            await step.run("decide_close", id=draft.ended.id)
        else:
            stands = draft.revived or draft.new
            concerned = [{"birth_id": it, "side": side} for side in ("left", "right") for it in getattr(stands, side)]
            await step.run("decide_open", rows=[{"decision": _node(stands, step), "records": concerned, "value": key}])
        if draft.concerned:
            await step.run("decide_mark", birth_ids=draft.concerned, step=step.id)
        return await self._restand(step, draft, key) if key else None

    async def _restand(self, step: Step, draft: Draft, key: str) -> ReasonCode | None:
        before = (await step.run("decide_stand", key=key, standing=draft.standing))[0]["suppressed"]
        stale = await stale_suppressions(step.run, [key], self._resolver.policy)
        if not stale:
            return ReasonCode(before) if before else None
        after = eligibility_of(stale[0]).reason
        if bool(before) != bool(after):
            await write_suppressions(step, stale)
        else:  # nobody meets through it, before and after
            await step.run("load_suppressions", rows=stale)
        return after

    async def _events(self, step: int) -> tuple[Event, ...]:
        found: list[Event] = []
        after = (step, 0)
        async with self._ledger.transaction() as connection:
            while page := await events(connection, after=after, limit=PAGE):
                found += [event for event in page if event.cause == step]
                after = (page[-1].step, page[-1].number)
        return tuple(found)


def _node(stands: Decision | NewDecision, step: Step) -> Row:
    """The properties of a decision's node; a new decision has its id and time from the step."""
    if isinstance(stands, Decision):
        node = {name: getattr(stands, name) for name in ("id", "at", "step")}
    else:
        node = {"id": step.decisions[0], "at": step.at, "step": step.id}
    return node | {
        "verdict": stands.verdict.value,
        "by": stands.by,
        "reason": stands.reason,
        "field": stands.field,
        "value": stands.content,
    }


def _identifier(value: EvidenceValue) -> dict[str, Any]:
    """A row for load_identifiers: a value that nobody has yet gets its node from the decision."""
    placeholder = ReasonCode.PLACEHOLDER.value if value.said.get("placeholder") else None
    return {"key": value.key, "suppressed": placeholder, **value.said}
