"""A file is a system: every one of them is complete, and nothing else knows its name."""

import re
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from ingest.contracts.columns import columns_of
from ingest.contracts.event import Event
from ingest.source import SOURCES, Source, load_sources
from samples.offered import OFFERED, PREFIX
from samples.systems import SYSTEMS
from tests.architecture.tree import ROOT, named, python_files
from wekeza.inventory import inventory, to_markdown

FILES = sorted(SOURCES.glob("*.toml"))
# Examples for the API's documentation are pictures of an answer, not code.
LINE = [file for file in python_files("ingest", "graph", "api", "ledger") if file.stem != "examples"]
DATA = ROOT / "tests" / "data"
sources = cache(load_sources)


def test_every_file_validates() -> None:
    """`load_sources` refuses unknown kinds and fields, wrong expressions, columns that are unused or undeclared."""
    assert set(load_sources()) == {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_source_has_rows_and_records(file: Path) -> None:
    assert {item.name for item in (DATA / file.stem).iterdir()} == {"rows.json", "expected.json"}


def test_there_are_no_rows_of_unknown_sources() -> None:
    assert {folder.name for folder in DATA.iterdir()} == {file.stem for file in FILES}


@pytest.mark.parametrize("file", LINE, ids=named)
def test_no_code_of_the_line_names_a_source(file: Path) -> None:
    names = "|".join(file.stem for file in FILES)
    named_in = rf"""(?<!files\()["']({names})["']"""  # there it is a package of ours
    assert not re.search(named_in, file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_table_and_column_of_the_sample_bank_is_read_or_ignored(file: Path) -> None:
    """The sample bank has the real schemas: a column that nobody decided about is a mistake."""
    source = sources()[file.stem]
    if source.pattern == "rest":
        assert _offered(source) == {table.table: {*table.columns, *table.ignore} for table in source.tables}
        return
    databases = [name for name in (None, *source.places) if name is None or source.places[name].pattern != "stream"]
    schemas = {_place(source, it): _written(source, it) for it in databases}
    known = {*source.ignore.tables, *(table.table for table in source.tables)}
    assert {name for schema in schemas.values() for _, name in schema} <= known
    for table in source.tables:
        if table.events:
            continue
        columns = schemas[_place(source, table.place)][table.schema_name or "", table.table]
        assert columns == {*table.columns, *table.ignore}, table.name


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_word_of_an_event_is_read_or_ignored(file: Path) -> None:
    envelope = {*columns_of([Event]).names}
    for table in sources()[file.stem].tables:
        if table.events:
            assert {*table.event_columns.names} - envelope == {*table.columns, *table.ignore} - envelope, table.name


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_key_of_another_system_names_a_table_that_it_has(file: Path) -> None:
    targets = {
        (target.system, target.entity, target.hide)
        for table in sources()[file.stem].tables
        for targets in table.keys.values()
        for target in targets
        if target.system is not None
    }
    assert targets <= {(name, table.name, table.hide) for name, source in sources().items() for table in source.tables}


def test_two_systems_read_one_database_and_one_system_reads_two_engines() -> None:
    """The form of a source file is enough for both: nothing but the files says so."""
    places = {name: {_place(source, it) for it in (None, *source.places)} for name, source in sources().items()}
    assert any(one & other for one, other in combinations(places.values(), 2))
    assert any(len({engine for engine, _ in place}) > 1 for place in places.values())


def _offered(source: Source) -> dict[str, set[str]]:
    """What the service in front of a sample database can be asked for: nothing else leaves it."""
    return {f"{PREFIX[source.name]}{path}": {*resource.columns} for path, resource in OFFERED[source.name].items()}


def test_nobody_is_offered_what_was_said_or_a_secret() -> None:
    offered = {name for resources in OFFERED.values() for it in resources.values() for name in it.columns}
    assert offered.isdisjoint({"content", "client_secret", "access_token", "PasswordHash", "secret"})


def _place(source: Source, database: str | None) -> tuple[str, str]:
    """Engine and name of the source's own database, or of one of its others."""
    place = source.places[database] if database else source
    return place.engine, place.database


def _written(source: Source, place: str | None) -> dict[tuple[str, str], set[str]]:
    """The tables of a place; of a folder its files, by the names that they have."""
    if (source.places[place] if place else source).pattern != "files":
        return _tables(_place(source, place))
    return {("", it.pattern): set(it.columns) for it in SYSTEMS[source.name].exports}


def _tables(place: tuple[str, str]) -> dict[tuple[str, str], set[str]]:
    """The columns of each table of a database, by its schema (empty for the usual one) and name.

    The file bears the name of the system whose own database it is.
    """
    (owner,) = (source.name for source in sources().values() if _place(source, None) == place)
    sql = (ROOT / "samples" / "schemas" / f"{owner}.sql").read_text(encoding="utf-8")
    found = re.findall(r'CREATE TABLE (?:(\w+)\.)?["`]?(\w+)["`]? \((.*?)^\);', sql, re.DOTALL | re.MULTILINE)
    return {
        (schema, name): set(re.findall(r'^    (?!FOREIGN KEY)["`]?(\w+)["`]? ', body, re.MULTILINE))
        for schema, name, body in found
    }


def test_the_committed_inventory_is_what_the_files_say() -> None:
    """Write docs/sources.md anew with `wekeza ingest list --markdown`."""
    written = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert written == to_markdown(inventory(sources().values()))
