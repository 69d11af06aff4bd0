"""Loans, cards, roles, sessions, cases, activities, reports on a real Neo4j: what they tie together, in any order."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from neo4j import AsyncDriver

from graph.business import RoleRecord
from graph.client import Counters, GraphClient
from graph.load import Loader
from graph.records import SourceRecord
from graph.resolution.policy import Policy
from graph.resolve import Resolver
from graph.restore import restore
from graph.roles import end_roles
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, SECRET, account, batch
from tests.integration.graph.household import (
    BATCHES,
    BUSINESS,
    COMPANY,
    CURRENT,
    CUSTOMERS,
    DIRECTOR,
    HOLDINGS,
    JOINT,
    MOTHER,
    ROLES,
    TIED,
    labels,
    role,
    tied,
)
from tests.integration.graph.snapshot import Snapshot, edges, snapshot
from tests.integration.graph.test_load_crash import Crash, Killed


@pytest.fixture
def loader(graph: GraphClient, ledger: Ledger, policy: Policy) -> Loader:
    return Loader(graph, ledger, secret=SECRET, policy=policy)


async def load(loader: Loader, *batches: tuple[SourceRecord, ...]) -> None:
    for records in batches or BATCHES:
        await loader.load(batch(*records))


async def test_each_kind_meets_what_it_names(loader: Loader, driver: AsyncDriver) -> None:
    await load(loader)
    types = (
        *("BORROWED", "REPAID_FROM", "CARRIES", "DRAWS_ON", "HAD_SESSION", "FROM", "ABOUT", "ON"),
        *("SUMS_UP", "COVERS", "GRANTED", "TO"),
    )
    assert await edges(driver, *types) == {
        (COMPANY, "BORROWED", "core|loan|1"),
        ("core|loan|1", "REPAID_FROM", CURRENT),
        (DIRECTOR, "CARRIES", "core|card|1"),
        ("core|card|1", "DRAWS_ON", CURRENT),
        (MOTHER, "HAD_SESSION", "core|session|1"),
        ("core|session|1", "FROM", "core|device|1"),
        ("core|case|1", "ABOUT", COMPANY),
        ("core|case|1", "ABOUT", "core|transaction|1"),
        ("core|case|1", "ABOUT", JOINT),
        ("core|activity|1", "ON", MOTHER),
        ("core|activity|1", "ON", JOINT),
        ("core|aggregate|1", "SUMS_UP", COMPANY),
        ("core|aggregate|2", "SUMS_UP", JOINT),
        *(("core|report|1", "COVERS", covered) for covered in (DIRECTOR, COMPANY, JOINT)),
        (MOTHER, "GRANTED", "core|consent|1"),
        ("core|consent|1", "TO", "core|partner|1"),
    }
    found = await labels(driver)
    assert {key: names for key, names in found.items() if "Event" in names} == {
        "core|transaction|1": {"Transaction", "Event"},
        "core|session|1": {"Session", "Event"},
        "core|case|1": {"Case", "Event"},
        "core|activity|1": {"Activity", "Event"},
        **{key: {"Aggregate", "Event"} for key in ("core|aggregate|1", "core|aggregate|2")},
        "core|report|1": {"Report", "Event"},
        "core|consent|1": {"Consent", "Event"},
    }
    assert {key for key, names in found.items() if "Expected" in names} == set()


async def test_roles_are_edges_that_a_person_would_type_and_nodes_that_are_their_evidence(
    loader: Loader, driver: AsyncDriver
) -> None:
    await load(loader)
    assert await tied(driver) == TIED
    assert await edges(driver, "PLAYS", "TOWARDS") == {
        *((DIRECTOR, "PLAYS", f"core|role|{n}") for n in "1234"),
        *((MOTHER, "PLAYS", f"core|role|{n}") for n in "56"),
        *((f"core|role|{n}", "TOWARDS", COMPANY) for n in "1236"),
        ("core|role|3", "TOWARDS", CURRENT),
        ("core|role|4", "TOWARDS", JOINT),
        ("core|role|5", "TOWARDS", DIRECTOR),
    }
    rows, _, _ = await driver.execute_query("MATCH (r:Role {key: 'core|role|1'}) RETURN properties(r) AS p")
    said = {name: value for name, value in rows[0]["p"].items() if name not in ("hash", "step")}
    assert said == {"key": "core|role|1", "type": "director_of", "role": "Managing Director", "system": "core"}


async def test_loading_again_writes_nothing(loader: Loader, driver: AsyncDriver) -> None:
    await load(loader)
    before = await snapshot(driver)
    for records in BATCHES:
        report = await loader.load(batch(*records))
        assert (report.step, report.counters, report.unchanged) == (None, Counters(), len(records))
    assert await snapshot(driver) == before


@pytest.fixture(scope="module")
def seen() -> dict[str, Snapshot]:
    return {}


@pytest.mark.parametrize("order", list(permutations(range(len(BATCHES)))), ids=str)
async def test_every_order_of_arrival_gives_the_same_graph(
    loader: Loader, driver: AsyncDriver, seen: dict[str, Snapshot], order: tuple[int, ...]
) -> None:
    await load(loader, *(BATCHES[n] for n in order))
    found = await snapshot(driver, without=frozenset({"rank"}))
    assert found == seen.setdefault("first", found)


async def test_who_has_not_arrived_is_expected_also_of_another_system(loader: Loader, driver: AsyncDriver) -> None:
    await load(loader, ROLES, BUSINESS)
    found = await labels(driver)
    assert {key: names for key, names in found.items() if "Expected" in names} == {
        **{key: {"SourceCustomer", "Expected"} for key in (COMPANY, DIRECTOR, MOTHER)},
        **{key: {"Account", "Expected"} for key in (CURRENT, JOINT)},
        "core|device|1": {"Device", "Expected"},
    }
    assert await tied(driver) == TIED


async def test_an_account_s_own_holder_and_its_joint_holder_do_not_touch_each_other(
    loader: Loader, driver: AsyncDriver
) -> None:
    both = role("7", "joint_holder_of", MOTHER, account=JOINT)  # she holds it by its own row, too
    await load(loader, CUSTOMERS, HOLDINGS, (*ROLES, both))

    async def owners() -> set[tuple[str, str, str | None]]:
        rows, _, _ = await driver.execute_query(
            "MATCH (o)-[e:OWNS]->(:Account {key: $key}) RETURN o.key, e.role, e.role_key", key=JOINT
        )
        return {tuple(row.values()) for row in rows}

    joint = {(DIRECTOR, "joint", "core|role|4"), (MOTHER, "joint", "core|role|7")}
    assert await owners() == {(MOTHER, "holder", None), *joint}
    await loader.load(batch(account(JOINT, "0102", COMPANY, updated_at=DAY + timedelta(days=1))))
    assert await owners() == {(COMPANY, "holder", None), *joint}
    await loader.load(batch(replace(both, type="related_to")))
    assert await owners() == {(COMPANY, "holder", None), (DIRECTOR, "joint", "core|role|4")}
    assert (MOTHER, "RELATED_TO", JOINT, None, "core|role|7") in await tied(driver)


async def test_a_role_that_says_something_else_takes_back_what_it_said(loader: Loader, driver: AsyncDriver) -> None:
    await load(loader)
    report = await loader.load(
        batch(
            role("1", "director_of", MOTHER, customer=COMPANY, role="Managing Director"),
            role("2", "director_of", DIRECTOR, customer=COMPANY, until=DAY),
            role("5", "next_of_kin_of", MOTHER, customer="core|customer|9", role="mother"),
        )
    )
    assert report.changed == 3
    changed = {("core|role|1", MOTHER), ("core|role|5", MOTHER)}
    assert {edge for edge in await tied(driver) if edge[4] in ("core|role|1", "core|role|2", "core|role|5")} == {
        (MOTHER, "DIRECTOR_OF", COMPANY, "Managing Director", "core|role|1"),
        (MOTHER, "NEXT_OF_KIN_OF", "core|customer|9", "mother", "core|role|5"),
    }
    assert changed <= {(end, start) for start, _, end in await edges(driver, "PLAYS")}
    await loader.load(batch(*ROLES))
    assert await tied(driver) == TIED
    assert "core|customer|9" not in await labels(driver), "a stub that nobody names any more"


async def test_a_role_ends_when_its_time_is_over_though_nobody_says_so(
    loader: Loader, graph: GraphClient, ledger: Ledger, driver: AsyncDriver
) -> None:
    end = DAY + timedelta(days=365 * 100)
    lasting = replace(next(r for r in ROLES if isinstance(r, RoleRecord)), until=end)
    await load(loader, CUSTOMERS, HOLDINGS, (lasting, *ROLES[1:]))
    assert await tied(driver) == TIED
    assert await end_roles(graph, ledger) == ()
    (step,) = await end_roles(graph, ledger, at=end)
    assert {edge[4] for edge in TIED - await tied(driver)} == {"core|role|1"}
    assert (DIRECTOR, "PLAYS", "core|role|1") in await edges(driver, "PLAYS"), "the evidence stays"
    assert await end_roles(graph, ledger, at=end + timedelta(days=1)) == ()
    assert (await loader.load(batch(lasting))).step is None
    rows, _, _ = await driver.execute_query("MATCH (r:Run {id: $id}) RETURN r.ended AS ended", id=step)
    assert [row["ended"] for row in rows] == [1]


async def test_roles_link_nobody(
    loader: Loader, graph: GraphClient, ledger: Ledger, driver: AsyncDriver, policy: Policy
) -> None:
    """Nor does the phone that a company shares with its director."""
    await load(loader)
    await Resolver(graph, ledger, secret=SECRET, policy=policy, trust={}).resolve()
    rows, _, _ = await driver.execute_query(
        "MATCH (s:SourceCustomer)-[:RESOLVES_TO]->(g) WITH g, collect(s.key) AS keys RETURN keys"
    )
    assert {frozenset(row["keys"]) for row in rows} == {frozenset({key}) for key in (COMPANY, DIRECTOR, MOTHER)}


@pytest.mark.parametrize("countdown", range(1, len(BATCHES) + 1))
@pytest.mark.parametrize("point", ["appended", "applied", "committed"])
async def test_a_crash_at_any_point_changes_nothing_in_the_end(
    graph: GraphClient,
    ledger: Ledger,
    policy: Policy,
    driver: AsyncDriver,
    seen: dict[str, Snapshot],
    point: str,
    countdown: int,
) -> None:
    dying = Loader(graph, ledger, secret=SECRET, policy=policy, on_point=Crash(point, countdown))
    with pytest.raises(Killed):
        await load(dying)
    await load(Loader(graph, ledger, secret=SECRET, policy=policy))
    found = await snapshot(driver, without=frozenset({"rank"}))
    assert found == seen.setdefault("first", found)


async def test_statements_do_not_grow_with_the_batch(loader: Loader) -> None:
    sent = []
    for place, size in (("small", 2), ("large", 500)):
        many = [
            replace(record, key=f"core|{place}|{n}-{record.key}") for n in range(size) for record in (*ROLES, *BUSINESS)
        ]
        sent.append((await loader.load(batch(*many))).statements)
    assert sent[1] <= sent[0] <= 60  # the first one also says of what has not arrived that it is waited for


async def test_after_a_rebuild_the_sources_tell_it_all_again(
    loader: Loader, graph: GraphClient, ledger: Ledger, driver: AsyncDriver, policy: Policy
) -> None:
    """The ledger gives back who is who; roles and holdings come from where they came from."""
    await load(loader)
    await Resolver(graph, ledger, secret=SECRET, policy=policy, trust={}).resolve()
    before = await snapshot(driver)
    await driver.execute_query("MATCH (n) WHERE NOT n:WekezaTests DETACH DELETE n")
    await restore(graph, ledger, policy=policy)
    await load(loader, BUSINESS, ROLES, HOLDINGS, CUSTOMERS)
    await Resolver(graph, ledger, secret=SECRET, policy=policy, trust={}).resolve()
    assert await snapshot(driver) == before
