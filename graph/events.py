"""What happened to customers between two resolutions, in the words of the history. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import chain

from ledger.entries import EventKind, IdentityEvent

_ORDER = {kind: number for number, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The customers of some whole raw components before and after.

    ``old`` names also the records that left. A record that returns stands in it with the customer that answered for
    it meanwhile: when it takes its id back, that customer's members diverge.
    """

    old: Mapping[str, str]  # key of a record → GCID
    new: Mapping[str, str]
    leads: Mapping[str, str] = field(default_factory=dict)  # GCID that names no customer now → the one that answers
    closed: Set[str] = frozenset()  # GCIDs that nobody answers for any more
    erased: Set[str] = frozenset()  # the same, because the record that bore the id was erased
    due: Mapping[str, int] = field(default_factory=dict)  # key of a record → step that made its resolution due


class Causes:
    """Which step made a change due: the latest that marked a record of the customers concerned."""

    def __init__(self, change: Change) -> None:
        self._latest: dict[str, int] = {}
        for key, step in change.due.items():
            for gcid in (change.old.get(key), change.new.get(key)):
                if gcid is not None:
                    self._latest[gcid] = max(step, self._latest.get(gcid, step))
        self._any = max(change.due.values(), default=None)  # a conflict may reach beyond the customers of the marked

    def of(self, *gcids: str | None) -> int | None:
        return max((self._latest[gcid] for gcid in gcids if gcid in self._latest), default=self._any)


def identity_events(change: Change) -> tuple[IdentityEvent, ...]:
    """Every change of a customer or of a record's id, each told once or, of a record both parted and joined, twice.

    *created*: nobody of it was anybody's before. *merged*: of the ids that meet in it at least one ends.
    *split*: an id's members diverge, at least one part under an id that was not current. *moved*: a record changes
    between two customers which both go on. *closed*, *erased*: an id that had members ends, and nobody answers for it.
    """
    causes = Causes(change)
    found = chain(_met(change), _parted(change), _moved(change), _ended(change))
    events = (
        IdentityEvent(what=what, gcid=gcid, others=others, records=records, cause=causes.of(gcid, *others))
        for what, gcid, others, records in found
    )
    return tuple(sorted(events, key=lambda event: (_ORDER[event.what], event.gcid, event.others)))


def churn(old: Mapping[str, str], new: Mapping[str, str]) -> int:
    """Records whose id changed; a record that came or left has none to change."""
    return sum(old.get(key, gcid) != gcid for key, gcid in new.items())


_Told = tuple[EventKind, str, tuple[str, ...], int]


def _met(change: Change) -> Iterator[_Told]:
    """Customers created, and those in which ids end."""
    after = set(change.new.values())
    for gcid, keys in _members(change.new).items():
        ids = {change.old[key] for key in keys if key in change.old}
        if not ids:
            yield EventKind.CREATED, gcid, (), len(keys)
        ending = {one for one in ids if change.leads.get(one) == gcid} or (ids - after if len(ids) > 1 else ())
        if ending:
            yield EventKind.MERGED, gcid, tuple(sorted(ids)), _changed(change, keys)


def _parted(change: Change) -> Iterator[_Told]:
    before = set(change.old.values())
    for gcid, keys in _members(change.old).items():
        parts = {change.new[key] for key in keys if key in change.new}
        if len(parts) > 1 and not parts <= before:
            yield EventKind.SPLIT, gcid, tuple(sorted(parts)), _changed(change, keys)


def _moved(change: Change) -> Iterator[_Told]:
    before, after = set(change.old.values()), set(change.new.values())
    moved: defaultdict[tuple[str, str], int] = defaultdict(int)
    for key, gcid in change.new.items():
        gone = change.old.get(key, gcid)
        if gone != gcid and gone in after and gcid in before:
            moved[gone, gcid] += 1
    for (gone, gcid), records in moved.items():
        yield EventKind.MOVED, gcid, (gone,), records


def _ended(change: Change) -> Iterator[_Told]:
    for gcid, keys in _members(change.old).items():
        if gcid in change.erased:
            yield EventKind.ERASED, gcid, (), len(keys)
        elif gcid in change.closed:
            yield EventKind.CLOSED, gcid, (), len(keys)


def _members(memberships: Mapping[str, str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for key, gcid in memberships.items():
        members.setdefault(gcid, []).append(key)
    return members


def _changed(change: Change, keys: Iterable[str]) -> int:
    return sum(key in change.old and key in change.new and change.old[key] != change.new[key] for key in keys)
