"""How customers are tied to each other by what they share, hop by hop, with the evidence of each hop.

One statement reads what a whole ring of customers is tied to. What more than `HUB` have is told and not followed, and
no ring is wider than `RING`: how much is read does not grow with how many share a thing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.client import GraphClient
from graph.statements import statement

HUB = 50  # holders of a thing up to which it is followed
EVENTS = 200  # bookings, logins and sessions of one customer, or at one thing, that are looked at
RING = 100  # customers that are gone on from in one hop
FOUND = 1_000  # customers that are answered with
MAX_HOPS = 6


class Via(StrEnum):
    IDENTIFIER = "identifier"
    DEVICE = "device"
    ACCOUNT = "account"
    COUNTERPARTY = "counterparty"
    ROLE = "role"


EVERYTHING = tuple(Via)
STATEMENTS = {
    Via.IDENTIFIER: "read_ties_identifier",
    Via.DEVICE: "read_ties_device",
    Via.ACCOUNT: "read_ties_account",
    Via.COUNTERPARTY: "read_ties_counterparty",
    Via.ROLE: "read_ties_role",
}


def ties_text(via: Iterable[Via]) -> str:
    """One statement for all these ties."""
    return "\nUNION ALL\n".join(statement(STATEMENTS[it]) for it in sorted(set(via)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A thing that customers share; ``record`` is the first of hers that has it, ``others`` have it, too."""

    kind: Via
    what: str  # Phone, device, account, director_of, …
    key: str | None  # of a node that may be named; identifiers have a value instead
    value: str | None
    masked: str | None
    suppressed: str | None  # why it links nobody
    number: int  # who has it; of a device and a counterparty, of what was looked at
    hub: bool
    record: str
    others: Sequence[Mapping[str, str | None]]  # gcid, name, record


@dataclass(frozen=True, slots=True)
class Evidence:
    """A tie between two customers, with a record of each that has it."""

    tie: Tie
    record: str
    other_record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    start: str  # GCIDs
    end: str
    evidence: tuple[Evidence, ...]

    def turned(self) -> "Hop":
        """The same way, from the other end."""
        return Hop(
            start=self.end,
            end=self.start,
            evidence=tuple(Evidence(it.tie, it.other_record, it.record) for it in self.evidence),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    gcid: str
    name: str | None
    hops: tuple[Hop, ...]  # a shortest way to her


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A thing that was not followed: too many have it, or it is suppressed."""

    gcid: str  # whose it is
    tie: Tie


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """``complete`` is false if there were more customers in a ring than are gone on from, or are answered with."""

    customers: tuple[Related, ...]
    hubs: tuple[Hub, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Way:
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ring:
    """What one statement found around some customers."""

    hops: Mapping[str, Mapping[str, Hop]]  # by start, by end
    names: Mapping[str, str | None]
    hubs: tuple[Hub, ...]


class Traversal:
    """Reads the graph alone; each hop is one statement."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def around(
        self, gcid: str, *, via: Sequence[Via] = EVERYTHING, max_hops: int = 1, suppressed: bool = False
    ) -> Surroundings:
        """Everybody within so many hops, the nearest first; ``suppressed`` values are followed only if asked."""
        ways: dict[str, tuple[Hop, ...]] = {gcid: ()}
        names: dict[str, str | None] = {}
        hubs: list[Hub] = []
        ring, complete = [gcid], True
        for _ in range(max_hops):
            found = await self._read(ring, via, suppressed=suppressed)
            hubs += found.hubs
            names |= found.names
            fresh = []
            for hop in _in_order(found, ring):
                if hop.end not in ways:
                    ways[hop.end] = (*ways[hop.start], hop)
                    fresh.append(hop.end)
            ring, complete = fresh[:RING], complete and len(fresh) <= RING
            if not ring or len(ways) > FOUND:
                break
        del ways[gcid]
        customers = tuple(Related(gcid=end, name=names[end], hops=hops) for end, hops in ways.items())
        return Surroundings(
            customers=customers[:FOUND], hubs=tuple(hubs), complete=complete and len(customers) <= FOUND
        )

    async def way(self, start: str, end: str, *, max_hops: int = MAX_HOPS) -> Way | None:
        """A shortest way between two customers: searched from both ends, always from the one with less around it."""
        sides: list[dict[str, tuple[Hop, ...]]] = [{start: ()}, {end: ()}]  # from each end: who was reached, and how
        rings = [[start], [end]]
        for _ in range(max_hops):
            if start == end:
                break
            side = 0 if len(rings[0]) <= len(rings[1]) else 1
            found = await self._read(rings[side][:RING], EVERYTHING, suppressed=False)
            here, there = sides[side], sides[1 - side]
            fresh = []
            for hop in _in_order(found, rings[side]):
                if hop.end not in here:
                    here[hop.end] = (*here[hop.start], hop)
                    fresh.append(hop.end)
            if met := sorted(set(fresh) & there.keys(), key=lambda it: (len(there[it]), it)):
                return Way(_joined(sides[0][met[0]], sides[1][met[0]]))
            rings[side] = fresh
            if not fresh:
                return None
        return Way(()) if start == end else None

    async def _read(self, gcids: Collection[str], via: Sequence[Via], *, suppressed: bool) -> _Ring:
        given = {"gcids": list(gcids), "hub": HUB, "events": EVENTS, "suppressed": suppressed}
        rows = await self._client.read_text(ties_text(via), given, name="cypher/read_ties_*.cypher") if via else []
        found = sorted(
            ((row["gcid"], Tie(**row["tie"] | {"kind": Via(row["tie"]["kind"])})) for row in rows), key=_place
        )
        evidence: dict[str, dict[str, list[Evidence]]] = {}
        for gcid, tie in found:
            for other in tie.others:
                between = evidence.setdefault(gcid, {}).setdefault(str(other["gcid"]), [])
                between.append(Evidence(tie, tie.record, str(other["record"])))
        return _Ring(
            hops={
                start: {end: Hop(start=start, end=end, evidence=tuple(shared)) for end, shared in ends.items()}
                for start, ends in evidence.items()
            },
            names={str(other["gcid"]): other["name"] for _, tie in found for other in tie.others},
            hubs=tuple(Hub(gcid=gcid, tie=tie) for gcid, tie in found if not tie.others),
        )


def _place(found: tuple[str, Tie]) -> tuple[str, ...]:
    gcid, tie = found
    return gcid, tie.kind, tie.what, tie.key or "", tie.masked or ""


def _in_order(found: _Ring, ring: Iterable[str]) -> Iterator[Hop]:
    """The hops of a ring, so that of several ways the same one is taken each time."""
    for start in ring:
        for end in sorted(found.hops.get(start, {})):
            yield found.hops[start][end]


def _joined(out: tuple[Hop, ...], back: tuple[Hop, ...]) -> tuple[Hop, ...]:
    return (*out, *(hop.turned() for hop in reversed(back)))
