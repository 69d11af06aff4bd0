"""A file is a system: every one of them is complete, and nothing else knows its name."""

import re
from pathlib import Path

import pytest

from ingest.source import SOURCES, load_sources
from tests.architecture.tree import ROOT, named, python_files

FILES = sorted(SOURCES.glob("*.toml"))
# Examples for the API's documentation are pictures of an answer, not code.
LINE = [file for file in python_files("ingest", "graph", "api", "ledger") if file.stem != "examples"]
DATA = ROOT / "tests" / "data"


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
    assert not re.search(rf"""["']({names})["']""", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_table_and_column_of_the_sample_bank_is_read_or_ignored(file: Path) -> None:
    """The sample bank has the real schemas: a column that nobody decided about is a mistake."""
    schema = _tables((ROOT / "samples" / "schemas" / f"{file.stem}.sql").read_text(encoding="utf-8"))
    source = load_sources()[file.stem]
    assert {name for _, name in schema} <= {*source.ignore.tables, *(table.table for table in source.tables)}
    for table in source.tables:
        assert schema[table.schema_name or "", table.table] == {*table.columns, *table.ignore}, table.name


def _tables(sql: str) -> dict[tuple[str, str], set[str]]:
    """The columns of each table, by its schema (empty for the usual one) and name."""
    found = re.findall(r'CREATE TABLE (?:(\w+)\.)?"?(\w+)"? \((.*?)^\);', sql, re.DOTALL | re.MULTILINE)
    return {(schema, name): set(re.findall(r'^    "?(\w+)"? ', body, re.MULTILINE)) for schema, name, body in found}
