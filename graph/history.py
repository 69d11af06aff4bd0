"""What was, as the ledger remembers it: customers, holders and ids at any time, and all that happened to them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from graph.errors import NotFound
from graph.past import (
    Answer,
    Cause,
    Closed,
    Conflicting,
    Current,
    CustomerThen,
    Erased,
    HeldThen,
    Holder,
    KnownValue,
    LinkThen,
    Merged,
    PastEvent,
    RefusedThen,
)
from graph.proposals import read_value
from graph.resolution.global_ids import present_heir, value_id
from graph.said import hear
from ledger import history, names
from ledger.decisions import Decision, decisions
from ledger.entries import EvidenceValue, Evident, LinkFate, Presence
from ledger.feed import Place, settled_events
from ledger.history import Event, Holding, Link, Run
from ledger.ledger import Ledger
from ledger.values import known_values

EVENTS = 200  # told at once
UNKNOWN = "No customer ever had this id."


class History:
    """Reads the ledger alone; ``secret`` names values as the chain does. Times given must be aware."""

    def __init__(self, ledger: Ledger, secret: bytes) -> None:
        self._ledger = ledger
        self._secret = secret

    async def answer(self, gcid: str, *, follow_record: bool = False) -> Answer:
        """Who answers for an id now. Raises NotFound for one that was never issued.

        ``follow_record`` asks only where the record lives with which the id was born, or its heir.
        """
        async with self._ledger.transaction() as connection:
            bearers = await self._bearers(connection, gcid)
            heirs = await names.heirs_of(connection, [gcid])
            home = present_heir(gcid, heirs) if gcid in heirs else gcid
            lives = await history.customers_at(connection, bearers | {home} if home else bearers)
            erased = await names.presence_of(connection, gcid) is Presence.ERASED
        if gcid in lives.values():
            return Current(gcid)
        founder = lives.get(home) if home else None
        candidates = {founder} if follow_record else {*lives.values(), founder}
        match sorted(candidate for candidate in candidates if candidate):
            case []:
                return Erased(gcid) if erased else Closed(gcid)
            case [into]:
                return Merged(gcid, into)
            case several:
                return Conflicting(gcid, tuple(several))

    async def customer_as_of(self, gcid: str, at: datetime) -> CustomerThen:
        """What the customer was, as we knew it then. Raises NotFound for an id that was never issued."""
        async with self._ledger.transaction() as connection:
            await self._bearers(connection, gcid)
            step = await history.step_at(connection, at)
            known = 0 if step is None else step
            members = await history.members_at(connection, gcid, known)
            held = await history.holdings_at(connection, members, known)
            links = sorted(await history.links_of(connection, members, known), key=_by_stage)
            keys = await names.keys_of(connection, members | {end for it in links for end in (it.a, it.b)})
            said = {it.birth_id: it.said for it in await history.versions_of(connection, members, known)}
            wanted = {it.value for it in held} | {it.value for it in links if it.value}
            values = await known_values(connection, wanted)
            golden = await history.golden_at(connection, gcid, known)
        return CustomerThen(
            gcid=gcid,
            at=at,
            step=step,
            members=tuple(sorted(keys[it] for it in members & keys.keys())),
            erased=len(members - keys.keys()),
            identifiers=_in_order(
                HeldThen(
                    record=keys.get(it.birth_id),
                    value=_known(values.get(it.value)),
                    claimed=it.what is Evident.CLAIMED,
                    since=it.at,
                    source_since=it.source_at,
                )
                for it in held
            ),
            links=tuple(_link(it, keys, values) for it in links if it.what is LinkFate.ACCEPTED),
            golden=golden,
            records=tuple(hear(said[it]) for it in sorted(members & keys.keys(), key=keys.__getitem__) if it in said),
            refused=tuple(_refused(it, keys, values) for it in links if it.what is LinkFate.REFUSED),
        )

    async def holders_of(self, kind: str, raw: str, country: str | None, at: datetime) -> tuple[Holder, ...]:
        """Everybody who ever had a value, in the order in which we learnt it, and whether they did at that time.

        Raises BadDecision for what is no value of the kind.
        """
        value = str(value_id(self._secret, read_value(kind, raw, country).key))
        async with self._ledger.transaction() as connection:
            found = await history.holders_of(connection, value)
            born = {it.birth_id for it in found}
            keys = await names.keys_of(connection, born)
            step = await history.step_at(connection, at)
            homes = await history.customers_at(connection, born, 0 if step is None else step)
        return tuple(
            Holder(
                record=keys.get(it.birth_id),
                claimed=it.what is Evident.CLAIMED,
                since=it.from_at,
                until=it.to_at,
                source_since=it.source_from,
                source_until=it.source_to,
                customer=homes.get(it.birth_id),
                then=it.from_at <= at and (it.to_at is None or at < it.to_at),
                then_by_source=_by_source(it, at),
            )
            for it in found
        )

    async def events(self, gcid: str, limit: int = EVENTS) -> tuple[PastEvent, ...]:
        """What happened to a customer, oldest first. Raises NotFound for an id that was never issued."""
        async with self._ledger.transaction() as connection:
            await self._bearers(connection, gcid)
            return await _with_causes(connection, await history.events(connection, gcid, limit=limit))

    async def changes(self, after: Place, limit: int) -> tuple[PastEvent, ...]:
        """What happened to all customers behind a place in the feed, oldest first, each step once it is settled."""
        async with self._ledger.transaction() as connection:
            return await _with_causes(connection, await settled_events(connection, after, limit))

    async def runs(self, limit: int) -> list[Run]:
        """The newest committed steps with their churn, newest first."""
        async with self._ledger.transaction() as connection:
            return await history.runs(connection, limit)

    async def _bearers(self, connection: AsyncConnection[Any], gcid: str) -> set[str]:
        if not _is_id(gcid) or not (found := await history.bearers(connection, gcid)):
            raise NotFound(UNKNOWN)
        return found


def _by_source(held: Holding, at: datetime) -> bool | None:
    """By the source's own dates; where it tells no end, what we ended ended when we learnt of it."""
    until = held.source_to or held.to_at
    if until is not None and at >= until and (held.source_from or held.source_to):
        return False
    return None if held.source_from is None else held.source_from <= at


