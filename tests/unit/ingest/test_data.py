"""Every source's rows become its expected records: tests/data/<source>/{rows,expected}.json, found by scanning."""

from pathlib import Path

import pytest

from ingest.source import load_sources
from tests.unit.ingest.rows import read_folder

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize("name", sorted(folder.name for folder in DATA.iterdir()))
def test_rows_become_the_expected_records(name: str) -> None:
    found, expected = read_folder(load_sources()[name], DATA / name)
    assert found == expected
