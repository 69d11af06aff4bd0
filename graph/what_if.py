"""What would change if something were decided, set or deleted: computed by the rule itself, with nothing written."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from graph.client import GraphClient
from graph.components import NOTHING, Overlay
from graph.drafts import Desk, Draft
from graph.errors import IdentityError, NotFound
from graph.explanation import NO_RECORD
from graph.proposals import Different, Release, Same, Suppress, Undo
from graph.resolution.eligibility import Eligibility, Standing
from graph.resolution.model import Decision, Verdict
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.resolve import Outlook, Resolver
from graph.suppressions import eligibility_of, judge, stale_suppressions
from graph.upheaval import Limit, Upheaval
from ledger import entries
from ledger.entries import EventKind, IdentityEvent
from ledger.ledger import Ledger

LISTED = 100  # records, and events, that a preview names; the rest it counts
LAST = 2**62  # the id of a supposed decision: newer than any that stands
JUDGING = (entries.Verdict.SAME, entries.Verdict.DIFFERENT)
ASKED = {"by": "what-if", "reason": "a question"}

Item = TypeVar("Item")


class BadPolicy(IdentityError):
    """A setting that no policy has, or a value that it cannot take."""


@dataclass(frozen=True, slots=True)
class Delete:
    """A record, by key, that its source no longer has."""

    key: str


Change = Same | Different | Suppress | Release | Undo | Delete | Policy


@dataclass(slots=True)
class Listing(Generic[Item]):
    """The first `LISTED` of many, and how many there are."""

    items: list[Item] = field(default_factory=list)
    total: int = 0

    def add(self, item: Item) -> None:
        self.total += 1
        if len(self.items) < LISTED:
            self.items.append(item)


@dataclass(frozen=True, slots=True)
class ChangedId:
    """A record whose GlobalCustomerId would be another; ``after`` is None for one that would have gone."""

    record: str
    before: str
    after: str | None


@dataclass(slots=True, kw_only=True)
class Preview:
    """Customers and records of all that would be looked at, and what would happen to them."""

    records: int = 0  # looked at
    customers_before: int = 0
    customers_after: int = 0
    happened: Counter[EventKind] = field(default_factory=Counter)
    changed: Listing[ChangedId] = field(default_factory=Listing)
    events: Listing[IdentityEvent] = field(default_factory=Listing)
    links: int = 0  # that would be accepted anew; many may stand for few changes, as they are a spanning forest
    refused: int = 0
    due: bool = False  # a resolution is due: what it will do is in here too
    touched: int = 0  # customers whose members would be others
    digest: bytes = b""  # of all that would change, listed or counted: two previews that come to the same share it

    @property
    def churn(self) -> float:
        """Records whose id would change, of those looked at."""
        return self.changed.total / self.records if self.records else 0.0

    def numbers(self) -> dict[str, int]:
        """For a log: how much would change."""
        happened = {kind.value: number for kind, number in self.happened.items() if number}
        return {"records": self.records, "records_changing_id": self.changed.total, **happened}

    def add(self, outlook: Outlook) -> None:
        """Take in a part of the graph that shares no customer with those before."""
        old, new = outlook.change.old, outlook.change.new
        self.records += len(old.keys() | new.keys())
        self.customers_before += len(set(old.values()))
        self.customers_after += len(set(new.values()))
        for key in sorted(old):
            if old[key] != new.get(key):
                self.changed.add(ChangedId(key, old[key], new.get(key)))
        for event in outlook.events:
            self.happened[event.what] += 1
            self.events.add(event)
        self.links += len(outlook.difference.links_opened)
        self.refused += len(outlook.difference.refusals_opened)
        self.due = self.due or bool(outlook.marked)
        moves = [(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())]
        moves = [move for move in moves if move[1] != move[2]]
        self.touched += len({gcid for _, before, after in moves for gcid in (before, after) if gcid})
        events = [(event.what.value, event.gcid, event.others, event.records) for event in outlook.events]
        self.digest = sha256(self.digest + repr((moves, events, self.links, self.refused)).encode()).digest()


class WhatIf:
    """Answers from both stores; reads only. ``secret`` names values in the ledger."""

    def __init__(self, client: GraphClient, ledger: Ledger, *, secret: bytes, resolver: Resolver) -> None:
        self._client = client
        self._ledger = ledger
        self._secret = secret
        self._resolver = resolver

    async def preview(self, change: Change) -> Preview:
        """What the change would come to.

        Raises what deciding would: NotFound, BadDecision, Conflict. A policy looks at every record, in parts.
        """
        if isinstance(change, Policy):
            return await self._survey(change)
        preview = Preview()
        seeds, suppose = await (self._delete(change) if isinstance(change, Delete) else self._decide(change))
        if seeds:
            preview.add(await self._resolver.look(seeds, suppose))
        return preview

    async def adoption(self) -> Preview:
        """What a whole resolution by the resolver's own policy would change, whichever resolved the graph last."""
        return await self._survey(self._resolver.policy)

    async def _survey(self, policy: Policy) -> Preview:
        preview = Preview()
        async with aclosing(self._resolver.survey(Overlay(policy=policy))) as outlooks:
            async for outlook in outlooks:
                preview.add(outlook)
        return preview

    async def _delete(self, change: Delete) -> tuple[Sequence[str], Overlay]:
        rows = await self._client.read("explain_records", keys=[change.key])
        if not rows or rows[0]["ghost"]:
            raise NotFound(NO_RECORD)
        freed = await self._values_freed_by(change.key)
        return [change.key], Overlay(departed=frozenset({change.key}), eligibility=freed)

    async def _values_freed_by(self, key: str) -> dict[str, Eligibility]:
        """What values might do without this record that too many share, or claim."""
        policy = self._resolver.policy
        rows = await self._client.read(
            "explain_counts_without", key=key, reason=ReasonCode.SHARED_BY_TOO_MANY.value, hub=policy.hub
        )
        return {row["key"]: judge(row, policy) for row in rows}

    async def _decide(self, change: Same | Different | Suppress | Release | Undo) -> tuple[Sequence[str], Overlay]:
        async with self._ledger.transaction() as connection:
            draft = await Desk(self._client.read, connection, self._secret).draft(change, **ASKED)
        if draft.value is not None:
            return await self._restand(draft.value.key, draft.standing)
        if isinstance(change, Same):
            return await self._judge(LAST, Verdict.SAME, [change.a], [change.b])
        if isinstance(change, Different):
            return await self._judge(LAST, Verdict.DIFFERENT, sorted(change.left), sorted(change.right))
        return await self._undo(draft)

    async def _restand(self, key: str, standing: Standing | None) -> tuple[Sequence[str], Overlay]:
        """Nobody to look at if stewards' new word on the value changes nothing, or nobody has it."""
        stale = await stale_suppressions(self._client.read, [key], self._resolver.policy, {key: standing})
        if not stale:
            return [], NOTHING
        holders = await self._client.read("explain_holder", key=key)
        return [row["key"] for row in holders], Overlay(eligibility={key: eligibility_of(stale[0])})

    async def _judge(
        self, number: int, verdict: Verdict, left: Sequence[str], right: Sequence[str]
    ) -> tuple[Sequence[str], Overlay]:
        decision = Decision(id=number, verdict=verdict, left=frozenset(left), right=frozenset(right))
        return [*left, *right], Overlay(decisions=(decision,))

    async def _undo(self, draft: Draft) -> tuple[Sequence[str], Overlay]:
        rows = await self._client.read("decide_read_keys", birth_ids=draft.concerned)
        keys = {row["birth_id"]: row["key"] for row in rows}
        if draft.ended is not None:
            return sorted(keys.values()), Overlay(undone=frozenset({draft.ended.id}))
        again = draft.revived
        if again is None or again.verdict not in JUDGING:
            return [], NOTHING  # a correction changes nobody's id
        left, right = ([keys[record] for record in side if record in keys] for side in (again.left, again.right))
        if not left or not right:
            return [], NOTHING  # dormant
        return await self._judge(again.id, Verdict(again.verdict.value), left, right)


