"""Every source's rows become its expected records: tests/data/<source>/{rows,expected}.json, found by scanning."""

import json
from pathlib import Path

import pytest

from ingest.mapping import map_rows
from ingest.source import load_sources
from tests.unit.ingest.rows import SECRET, rows_of, spell_mapped

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize("name", sorted(folder.name for folder in DATA.iterdir()))
def test_rows_become_the_expected_records(name: str) -> None:
    source = load_sources()[name]
    rows = json.loads((DATA / name / "rows.json").read_text(encoding="utf-8"))
    expected = json.loads((DATA / name / "expected.json").read_text(encoding="utf-8"))
    found = {
        table.name: spell_mapped(map_rows(source, table, rows_of(table, rows[table.name]), SECRET))
        for table in source.tables
    }
    assert found == expected
