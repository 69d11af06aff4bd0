"""Histories of a handful of records in memory: what they share changes, they leave and return, decisions come and go.

After each resolution the next region holds what was concluded, as the graph would: so names are tested without servers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from graph.components import Region
from graph.conclusion import Conclusion, change_of, conclude
from graph.events import Change
from graph.memberships import View
from graph.resolution.golden import Correction
from graph.resolution.model import Decision
from graph.stored import Ghost, StoredRecord
from tests.unit.graph.resolution.worlds import PLAIN, different, identifier, record, same

KEYS = "abcdefg"
Phones = frozenset[str]


@dataclass(frozen=True)
class History:
    """``phones`` are those of the records that ever came, in the order of their ranks, also of those that left."""

    phones: Mapping[str, Phones] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    erased: frozenset[str] = frozenset()
    decisions: tuple[Decision, ...] = ()
    corrections: Mapping[str, Sequence[Correction]] = field(default_factory=dict)
    held: View = field(default_factory=View)
    issued: frozenset[str] = frozenset()

    def say(self, key: str, phones: Phones) -> "History":
        """The source has the record, new or corrected or back."""
        heirs = {ghost: heir for ghost, heir in self.held.heirs.items() if ghost != key or heir is not None}
        held = replace(self.held, heirs=heirs)  # a closed id has no edge that the record could come back with
        return replace(self, phones={**self.phones, key: phones}, left=self.left - {key}, held=held)

    def leave(self, key: str) -> "History":
        held = self.held
        if key in self.phones and key not in held.memberships and key not in held.heirs:
            held = replace(held, heirs={**held.heirs, key: None})  # it never was anybody's
        return replace(self, left=self.left | ({key} & self.phones.keys()), held=held)

    def ranks(self) -> dict[str, int]:
        return {key: rank for rank, key in enumerate(self.phones)}

    def region(self) -> Region:
        present, ranks = self.phones.keys() - self.left, self.ranks()
        cut = [(d, d.left & present, d.right & present) for d in self.decisions]
        return Region(
            records={key: _stored(key, ranks[key], self.phones[key]) for key in sorted(present)},
            ghosts={key: _ghost(key, ranks[key], erased=key in self.erased) for key in sorted(self.left)},
            decisions=tuple(replace(d, left=left, right=right) for d, left, right in cut if left and right),
            corrections=self.corrections,
            held=self.held,
            outside={},
            statements=0,
        )

    def conclude(self) -> Conclusion:
        return conclude(self.region(), PLAIN, {})

    def change(self) -> Change:
        return change_of(self.region(), self.conclude())

    def resolve(self) -> "History":
        said = self.conclude().view
        return replace(self, held=said, issued=self.issued | set(said.memberships.values()))


def birth_id(key: str) -> str:
    return key.upper()


def _stored(key: str, rank: int, phones: Phones) -> StoredRecord:
    values = [identifier("Phone", phone) for phone in sorted(phones)]
    return StoredRecord(
        said=record(key, "Jane Doe", *values),
        birth_id=birth_id(key),
        rank=rank,
        marked=False,
        eligible=frozenset(value.key for value in values),
    )


def _ghost(key: str, rank: int, *, erased: bool) -> Ghost:
    return Ghost(key=key, birth_id=birth_id(key), rank=rank, marked=False, erased=erased)


def remember(text: str) -> History:
    """``a:12 b:2``: the record a has the phones 1 and 2, and so on; resolved."""
    history = History()
    for word in text.split():
        key, _, phones = word.partition(":")
        history = history.say(key, frozenset(phones))
    return history.resolve()


phones = st.frozensets(st.sampled_from("123"), max_size=2)


@st.composite
def decided(draw: st.DrawFn) -> tuple[Decision, ...]:
    found = []
    for number in range(draw(st.integers(0, 3))):
        a, b, *more = draw(st.lists(st.sampled_from(KEYS), min_size=2, max_size=3, unique=True))
        found.append(same(number, a, b) if draw(st.booleans()) else different(number, [a, *more], [b]))
    return tuple(found)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Resolved now and then, and at the end."""
    history = History()
    for _ in range(draw(st.integers(1, 14))):
        match draw(st.sampled_from(["say", "say", "leave", "resolve", "decide"])):
            case "say":
                history = history.say(draw(st.sampled_from(KEYS)), draw(phones))
            case "leave":
                history = history.leave(draw(st.sampled_from(KEYS)))
            case "resolve":
                history = history.resolve()
            case _:
                history = replace(history, decisions=draw(decided()))
    return history.resolve()
