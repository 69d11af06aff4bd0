"""A bank of two tables whose log is followed, as its source file and its owner would have it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from graph.load import LoadReport
from graph.records import Batch
from ingest.follow import follow
from ingest.run import Line
from ingest.source import Source
from ledger.ledger import Ledger
from ledger.sources import Scan, scans_of
from tests.integration.ingest.line import LOOK_SECONDS, MemoryLoader, line_of

NAME = "wekeza_books"  # of the user, the publication and the slot
SCHEMA = """
CREATE TABLE people (
  id bigint PRIMARY KEY, name text NOT NULL, notes text, active boolean NOT NULL DEFAULT true, secret text,
  updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE people ALTER notes SET STORAGE EXTERNAL;
CREATE TABLE accounts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner bigint, number text, balance numeric(18,2), currency text,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE noise (id bigint);
"""
DECLARED: dict[str, Any] = {
    "name": "books", "title": "Books", "number": 98, "category": "test", "purpose": "test", "database": "bank",
    "engine": "postgresql", "pattern": "cdc", "writes": "always", "origin": {"state": "proposed"},
    "accounts": "authoritative", "country": "KE", "timezone": "UTC", "trust": 0.9, "every": "1m", "overlap": "5m",
    "table": [
        {
            "name": "people", "kind": "customer", "from": "people", "key": "id", "watermark": "updated_at",
            "where": '"active"', "ignore": ["secret"],
            "columns": dict.fromkeys(["id", "name", "notes", "active", "updated_at"], "operational"),
            "map": {"full_name": '"name"', "created_at": '"updated_at"'},
            "attributes": {"notes": 'length("notes")'},
        },
        {
            "name": "accounts", "kind": "account", "from": "accounts", "key": "id", "watermark": "updated_at",
            "columns": dict.fromkeys(["id", "owner", "number", "balance", "currency", "updated_at"], "operational"),
            "map": {
                "number": '"number"', "balance": '"balance"', "currency": '"currency"', "updated_at": '"updated_at"',
            },
            "keys": {"owner": {"entity": "people", "id": '"owner"'}},
        },
    ],
}  # fmt: skip


def books(**changed: Any) -> Source:
    source = Source.model_validate(DECLARED | changed)
    assert list(source.problems()) == []
    return source


def add(number: int) -> str:
    return f"INSERT INTO people (id, name) VALUES ({number}, 'Person {number}')"  # noqa: S608 - a number


@dataclass
class Bank:
    """``owner`` writes as the application would; ``reader`` is the DSN that ingest gets."""

    owner: psycopg.AsyncConnection[Any]
    owner_dsn: str
    reader: str

    @property
    def dsns(self) -> dict[str, str]:
        return {"books": self.reader}

    async def run(self, *statements: str) -> None:
        for statement in statements:
            await self.owner.execute(statement.encode())

    async def commit(self, *statements: str) -> None:
        """In one transaction."""
        async with self.owner.transaction():
            await self.run(*statements)

    async def ask(self, query: str) -> Any:
        row = await (await self.owner.execute(query.encode())).fetchone()
        return row and row[0]


@dataclass
class Graph(MemoryLoader):
    """A loader that tells what it was given, and in which order; ``gate`` holds back what was polled."""

    told: list[tuple[str, int]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    async def load(self, batch: Batch) -> LoadReport:
        if not batch.table.endswith("(cdc)"):
            self.waiting += 1
            await self.gate.wait()
            self.waiting -= 1
        self.told.append((batch.table, len(batch.records)))
        return await super().load(batch)

    def names(self) -> set[tuple[str, str]]:
        return {
            (key.split("|")[2], str(getattr(it, "full_name", "")))
            for key, it in self.records.items()
            if "|people|" in key
        }

    def balances(self) -> set[tuple[str, int]]:
        return {
            (str(getattr(it, "number", "")), int(getattr(it, "balance_minor", 0) or 0))
            for key, it in self.records.items()
            if "|accounts|" in key
        }


def line(graph: MemoryLoader, ledger: Ledger, **changed: Any) -> Line:
    return replace(line_of(graph, ledger), **changed)


@asynccontextmanager
async def reopened(bank: Bank) -> AsyncIterator[Bank]:
    """By a new connection, as soon as a server that was killed is there again."""
    while True:
        try:
            owner = await psycopg.AsyncConnection.connect(bank.owner_dsn, autocommit=True)
        except psycopg.OperationalError:
            await asyncio.sleep(LOOK_SECONDS)
        else:
            break
    async with owner:
        yield replace(bank, owner=owner)


@asynccontextmanager
async def followed(source: Source, bank: Bank, through: Line) -> AsyncIterator[None]:
    """Its log is followed until the block ends."""
    stopping = asyncio.Event()
    task = asyncio.create_task(follow(source, "cdc", bank.dsns, through, stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(task, 30)


async def wanted(ledger: Ledger) -> set[tuple[str, Scan]]:
    """What is to be scanned now."""
    async with ledger.transaction() as connection:
        return {it for it, at in (await scans_of(connection, "books")).items() if at.year == 1970}
