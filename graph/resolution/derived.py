"""Identifiers that no source writes: made of what a record says, for a policy that counts on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from jellyfish import metaphone

from graph.identifiers import normalise
from graph.identifiers.name_birth import NAME_BIRTH
from graph.records import CustomerRecord, IdentifierValue
from graph.resolution.names import canonical_name
from graph.resolution.policy import Policy

# Four words make six pairs; a name of more than four has enough in common with itself however it is written.
MAX_WORDS, MAX_CODE = 4, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """What a policy would derive from all records together; from one that derives nothing, nothing."""

    policy: Policy
    shared: Mapping[str, Sequence[str]]  # values that link those who would hold them, two or more: keys of records
    suppressed: frozenset[str]  # values, by key, that so many would share that they link nobody

    def derive(self, name: str | None, birth_date: date | None) -> tuple[IdentifierValue, ...]:
        """Those of the record's values that link it with whoever shares them."""
        found = derive(name, birth_date) if self.policy.derives else ()
        return tuple(value for value in found if not value.placeholder and value.key not in self.suppressed)


def with_derived(record: CustomerRecord, policy: Policy) -> CustomerRecord:
    """The record, with the identifiers that the policy has derived from it."""
    found = derive(record.full_name, record.birth_date) if policy.derives else ()
    return replace(record, identifiers=(*record.identifiers, *found)) if found else record


def derive(name: str | None, birth_date: date | None) -> tuple[IdentifierValue, ...]:
    """A NameBirth for each pair of full words of the name, at most six, in ascending order; none if either is unknown.

    The same for every order and most spellings of a name: Katherine Ann Otieno and Otieno Catherine share one.
    """
    canonical = canonical_name(name)
    if canonical is None or birth_date is None:
        return ()
    codes = sorted(_code(word) for word in canonical.split() if len(word) > 1)[:MAX_WORDS]
    texts = sorted({f"{birth_date.isoformat()} {one} {other}" for one, other in combinations(codes, 2)})
    values = [normalise(NAME_BIRTH.name, text, None) for text in texts]
    return tuple(value for value in values if isinstance(value, IdentifierValue))


def _code(word: str) -> str:
    """Metaphone was made for Latin letters: a word of others stands for itself."""
    return (metaphone(word).replace(" ", "") or word)[:MAX_CODE]
