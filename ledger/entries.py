"""What a step may append to the ledger, as values; ids of records, customers and values are UUIDs as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Birth:
    """A record that is loaded for the first time, or a key that was given to somebody else (an incarnation above 0)."""

    key: str
    birth_id: str
    incarnation: int = 0


@dataclass(frozen=True, slots=True)
class RankedBirth:
    birth_id: str
    rank: int
    incarnation: int = 0


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """What a record said from this step on; ``said`` is JSON, personal, and erasable."""

    birth_id: str
    hash: str
    said: Mapping[str, Any]


class Presence(StrEnum):
    LEFT = "left"
    RETURNED = "returned"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class PresenceDelta:
    birth_id: str
    what: Presence
    source_at: datetime | None = None
    source_version: int | None = None


@dataclass(frozen=True, slots=True)
class EvidenceValue:
    """An identifier's key and properties by its keyed hash; appended once, personal."""

    value: str
    key: str
    said: Mapping[str, Any]


class Evident(StrEnum):
    HELD = "held"
    CLAIMED = "claimed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class EvidenceDelta:
    birth_id: str
    value: str
    what: Evident
    source_at: datetime | None = None


class Heirship(StrEnum):
    NAMED = "named"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class HeirDelta:
    birth_id: str
    what: Heirship
    heir: str | None = None  # named without an heir: the id is closed


@dataclass(frozen=True, slots=True)
class MembershipDelta:
    """One record's change of customer in one step; None means that it had, or has, none."""

    birth_id: str
    old_gcid: str | None
    new_gcid: str | None
    cause: int | None = None  # the step that made it due


class LinkFate(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDelta:
    """A link of the spanning forest, or a refused one. ``value`` is None for a *same*, which ``decision`` names."""

    a: str
    b: str
    what: LinkFate
    kind: str
    value: str | None = None
    decision: int | None = None
    stage: int | None = None
    reason: str | None = None
    inside: bool | None = None


class EventKind(StrEnum):
    CREATED = "created"
    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    CLOSED = "closed"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityEvent:
    what: EventKind
    gcid: str
    others: tuple[str, ...] = ()
    records: int = 0
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class GoldenVersion:
    """What a customer says from this step on; JSON, personal."""

    gcid: str
    said: Mapping[str, Any]


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    SUPPRESS = "suppress"
    RELEASE = "release"
    CORRECT = "correct"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A decision to append; ``left`` and ``right`` are birth ids, of a correction ``left`` is the one record."""

    verdict: Verdict
    by: str
    reason: str
    left: Sequence[str] = ()
    right: Sequence[str] = ()
    value: str | None = None
    field: str | None = None
    content: str | None = None
    undoes: int | None = None


class Erasing(StrEnum):
    ERASED = "erased"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A key, by its keyed hash, that may not be loaded again, or that may."""

    key_hash: str
    what: Erasing


@dataclass(frozen=True, slots=True)
class StepNote:
    """Who had a step taken that is no decision, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller asked for under a name of his own, so that he may ask again; ``request`` is a keyed hash of it."""

    subject: str
    key: str
    request: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The second person's word, by which a proposal becomes the step's decision."""

    proposal: int
    by: str
    reason: str


class CopiedKind(StrEnum):
    ACCOUNT = "account"
    TRANSACTION = "transaction"
    SIGHTING = "sighting"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Gone:
    """The key of a node that the step takes out of the graph: the relational copy cannot see it there."""

    kind: CopiedKind
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """All that one step appends, in one transaction."""

    births: Sequence[Birth] = ()
    versions: Sequence[RecordVersion] = ()
    presences: Sequence[PresenceDelta] = ()
    values: Sequence[EvidenceValue] = ()
    evidence: Sequence[EvidenceDelta] = ()
    heirs: Sequence[HeirDelta] = ()
    memberships: Sequence[MembershipDelta] = ()
    links: Sequence[LinkDelta] = ()
    events: Sequence[IdentityEvent] = ()
    goldens: Sequence[GoldenVersion] = ()
    decisions: Sequence[NewDecision] = ()
    erasures: Sequence[Erasure] = ()
    gone: Sequence[Gone] = ()
    note: StepNote | None = None
    request: Request | None = None
    approval: Approval | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))


NO_ENTRIES = Entries()
