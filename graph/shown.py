"""Values and decisions as they may be shown to a person: identifiers masked, times aware and in UTC."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from neo4j.time import DateTime

from graph.client import Row
from graph.resolution.explanation import Clash, decision_of
from graph.resolution.model import SAME_KIND
from graph.resolution.reasons import ReasonCode

Read = Callable[..., Awaitable[list[Row]]]


@dataclass(frozen=True, slots=True)
class ShownValue:
    """``suppressed`` tells why the value links nobody, if it does not."""

    key: str
    kind: str
    country: str | None
    masked: str
    suppressed: ReasonCode | None = None


@dataclass(frozen=True, slots=True)
class ShownDecision:
    id: int
    verdict: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClash:
    """Two records that cannot be one customer: for two documents, or for a decision, or for what they are."""

    reason: ReasonCode
    a: str
    b: str
    values: tuple[ShownValue, ShownValue] | None
    decision: ShownDecision | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read about some values and decisions, by the names under which links know them."""

    values: dict[str, ShownValue]
    decisions: dict[int, ShownDecision]

    def decision(self, identifier: str) -> ShownDecision | None:
        """The one behind a *same*; None if the link is no *same*."""
        return self.decisions.get(decision_of(identifier)) if is_same(identifier) else None

    def clash(self, clash: Clash | None) -> ShownClash | None:
        if clash is None:
            return None
        values = clash.values and (self.values[clash.values[0]], self.values[clash.values[1]])
        decision = None if clash.decision is None else self.decisions.get(clash.decision)
        return ShownClash(reason=clash.reason, a=clash.a, b=clash.b, values=values, decision=decision)


async def read_shown(read: Read, identifiers: Iterable[str], clashes: Iterable[Clash | None] = ()) -> Shown:
    """Read what is to be shown of these identifiers and *sames*, and of what the clashes name."""
    named = [clash for clash in clashes if clash]
    identifiers = {*identifiers, *(key for clash in named for key in clash.values or ())}
    sames = {identifier for identifier in identifiers if is_same(identifier)}
    ids = {decision_of(same) for same in sames} | {clash.decision for clash in named if clash.decision is not None}
    values = await read_values(read, identifiers - sames)
    rows = await read("explain_decisions", ids=sorted(ids)) if ids else []
    decisions = {
        row["id"]: ShownDecision(row["id"], row["verdict"], _aware(row["at"]), row["by"], row["reason"]) for row in rows
    }
    return Shown(values, decisions)


async def read_values(read: Read, keys: Iterable[str]) -> dict[str, ShownValue]:
    wanted = sorted(keys)
    rows = await read("explain_values", keys=wanted) if wanted else []
    return {
        row["key"]: ShownValue(
            row["key"],
            row["kind"],
            row["country"],
            row["masked"],
            ReasonCode(row["suppressed"]) if row["suppressed"] else None,
        )
        for row in rows
    }


def is_same(identifier: str) -> bool:
    """Whether a link's identifier names a decision instead of a value."""
    return identifier.startswith(f"{SAME_KIND}|")


def moment(value: DateTime | None) -> datetime | None:
    return None if value is None else _aware(value)


def _aware(value: DateTime) -> datetime:
    return value.to_native().astimezone(UTC)
