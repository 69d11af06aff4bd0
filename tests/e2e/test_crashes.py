"""`kill -9` of the ingest and of Neo4j at any moment: after the next run the graph is that of an undisturbed one."""

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
import psycopg
import pytest
from neo4j import AsyncDriver, AsyncGraphDatabase, Driver, GraphDatabase

from graph.client import GraphClient
from local.neo4j import Memory, Neo4j
from local.ports import reserved_port
from local.servers import local_servers
from samples.bank import Bank, create_bank
from tests.e2e.commands import run, running
from tests.e2e.picture import Picture, picture, runs
from tests.fixtures.databases import NewDatabase
from tests.fixtures.servers import TestServers

PEOPLE, BATCH = 40, 40
SECRET = "the same for every run, so that equal records are named alike"
MEMORY = Memory(heap=384, page_cache=64)
COUNT_RUNS = "MATCH (r:Run) RETURN count(r) AS runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where a run writes, and from what it reads."""

    uri: str
    user: str
    password: str
    ledger: str
    bank: Bank
    data: Path

    @property
    def given(self) -> dict[str, str]:
        return {
            "NEO4J_URI": self.uri,
            "NEO4J_USER": self.user,
            "NEO4J_PASSWORD": self.password,
            "DATABASE_URL": self.ledger,
            "WEKEZA_DATA": str(self.data),
            "WEKEZA_SECRET": SECRET,
            "WEKEZA_BATCH_SIZE": str(BATCH),
            **{f"WEKEZA_SOURCES__{name.upper()}": dsn for name, dsn in self.bank.sources.items()},
        }

    def ingest_once(self) -> None:
        answer = run("ingest", "once", given=self.given)
        assert answer.code == 0, answer.out + answer.err
