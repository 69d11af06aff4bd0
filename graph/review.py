"""The review queue: what only a person can decide, read from the refused links, the weightiest first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from graph.client import GraphClient
from graph.resolution.global_ids import value_id
from graph.resolution.model import RefusedLink
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.resolution.review import WATCHED, Bearer, Dispute, Document, ReviewItem, Topic, Watch, review_items
from graph.shown import ShownDecision, ShownValue, read_shown

READ = 100_000  # refused links of one kind that are looked at; a bank with more has another problem
PAGE = 5_000  # customers that one statement asks about
LISTED = 20  # records and values that an item names; the rest it counts

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A review item with its weight. ``key`` names it as long as it is about the same; it is no personal data."""

    key: str
    item: ReviewItem
    records: int  # of all its customers
    accounts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """All there is to decide; ``complete`` is false if there are more refused links than are looked at."""

    cases: tuple[Case, ...]
    complete: bool

    def after(self, key: str | None) -> tuple[Case, ...]:
        """The cases behind the one with this key; all of them if it is there no more, or none is named."""
        start = next((number for number, case in enumerate(self.cases, start=1) if case.key == key), 0)
        return self.cases[start:]

    def counts(self) -> dict[Topic, int]:
        found = Counter(case.item.topic for case in self.cases)
        return {topic: found[topic] for topic in Topic}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """A case as it may be shown; of many records and values the first are named."""

    case: Case
    records: tuple[str, ...]
    values: tuple[ShownValue, ...]
    decisions: tuple[ShownDecision, ...]


class Review:
    """Reads the graph alone. ``policy`` says which kinds are exclusive, ``secret`` names the items."""

    def __init__(self, client: GraphClient, *, secret: bytes, policy: Policy) -> None:
        self._client = client
        self._secret = secret
        self._policy = policy

    async def queue(self, topic: Topic | None = None) -> Queue:
        """Everything to decide, or all of one topic, by weight: records and accounts concerned, then by key."""
        watched = [watch for watch in WATCHED if topic in (None, watch.topic)]
        found = [await self._read_disputes(watch) for watch in watched]
        disputes = [dispute for some in found for dispute in some]
        items = review_items(disputes, await self._read_bearers(disputes))
        weights = await self._read_weights({gcid for item in items for gcid in item.customers})
        cases = [self._weigh(item, weights) for item in items if all(gcid in weights for gcid in item.customers)]
        cases.sort(key=lambda case: (-case.records - case.accounts, case.key))
        return Queue(cases=tuple(cases), complete=all(len(some) < READ for some in found))

    async def review_counts(self) -> dict[Topic, int]:
        """How much there is to decide, by topic."""
        return (await self.queue()).counts()

    async def page(self, topic: Topic | None = None, *, after: str | None = None, limit: int = 20) -> list[ShownCase]:
        """The next cases of the queue after the one with this key; from the start if it is there no more."""
        return await self.show((await self.queue(topic)).after(after)[:limit])

    async def show(self, cases: Sequence[Case]) -> list[ShownCase]:
        named = {case.key: case.item.identifiers[:LISTED] for case in cases}
        shown = await read_shown(self._client.read, {name for names in named.values() for name in names})
        return [
            ShownCase(
                case=case,
                records=case.item.records[:LISTED],
                values=tuple(shown.values[name] for name in named[case.key] if name in shown.values),
                decisions=tuple(said for name in named[case.key] if (said := shown.decision(name))),
            )
            for case in cases
        ]

    async def _read_disputes(self, watch: Watch) -> list[Dispute]:
        rows = await self._client.read(
            "review_refused", reason=watch.reason.value, inside=watch.inside, kinds=list(watch.kinds), limit=READ
        )
        return [
            Dispute(
                RefusedLink(
                    a=row["a"],
                    b=row["b"],
                    kind=row["kind"],
                    identifier=row["identifier"],
                    reason=watch.reason,
                    inside=watch.inside,
                ),
                row["one"],
                row["other"],
            )
            for row in rows
        ]

    async def _read_bearers(self, disputes: Iterable[Dispute]) -> dict[str, list[Bearer]]:
        """Who bears the documents of the customers that two national ids keep apart."""
        wanted = ReasonCode.WOULD_JOIN_TWO_NATIONAL_IDS
        gcids = {end for it in disputes if it.link.reason is wanted for end in (it.one, it.other)}
        bearers: dict[str, list[Bearer]] = {}
        for page in _pages(sorted(gcids)):
            for row in await self._client.read("review_bearers", gcids=page, kinds=list(self._policy.exclusive)):
                documents = tuple(Document(*document) for document in sorted(row["documents"]))
                bearer = Bearer(row["key"], row["name"], date.fromisoformat(row["birth_date"]), documents)
                bearers.setdefault(row["gcid"], []).append(bearer)
        return bearers

    async def _read_weights(self, gcids: Iterable[str]) -> dict[str, tuple[int, int]]:
        weights: dict[str, tuple[int, int]] = {}
        for page in _pages(sorted(gcids)):
            rows = await self._client.read("review_impact", gcids=page)
            weights |= {row["gcid"]: (row["records"], row["accounts"]) for row in rows}
        return weights

    def _weigh(self, item: ReviewItem, weights: dict[str, tuple[int, int]]) -> Case:
        key = str(value_id(self._secret, "|".join(("review", item.topic, *item.subject))))
        records, accounts = map(sum, zip(*(weights[gcid] for gcid in item.customers), strict=True))
        return Case(key=key, item=item, records=records, accounts=accounts)


def _pages(items: Sequence[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), PAGE):
        yield list(items[start : start + PAGE])
