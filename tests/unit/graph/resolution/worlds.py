"""Small worlds of records, for laws that must hold in all of them.

Few names, values and records, and thresholds low enough to be met: every clause of the rule is reached often.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st

from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.resolution.model import Decision, Evidence, Member, Resolution, Verdict
from graph.resolution.policy import Policy, load_policy
from graph.resolution.population import gather_evidence
from graph.resolution.reasons import ReasonCode
from graph.resolution.rule import resolve_component

GUARDED = load_policy("guarded")
PLAIN = load_policy("plain")
LOW = {"cap": 5, "document_cap": 6, "hub": 7, "private_limit": 2}
POLICIES = [
    GUARDED,
    GUARDED.model_copy(update=LOW),
    GUARDED.model_copy(update=LOW | {"hub": 2}),
    load_policy("guarded-contacts").model_copy(update=LOW),
    PLAIN,
]

NAMES = [
    None,
    None,
    "Customer 17",
    "John Doe",
    "DOE, Jon",
    "J Doe",
    "Mary Wanjiku",
    "Alice Mary Johnson",
    "Mary",
    "Peter Otieno Doe",
]
BORN = [None, None, date(1990, 1, 1), date(1990, 1, 2)]
PARTIES = [PartyType.UNKNOWN] * 4 + [PartyType.PERSON] * 2 + [PartyType.COMPANY]
VALUES = [
    *((kind, value) for kind in ("Phone", "Phone", "Email") for value in "12"),
    *(("NationalId", value) for value in "123"),
    ("NationalId", "0"),
    ("Passport", "1"),
    ("Document", "1"),
    ("Phone", "0"),
]
KEYS = [f"s|customer|{n}" for n in range(9)]


def identifier(kind: str, value: str, *, verified: bool = True) -> IdentifierValue:
    """A value of a kind; that of ``0`` is a placeholder."""
    contact = kind in ("Phone", "Email")
    return IdentifierValue(
        kind=kind,
        value=value,
        raw=value,
        country=None if contact else "KE",
        verified=verified or not contact,
        placeholder=value == "0",
    )


def record(
    key: str,
    name: str | None = None,
    *values: IdentifierValue,
    born: date | None = None,
    party: PartyType = PartyType.UNKNOWN,
) -> CustomerRecord:
    return CustomerRecord(key=key, full_name=name, birth_date=born, party_type=party, identifiers=values)


@dataclass(frozen=True)
class World:
    records: tuple[CustomerRecord, ...]
    decisions: tuple[Decision, ...] = ()

    @property
    def members(self) -> list[Member]:
        return [
            Member(key=r.key, rank=n, name=r.full_name, birth_date=r.birth_date, party_type=r.party_type)
            for n, r in enumerate(self.records)
        ]

    def evidence(self, policy: Policy) -> tuple[Evidence, ...]:
        return gather_evidence(self.records, policy)

    def resolve(self, policy: Policy) -> Resolution:
        return resolve_component(self.members, self.evidence(policy), self.decisions, policy)

    def plus(self, *more: CustomerRecord) -> "World":
        return replace(self, records=(*self.records, *more))


def resolve(records: Iterable[CustomerRecord], *decisions: Decision, policy: Policy = GUARDED) -> Resolution:
    return World(tuple(records), decisions).resolve(policy)


def groups(resolution: Resolution) -> set[frozenset[str]]:
    return {frozenset(group) for group in resolution.groups}


def national_id(value: str) -> IdentifierValue:
    return identifier("NationalId", value)


def parts(*texts: str) -> set[frozenset[str]]:
    return {frozenset(text) for text in texts}


def reasons(resolution: Resolution) -> set[tuple[str, ReasonCode, bool]]:
    return {(f"{link.a}{link.b}", link.reason, link.inside) for link in resolution.refused}


def same(number: int, a: str, b: str) -> Decision:
    return Decision(id=number, verdict=Verdict.SAME, left=frozenset((a,)), right=frozenset((b,)))


def different(number: int, left: Iterable[str], right: Iterable[str]) -> Decision:
    return Decision(id=number, verdict=Verdict.DIFFERENT, left=frozenset(left), right=frozenset(right))


@st.composite
def records_of(draw: st.DrawFn, key: str) -> CustomerRecord:
    chosen = draw(st.lists(st.sampled_from(VALUES), max_size=4))
    values = [identifier(kind, value, verified=draw(st.integers(0, 4)) > 0) for kind, value in chosen]
    return record(
        key,
        draw(st.sampled_from(NAMES)),
        *values,
        born=draw(st.sampled_from(BORN)),
        party=draw(st.sampled_from(PARTIES)),
    )


@st.composite
def decision_lists(draw: st.DrawFn, keys: Sequence[str]) -> tuple[Decision, ...]:
    """Decisions about the records, contradictory ones among them; some name a record that is gone."""
    decisions = []
    for number in range(draw(st.integers(0, 4))):
        drawn = draw(st.lists(st.sampled_from([*keys, "s|customer|gone"]), min_size=2, max_size=4, unique=True))
        if draw(st.booleans()):
            decisions.append(same(number, *drawn[:2]))
        else:
            cut = draw(st.integers(1, len(drawn) - 1))
            decisions.append(different(number, drawn[:cut], drawn[cut:]))
    return tuple(decisions)


@st.composite
def worlds(draw: st.DrawFn, *, decided: bool = True) -> World:
    keys = KEYS[: draw(st.integers(1, len(KEYS)))]
    records = tuple(draw(records_of(key)) for key in keys)
    return World(records, draw(decision_lists(keys)) if decided and draw(st.booleans()) else ())
