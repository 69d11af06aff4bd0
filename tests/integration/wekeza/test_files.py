"""What two systems drop every night, read from real folders into a real graph: as many as their tables have, once."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.load import Loader
from ingest.check import check_source
from ingest.run import run_source
from local.mariadb import ask_mariadb
from samples.bank import Bank, create_bank
from samples.nightly import drop_files, write_manifest
from samples.systems import SYSTEMS as EXPORTS
from tests.integration.graph.snapshot import snapshot
from tests.integration.graph.test_load_crash import Crash, Killed
from tests.integration.wekeza.conftest import Connect
from wekeza.rounds import Round, run_round

SYSTEMS = ("comprehensive", "core", "web", "analytics", "reporting")
DROPPING = ("analytics", "reporting")
NIGHTS = 3
LONG_AGO = 1_700_000_000
GONE = "comprehensive|customers|00000000-0000-4000-8000-000000000014"
# place in the graph -> DSN of the tables that the files are made from, and their own count
COUNTS: Mapping[str, tuple[str, str]] = {
    "analytics|customer_aggregates": ("analytics", "SELECT count(*) FROM customer_aggregates"),
    "analytics|account_aggregates": ("analytics", "SELECT count(*) FROM account_aggregates"),
    "reporting|generated_reports": ("reporting", "SELECT count(*) FROM generated_reports"),
    "reporting|regulatory_reports": ("reporting", "SELECT count(*) FROM regulatory_reports"),
}
SUBJECTS = """SELECT CASE WHEN g.id IS NULL THEN 'regulatory' ELSE 'generated' END || '_reports|' || report_id,
  source_system, subject, subject_ref
