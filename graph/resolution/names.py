"""Comparing names: what contradicts, what agrees, and what counts as one person.

Everything works on canonical names (`canonical_name`): normalised tokens in ascending order, joined by spaces; None
for a missing name. A missing name contradicts nothing and corroborates nothing.
"""

import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import product, repeat
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance.JaroWinkler import similarity as spelled_alike

NAMES = Path(__file__).with_name("nicknames.toml")

CONTRADICT_BELOW = 0.5
AGREE_FROM = 0.87
FULL_TOKENS = 2  # an agreement on one token is none: the bank has ten thousand people called Mary
VARIANT, INITIAL, SPELLING_FROM = 0.95, 0.9, 0.88
# Bounds on hostile input, far above what people are called.
MAX_LENGTH, MAX_TOKENS = 256, 8

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``nicknames.toml``: titles, words that stand in for a name, given names, words of companies, and the groups of
    variants of each token."""

    titles: frozenset[str]
    placeholders: frozenset[str]
    given: frozenset[str]
    company: frozenset[str]
    variants: dict[str, frozenset[int]]


class Likeness(NamedTuple):
    """``score`` from 0 to 1 over the shorter name's tokens; ``full`` of the matched pairs have no initial in them."""

    score: float
    full: int

    @property
    def agrees(self) -> bool:
        return self.score >= AGREE_FROM and self.full >= FULL_TOKENS


@cache
def vocabulary() -> Vocabulary:
    data = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    variants: dict[str, set[int]] = {}
    for number, group in enumerate(data["variants"] + data["other_variants"]):
        for token in group:
            variants.setdefault(token, set()).add(number)
    return Vocabulary(
        titles=frozenset(data["titles"]),
        placeholders=frozenset(data["placeholders"]),
        given=frozenset(data["given"]).union(*data["variants"]),
        company=frozenset(data["company"]),
        variants={token: frozenset(groups) for token, groups in variants.items()},
    )


def canonical_name(raw: str | None) -> str | None:
    """Case, diacritics, punctuation, titles and order removed; None if nothing, or only a placeholder, is left."""
    return _canonical(raw[:MAX_LENGTH]) if raw else None


@lru_cache(maxsize=1 << 16)
def _canonical(raw: str) -> str | None:
    # Casefolded on both sides of the decomposition: each may make letters for the other to fold.
    decomposed = unicodedata.normalize("NFKD", raw.translate(_APOSTROPHES).casefold()).casefold()
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = "".join(char if char.isalnum() else " " for char in letters).split()
    known = vocabulary()
    tokens = [word for word in words if word not in known.titles][:MAX_TOKENS]
    if all(_stands_in(token, known) for token in tokens):
        return None
    return " ".join(sorted(tokens))


def _stands_in(token: str, known: Vocabulary) -> bool:
    word = token.rstrip("0123456789")
    return not word or word in known.placeholders


def full_tokens(name: str) -> int:
    return sum(len(token) > 1 for token in name.split())


def contradict(a: str | None, b: str | None) -> bool:
    """Too little in common; or not enough to agree, and the given names differ or only one is a company's."""
    if a is None or b is None or a == b:
        return False
    score = likeness(a, b).score
    if CONTRADICT_BELOW <= score < AGREE_FROM:
        return _is_company(a) != _is_company(b) or _given_names_differ(min(a, b), max(a, b))
    return score < CONTRADICT_BELOW


def agree(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and likeness(a, b).agrees


def birth_dates_contradict(a: str | None, a_born: date | None, b: str | None, b_born: date | None) -> bool:
    """Different known dates, unless the full names are equal: then one of the dates is a slip."""
    if a_born is None or b_born is None or a_born == b_born:
        return False
    return not (a is not None and a == b and full_tokens(a) >= FULL_TOKENS)


@lru_cache(maxsize=1 << 16)
def _given_names_differ(a: str, b: str) -> bool:
    """Each has a given name, and neither's is in the other: relatives share the rest of their names."""
    ours, theirs = a.split(), b.split()
    mine, yours = _given(ours), _given(theirs)
    if not mine or not yours:
        return False
    return not any(token_similarity(one, other) for one, other in [*product(mine, theirs), *product(yours, ours)])


def _given(tokens: Sequence[str]) -> list[str]:
    """The known given names; where there are none, the initials: a family name is seldom cut to one letter."""
    known = vocabulary().given
    return [token for token in tokens if token in known] or [token for token in tokens if len(token) == 1]


@lru_cache(maxsize=1 << 16)
def _is_company(name: str) -> bool:
    return not vocabulary().company.isdisjoint(name.split())


def likeness(a: str, b: str) -> Likeness:
    """How alike two canonical names are; the same whichever comes first."""
    return _likeness(a, b) if a <= b else _likeness(b, a)


@lru_cache(maxsize=1 << 16)
def _likeness(a: str, b: str) -> Likeness:
    """The best one-to-one assignment of the shorter name's tokens, by dynamic programming over the longer's.

    ``best`` maps the set of tokens of the longer name that are taken, as bits, to the best (sum, full pairs). A token
    may be left without a partner: there are always enough left over, and nothing is gained from one unlike it.
    """
    shorter, longer = a.split(), b.split()
    if len(shorter) > len(longer):
        shorter, longer = longer, shorter
    best = {0: (0.0, 0)}
    for token in shorter:
        step = best
        for place, like in enumerate(map(token_similarity, repeat(token), longer)):
            if not like:
                continue  # as most are
            if step is best:
                step = best.copy()
            full = len(token) > 1 and len(longer[place]) > 1
            for taken, (total, pairs) in best.items():
                if taken >> place & 1:
                    continue
                state = taken | 1 << place
                found = (round(total + like, 6), pairs + full)
                if state not in step or found > step[state]:
                    step[state] = found
        best = step
    total, pairs = max(best.values())
    return Likeness(total / len(shorter), pairs)


def token_similarity(a: str, b: str) -> float:
    """1 equal, 0.95 a known variant, 0.9 an initial with its name, else Jaro–Winkler from 0.88 up, or 0."""
    if a == b:
        return 1.0
    variants = vocabulary().variants
    if a in variants and b in variants and not variants[a].isdisjoint(variants[b]):
        return VARIANT
    if (len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b)):
        return INITIAL
    first, second = (a, b) if a < b else (b, a)
    alike: float = spelled_alike(first, second, score_cutoff=SPELLING_FROM)
    return alike
