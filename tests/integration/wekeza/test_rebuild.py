"""Both servers are lost; the ledger's file, the secret and the sources bring back all that was said of anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, NoReturn

import psycopg
import pytest
import uvloop
from neo4j import AsyncGraphDatabase
from pydantic import SecretStr

from graph.client import GraphClient
from graph.laws import Finding, Law
from graph.proposals import Different, Same, Suppress, Undo
from graph.verify import verify
from ledger.errors import LedgerNotEmpty, WrongSecret
from ledger.history import customers_at, holdings_at
from local.directories import Place
from local.errors import LocalError
from local.servers import local_servers
from local.stores import FORMER, IN_FORCE, READY, SECOND
from samples.bank import Bank, create_bank
from samples.records import FIRST
from tests.fixtures.databases import NewDatabase
from tests.fixtures.servers import TestServers
from wekeza import rebuild as rebuilding
from wekeza.rebuild import RebuildFailed, RebuildRefused, rebuild, refuse_broken
from wekeza.rounds import run_round
from wekeza.running import Running, announced
from wekeza.safekeeping import SecretMissing, dump_ledger, restore_ledger, secret_file
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.wiring import Parts, connect

PEOPLE = 20
WHY = {"by": "jane", "reason": "seen the papers"}
IDENTITY: tuple[LiteralString, ...] = (
    "MATCH (n:SourceCustomer|Identifier|GlobalCustomer|Decision) WHERE NOT n:Expected RETURN labels(n), properties(n)",
    "MATCH (a:SourceCustomer|GlobalCustomer|Decision)-[e]->(b:SourceCustomer|Identifier|GlobalCustomer)"
    " RETURN coalesce(a.birth_id, a.gcid, a.id), type(e), properties(e), coalesce(b.birth_id, b.gcid, b.key)",
)
REST: LiteralString = "MATCH (n:Account|Transaction|Login|Device|FraudAlert|Sighting) RETURN n.key"
Rows = set[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that can be asked."""

    identity: Rows
    rest: Rows
    memberships: dict[int, dict[str, str]]  # after every step
    evidence: dict[int, Rows]


