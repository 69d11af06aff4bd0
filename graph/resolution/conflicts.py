"""Rule 2: which records, and so which components, cannot be one customer."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from graph.records import PartyType
from graph.resolution.components import Components
from graph.resolution.model import Evidence, Link
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.resolution.sames import Sides

Scope = tuple[str, str | None]  # an exclusive kind and the country that issues it
Exclusives = frozenset[tuple[Scope, frozenset[str]]]


class Stance(NamedTuple):
    """All that can bring a record into conflict with another, a steward's *different* aside."""

    party: PartyType
    exclusives: Exclusives  # per scope its values, each under the name of those that it is equivalent to


@lru_cache(maxsize=1 << 14)
def exclude(one: Exclusives, other: Exclusives) -> bool:
    """Whether both hold values of one scope and share none."""
    return any(scope == theirs and not values & held for (scope, values), (theirs, held) in product(one, other))


@lru_cache(maxsize=1 << 14)
def clash(one: frozenset[Stance], other: frozenset[Stance]) -> ReasonCode | None:
    """Why two components that take these stances conflict."""
    parties = {stance.party for stance in one | other} - {PartyType.UNKNOWN}
    if len(parties) > 1:
        return ReasonCode.DIFFERENT_PARTY_TYPES
    if any(exclude(a.exclusives, b.exclusives) for a, b in product(one, other)):
        return ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS
    return None


class Conflicts(NamedTuple):
    """The conflicts among the records of a component."""

    stances: Mapping[str, Stance]  # of every member
    differents: Sequence[Sides]

    def any(self) -> bool:
        if self.differents:
            return True
        stances = set(self.stances.values())
        return any(clash(frozenset((a,)), frozenset((b,))) for a, b in combinations(stances, 2))

    def contested(self, value: Evidence) -> bool:
        """Whether two holders of the value hold conflicting exclusive values."""
        held = {self.stances[key].exclusives for key in value.holders}
        return any(exclude(a, b) for a, b in combinations(held, 2))


def find_conflicts(
    parties: Mapping[str, PartyType],
    evidence: Sequence[Evidence],
    sames: Sequence[Link],
    differents: Sequence[Sides],
    policy: Policy,
) -> Conflicts:
    """``parties`` names every member; ``evidence`` holds eligible values only; ``sames`` are those accepted."""
    if not policy.judge:
        nothing = Stance(PartyType.UNKNOWN, frozenset())
        return Conflicts(dict.fromkeys(parties, nothing), differents)
    exclusive = [value for value in evidence if value.kind in policy.exclusive and value.holders]
    equivalent = _equivalents(exclusive, sames)
    held: dict[str, dict[Scope, set[str]]] = {}
    for value in exclusive:
        for key in value.holders:
            scopes = held.setdefault(key, {})
            scopes.setdefault((value.kind, value.country), set()).add(equivalent.find(value.key))
    stances = {
        key: Stance(party, frozenset((scope, frozenset(values)) for scope, values in held.get(key, {}).items()))
        for key, party in parties.items()
    }
    return Conflicts(stances, differents)


def _equivalents(exclusive: Sequence[Evidence], sames: Sequence[Link]) -> Components:
    """All values of one scope that the records of accepted *sames* hold, in each of what these connect, are one."""
    equivalent = Components(value.key for value in exclusive)
    joined = Components()
    for link in sames:
        joined.unite(link.a, link.b)
    together: dict[tuple[str, Scope], list[str]] = {}
    for value in exclusive:
        for root in {joined.find(key) for key in value.holders if key in joined}:
            together.setdefault((root, (value.kind, value.country)), []).append(value.key)
    for values in together.values():
        equivalent.unite_all(values)
    return equivalent


class Rivals:
    """The conflicts among components as they stand at one moment; components go by their roots."""

    def __init__(self, conflicts: Conflicts, components: Components) -> None:
        stances: dict[str, set[Stance]] = {}
        for key, stance in conflicts.stances.items():
            stances.setdefault(components.find(key), set()).add(stance)
        self._stances = {root: frozenset(taken) for root, taken in stances.items()}
        self._opposed: dict[str, set[str]] = {}
        for left, right in conflicts.differents:
            for one, other in product(set(map(components.find, left)), set(map(components.find, right))):
                self._opposed.setdefault(one, set()).add(other)
                self._opposed.setdefault(other, set()).add(one)

    def reason(self, a: str, b: str) -> ReasonCode | None:
        """Why two components conflict, or None."""
        if b in self._opposed.get(a, ()):
            return ReasonCode.STEWARD_DIFFERENT
        return clash(self._stances[a], self._stances[b])

    def foes(self, piece: Iterable[str]) -> dict[str, frozenset[str]]:
        """For each component of the piece, the others of the piece that it conflicts with."""
        here = frozenset(piece)
        camps: dict[frozenset[Stance], set[str]] = {}
        for root in here:
            camps.setdefault(self._stances[root], set()).add(root)
        against = {
            stances: frozenset[str]().union(*(roots for other, roots in camps.items() if clash(stances, other)))
            for stances in camps
        }
        return {
            root: against[self._stances[root]] | (here & self._opposed[root])
            if root in self._opposed
            else against[self._stances[root]]
            for root in here
        }
