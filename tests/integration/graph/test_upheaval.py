"""A resolution that would take records from too many customers is not begun; accepted, it is done."""

import pytest
from neo4j import AsyncDriver

from graph.business import AccountRecord
from graph.client import GraphClient
from graph.load import Loader
from graph.records import Batch, CustomerRecord
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from graph.upheaval import Limit, Upheaval
from ledger.ledger import Ledger
from tests.integration.graph.populations import SECRET
from tests.integration.graph.stores import OpenSite
from tests.unit.graph.resolution.worlds import identifier

PEOPLE = 12
LIMIT = Limit(share=0.01, least=5)


def person(number: int, system: str, phone: int) -> CustomerRecord:
    """Of one person in two systems, who is known by her name and her phone."""
    return CustomerRecord(
        key=f"{system}|people|{number}",
        full_name=f"Amina Otieno {chr(ord('A') + number)}wino",
        identifiers=(identifier("Phone", f"+2547220001{phone:02}"),),
    )


async def tell(loader: Loader, *records: CustomerRecord) -> None:
    await loader.load(Batch(system=records[0].key.split("|")[0], table="people", records=records, position=None))


async def customers(graph: GraphClient) -> set[frozenset[str]]:
    members: dict[str, set[str]] = {}
    for row in await graph.read("read_partition"):
        members.setdefault(row["gcid"], set()).add(row["key"])
    return {frozenset(keys) for keys in members.values()}


@pytest.mark.parametrize("seeds", [4, 1000])
async def test_what_takes_records_from_too_many_is_done_when_accepted_and_not_before(
    graph: GraphClient,
    driver: AsyncDriver,
    ledger: Ledger,
    policy: Policy,
    monkeypatch: pytest.MonkeyPatch,
    seeds: int,
) -> None:
    monkeypatch.setattr("graph.resolve.SEEDS_PER_STEP", seeds)
    loader = Loader(graph, ledger, secret=SECRET, policy=policy)
    resolver = Resolver(graph, ledger, secret=SECRET, policy=policy, trust={"a": 1, "b": 1})
    await tell(loader, *(person(n, "a", n) for n in range(PEOPLE)))
    await resolver.resolve(LIMIT)
    await tell(loader, *(person(n, "b", n) for n in range(PEOPLE)))
    await resolver.resolve(LIMIT)  # new records may join whom they will
    together = {frozenset({f"a|people|{n}", f"b|people|{n}"}) for n in range(PEOPLE)}
    assert await customers(graph) == together

    await tell(loader, *(person(n, "b", PEOPLE + n) for n in range(4)))
    await resolver.resolve(LIMIT)  # four of twelve are allowed
    apart = {frozenset({f"{system}|people|{n}"}) for n in range(4) for system in "ab"}
    assert await customers(graph) == apart | {
        pair for pair in together if len(pair & {f"a|people|{n}" for n in range(4)}) == 0
    }

    await tell(loader, *(person(n, "b", PEOPLE + n) for n in range(PEOPLE)))
    before = await OpenSite(graph, driver).whole_graph()
    with pytest.raises(Upheaval):
        await resolver.resolve(LIMIT)
    assert await OpenSite(graph, driver).whole_graph() == before
    await resolver.resolve()
    assert await customers(graph) == {frozenset({f"{system}|people|{n}"}) for n in range(PEOPLE) for system in "ab"}


async def test_nothing_is_begun_where_new_records_fill_the_first_steps(
    graph: GraphClient, driver: AsyncDriver, ledger: Ledger, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More records are due than one step takes, but no more that belong to a customer."""
    loader = Loader(graph, ledger, secret=SECRET, policy=policy)
    resolver = Resolver(graph, ledger, secret=SECRET, policy=policy, trust={"a": 1, "b": 1})
    new = [person(n, "c", 2 * PEOPLE + n) for n in range(2 * PEOPLE)]
    monkeypatch.setattr("graph.resolve.SEEDS_PER_STEP", len(new))
    expected = tuple(AccountRecord(key=f"c|accounts|{n}", number=None, owner=who.key) for n, who in enumerate(new))
    await loader.load(Batch(system="c", table="accounts", records=expected, position=None))
    for system in "ab":
        await tell(loader, *(person(n, system, n) for n in range(PEOPLE)))
    await resolver.resolve()
    await tell(loader, *new)
    await tell(loader, *(person(n, "b", PEOPLE + n) for n in range(PEOPLE)))
    before = await OpenSite(graph, driver).whole_graph()
    with pytest.raises(Upheaval):
        await resolver.resolve(LIMIT)
    assert await OpenSite(graph, driver).whole_graph() == before
