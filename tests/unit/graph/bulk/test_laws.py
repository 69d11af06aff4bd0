"""In columns the rule answers what the plain rule answers, in random small worlds."""

from dataclasses import dataclass

import networkx as nx
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.bulk.components import Forest
from graph.bulk.customers import list_links, name_customers
from graph.bulk.file import Clock, resolve_tables
from graph.bulk.names import name_records
from graph.bulk.plain import make_macros
from graph.bulk.tables import Tables, add_table, count, open_tables, rows_of
from graph.records import CustomerRecord, IdentifierValue, PartyType
from graph.resolution.model import Resolution
from graph.resolution.policy import Policy
from graph.resolution.population import resolve_population
from tests.unit.graph.bulk import WORLDS
from tests.unit.graph.resolution.worlds import GUARDED, POLICIES, World, identifier, record, worlds

RECORDS = pa.schema(
    {"record": pa.string(), "full_name": pa.string(), "birth_date": pa.date32(), "party_type": pa.string()}
)
VALUES = pa.schema(
    {
        "value": pa.int32(),
        "key": pa.string(),
        "kind": pa.string(),
        "country": pa.string(),
        "placeholder": pa.bool_(),
    }
)
HOLDINGS = pa.schema({"rank": pa.int32(), "value": pa.int32(), "verified": pa.bool_()})

PHONE = identifier("Phone", "1")

Row = tuple[str, str, str, bool, str | None]


def fill(tables: Tables, records: tuple[CustomerRecord, ...]) -> None:
    """The tables as they are when a file has been read and normalised."""
    values: dict[str, IdentifierValue] = {}
    holdings: dict[tuple[int, str], bool] = {}
    for rank, it in enumerate(records):
        for value in it.identifiers:
            values[value.key] = value
            holdings[rank, value.key] = holdings.get((rank, value.key), False) or value.verified
    numbers = {key: number for number, key in enumerate(values)}
    told = [(it.key, it.full_name, it.birth_date, it.party_type.value) for it in records]
    add_table(tables, "record", rows_of(RECORDS, told))
    known = [(numbers[key], key, it.kind, it.country, it.placeholder) for key, it in values.items()]
    add_table(tables, "value", rows_of(VALUES, known))
    held = [(rank, numbers[key], verified) for (rank, key), verified in holdings.items()]
    add_table(tables, "holding", rows_of(HOLDINGS, held))
    make_macros(tables)
    name_records(tables)


@dataclass(frozen=True)
class Answer:
    groups: set[frozenset[str]]
    links: list[Row]
    judged: int  # records


def resolve_in_columns(world: World, policy: Policy) -> Answer:
    with open_tables() as tables:
        fill(tables, world.records)
        resolve_tables(tables, policy, Clock(lambda phase, share: None))
        groups: dict[str, set[str]] = {}
        for row in name_customers(tables).to_pylist():
            groups.setdefault(row["gcid"], set()).add(row["record"])
        links = [(it["a"], it["b"], it["kind"], it["accepted"], it["reason"]) for it in list_links(tables).to_pylist()]
        judged = count(tables, "select count(*) from suspect")
    return Answer(set(map(frozenset, groups.values())), links, judged)


def resolve_plainly(world: World, policy: Policy) -> Resolution:
    return resolve_population(world.members, world.evidence(policy), (), policy)


def rows(resolution: Resolution) -> list[Row]:
    accepted: list[Row] = [(it.a, it.b, it.kind, True, None) for it in resolution.links]
    refused: list[Row] = [(it.a, it.b, it.kind, False, it.reason.value) for it in resolution.refused]
    return sorted(accepted + refused, key=lambda row: (*row[:3], row[3], row[4] or ""))


@pytest.mark.scaled
@settings(max_examples=WORLDS, deadline=None)
@given(worlds(decided=False), st.sampled_from(POLICIES))
def test_columns_answer_what_the_plain_rule_answers(world: World, policy: Policy) -> None:
    found = resolve_in_columns(world, policy)
    plain = resolve_plainly(world, policy)
    assert found.groups == {frozenset(group) for group in plain.groups}
    assert found.links == rows(plain)


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_forest_is_what_networkx_finds(edges: list[tuple[int, int]]) -> None:
    graph: nx.Graph[int] = nx.Graph(edges)
    graph.add_nodes_from(range(20))
    forest = Forest(20)
    united = sum(forest.unite(a, b) for a, b in edges)
    components = list(nx.connected_components(graph))
    assert united == 20 - len(components)
    assert list(forest.roots()) == [min(nx.node_connected_component(graph, number)) for number in range(20)]


NUMBERS = [identifier("NationalId", number) for number in "12"]


@pytest.mark.parametrize(
    ("records", "judged"),
    [
        ([record("a", "John Doe", PHONE), record("b", "Doe, John", PHONE), record("c", None, PHONE)], 0),
        ([record("a", "John Doe", PHONE), record("b", "Alice Wanjiku", PHONE)], 0),
        ([record("a", "John Doe", PHONE, NUMBERS[0]), record("b", "Alice Wanjiku", PHONE, NUMBERS[1])], 0),
        ([record("a", "John Doe", PHONE, NUMBERS[0]), record("b", "John Doe", PHONE, NUMBERS[1])], 2),
        ([record("a", "John Doe", PHONE), record("b", "John Doe", identifier("Phone", "1", verified=False))], 0),
        (
            [
                record("a", "John Doe", PHONE, party=PartyType.PERSON),
                record("b", "John Doe", PHONE, party=PartyType.COMPANY),
                record("c", "Alice Wanjiku", PHONE),
            ],
            3,
        ),
    ],
)
def test_only_a_component_with_a_conflict_inside_is_judged(records: list[CustomerRecord], judged: int) -> None:
    assert resolve_in_columns(World(tuple(records)), GUARDED).judged == judged


def test_links_of_a_judged_component_are_found_in_the_order_of_the_values() -> None:
    """``Phone|1`` comes before ``Phone|12``, whatever else is in a key."""
    phones = {value: identifier("Phone", value) for value in ("1", "12", "13")}
    world = World(
        (
            record("a", "John Doe", phones["1"], phones["12"]),
            record("b", "John Doe", phones["12"], phones["13"], party=PartyType.PERSON),
            record("c", "John Doe", phones["13"], phones["1"]),
            record("d", "John Doe", phones["1"], party=PartyType.COMPANY),
        )
    )
    found = resolve_in_columns(world, GUARDED)
    assert found.judged == 4
    assert found.links == rows(resolve_plainly(world, GUARDED))


def test_who_holds_a_value_and_claims_it_too_is_none_of_the_crowd() -> None:
    claim = identifier("Phone", "1", verified=False)
    world = World((record("a", "John Doe", claim), record("b", None, claim), record("c", "John Doe", claim, PHONE)))
    for hub in (1, 2):
        policy = GUARDED.model_copy(update={"hub": hub})
        found = resolve_in_columns(world, policy)
        assert found.links == rows(resolve_plainly(world, policy))
        assert bool(found.links) == (hub == 2)
