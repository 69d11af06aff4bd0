"""Everything that is loaded can be asked for: what a graph of every kind holds, beside what the statements name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from neo4j import AsyncDriver

from api.projected import catalogue, projected_fields
from api.schema import build_schema
from graph.client import GraphClient
from graph.load import Loader
from graph.projection import Expression, Inline, Instant, Projection, Value
from graph.proposals import Same
from graph.records import CustomerRecord, Invalid, InvalidValue, SourceRecord
from graph.rows import EDGES_SAY
from graph.statements import statement, statement_names
from ledger.ledger import Ledger
from tests.integration.graph.bank import DAY, SECRET, SYSTEMS, batch, customer, identifier
from tests.integration.graph.household import BATCHES
from tests.integration.graph.place import WHY, A, B, C, Place

INTERNAL = "a mark of ours: which step wrote it, what its content was, or what is due"
MARKS = (
    *("step", "hash", "due", "source_version", "ends", "rank", "birth_id", "canonical_name", "position", "crowded"),
    *("policy", "reference"),  # by which policy, and by which number, an edge was found
    "raw",  # the form in which a source writes a value: its normal form is what is shown
)
# What a composed statement calls a row that it has from a subquery.
ALIASES = {"component": "RiskScore", "highest": "RiskScore"}
# (label or type, property or None for all of it): why it is not answered with.
LEFT_OUT: Mapping[tuple[str, str | None], str] = {
    ("Fence", None): "the writer's own mark",
    ("Position", None): "how far a source is read: told by the ledger, as `sources`",
    ("Run", None): "a step: told by the ledger, as `changes`",
    (
        "Reference",
        None,
    ): "how a number is looked for; its outcome is COUNTERPARTY, OF and ABOUT, its numbers are counted",
    ("REFERS_TO", None): "from what names a number to the number",
    ("Decision", None): "a decision: told by the ledger, as the cause of an event and in explanations",
    ("CONCERNS", None): "from a decision to what it is about: as above",
    ("MERGED_INTO", "at"): "told by the ledger, as an event",
    ("WAS_RESOLVED_TO", None): "a past membership: told by the ledger, as of a time",
    ("HAD_PHONE", None): "a past holding: told by the ledger, as `holders`",
    ("Expected", None): "a stub for what has not arrived is not served",
    ("Unresolved", None): "a queue of ours",
    ("Event", None): "a label for browsing: what happened at a time",
    ("Identifier", "standing"): "what stewards said of a value; `suppressed` is what it comes to",
    ("Role", "ends"): INTERNAL,
}
NODES = "MATCH (n) WHERE NOT n:WekezaTests UNWIND keys(n) AS name RETURN DISTINCT labels(n) AS names, name"
EDGES = """MATCH ()-[e]->() UNWIND CASE keys(e) WHEN [] THEN [null] ELSE keys(e) END AS name
RETURN DISTINCT [type(e)] AS names, name"""
VARIABLE = re.compile(r"\((\w+):([\w|:]+)")
EDGE = re.compile(r"\[(\w*):([\w|:]+)")
PROPERTY = re.compile(r"\b([A-Za-z]\w*)\.([a-z]\w*)\b")


def full(record: SourceRecord) -> SourceRecord:
    """A business record with every property that it left out."""
    if isinstance(record, CustomerRecord):
        return record
    said: dict[str, Any] = {}
    for item in fields(record):
        if getattr(record, item.name) is None and item.name not in EDGES_SAY:
            said[item.name] = _example(str(item.type))
    return replace(record, **said)


def _example(type_: str) -> Any:
    for name, value in (("datetime", DAY), ("bool", True), ("int", 1), ("float", 1.0)):
        if name in type_:
            return value
    return "KES"


async def load_everything(place: Place) -> None:
    loader = Loader(place.graph, place.ledger, secret=SECRET, policy=place.policy)
    for system, records in SYSTEMS.items():
        await loader.load(batch(*map(full, records), system=system, at="2026-03-01"))
    for household in BATCHES:
        await loader.load(batch(*map(full, household)))
    invalid = InvalidValue(kind="Phone", raw="none", reason=Invalid.INVALID_VALUE)
    phone = replace(identifier("Phone", "0733000001"), source_from=DAY, source_to=DAY + timedelta(days=1))
    odd = replace(
        customer(A, "John Doe", phone, identifier("Email", "x@y.example", verified=False)), invalid=(invalid,)
    )
    await place.tell(odd, customer(B, "Johnny D", identifier("NationalId", "23456799")))
    await place.tell(replace(odd, identifiers=odd.identifiers[1:], updated_at=DAY + timedelta(days=1)))
    await place.steward.decide(Same(A, B), **WHY)
    await place.load(customer(C, "Mary Wanjiku"))  # and is not resolved yet


async def written(driver: AsyncDriver) -> set[tuple[frozenset[str], str | None]]:
    """Labels, or a type, with each property that is there."""
    found: set[tuple[frozenset[str], str | None]] = set()
    for query in (NODES, EDGES):
        rows, _, _ = await driver.execute_query(query)
        found |= {(frozenset(row["names"]), row["name"]) for row in rows}
    return found


def reached() -> tuple[set[str], set[tuple[str, str]]]:
    """Labels and types that the service's statements name; with the properties that they, or a field, read of them."""
    texts = [statement(name) for name in (*statement_names("read_"), *statement_names("project_"))]
    texts += [statement(name) for name in statement_names("explain_")]
    named = {alias: {label} for alias, label in ALIASES.items()}
    labels: set[str] = set()
    for text in texts:
        for variable, which in (*VARIABLE.findall(text), *EDGE.findall(text)):
            for label in re.split(r"[|:]", which):
                labels.add(label)
                named.setdefault(variable, set()).add(label)
    types = catalogue(projected_fields(build_schema()))
    operands = [of for declared in types.values() for how in declared.values() for of in _operands(how)]
    pairs = {pair for text in (*texts, *operands) for pair in PROPERTY.findall(text)}
    return labels, {(label, name) for variable, name in pairs for label in named.get(variable, ())}


def _operands(how: Projection) -> Iterator[str]:
    match how:
        case Value(of) | Instant(of):
            yield of
        case Expression(_, given) | Inline(_, given):
            yield from given.values()


def left_out(names: frozenset[str], name: str | None) -> bool:
    return name in MARKS or any((each, None) in LEFT_OUT or (each, name) in LEFT_OUT for each in names)


async def test_every_label_and_property_can_be_reached(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    await load_everything(Place(graph, ledger, driver))
    labels, properties = reached()
    unreached = {
        (tuple(sorted(names)), name)
        for names, name in await written(driver)
        if not left_out(names, name)
        and not (names & labels if name is None else any((each, name) in properties for each in names))
        and not (name or "").startswith("said_")  # attributes: all of them, by whatever name
    }
    assert unreached == set()


async def test_what_is_left_out_is_there(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> None:
    """The list says nothing of what is not written any more."""
    await load_everything(Place(graph, ledger, driver))
    there = await written(driver)
    every = {each for names, _ in there for each in names}
    assert {pair for pair in LEFT_OUT if pair[0] not in every} == set()
