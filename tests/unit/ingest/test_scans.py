from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.records import SourceRecord
from ingest.scans import find_missing, is_due
from ingest.source import load_sources
from ingest.table import Table
from ledger.sources import WANTED, Scan

SOURCE = load_sources()["mobile"]
USERS = SOURCE.tables[0]
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
IDS = st.lists(st.integers(0, 30).map(str), max_size=20)


class Held:
    def __init__(self, ids: list[str]) -> None:
        self.ids = ids

    async def keys(self, record: type[SourceRecord], system: str, entity: str) -> AsyncGenerator[list[str], None]:
        for start in range(0, len(self.ids), 3):
            yield [f"{system}|{entity}|{id}" for id in self.ids[start : start + 3]]


class Reader:
    def __init__(self, ids: list[str | None]) -> None:
        self.ids = ids

    async def keys(self, entity: Table, size: int) -> AsyncGenerator[pa.Table, None]:
        for start in range(0, len(self.ids), 4):
            yield pa.table({entity.key: pa.array(self.ids[start : start + 4], pa.string())})


@settings(max_examples=30)  # each opens a database
@given(IDS.map(lambda ids: sorted(set(ids))), IDS)
async def test_what_is_missing_is_what_the_graph_has_and_the_source_has_not(held: list[str], found: list[str]) -> None:
    missing = await find_missing(Reader([*found, None, " "]), Held(held), SOURCE, USERS, b"")
    assert missing.held == len(held)
    assert missing.keys == tuple(sorted(f"mobile|users|{id}" for id in set(held) - set(found)))


@pytest.mark.parametrize(
    ("changes", "what", "last", "due"),
    [
        ({}, Scan.ROWS, None, False),
        ({}, Scan.KEYS, None, False),
        ({"watermark": ()}, Scan.ROWS, NOON, True),
        ({"watermark": (), "rescan": timedelta(hours=1)}, Scan.ROWS, NOON - timedelta(minutes=59), False),
        ({"rescan": timedelta(hours=1)}, Scan.ROWS, None, True),
        ({"rescan": timedelta(hours=1)}, Scan.ROWS, NOON - timedelta(hours=1), True),
        ({"deletes": timedelta(hours=1)}, Scan.ROWS, None, False),
        ({"deletes": timedelta(hours=1)}, Scan.KEYS, None, True),
        ({"deletes": timedelta(hours=1)}, Scan.KEYS, NOON - timedelta(minutes=59), False),
    ],
)
def test_when_a_table_is_scanned(changes: dict[str, object], what: Scan, last: datetime | None, due: bool) -> None:
    table = USERS.model_copy(update=changes)
    assert is_due(table, what, {(table.name, what): last} if last else {}, NOON) is due


@pytest.mark.parametrize("what", Scan)
def test_what_is_wanted_is_due_whatever_the_file_says(what: Scan) -> None:
    table = USERS.model_copy(update={"rescan": None, "deletes": None})
    assert is_due(table, what, {(table.name, what): WANTED}, NOON)
    assert not is_due(table, what, {(table.name, what): NOON}, NOON)
