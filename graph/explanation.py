"""Why two records are one customer or not, how a customer was put together, and what alone holds it together.

Everything is asked of the rule itself over the records as they are now; the graph adds since when each link holds.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.client import GraphClient, Row
from graph.components import evidence_of, members_of
from graph.errors import NotFound
from graph.resolution.bridges import Candidate, Case, find_bridges
from graph.resolution.explanation import Course, Judgement, Level, chain, construction
from graph.resolution.model import Evidence, Link, Resolution
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.resolve import Outlook, Resolver
from graph.shown import Shown, ShownClash, ShownDecision, ShownValue, moment, read_shown, read_values

BETWEEN = 20  # refused links between two customers that are told, besides those of the two records asked about
NO_RECORD = "There is no such record: name it as system|entity|id, as the source calls it."
NO_CUSTOMER = "No customer ever had this id."


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How a record has a value: ``since`` is our date, the others are its source's own."""

    record: str
    claimed: bool
    since: datetime | None
    source_from: datetime | None
    source_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLink:
    """An accepted link: by a value that both records have, or by a decision."""

    a: str
    b: str
    stage: int
    since: datetime | None  # None: it is due, the next resolution writes it
    value: ShownValue | None
    holdings: tuple[Holding, ...]  # of a value: how each of the two has it
    decision: ShownDecision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A value, or a *same*, that two records share, and what the rule makes of it between exactly them."""

    a: str
    b: str
    level: Level
    reason: ReasonCode | None
    value: ShownValue | None
    decision: ShownDecision | None
    clash: ShownClash | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why two records are one customer (by the chain, in spite of what is refused), or why they are not.

    They are not because of what they share, or what their customers share, or because their customers conflict; if
    there is none of these, nothing connects them.
    """

    customers: tuple[str, str]  # GCIDs, as the rule says now
    chain: tuple[ShownLink, ...]  # from the first record to the second
    shared: tuple[Shared, ...]
    between: tuple[Shared, ...]  # refused between other records of the two customers, at most `BETWEEN`
    clash: ShownClash | None  # of the two customers as they stand
    due: bool  # a resolution is due: this is what it will say

    @property
    def same(self) -> bool:
        return self.customers[0] == self.customers[1]


@dataclass(frozen=True, slots=True)
class ConstructionStep:
    """A link, and how many records were together on each side of it before."""

    link: ShownLink
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    gcid: str  # current; of a merged customer, the one that answers for it
    members: tuple[str, ...]
    steps: tuple[ConstructionStep, ...]


@dataclass(frozen=True, slots=True)
class ShownBridge:
    """What would split the customer if it were gone: a record, a value or a *same*; into which parts."""

    candidate: Candidate
    value: ShownValue | None
    decision: ShownDecision | None
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBridges:
    gcid: str
    found: tuple[ShownBridge, ...]
    tried: int
    untried: int  # candidates beyond the bound of what one question may cost