def _known(value: EvidenceValue | None) -> KnownValue:
    if value is None:
        return KnownValue(kind=None, masked=None, key=None)
    said = value.said
    return KnownValue(
        kind=said["kind"],
        masked=said["masked"],
        key=value.key,
        value=said["value"],
        country=said.get("country"),
        placeholder=bool(said.get("placeholder")),
    )


def _by_stage(link: Link) -> tuple[int, int, str, str]:
    return link.stage or 0, link.step, link.a, link.b


def _link(link: Link, keys: Mapping[str, str], values: Mapping[str, EvidenceValue]) -> LinkThen:
    return LinkThen(
        a=keys.get(link.a),
        b=keys.get(link.b),
        kind=link.kind,
        value=_known(values.get(link.value)) if link.value else None,
        decision=link.decision,
        stage=link.stage,
        since=link.at,
    )


def _refused(link: Link, keys: Mapping[str, str], values: Mapping[str, EvidenceValue]) -> RefusedThen:
    return RefusedThen(
        a=keys.get(link.a),
        b=keys.get(link.b),
        kind=link.kind,
        value=_known(values.get(link.value)) if link.value else None,
        reason=link.reason or "",
        inside=bool(link.inside),
        since=link.at,
    )


def _in_order(held: Iterable[HeldThen]) -> tuple[HeldThen, ...]:
    return tuple(sorted(held, key=lambda it: (it.value.kind or "", it.value.key or "", it.record or "")))


async def _with_causes(connection: AsyncConnection[Any], found: Iterable[Event]) -> tuple[PastEvent, ...]:
    found = tuple(found)
    ids = {it.cause_decision for it in found if it.cause_decision}
    causes = {it.id: it for it in await decisions(connection, ids=ids, standing_only=False)} if ids else {}
    return tuple(_past(event, causes) for event in found)


def _past(event: Event, causes: Mapping[int, Decision]) -> PastEvent:
    decision = causes.get(event.cause_decision) if event.cause_decision else None
    cause = Cause(step=event.cause, kind=event.cause_kind, system=event.cause_system, decision=decision)
    return PastEvent(
        step=event.step,
        at=event.at,
        what=event.what,
        gcid=event.gcid,
        others=event.others,
        records=event.records,
        cause=cause,
        number=event.number,
    )


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
