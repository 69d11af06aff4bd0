"""Every declared projection, composed and alone, is Cypher that a real Neo4j can plan."""

from decimal import Decimal

from neo4j import AsyncDriver

from api.projected import catalogue, projected_fields
from api.query import BY_IDENTIFIER, BY_NAME, CUSTOMER
from api.schema import build_schema
from graph.client import GraphClient
from graph.projection import Catalogue, Compiler, Inline, Page, Projection, Rows, Selection
from graph.statements import parameters, statement, statement_names
from ingest.fields import decimals_by_currency

CATALOGUE = catalogue(projected_fields(build_schema()))


def everything(types: Catalogue, how: Projection) -> tuple[Selection, ...]:
    """The selection of all that is below a field."""
    if not isinstance(how, Rows | Inline) or how.type is None:
        return ()
    fields = tuple(Selection(name, name, everything(types, below)) for name, below in types[how.type].items())
    if isinstance(how, Page):
        return (Selection("edges", "edges", (Selection("node", "node", fields),)),)
    return fields


async def explain(driver: AsyncDriver, text: str, names: set[str]) -> None:
    async with driver.session(database="neo4j", notifications_min_severity="OFF") as session:
        await (await session.run(f"EXPLAIN {text}", dict.fromkeys(names))).consume()


async def test_each_field_of_each_type_in_one_composed_statement(graph: GraphClient, driver: AsyncDriver) -> None:
    compiler = Compiler(CATALOGUE)
    for root in (CUSTOMER, BY_IDENTIFIER, BY_NAME):
        plan = compiler.plan(root, Selection("root", "root", everything(CATALOGUE, root)))
        await explain(driver, plan.text, {bound.parameter for bound in plan.bindings})


async def test_each_statement_alone(graph: GraphClient, driver: AsyncDriver) -> None:
    for name in (*statement_names("read_"), *statement_names("project_")):
        await explain(driver, statement(name), set(parameters(name)))


def test_each_projection_statement_is_used() -> None:
    used = {getattr(how, "statement", None) for fields in CATALOGUE.values() for how in fields.values()}
    assert set(statement_names("project_")) == used - {None}


async def test_money_has_the_decimals_that_ingest_counted_with(graph: GraphClient) -> None:
    text = f"UNWIND $rows AS row {statement('project_money_amount')} AS amount"
    text = text.replace("$minor", "row.minor").replace("$currency", "row.currency")
    cases = [
        (currency, decimals, minor)
        for currency, decimals in decimals_by_currency().items()
        for minor in (-12_345, -5, 0, 7, 1_000_000)
    ]
    rows = [{"minor": minor, "currency": currency} for currency, _, minor in cases]
    answers = await graph.read_text(text, {"rows": rows}, name="money")
    assert [answer["amount"] for answer in answers] == [
        f"{Decimal(minor).scaleb(-decimals):f}" for _, decimals, minor in cases
    ]
