"""What the demo shows of the answers: one person, two people who stay apart, and the same counts three ways."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pyarrow as pa
from neo4j import GraphDatabase, RoutingControl

from graph.statements import statement
from ingest.connectors.cursor import key_columns
from ingest.mapping import map_keys
from ingest.source import Source, load_sources
from ingest.table import Table
from local.mariadb import ask_mariadb
from samples.bank import Bank
from samples.offered import OFFERED, PREFIX
from wekeza.answers import Api
from wekeza.overview import short, show_overview
from wekeza.screen import Screen
from wekeza.site import Site

EVIDENCE = """
query Evidence($gcid: ID!) {
  customer(gcid: $gcid) {
    sourceRecords { key system fullName }
    links { a b kind identifier }
  }
}
"""
APART = """
query Apart($phone: String!) {
  customerByIdentifier(kind: PHONE, value: $phone) {
    gcid
    name { value }
    sourceRecords { key }
    quarantined { a b kind identifier reason }
  }
}
"""
COUNTS = "{ statistics { sourceRecords accounts transactions logins alerts globalCustomers waiting ambiguous } }"
SHARED_PHONE = "+254712345678"
# The kind of table in which each system's owner would count with SQL, by what the product calls it.
KINDS: Mapping[str, str] = {
    "sourceRecords": "customer",
    "accounts": "account",
    "transactions": "transaction",
    "logins": "login",
    "alerts": "alert",
}


def show_person(api: Api, gcid: str, screen: Screen) -> None:
    """One GCID with the evidence that joined its records, then the whole REST answer as a table."""
    screen.heading("6  One person")
    her = api.query(EVIDENCE, gcid=gcid)["customer"]
    screen.facts({"GlobalCustomerId": gcid})
    screen.table(("system", "record", "as it says her name"), [_record(record) for record in her["sourceRecords"]])
    screen.say("What joined them (LINKED in the graph; the values are masked):")
    screen.table(
        ("record", "record", "share", "value"),
        [(short(link["a"]), short(link["b"]), link["kind"], link["identifier"]) for link in her["links"]],
    )
    show_overview(api.get(f"/customer/{gcid}"), screen)


def show_negative_control(api: Api, bank: Bank, screen: Screen) -> bool:
    """The two people of the bank's shipped data who share a phone; answers whether they stayed apart."""
    screen.heading("7  Two people who must stay apart")
    found = api.query(APART, phone=SHARED_PHONE)["customerByIdentifier"]
    homes = {record["key"]: customer["gcid"] for customer in found for record in customer["sourceRecords"]}
    screen.say(f"Alice Johnson and John Doe share {SHARED_PHONE}. Holders of that number now:")
    screen.table(
        ("GlobalCustomerId", "name", "records"),
        [
            (
                customer["gcid"],
                customer["name"]["value"],
                ", ".join(short(r["key"]) for r in customer["sourceRecords"]),
            )
            for customer in found
        ],
    )
    control = {name: {homes.get(key) for key in keys} for name, keys in bank.negative_control.items()}
    named = {key for keys in bank.negative_control.values() for key in keys}
    refused = {
        (short(link["a"]), short(link["b"]), link["kind"], link["reason"])
        for customer in found
        for link in customer["quarantined"]
        if {link["a"], link["b"]} <= named
    }
    screen.say("Why not (QUARANTINED in the graph, never traversed):")
    screen.table(("record", "record", "share", "refused because"), sorted(refused))
    groups = list(control.values())
    return bool(refused) and None not in set().union(*groups) and groups[0].isdisjoint(groups[1])


def show_counts(site: Site, api: Api, screen: Screen) -> bool:
    """The same counts by SQL at the sources, by Bolt and by GraphQL; answers whether they agree."""
    screen.heading("8  The same counts by SQL, Bolt and GraphQL")
    by_sql = {name: _count_sql(site.bank, kind) for name, kind in KINDS.items()}
    by_bolt = _count_bolt(site)
    by_graphql = api.query(COUNTS)["statistics"]
    rows = [(name, by_sql[name], by_bolt[name], by_graphql[name]) for name in KINDS]
    screen.table(("what", "SQL", "Bolt", "GraphQL"), rows, numbers=("SQL", "Bolt", "GraphQL"))
    screen.say(
        f"{by_graphql['globalCustomers']:,} global customers; {by_graphql['waiting']:,} references wait for their "
        f"target, {by_graphql['ambiguous']:,} are ambiguous and attach to none."
    )
    return all(sql == bolt == graphql for _, sql, bolt, graphql in rows)


def _count_sql(bank: Bank, kind: str) -> int:
    """The rows that are of a kind, in all tables of the bank's systems."""
    total = 0
    for source in load_sources().values():
        for table in source.tables:
            dsn = bank.sources.get(source.dsn_name_of(table))
            if dsn and table.kind == kind and table.entity is None:  # else told elsewhere, too
                total += _count_rows(dsn, source, table)
            elif table.kind == kind and source.name in OFFERED and source.name in bank.writers:
                total += _count_offered(bank.writers[source.name], source.name, table.table)
    return total


def _count_offered(dsn: str, system: str, path: str) -> int:
    """Of what is read through a service: by the database behind it."""
    resource = OFFERED[system][path.removeprefix(PREFIX[system])]
    return int(_ask(dsn, f"SELECT count(*) FROM {resource.rows} AS q")[0][0])  # noqa: S608 - the sample bank's own


def _count_rows(dsn: str, source: Source, table: Table) -> int:
    """By the source itself; where the file chooses rows or makes keys, by what it makes of them."""
    name = ".".join(f'"{part}"' for part in (table.schema_name, table.table) if part)
    if table.id is None and table.where is None and table.each is None:
        return int(_ask(dsn, f"SELECT count(*) FROM {name}")[0][0])  # noqa: S608 - a source file's own SQL
    columns = key_columns(table)
    listed = ", ".join(f'"{column}"' for column in columns)
    rows = _ask(dsn, f"SELECT {listed} FROM {name}")  # noqa: S608 - a source file's own SQL
    said = {
        name: pa.array([_text(value) for value in values], pa.string())
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
    }
    return len(set(map_keys(source, table, pa.table(said), b""))) if rows else 0


def _ask(dsn: str, query: str) -> Sequence[Sequence[Any]]:
    if dsn.startswith("mysql:"):
        return ask_mariadb(dsn, "SET SESSION sql_mode = 'ANSI_QUOTES'", query)
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode()).fetchall()


def _text(value: Any) -> str | None:
    if isinstance(value, dict | list):
        return json.dumps(value)
    return None if value is None else str(value)


def _count_bolt(site: Site) -> dict[str, int]:
    settings = site.settings
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    with GraphDatabase.driver(settings.neo4j_uri or "", auth=(settings.neo4j_user, password)) as driver:
        text = statement("read_statistics")
        counts = driver.execute_query(text, routing_=RoutingControl.READ, database_="neo4j").records[0]
    return {name: counts[_snake(name)] for name in KINDS}


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _record(record: Mapping[str, Any]) -> tuple[str, str, str | None]:
    return record["system"], record["key"].split("|", 2)[2], record["fullName"]
