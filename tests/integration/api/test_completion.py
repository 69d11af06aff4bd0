"""The short way of completing answers says what the ordinary way says, byte for byte, whatever is asked."""

import copy
import os
from random import Random
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j import AsyncDriver
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.access import Right, load_access
from api.projected import catalogue, projected_fields
from api.rest import document
from api.schema import ApiSchema, build_schema
from api.settings import ApiSettings
from api.tokens import Caller, Role
from api.types.context import Context
from api.views import View, views
from graph.client import GraphClient
from graph.projection import Compiler
from ledger.auditor import Auditor
from ledger.ledger import Ledger
from tests.integration.api.conftest import AMINA, BRIAN
from tests.integration.api.fields import REMEMBERED

SCHEMA = build_schema()
ORDINARY = copy.copy(SCHEMA)
ORDINARY.execution_context_class = StrawberryGraphQLCoreExecutionContext
FIELDS = projected_fields(SCHEMA)
VIEWS = views(load_access(), SCHEMA._schema, FIELDS, ())
ROLES = [role for role, view in VIEWS.items() if view.right("GlobalCustomer", "accounts") is not Right.DENIED]
COMPILER = Compiler(catalogue(FIELDS))
TYPES = SCHEMA._schema.type_map
VARIABLES = {"gcid": AMINA, "brian": BRIAN, "yes": True, "no": False, "two": 2}
ROOTS = (
    ("customer(gcid: $gcid)", "GlobalCustomer"),
    ("customer(gcid: $brian)", "GlobalCustomer"),
    ('searchCustomers(text: "otieno")', "GlobalCustomerConnection"),
)
# every variable is used, whatever else is asked
USED = (
    "used: customer(gcid: $gcid) { accounts(first: $two) { __typename @include(if: $yes) @skip(if: $no) } }"
    " too: customer(gcid: $brian) { gcid }"
)
HEAD = "query($gcid: ID!, $brian: ID!, $yes: Boolean!, $no: Boolean!, $two: Int! = 3)"
CORRUPTIONS = (
    "MATCH (n:Account) WITH n ORDER BY n.key LIMIT 1 REMOVE n.system",
    "MATCH (n:Identifier) WITH n ORDER BY n.key LIMIT 1 SET n.kind = 'Unknown'",
    "MATCH (n:Transaction) WITH n ORDER BY n.key LIMIT 2 SET n.reference = 17",
    "MATCH (n:RiskScore) WITH n LIMIT 1 SET n.score = 'high'",
)


ENOUGH = 50  # fields of one document; there may be 100 aliases


class Author:
    """Writes a document; every choice is the random source's."""

    def __init__(self, random: Random, view: View) -> None:
        self._random = random
        self._view = view
        self._names = 0
        self._fragments: list[str] = []

    def document(self) -> str:
        roots = ROOTS if self._may("Query", "searchCustomers") else ROOTS[:2]
        root, type_ = self._random.choice(roots)
        asked = f"{USED} asked: {root} {self._below(type_, 4)}"
        return f"{HEAD} {{ {asked} }} {' '.join(self._fragments)}"

    def _below(self, name: str, depth: int) -> str:
        type_ = TYPES[name]
        assert isinstance(type_, GraphQLObjectType)
        fields = [
            it
            for it, field in type_.fields.items()
            if self._may(name, it) and ((depth and self._names < ENOUGH) or is_leaf_type(get_named_type(field.type)))
        ]
        chosen = self._random.choices(
            [*fields, "__typename"], k=self._random.randint(1, 5) if self._names < ENOUGH else 1
        )
        return "{ " + " ".join(self._field(type_, it, depth) for it in [*chosen, "__typename"]) + " }"

    def _may(self, type_: str, name: str) -> bool:
        return self._view.right(type_, name) is not Right.DENIED and name not in REMEMBERED

    def _field(self, type_: GraphQLObjectType, name: str, depth: int) -> str:
        said = name
        self._names += 1
        own = self._names
        if name != "__typename":
            field = type_.fields[name]
            if field.args:
                said += self._random.choice(("(first: 1)", "(first: $two)", "(first: 50)", ""))
            if not is_leaf_type(get_named_type(field.type)):
                said += " " + self._below(get_named_type(field.type).name, depth - 1)
        match self._random.randrange(12):
            case 0:
                return f"... on {type_.name} {{ n{own}: {said} }}"
            case 1:
                self._fragments.append(f"fragment F{own} on {type_.name} {{ n{own}: {said} }}")
                return f"...F{own}"
            case 2:
                switch = self._random.choice(("@include(if: $yes)", "@skip(if: $yes)", "@include(if: $no)"))
                return f"... {switch} {{ n{own}: {said} }}"
            case _:
                return f"n{own}: {said}"


async def answer(
    schema: ApiSchema, document: str, graph: GraphClient, ledger: Ledger, role: Role = Role.INVESTIGATOR
) -> tuple[bytes, list[bytes]]:
    context = Context(
        caller=Caller("tests", role),
        view=VIEWS[role],
        settings=ApiSettings(verification_key=""),
        graph=graph,
        ledger=ledger,
        compiler=COMPILER,
        fields=FIELDS,
        auditor=Auditor(ledger),
    )
    result = await schema.execute(document, VARIABLES, context_value=context)
    return orjson.dumps(result.data), sorted(orjson.dumps(error.formatted) for error in result.errors or ())


@pytest.mark.parametrize("corrupt", [False, True])
@settings(
    max_examples=int(os.environ.get("TEST_DOCUMENTS", "60")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(random=st.randoms(use_true_random=False), role=st.sampled_from(ROLES))
async def test_both_ways_say_the_same_to_every_role(
    small_bank: None, driver: AsyncDriver, graph: GraphClient, ledger: Ledger, corrupt: bool, random: Random, role: Role
) -> None:
    for statement in CORRUPTIONS if corrupt else ():
        await driver.execute_query(statement)
    asked = Author(random, VIEWS[role]).document()
    short, ordinary = [await answer(schema, asked, graph, ledger, role) for schema in (SCHEMA, ORDINARY)]
    assert short == ordinary
    assert bool(short[1]) <= corrupt


async def test_pages_of_every_size_end_alike(small_bank: None, graph: GraphClient, ledger: Ledger) -> None:
    page = "{ edges { cursor node { key } } pageInfo { hasNextPage endCursor } }"
    sizes = [f"{name}{n}: {name}(first: {n}) {page}" for name in ("accounts", "transactions") for n in range(1, 9)]
    asked = f"{HEAD} {{ {USED} asked: customer(gcid: $gcid) {{ {' '.join(sizes)} }} }}"
    short, ordinary = [await answer(schema, asked, graph, ledger) for schema in (SCHEMA, ORDINARY)]
    assert short == ordinary
    assert b'"hasNextPage":true' in short[0]


async def test_most_of_a_customer_takes_the_short_way(
    small_bank: None, graph: GraphClient, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    resolve = StrawberryGraphQLCoreExecutionContext.execute_field

    def execute_field(self: Any, parent_type: Any, *arguments: Any) -> Any:
        asked.append(parent_type.name)
        return resolve(self, parent_type, *arguments)

    monkeypatch.setattr(StrawberryGraphQLCoreExecutionContext, "execute_field", execute_field)
    data, errors = await answer(SCHEMA, document("customer_overview"), graph, ledger)
    assert (errors, {*asked}) == ([], {"Query", "GlobalCustomer", "SourceFreshness"})
    assert b'"transactions"' in data