FROM report_subjects LEFT JOIN generated_reports g ON g.id = report_id"""
TITLES = {"ComprehensiveWekezaApi": "comprehensive", "Wekeza.Core.Api": "core", "Web Banking": "web"}
ENTITIES = {("web", "customer"): "users"}


@pytest.fixture
def bank(postgres_admin_dsn: str, mariadb_admin_dsn: str, tmp_path: Path) -> Bank:
    return create_bank(
        postgres_admin_dsn, mariadb_admin_dsn, people=40, seed=5, systems=SYSTEMS, drop=tmp_path / "drop"
    )


@pytest.fixture
def dropped(postgres_admin_dsn: str, mariadb_admin_dsn: str, tmp_path: Path) -> Bank:
    """Nothing but what is dropped: whom it is about never arrives."""
    return create_bank(
        postgres_admin_dsn, mariadb_admin_dsn, people=40, seed=5, systems=DROPPING, drop=tmp_path / "drop"
    )


def ask(bank: Bank, dsn: str, query: str) -> list[tuple[Any, ...]]:
    if bank.writers[dsn].startswith("mysql"):
        return ask_mariadb(bank.writers[dsn], query)
    with psycopg.connect(bank.writers[dsn]) as source:
        return list(source.execute(query.encode()).fetchall())


def named(title: str, subject: str, ref: str) -> str:
    system = TITLES[title]
    return f"{system}|{ENTITIES.get((system, subject), subject + 's')}|{ref}"


async def rows_of(driver: AsyncDriver, query: str, **values: object) -> set[tuple[Any, ...]]:
    rows, _, _ = await driver.execute_query(query, values)
    return {tuple(row.values()) for row in rows}


async def held(driver: AsyncDriver) -> dict[str, int]:
    present = "MATCH (n) WHERE n.key STARTS WITH $place AND NOT n:Expected AND NOT n:Position RETURN count(n)"
    return {place: next(iter(await rows_of(driver, present, place=f"{place}|")))[0] for place in COUNTS}


def counted(bank: Bank) -> dict[str, int]:
    return {place: ask(bank, dsn, query)[0][0] for place, (dsn, query) in COUNTS.items()}


def errors(done: Round) -> dict[str, str]:
    return {report.system: report.error for report in done.sources if report.error}


def lying(folder: Path) -> set[str]:
    return {str(it.relative_to(folder)) for it in folder.rglob("*") if it.is_file()}


async def test_the_graph_has_what_the_tables_count_and_makes_nobody_of_it(
    bank: Bank, connect: Connect, driver: AsyncDriver, tmp_path: Path
) -> None:
    parts = connect(bank.sources)
    done = await run_round(parts)
    assert (errors(done), {it.rejected for it in done.sources}) == ({}, {0})
    assert await held(driver) == counted(bank)
    await _each_of_whom_it_is(bank, driver)
    await _nobody_comes_to_be(driver)
    assert {name.split("/")[0] for name in lying(tmp_path / "drop" / "reporting")} == {"archive"}
    assert {report.newest is not None for report in done.sources} == {True}
    again = await run_round(parts)
    assert {report.system: report.read for report in again.sources if report.system in DROPPING} == {
        "analytics": 0,
        "reporting": 0,
    }
    for name in DROPPING:
        checked = await check_source(parts.sources[name], parts.dsns()[name])
        assert (checked.problems, checked.remarks) == ((), ())


async def _each_of_whom_it_is(bank: Bank, driver: AsyncDriver) -> None:
    told = ask(bank, "analytics", "SELECT id, source_system, customer_ref, txn_count_30d FROM customer_aggregates")
    found = (
        "MATCH (a:Aggregate)-[:SUMS_UP]->(s:SourceCustomer) WHERE a.key STARTS WITH 'analytics|customer_'"
        " RETURN a.key, s.key, a.count"
    )
    assert await rows_of(driver, found) == {
        (f"analytics|customer_aggregates|{id}", named(title, "customer", ref), times) for id, title, ref, times in told
    }
    of_accounts = "MATCH (a:Aggregate)-[:SUMS_UP]->(s:Account) WHERE NOT s:Expected RETURN count(*)"
    assert await rows_of(driver, of_accounts) == {(counted(bank)["analytics|account_aggregates"],)}
    said = {
        (f"reporting|{report}", named(title, subject, ref))
        for report, title, subject, ref in ask(bank, "reporting", SUBJECTS)
    }
    assert await rows_of(driver, "MATCH (r:Report)-[:COVERS]->(s) WHERE NOT s:Expected RETURN r.key, s.key") == said


async def _nobody_comes_to_be(driver: AsyncDriver) -> None:
    """A customer of whom only a sum is known is waited for, and served to nobody."""
    waited = "MATCH (s:SourceCustomer:Expected) RETURN s.key, COUNT { (s)-[:RESOLVES_TO]->() }"
    assert await rows_of(driver, waited) == {(GONE, 0)}
    served = "MATCH (s:SourceCustomer)-[:RESOLVES_TO]->(g:GlobalCustomer) RETURN DISTINCT split(s.key, '|')[0]"
    assert await rows_of(driver, served) == {("comprehensive",), ("core",), ("web",)}


async def test_killed_in_the_middle_of_files_it_goes_on_and_nothing_is_doubled(
    dropped: Bank, connect: Connect, driver: AsyncDriver, graph: GraphClient
) -> None:
    """After each kill the next run reads no row again that is in the graph."""
    parts = connect(dropped.sources, batch_size=20)
    for point in ("appended", "applied", "committed"):
        crash = Loader(graph, parts.ledger, secret=parts.secret, policy=parts.policy, on_point=Crash(point, 3))
        with pytest.raises(Killed):
            await run_source(parts.sources["analytics"], parts.dsns()["analytics"], replace(parts.line(), loader=crash))
    before = (await held(driver))["analytics|customer_aggregates"]
    assert 0 < before < counted(dropped)["analytics|customer_aggregates"]
    done = await run_round(parts)
    assert errors(done) == {}
    assert await held(driver) == counted(dropped)
    rows = sum(number for place, number in counted(dropped).items() if place.startswith("analytics|"))
    assert sum(report.read for report in done.sources if report.system == "analytics") == rows - before
    positions = await rows_of(driver, "MATCH (p:Position) WHERE p.key CONTAINS '#' RETURN p.key, p.row_key")
    assert len(positions) == 4 * NIGHTS
    assert {key.endswith(" complete") for _, key in positions} == {True}


async def test_the_same_files_again_and_bad_ones_change_nothing(
    dropped: Bank, connect: Connect, driver: AsyncDriver, tmp_path: Path
) -> None:
    parts = connect(dropped.sources)
    assert errors(await run_round(parts)) == {}
    before = await snapshot(driver)
    folder = tmp_path / "drop" / "analytics"
    files = drop_files(EXPORTS["analytics"].exports, lambda query: ask(dropped, "analytics", query), folder)
    again = files[0].rename(folder / "customer_aggregates_again.parquet")
    write_manifest(folder, [(file, pq.read_metadata(file).num_rows) for file in (again, *files[1:])])
    cut = files[1]
    cut.write_bytes(cut.read_bytes()[:-100])
    os.utime(cut, (LONG_AGO, LONG_AGO))
    found = errors(await run_round(parts))
    assert set(found) == {"analytics"}
    assert f"'{cut.name}': its checksum is not the one in its manifest" in found["analytics"]
    assert await snapshot(driver) == before
    assert {it.name for it in (folder / "rejected").iterdir()} == {cut.name, f"{cut.name}.reason.txt"}
    assert {it.name for it in folder.iterdir() if it.is_file()} == {"_manifest.json"}


async def test_a_graph_that_was_lost_is_filled_from_the_archive(
    dropped: Bank, connect: Connect, driver: AsyncDriver
) -> None:
    parts = connect(dropped.sources)
    assert errors(await run_round(parts)) == {}
    await driver.execute_query("MATCH (n) WHERE NOT n:WekezaTests DETACH DELETE n")
    assert errors(await run_round(parts)) == {}
    assert await held(driver) == counted(dropped)
