"""The relational copy as sets of tuples, beside what the graph answers to questions of the tests' own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, LiteralString

from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.copy import Copier
from graph.steps import OnPoint
from ingest.fields import decimals_by_currency
from ledger.ledger import Ledger

Rows = set[tuple[Any, ...]]
DECIMALS: Mapping[str, int] = decimals_by_currency()

COPIED: Mapping[str, LiteralString] = {
    "customer_360": "SELECT GlobalCustomerId, SourceSystem, SourceCustomerId, NationalId, Phone, Email, FullName,"
    " CreatedDate FROM reports.customer_360",
    "account_360": "SELECT GlobalCustomerId, SourceCustomerId, SourceSystem, AccountKey, AccountNumber, OwnerRole,"
    " Product, Status, Balance, AvailableBalance, Currency, OpenedDate, Authoritative FROM reports.account_360",
    "transaction_360": "SELECT GlobalCustomerId, SourceSystem, TransactionKey, AccountKey, AccountNumber, Reference,"
    " Type, Direction, Amount, Currency, Status, Description, Channel, TransactionDate, Authoritative"
    " FROM reports.transaction_360",
    "risk_profile": "SELECT GlobalCustomerId, FraudScore, RiskLevel, LastUpdated FROM reports.risk_profile",
}
TABLES = ("membership", "record", "account", "transaction", "sighting", "score")

VALUE: LiteralString = (
    "head(COLLECT { MATCH (s)-[e]->(i:Identifier {kind: '%s'})"
    " WHERE type(e) STARTS WITH 'HAS_' OR type(e) STARTS WITH 'CLAIMS_'"
    " RETURN i.value ORDER BY type(e) STARTS WITH 'CLAIMS_', e.position LIMIT 1 })"
)
ASKED: Mapping[str, LiteralString] = {
    "customer_360": "MATCH (s:SourceCustomer) WHERE NOT s:Expected AND NOT s:Ghost"
    " OPTIONAL MATCH (s)-[:RESOLVES_TO]->(g) RETURN g.gcid, s.system, substring(s.key, size(s.system + s.entity) + 2), "
    + VALUE.replace("%s", "NationalId")
    + ", "
    + VALUE.replace("%s", "Phone")
    + ", "
    + VALUE.replace("%s", "Email")
    + ", s.full_name, s.created_at",
    "account_360": "MATCH (a:Account) WHERE NOT a:Expected OPTIONAL MATCH (s)-[o:OWNS]->(a) WHERE o.role_key IS NULL"
    " OPTIONAL MATCH (s)-[:RESOLVES_TO]->(g)"
    " RETURN g.gcid, CASE WHEN s:Ghost OR s:Expected THEN null ELSE split(s.key, '|')[2] END, a.system, a.key,"
    " a.number, o.role, a.product, a.status, [a.balance_minor, a.currency], [a.available_minor, a.currency],"
    " a.currency, a.opened_at, a.authoritative",
    "transaction_360": "MATCH (t:Transaction) WHERE NOT t:Expected OPTIONAL MATCH (a:Account)-[:POSTED]->(t)"
    " OPTIONAL MATCH (s)-[o:OWNS]->(a) WHERE o.role_key IS NULL OPTIONAL MATCH (s)-[:RESOLVES_TO]->(g)"
    " RETURN g.gcid, t.system, t.key, a.key, a.number, t.reference, t.type, t.direction, [t.amount_minor, t.currency],"
    " t.currency, t.status, t.description,"
    " head(COLLECT { MATCH (x:Sighting)-[:OF]->(t) RETURN x.channel ORDER BY x.at, x.key LIMIT 1 }), t.at,"
    " a.authoritative",
    "risk_profile": "MATCH (g:GlobalCustomer)<-[:RESOLVES_TO]-()-[:SCORED]->(r:RiskScore)"
    " WITH g, r ORDER BY r.at DESC, r.key WITH g, r.system AS system, split(r.key, '|')[1] AS scored_in,"
    " max(r.at) AS at, head(collect(r)) AS latest"
    " ORDER BY latest.score DESC, latest.key"
    " WITH g, head(collect(latest)) AS highest, max(at) AS at RETURN g.gcid, highest.score, highest.level, at",
}


def copier(graph: GraphClient, ledger: Ledger, on_point: OnPoint | None = None) -> Copier:
    return Copier(graph, ledger, decimals=DECIMALS, on_point=on_point)


async def read_copy(ledger: Ledger) -> dict[str, Rows]:
    async with ledger.transaction() as connection:
        return {
            view: {tuple(row) for row in await (await connection.execute(query)).fetchall()}
            for view, query in COPIED.items()
        }


async def ask_graph(driver: AsyncDriver) -> dict[str, Rows]:
    """What the views should hold."""
    return {
        view: {
            tuple(_native(item) for item in record.values()) for record in (await driver.execute_query(query)).records
        }
        for view, query in ASKED.items()
    }


async def read_tables(ledger: Ledger) -> dict[str, Rows]:
    """What is underneath, with the version of each row: a row that is written anew gets another."""
    async with ledger.transaction() as connection:
        return {
            table: {
                tuple(row)
                for row in await (
                    await connection.execute(f"SELECT xmin::text, * FROM reports.{table}".encode())  # noqa: S608 - fixed names
                ).fetchall()
            }
            for table in TABLES
        }


def _native(item: Any) -> Any:
    match item:
        case [int(minor), str(currency)]:
            return Decimal(minor).scaleb(-DECIMALS[currency])
        case [None, _]:
            return None
        case _:
            return item.to_native() if hasattr(item, "to_native") else item
