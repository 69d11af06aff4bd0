"""What a steward may propose. Records are named by their keys, customers by any id that was ever issued. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from graph.errors import BadDecision
from graph.identifiers import KINDS, normalise
from graph.records import IdentifierValue, PartyType
from graph.resolution.golden import FIELDS, IDENTIFIER_FIELDS
from graph.resolution.names import canonical_name

MAX_TEXT = 500  # characters of a corrected name, or of a reason


@dataclass(frozen=True, slots=True)
class Same:
    """Two records are one person or company, whatever their values say."""

    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Different:
    """Nobody on the left is anybody on the right."""

    left: frozenset[str]
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Suppress:
    """A value that says nothing about who somebody is: it links nobody, and nobody is told apart by it."""

    kind: str
    raw: str
    country: str | None = None  # ISO 3166 alpha-2; of a national number its issuer, of a phone how it is dialled


@dataclass(frozen=True, slots=True)
class Release:
    """A value that links in spite of being a placeholder or shared by many."""

    kind: str
    raw: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Correct:
    """What a field of a customer's golden record says, whatever the sources say."""

    gcid: str
    field: str  # one of graph.resolution.golden.FIELDS
    value: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """An earlier decision stands no more; the undo of an undo revives what that one had ended."""

    decision: int


class Note(NamedTuple):
    """Who decides, and why."""

    by: str
    reason: str


Proposal = Same | Different | Suppress | Release | Correct | Undo
_VERDICTS: Mapping[str, type[Proposal]] = MappingProxyType(
    {kind.__name__.lower(): kind for kind in (Same, Different, Suppress, Release, Correct, Undo)}
)


def say_proposal(proposal: Proposal) -> dict[str, Any]:
    """As JSON, to be kept until somebody agrees. It may hold what a person typed of a customer."""
    said = {name: getattr(proposal, name) for name in proposal.__slots__}
    plain = {name: sorted(it) if isinstance(it, frozenset) else it for name, it in said.items()}
    return {"verdict": type(proposal).__name__.lower(), **plain}


def named_in(proposal: Proposal) -> list[str]:
    """The keys of records and the ids of customers that it names; never a value."""
    match proposal:
        case Same(a, b):
            return [a, b]
        case Different(left, right):
            return sorted(left | right)
        case Correct():
            return [proposal.gcid]
        case _:
            return []


def hear_proposal(said: Mapping[str, Any]) -> Proposal:
    """The proposal that `say_proposal` wrote."""
    given: dict[str, Any] = {name: frozenset(it) if isinstance(it, list) else it for name, it in said.items()}
    return _VERDICTS[given.pop("verdict")](**given)


def read_value(kind: str, raw: str, country: str | None) -> IdentifierValue:
    """The identifier that was meant. Raises BadDecision, which does not quote the value: it may be somebody's."""
    known = sorted(name for name, each in KINDS.items() if not each.derived)
    if kind not in known:
        raise BadDecision(f"There is no identifier kind {kind!r}: choose one of {', '.join(known)}.")
    if KINDS[kind].by_country and not country:
        raise BadDecision(f"A {kind} is unique within its country only: name the country that issued it.")
    value = normalise(kind, raw, country)
    if not isinstance(value, IdentifierValue):
        where = f" in {country.upper()}" if country else " without a country"
        raise BadDecision(f"This is no valid {kind}{where}: write it as its source does.")
    return value


def read_content(field: str, text: str, country: str | None) -> str:
    """A correction in the form in which the golden record holds it. Raises BadDecision, without quoting the text."""
    if kind := IDENTIFIER_FIELDS.get(field):
        return read_value(kind, text, country).value
    if field not in _READERS:
        raise BadDecision(f"A golden record has no field {field!r}: choose one of {', '.join(FIELDS)}.")
    return _READERS[field](text.strip())


def read_note(by: str, reason: str) -> Note:
    """Raises BadDecision if one of the two says nothing, or more than fits."""
    for name, said in (("the name of who decides", by), ("a reason", reason)):
        if not said.strip() or len(said) > MAX_TEXT or not said.replace("\n", " ").isprintable():
            raise BadDecision(f"A decision needs {name}, in 1 to {MAX_TEXT} printable characters.")
    return Note(by.strip(), reason.strip())


def _read_name(text: str) -> str:
    if canonical_name(text) is None or len(text) > MAX_TEXT or not text.isprintable():
        raise BadDecision("This is no name: give it in letters, as it is to be shown.")
    return text


def _read_birth_date(text: str) -> str:
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise BadDecision("This is no birth date: write it as YYYY-MM-DD.") from None
    if born > datetime.now(UTC).date():
        raise BadDecision("This is no birth date: it lies in the future.")
    return born.isoformat()


def _read_party_type(text: str) -> str:
    known = (PartyType.PERSON.value, PartyType.COMPANY.value)
    if text not in known:
        raise BadDecision(f"This is no party type: choose {' or '.join(known)}.")
    return text


_READERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"name": _read_name, "birth_date": _read_birth_date, "party_type": _read_party_type}
)