class Explanations:
    """Answers from the graph; reads only."""

    def __init__(self, client: GraphClient, resolver: Resolver) -> None:
        self._client = client
        self._resolver = resolver

    async def why(self, a: str, b: str) -> Why:
        """Why two records, by key, are one customer, or why not. Raises NotFound for a record that is not there."""
        await self._require(a, b)
        outlook = await self._resolver.look([a, b])
        memberships, links = outlook.conclusion.view.memberships, outlook.conclusion.view.links
        case = case_of(outlook, self._resolver.policy)
        course = await asyncio.to_thread(self._course, case, outlook, await self._suppressed(outlook, a, b))
        way = chain(links, a, b) or ()
        judged = [(a, b, said) for said in course.judge(a, b)]
        between = _judge_between(course, outlook, a, b)
        clash = course.clash(a, b)
        told = [said for _, _, said in (*judged, *between)]
        names = {hop.link.identifier for hop in way} | {said.identifier for said in told}
        shown = await read_shown(self._client.read, names, [clash, *(said.clash for said in told)])
        return Why(
            customers=(memberships[a], memberships[b]),
            chain=await self._show_links([(hop.start, hop.end, hop.link) for hop in way], shown),
            shared=_show_shared(judged, shown),
            between=_show_shared(between, shown),
            clash=shown.clash(clash),
            due=bool(outlook),
        )

    async def construction(self, gcid: str) -> Construction:
        """How a customer was put together, stage by stage in the order of the rule. Raises NotFound."""
        customer = await self._read_customer(gcid)
        rows = await self._client.read("explain_links", keys=customer["members"])
        steps = construction(
            Link(a=row["a"], b=row["b"], kind=row["kind"], identifier=row["identifier"], stage=row["stage"])
            for row in rows
        )
        shown = await read_shown(self._client.read, {step.link.identifier for step in steps})
        links = await self._show_links([(step.link.a, step.link.b, step.link) for step in steps], shown)
        return Construction(
            gcid=customer["gcid"],
            members=tuple(sorted(customer["members"])),
            steps=tuple(ConstructionStep(link, step.left, step.right) for link, step in zip(links, steps, strict=True)),
        )

    async def bridges(self, gcid: str) -> ShownBridges:
        """What alone holds a customer together, most of it first. Raises NotFound."""
        customer = await self._read_customer(gcid)
        outlook = await self._resolver.look(customer["members"])  # all: from one, the hops would depend on which
        view = outlook.conclusion.view
        home = view.memberships[customer["members"][0]]
        group = sorted(key for key, named in view.memberships.items() if named == home)
        here = frozenset(group)
        links = [link for link in view.links if link.a in here]
        bridges = await asyncio.to_thread(find_bridges, case_of(outlook, self._resolver.policy), group, links)
        names = {bridge.candidate.name for bridge in bridges.found} - here
        shown = await read_shown(self._client.read, names)
        found = tuple(
            ShownBridge(
                bridge.candidate,
                shown.values.get(bridge.candidate.name),
                shown.decision(bridge.candidate.name),
                bridge.parts,
            )
            for bridge in bridges.found
        )
        return ShownBridges(gcid=customer["gcid"], found=found, tried=bridges.tried, untried=bridges.untried)

    async def _require(self, *keys: str) -> None:
        rows = {row["key"]: row for row in await self._client.read("explain_records", keys=sorted({*keys}))}
        if any(key not in rows for key in keys):
            raise NotFound(NO_RECORD)
        if any(rows[key]["ghost"] for key in keys):
            raise NotFound("This record has left its source and is no part of any customer now: ask for its history.")

    async def _read_customer(self, gcid: str) -> Row:
        """A customer with members: the one named, or the one that answers for it."""
        for _ in range(2):  # merged is one hop
            rows = await self._client.read("explain_customer", gcid=gcid)
            if not rows:
                raise NotFound(NO_CUSTOMER)
            if rows[0]["members"]:
                return rows[0]
            gcid = (rows[0]["into"] or [""])[0]
        raise NotFound("This customer has no records any more: ask for its history.")

    async def _suppressed(self, outlook: Outlook, a: str, b: str) -> list[Evidence]:
        """The values that both records have and that link nobody, or not those who claim them."""
        one, other = outlook.region.records[a], outlook.region.records[b]
        eligible = one.eligible & other.eligible
        theirs = {value.key: value for value in other.said.identifiers if value.key not in eligible}
        both = [(value, theirs[value.key]) for value in one.said.identifiers if value.key in theirs]
        shown = await read_values(self._client.read, {value.key for value, _ in both})
        return [
            Evidence(
                key=mine.key,
                kind=mine.kind,
                country=mine.country,
                holders=tuple(key for key, value in ((a, mine), (b, other)) if value.verified),
                claimants=tuple(key for key, value in ((a, mine), (b, other)) if not value.verified),
                suppressed=shown[mine.key].suppressed or ReasonCode.SHARED_BY_TOO_MANY,  # by too many who claim it
            )
            for mine, other in both
        ]

    def _course(self, case: Case, outlook: Outlook, suppressed: Sequence[Evidence]) -> Course:
        view = outlook.conclusion.view
        resolution = Resolution(groups=(), links=tuple(view.links), refused=tuple(view.refusals))
        return Course(case.members, [*case.evidence, *suppressed], case.decisions, self._resolver.policy, resolution)

    async def _show_links(self, links: Sequence[tuple[str, str, Link]], shown: Shown) -> tuple[ShownLink, ...]:
        """The links with their dates, each from its first named end to the other."""
        if not links:
            return ()
        keys = sorted({end for a, b, _ in links for end in (a, b)})
        stored = await self._client.read("explain_links", keys=keys)
        since = {(row["a"], row["b"], row["identifier"]): moment(row["since"]) for row in stored}
        wanted = sorted({link.identifier for _, _, link in links})
        held = await self._client.read("explain_holdings", keys=keys, identifiers=wanted)
        holdings = {(row["record"], row["identifier"]): _holding(row) for row in held}
        return tuple(
            ShownLink(
                a=a,
                b=b,
                stage=link.stage,
                since=since.get((link.a, link.b, link.identifier)),
                value=shown.values.get(link.identifier),
                holdings=tuple(holdings[at] for end in (a, b) if (at := (end, link.identifier)) in holdings),
                decision=shown.decision(link.identifier),
            )
            for a, b, link in links
        )


def case_of(outlook: Outlook, policy: Policy) -> Case:
    """What the rule was given to come to the outlook."""
    records = list(outlook.region.records.values())
    return Case(members_of(records), evidence_of(records), outlook.region.decisions, policy)


def _judge_between(course: Course, outlook: Outlook, a: str, b: str) -> list[tuple[str, str, Judgement]]:
    """What is refused between the customers of two records, but not between the two themselves."""
    view = outlook.conclusion.view
    homes = {view.memberships[a], view.memberships[b]}
    if len(homes) == 1:
        return []
    refused = sorted(
        (link.identifier, link.a, link.b)
        for link in view.refusals
        if {view.memberships[link.a], view.memberships[link.b]} == homes and {link.a, link.b} != {a, b}
    )
    found: Iterable[tuple[str, str, str]] = refused[:BETWEEN]
    return [(x, y, said) for name, x, y in found for said in course.judge(x, y) if said.identifier == name]


def _show_shared(judged: Iterable[tuple[str, str, Judgement]], shown: Shown) -> tuple[Shared, ...]:
    return tuple(
        Shared(
            a=a,
            b=b,
            level=said.level,
            reason=said.reason,
            value=shown.values.get(said.identifier),
            decision=shown.decision(said.identifier),
            clash=shown.clash(said.clash),
        )
        for a, b, said in judged
    )


def _holding(row: Row) -> Holding:
    return Holding(
        record=row["record"],
        claimed=row["claimed"],
        since=moment(row["since"]),
        source_from=moment(row["source_from"]),
        source_to=moment(row["source_to"]),
    )
