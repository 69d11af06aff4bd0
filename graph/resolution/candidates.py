"""Rule 3: which pairs of holders of a value may be linked, told by the two records and the value alone.

Holders with the same name and birth date are indistinguishable here, so they are judged once, as a *cell*; a phone
with a thousand holders and fifty people costs fifty names against each other, not half a million pairs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from itertools import combinations
from typing import NamedTuple

from graph.identifiers import KINDS
from graph.resolution.model import Evidence
from graph.resolution.names import agree, birth_dates_contradict, contradict
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode


class Profile(NamedTuple):
    """All that a pair's judgement knows of a record; the name is canonical."""

    name: str | None
    birth_date: date | None


class Bar(Enum):
    """What a pair must clear to be linked, from nothing to agreeing names."""

    NONE = auto()
    DOCUMENT = auto()
    CONTACT = auto()
    NAMED_CONTACT = auto()
    AGREEMENT = auto()
    CLAIM = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """The records on a value that no pair's judgement can tell apart; ``keys`` ascend."""

    profile: Profile
    claimed: bool
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedValue:
    """A value with its cells. The pairs name cells by their places; (i, i) is about the pairs inside a cell."""

    key: str
    kind: str
    cells: tuple[Cell, ...]
    candidates: tuple[tuple[int, int], ...]
    refused: tuple[tuple[int, int, ReasonCode], ...]


def judge_pairs(
    value: Evidence, profiles: Mapping[str, Profile], contested: Callable[[Evidence], bool], policy: Policy
) -> SharedValue:
    """Every pair of cells of the value, judged. Claimants are compared with holders, never with each other."""
    cells = _cells(value, profiles, claims=policy.judge)
    held = [cell for cell in cells if not cell.claimed]  # which come first
    bar = _bar(value, held, contested, policy)
    candidates: list[tuple[int, int]] = []
    refused: list[tuple[int, int, ReasonCode]] = []
    for i, one in enumerate(held):
        for j, other in enumerate(cells[i:], start=i):
            if i == j and len(one.keys) == 1:
                continue
            reason = refusal(Bar.CLAIM if other.claimed else bar, one.profile, other.profile)
            if reason is None:
                candidates.append((i, j))
            else:
                refused.append((i, j, reason))
    return SharedValue(value.key, value.kind, cells, tuple(candidates), tuple(refused))


def refusal(bar: Bar, one: Profile, other: Profile) -> ReasonCode | None:
    """Why a pair does not clear the bar, or None if it does."""
    if bar is Bar.NONE:
        return None
    names = contradict(one.name, other.name)
    births = birth_dates_contradict(one.name, one.birth_date, other.name, other.birth_date)
    if bar is Bar.DOCUMENT:
        return ReasonCode.DOCUMENTS_DISPUTED if names and births else None
    if names:
        return ReasonCode.NAMES_CONTRADICT
    if births:
        return ReasonCode.BIRTH_DATES_CONTRADICT
    nameless = one.name is None or other.name is None
    if bar is Bar.CONTACT or (bar is Bar.NAMED_CONTACT and not nameless) or agree(one.name, other.name):
        return None
    return ReasonCode.UNVERIFIED if bar is Bar.CLAIM else ReasonCode.NEEDS_CORROBORATION


def _cells(value: Evidence, profiles: Mapping[str, Profile], *, claims: bool) -> tuple[Cell, ...]:
    keys: dict[tuple[bool, Profile], list[str]] = {}
    holders = set(value.holders)
    for key in sorted(holders):
        keys.setdefault((False, profiles[key]), []).append(key)
    if claims:
        for key in sorted(set(value.claimants) - holders):  # a verified edge replaces the claim
            keys.setdefault((True, profiles[key]), []).append(key)
    return tuple(Cell(profile, claimed, tuple(found)) for (claimed, profile), found in keys.items())


def _bar(value: Evidence, held: list[Cell], contested: Callable[[Evidence], bool], policy: Policy) -> Bar:
    if not policy.judge:
        return Bar.NONE
    names = {cell.profile.name for cell in held if cell.profile.name is not None}
    nameless = sum(len(cell.keys) for cell in held if cell.profile.name is None)
    if value.kind in policy.corroborated or len(names) + nameless > policy.private_limit:
        return Bar.AGREEMENT
    if not KINDS[value.kind].weak:
        return Bar.DOCUMENT
    if contested(value):
        return Bar.AGREEMENT
    if nameless and any(contradict(a, b) for a, b in combinations(names, 2)):
        return Bar.NAMED_CONTACT
    return Bar.CONTACT