def refuse_adoption(preview: Preview, policy: str, limit: Limit) -> None:
    """Raises Upheaval if the policy would change the ids of more records than customers may lose some unasked."""
    allowed = limit.allowed(preview.customers_before)
    if preview.changed.total > allowed:
        raise Upheaval(
            f"The policy {policy} would change the id of {preview.changed.total:,} of {preview.records:,} records, and "
            f"{allowed:,} are allowed unasked, so it was not adopted: `wekeza resolve --dry-run` shows what would "
            "change, `wekeza resolve --accept` adopts it."
        )


def change_policy(policy: Policy, settings: Mapping[str, Any]) -> Policy:
    """The policy with some fields set otherwise. Raises BadPolicy: one sentence that says which and why."""
    if unknown := sorted(settings.keys() - Policy.model_fields.keys()):
        raise BadPolicy(f"A policy has no setting {unknown[0]!r}: choose from {', '.join(Policy.model_fields)}.")
    try:
        return Policy(**{**policy.model_dump(), **settings})
    except ValidationError as fault:
        first = fault.errors()[0]
        where = (
            f"The policy setting {first['loc'][0]} is not possible" if first["loc"] else "This policy is not possible"
        )
        raise BadPolicy(f"{where}: {first['msg'].removeprefix('Value error, ')}.") from None


def read_setting(text: str) -> Any:
    """A setting as a policy's file would write it; what is no TOML is taken as text."""
    try:
        return tomllib.loads(f"it = {text}")["it"]
    except tomllib.TOMLDecodeError:
        return text
