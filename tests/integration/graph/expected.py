"""What identity must be after a history, computed from scratch by the pure rule and the words of the design.

Records are told by their birth ids, because a key may be given to somebody else. Ranks are the only thing taken from
the stores: they are inputs that cannot be computed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.resolution.components import Components
from graph.resolution.derived import with_derived
from graph.resolution.eligibility import Standing
from graph.resolution.model import Decision, Member, Resolution, Verdict
from graph.resolution.names import birth_dates_contradict, canonical_name, contradict
from graph.resolution.policy import Policy
from graph.resolution.population import gather_evidence, resolve_population
from tests.integration.graph.bank import identifier

RAW = [
    *(("Phone", f"071200000{n}") for n in (1, 1, 2, 2)),
    *(("Email", f"{name}@example.org") for name in ("a", "b")),
    *(("NationalId", f"2345678{n}") for n in (1, 2, 3)),
    ("Passport", "AK0123456"),
    ("Document", "D1234567"),
    ("NationalId", "99999998"),  # a placeholder
]
DUMMY = ("NationalId", "98765432")
VALUE_KEYS = {identifier(kind, raw).key for kind, raw in [*RAW, DUMMY]}


@dataclass(frozen=True, slots=True)
class Judged:
    """A standing *same* or *different*, about birth ids."""

    id: int
    verdict: Verdict
    left: frozenset[str]
    right: frozenset[str]


@dataclass(slots=True)
class Expected:
    """The state of a history. ``memberships`` and ``heirs`` are those of the last resolution."""

    policy: Policy
    records: dict[str, CustomerRecord] = field(default_factory=dict)  # present, by key
    born: dict[str, str] = field(default_factory=dict)  # key → birth id of who has it now, also of one that left
    ranks: dict[str, int] = field(default_factory=dict)  # by birth id, of all that ever were
    last: dict[str, CustomerRecord] = field(default_factory=dict)  # what each key said last, also before it left
    parties: dict[str, PartyType] = field(default_factory=dict)  # by birth id, as it was last said
    judged: dict[int, Judged] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    memberships: dict[str, str] = field(default_factory=dict)  # birth id → GCID
    heirs: dict[str, str | None] = field(default_factory=dict)
    issued: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)  # birth ids

    def present(self) -> dict[str, str]:
        """Birth ids of present records, each with its key."""
        return {self.born[key]: key for key in self.records}

    def resolution(self) -> Resolution:
        """The rule over all present records and all standing decisions at once; records go by key."""
        present = self.present()

        def keys(births: Iterable[str]) -> frozenset[str]:
            return frozenset(present.get(birth, f"gone|{birth}") for birth in births)

        decisions = [
            Decision(id=d.id, verdict=d.verdict, left=keys(d.left), right=keys(d.right)) for d in self.judged.values()
        ]
        members = [
            Member(
                key=r.key,
                rank=self.ranks[self.born[r.key]],
                name=r.full_name,
                birth_date=r.birth_date,
                party_type=r.party_type,
            )
            for r in self.records.values()
        ]
        told = (with_derived(record, self.policy) for record in self.records.values())
        evidence = gather_evidence(told, self.policy, self.standings)
        return resolve_population(members, evidence, decisions, self.policy)

    def resolve(self) -> Resolution:
        """Name heirs for who left, drop those of who came back, and name the components."""
        present, before = self.present(), self.memberships
        for birth in [birth for birth in self.heirs if birth in present]:
            del self.heirs[birth]
        for birth, gcid in before.items():
            if birth not in present:
                stayed = [other for other, its in before.items() if its == gcid and other in present]
                self.heirs[birth] = min(stayed, key=self.ranks.__getitem__, default=None)
        resolution = self.resolution()
        self.memberships = {}
        for group in resolution.groups:
            births = {self.born[key] for key in group}
            answering = [ghost for ghost in self.heirs if self.heir_of(ghost) in births]
            gcid = min([*births, *answering], key=self.ranks.__getitem__)
            self.memberships |= dict.fromkeys(births, gcid)
        self.issued |= set(self.memberships.values())
        return resolution

    def heir_of(self, ghost: str) -> str | None:
        heir = self.heirs[ghost]
        while heir is not None and heir in self.heirs:
            heir = self.heirs[heir]
        return heir

    def answer(self, gcid: str) -> str | None:
        """Where an id that was ever issued leads when the record is followed; None if it is closed."""
        record = self.heir_of(gcid) if gcid in self.heirs else gcid
        return None if record is None else self.memberships[record]

    def statuses(self) -> dict[str, str]:
        current = set(self.memberships.values())
        closed = {
            gcid: "erased" if gcid in self.erased else "closed" for gcid in self.issued if self.answer(gcid) is None
        }
        return {gcid: "current" if gcid in current else closed.get(gcid, "merged") for gcid in self.issued}


def is_other_person(last: CustomerRecord, now: CustomerRecord) -> bool:
    """Whether a key that came back names somebody else: by the words of identity.md."""
    names = canonical_name(last.full_name), canonical_name(now.full_name)
    if not contradict(*names):
        return False
    ids = _national_ids(last), _national_ids(now)
    disjoint = any(ids[1].get(country) and not held & ids[1][country] for country, held in ids[0].items())
    return disjoint or birth_dates_contradict(names[0], last.birth_date, names[1], now.birth_date)


def _national_ids(record: CustomerRecord) -> Mapping[str | None, set[str]]:
    found: dict[str | None, set[str]] = {}
    for value in record.identifiers:
        if value.kind == "NationalId" and value.verified and not value.placeholder:
            found.setdefault(value.country, set()).add(value.value)
    return found


def one_edge_each(record: CustomerRecord) -> Iterable[IdentifierValue]:
    """A verified value replaces the claim of it."""
    found: dict[str, IdentifierValue] = {}
    for value in record.identifiers:
        if value.key not in found or value.verified:
            found[value.key] = value
    return found.values()


def impossible(judged: Sequence[Judged], parties: Mapping[str, PartyType]) -> bool:
    """Whether no partition could honour all that was judged."""
    joined = Components(parties)
    for same in judged:
        if same.verdict is Verdict.SAME:
            joined.unite_all([*same.left, *same.right])
    apart = [(a, b) for d in judged if d.verdict is Verdict.DIFFERENT for a, b in product(d.left, d.right)]
    people = {joined.find(birth) for birth, party in parties.items() if party is PartyType.PERSON}
    companies = {joined.find(birth) for birth, party in parties.items() if party is PartyType.COMPANY}
    return bool(people & companies) or any(joined.find(a) == joined.find(b) for a, b in apart)
