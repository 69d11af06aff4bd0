"""What only a person can decide, gathered from the refused links: one item per value, decision or set of customers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from rapidfuzz.distance import OSA

from graph.identifiers import KINDS
from graph.resolution.components import Components
from graph.resolution.model import SAME_KIND, RefusedLink
from graph.resolution.names import agree
from graph.resolution.reasons import ReasonCode

DOCUMENTS = tuple(kind for kind, it in KINDS.items() if not it.weak)
# What contradicts itself inside a customer. Read literally, `inside` also tells of every nameless relative on a phone.
CONTRADICTIONS = (ReasonCode.NAMES_CONTRADICT, ReasonCode.BIRTH_DATES_CONTRADICT, ReasonCode.DOCUMENTS_DISPUTED)


class Topic(StrEnum):
    """What there is to decide."""

    SLIP = "slip"  # is one of two national ids, which are one edit apart, a slip?
    AMBIGUOUS = "ambiguous"  # to which of several customers do these records belong?
    DOCUMENTS_DISPUTED = "documents_disputed"  # whose is a document, whose holders contradict each other?
    INSIDE = "inside"  # do records that contradict each other really belong to one customer?
    DECISION = "decision"  # does a decision still hold, that documents or other decisions speak against?


class Dispute(NamedTuple):
    """A refused link, and the customers (GCIDs) of its ends."""

    link: RefusedLink
    one: str
    other: str


class Watch(NamedTuple):
    """Which refused links are gathered for a topic."""

    topic: Topic
    reason: ReasonCode
    inside: bool
    kinds: tuple[str, ...]


WATCHED = (
    Watch(Topic.SLIP, ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS, False, tuple(KINDS)),
    Watch(Topic.AMBIGUOUS, ReasonCode.AMBIGUOUS, False, tuple(KINDS)),
    Watch(Topic.DOCUMENTS_DISPUTED, ReasonCode.DOCUMENTS_DISPUTED, False, tuple(KINDS)),
    *(Watch(Topic.INSIDE, reason, True, tuple(KINDS)) for reason in CONTRADICTIONS),
    Watch(Topic.DECISION, ReasonCode.STEWARD_DIFFERENT, False, (SAME_KIND, *DOCUMENTS)),
    Watch(Topic.DECISION, ReasonCode.DIFFERENT_PARTY_TYPES, False, (SAME_KIND,)),
)


class Document(NamedTuple):
    """A value of an exclusive kind; ``value`` is its normal form."""

    key: str
    kind: str
    country: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """A record with its documents of exclusive kinds; ``name`` is canonical."""

    key: str
    name: str | None
    birth_date: date | None
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """Something to decide; all names ascend."""

    topic: Topic
    subject: tuple[str, ...]  # what makes it this item and no other: identifiers, a decision, or customers
    customers: tuple[str, ...]
    records: tuple[str, ...]  # the ends of its links
    identifiers: tuple[str, ...]  # keys of the values it is about; of a *same*, ``Same|<decision>``
    reasons: tuple[ReasonCode, ...]


def review_items(disputes: Iterable[Dispute], bearers: Mapping[str, Sequence[Bearer]]) -> list[ReviewItem]:
    """The items, by topic and subject. ``bearers`` are the records of each customer in a dispute over national ids."""
    by_topic: dict[Topic, list[Dispute]] = {topic: [] for topic in Topic}
    for dispute in disputes:
        if topic := _topic(dispute.link):
            by_topic[topic].append(dispute)
    items = [
        *_slips(by_topic[Topic.SLIP], bearers),
        *_ambiguities(by_topic[Topic.AMBIGUOUS]),
        *_each(by_topic[Topic.DOCUMENTS_DISPUTED], Topic.DOCUMENTS_DISPUTED),
        *_each(by_topic[Topic.INSIDE], Topic.INSIDE),
        *_each(by_topic[Topic.DECISION], Topic.DECISION),
    ]
    return sorted(items, key=lambda item: (item.topic, item.subject))


def one_edit_apart(a: str, b: str) -> bool:
    """Whether a slip of the pen makes one of the other: a character wrong, missing, too many, or two exchanged."""
    return a != b and OSA.distance(a, b, score_cutoff=1) <= 1


def _topic(link: RefusedLink) -> Topic | None:
    for watch in WATCHED:
        if (link.reason, link.inside) == (watch.reason, watch.inside) and link.kind in watch.kinds:
            return watch.topic
    return None


def _slips(disputes: Iterable[Dispute], bearers: Mapping[str, Sequence[Bearer]]) -> Iterable[ReviewItem]:
    """For two national ids one edit apart whose bearers agree in name and birth date, one item."""
    found: dict[tuple[str, ...], list[tuple[Dispute, Bearer, Bearer]]] = {}
    between = {(it.one, it.other): it for it in disputes}
    for (one, other), dispute in between.items():
        for mine, theirs in product(bearers.get(one, ()), bearers.get(other, ())):
            if mine.birth_date is None or mine.birth_date != theirs.birth_date or not agree(mine.name, theirs.name):
                continue
            for ours, others in product(mine.documents, theirs.documents):
                if ours[1:3] == others[1:3] and one_edit_apart(ours.value, others.value):
                    subject = tuple(sorted((ours.key, others.key)))
                    found.setdefault(subject, []).append((dispute, mine, theirs))
    for subject, cases in found.items():
        yield ReviewItem(
            topic=Topic.SLIP,
            subject=subject,
            customers=_sorted(end for it, _, _ in cases for end in (it.one, it.other)),
            records=_sorted(record.key for _, mine, theirs in cases for record in (mine, theirs)),
            identifiers=subject,
            reasons=(ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS,),
        )


def _ambiguities(disputes: Sequence[Dispute]) -> Iterable[ReviewItem]:
    """Customers that ambiguous links connect are one question: who of them belongs to whom."""
    pieces = Components()
    for dispute in disputes:
        pieces.unite(dispute.one, dispute.other)
    parts: dict[str, list[Dispute]] = {}
    for dispute in disputes:
        parts.setdefault(pieces.find(dispute.one), []).append(dispute)
    for part in parts.values():
        customers = _sorted(end for it in part for end in (it.one, it.other))
        yield _item(Topic.AMBIGUOUS, customers, part)


def _each(disputes: Iterable[Dispute], topic: Topic) -> Iterable[ReviewItem]:
    """One item per document, per customer that contradicts itself, per *same*, per pair that a *different* parts."""
    found: dict[tuple[str, ...], list[Dispute]] = {}
    for dispute in disputes:
        value = topic is Topic.DOCUMENTS_DISPUTED or dispute.link.kind == SAME_KIND
        subject = (dispute.link.identifier,) if value else _sorted((dispute.one, dispute.other))
        found.setdefault(subject, []).append(dispute)
    return [_item(topic, subject, about) for subject, about in found.items()]


def _item(topic: Topic, subject: tuple[str, ...], disputes: Sequence[Dispute]) -> ReviewItem:
    return ReviewItem(
        topic=topic,
        subject=subject,
        customers=_sorted(end for it in disputes for end in (it.one, it.other)),
        records=_sorted(end for it in disputes for end in (it.link.a, it.link.b)),
        identifiers=_sorted(it.link.identifier for it in disputes),
        reasons=tuple(sorted({it.link.reason for it in disputes})),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