@pytest.fixture(autouse=True)
def _only_our_settings(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Servers that were given are for the tests' own use; the settings of these tests name none."""
    request.getfixturevalue("postgres_admin_dsn")
    for name in ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bank(postgres_admin_dsn: str) -> Bank:
    return create_bank(postgres_admin_dsn, people=PEOPLE, systems=FIRST)


@pytest.fixture
def settings(bank: Bank, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", sources={name: SecretStr(dsn) for name, dsn in bank.sources.items()})


@contextmanager
def started(settings: Settings) -> Iterator[Settings]:
    """Our own servers on the data directory."""
    with local_servers(settings.data, environment={}) as servers:
        stores = {
            "neo4j_uri": servers.neo4j.uri,
            "neo4j_user": servers.neo4j.user,
            "neo4j_password": SecretStr(servers.neo4j.password),
            "database_url": SecretStr(servers.postgres.dsn),
        }
        yield settings.model_copy(update=stores)


@pytest.fixture
def lost(settings: Settings, graph: GraphClient, servers: TestServers, new_database: NewDatabase) -> Settings:
    """Two servers that will not be there when they are missed; the data directory has nothing but the secret."""
    stores = {
        "neo4j_uri": servers.neo4j_uri,
        "neo4j_user": servers.neo4j_user,
        "neo4j_password": SecretStr(servers.neo4j_password),
        "database_url": SecretStr(new_database("lost")),
    }
    return settings.model_copy(update=stores)


@pytest.mark.nightly
def test_both_servers_are_lost(
    settings: Settings, lost: Settings, bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, screen = tmp_path / "ledger.zip", Screen()
    before = uvloop.run(live(lost, bank))
    dump_ledger(lost, file, screen)
    with pytest.raises(LedgerNotEmpty):
        restore_ledger(lost, file, screen)
    secret = secret_file(settings).read_text()
    secret_file(settings).unlink()
    with pytest.raises(SecretMissing, match="put the kept one back"):
        restore_ledger(settings, file, screen)
    secret_file(settings).write_text("00" * 32)
    with pytest.raises(WrongSecret, match="another secret"):
        restore_ledger(settings, file, screen)
    secret_file(settings).write_text(secret)  # the ledger is whole, and waited for it
    rebuild(settings, screen)
    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "start_neo4j", _fill_half)
        with pytest.raises(LocalError, match="ended in the middle"):
            rebuild(settings, screen)
    assert {IN_FORCE, SECOND, READY, FORMER} & {path.name for path in settings.data.iterdir()} == {IN_FORCE}
    with started(settings) as running:
        after = uvloop.run(look(running))
        assert after == before
        uvloop.run(poll_again(running))


def _fill_half(place: Place, *, store: str, **_: Any) -> NoReturn:
    """A second server that dies once it has written something."""
    (place.data / store).mkdir()
    (place.data / store / "half").touch()
    raise LocalError("The server ended in the middle.")


async def live(settings: Settings, bank: Bank) -> Facts:
    """Two rounds with a correction at a source between them, and decisions."""
    async with connect(settings) as parts:
        await run_round(parts)
        await decide(parts, bank)
        with psycopg.connect(bank.writers["fraud"]) as source:
            source.execute(
                "UPDATE monitored_customers SET phone = '0722334455', updated_at = now() WHERE customer_ref IN"
                " (SELECT customer_ref FROM monitored_customers ORDER BY 1 LIMIT 5)"
            )
        await run_round(parts)
        return await facts(parts)


async def decide(parts: Parts, bank: Bank) -> None:
    one, other = (keys[0] for keys in list(bank.negative_control.values())[:2])
    first, second, third = bank.showcase
    await parts.steward().decide(Same(one, other), **WHY)
    await parts.steward().decide(Different(frozenset({first}), frozenset({third})), **WHY)
    await parts.steward().decide(Different(frozenset({second}), frozenset({one})), **WHY)
    await parts.steward().decide(Undo(2), **WHY)
    await parts.steward().decide(Suppress("Phone", "0722334455", "KE"), **WHY)


async def look(settings: Settings) -> Facts:
    async with connect(settings) as parts:
        return await facts(parts)


async def facts(parts: Parts) -> Facts:
    assert await verify(parts.client, parts.ledger, secret=parts.secret, policy=parts.policy) == []
    identity, rest = await read(parts, *IDENTITY), await read(parts, REST)
    memberships, evidence = {}, {}
    async with parts.ledger.transaction() as connection:
        births = [row[0] async for row in await connection.execute("SELECT birth_id FROM rank")]
        moments = await connection.execute(
            "SELECT DISTINCT step FROM (SELECT step FROM membership_delta UNION SELECT step FROM evidence_delta) told"
        )
        for step in [row[0] async for row in moments]:
            memberships[step] = await customers_at(connection, births, step)
            evidence[step] = {str(held) for held in await holdings_at(connection, births, step)}
    return Facts(identity, rest, memberships, evidence)


async def read(parts: Parts, *queries: LiteralString) -> Rows:
    settings = parts.settings
    assert settings.neo4j_uri
    assert settings.neo4j_password
    auth = (settings.neo4j_user, settings.neo4j_password.get_secret_value())
    async with AsyncGraphDatabase.driver(settings.neo4j_uri, auth=auth) as driver:
        found = [record for query in queries for record in (await driver.execute_query(query)).records]
    return {str([_spell(item) for item in record.values()]) for record in found}


def _spell(item: Any) -> Any:
    if isinstance(item, dict):
        return sorted((name, str(value)) for name, value in item.items())
    return sorted(item) if isinstance(item, list) else item


async def poll_again(settings: Settings) -> None:
    """The next poll reads customers from the beginning, finds them as they are, and notes how far it came."""
    async with connect(settings) as parts:
        before = await read(parts, *IDENTITY)
        done = await run_round(parts)
        assert (done.failed, done.resolved.steps) == (False, ())
        assert done.counters.nodes_created <= len(done.sources) * 4  # positions and runs
        assert await read(parts, *IDENTITY) == before


def test_a_graph_that_breaks_a_law_is_refused() -> None:
    due = Finding(Law.RESOLVED, "a")
    refuse_broken([due])
    with pytest.raises(RebuildFailed, match=r"in 1 place, and is not used\.\n  - components over LINKED .* \(b\)$"):
        refuse_broken([due, Finding(Law.LINKED, "b")])


def test_it_refuses_while_somebody_works_there(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    running = Running(neo4j_uri="", neo4j_user="", neo4j_password="", database_url="", api_url="", sources={})
    with announced(tmp_path, running), pytest.raises(RebuildRefused, match="end it, then rebuild"):
        rebuild(settings, Screen())
    assert not (tmp_path / "postgres").exists()


def test_it_never_touches_a_server_that_was_given() -> None:
    settings = Settings(neo4j_uri="bolt://127.0.0.1:9", database_url=SecretStr("postgresql://127.0.0.1:9/x"))
    with pytest.raises(RebuildRefused, match="--into"):
        rebuild(settings, Screen())
    with pytest.raises(RebuildRefused, match="is the graph in force"):
        rebuild(settings, Screen(), into="bolt://127.0.0.1:9")
