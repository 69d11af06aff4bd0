"""What the ledger can tell of the past, as values; all times are aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.records import CustomerRecord
from ledger.decisions import Decision
from ledger.entries import EventKind


@dataclass(frozen=True, slots=True)
class Current:
    gcid: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Nobody bears the id now; ``into`` answers for it."""

    gcid: str
    into: str


@dataclass(frozen=True, slots=True)
class Conflicting:
    """Nobody bears the id now, and those who once did live in several customers."""

    gcid: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody answers for the id: its records left, and nobody remained with them."""

    gcid: str


@dataclass(frozen=True, slots=True)
class Erased:
    """Nobody answers for the id, and the record that it was born with was erased."""

    gcid: str


Answer = Current | Merged | Conflicting | Closed | Erased


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownValue:
    """An identifier as the ledger knows it; None for what was erased."""

    kind: str | None
    masked: str | None
    key: str | None
    value: str | None = None
    country: str | None = None
    placeholder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldThen:
    """A value that a record had; ``since`` is our date, ``source_since`` its source's own."""

    record: str | None  # None: erased
    value: KnownValue
    claimed: bool
    since: datetime
    source_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkThen:
    """An accepted link: by a value, or by a decision."""

    a: str | None
    b: str | None
    kind: str
    value: KnownValue | None
    decision: int | None
    stage: int | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedThen:
    """A refused link: a value, or a decision, that two records shared and that did not link them."""

    a: str | None
    b: str | None
    kind: str
    value: KnownValue | None
    reason: str
    inside: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerThen:
    """A customer as we knew it after the last step that was not later than ``at``; without members, it was none."""

    gcid: str
    at: datetime
    step: int | None  # None: before the first
    members: tuple[str, ...]  # keys
    erased: int  # members whose keys are forgotten
    identifiers: tuple[HeldThen, ...]
    links: tuple[LinkThen, ...]
    golden: Mapping[str, Any] | None
    records: tuple[CustomerRecord, ...] = ()  # what the members said, by key; without the erased
    refused: tuple[RefusedThen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An interval in which a record had a value, by our dates and by its source's own; None ends what still lasts.

    ``then`` and ``then_by_source`` say whether it had it at the time asked about; None where the source tells no date.
    """

    record: str | None  # None: erased
    claimed: bool
    since: datetime
    until: datetime | None
    source_since: datetime | None
    source_until: datetime | None
    customer: str | None  # its GCID at the time asked about
    then: bool
    then_by_source: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why something happened: the step that made it due. None of all: a resolution of everything, as for a policy."""

    step: int | None
    kind: str | None  # load, decide, erase or resolve
    system: str | None  # of a load
    decision: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEvent:
    step: int
    at: datetime
    what: EventKind
    gcid: str
    others: tuple[str, ...]
    records: int
    cause: Cause
    number: int = 0  # within the step
