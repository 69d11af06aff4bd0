"""The peer that configures itself: GoldenMatch without a word of configuration, on the same normalised values."""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import goldenmatch
import pyarrow as pa
from goldenmatch.config.schemas import IdentityConfig

from bench.contestants import Groups
from graph.records import CustomerRecord
from graph.resolution.names import canonical_name

KEY = "record"
COLUMNS = {"NationalId": "national_id", "Phone": "phone", "Email": "email"}


def by_goldenmatch(records: Sequence[CustomerRecord]) -> Groups:
    """It gets the columns with which it does best: given passports and tax numbers too, it finds one pair in a hundred.

    It chooses within a budget of time, so that its answer depends on the machine.
    """
    logging.getLogger("goldenmatch").setLevel(logging.ERROR)
    found = goldenmatch.dedupe_df(pa.Table.from_pylist([_row(record) for record in records]))
    return {
        records[place].key: f"goldenmatch {cluster}"
        for cluster, members in found.clusters.items()
        for place in members["members"]
    }


class DurableIds:
    """GoldenMatch with its identity graph, in SQLite as it comes: what it made of the records has ids that last.

    It configures itself once; `run` resolves all records again, and is told each record's key.
    """

    def __init__(self, records: Sequence[CustomerRecord], path: Path) -> None:
        logging.getLogger("goldenmatch").setLevel(logging.ERROR)
        self._path = path
        self._table = pa.Table.from_pylist([_row(record) | {KEY: record.key} for record in records])
        self._config = goldenmatch.auto_configure_df(self._table.drop_columns([KEY]))
        self._config.identity = IdentityConfig(
            enabled=True, path=str(path), dataset="bench", source_pk_column=KEY, backend="sqlite"
        )

    def run(self) -> float:
        """Answers the seconds it took."""
        begun = perf_counter()
        goldenmatch.dedupe_df(self._table, config=self._config)
        return perf_counter() - begun

    def rows(self) -> int:
        """In all tables of the identity graph."""
        with sqlite3.connect(self._path) as store:
            names = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return sum(
                store.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a name from the catalogue
                for (name,) in names
            )


def _row(record: CustomerRecord) -> dict[str, str | None]:
    """One value a column, because it takes no lists: the first that is no placeholder."""
    values: dict[str, str | None] = dict.fromkeys(COLUMNS.values())
    for it in reversed(record.identifiers):
        if it.kind in COLUMNS and not it.placeholder:
            values[COLUMNS[it.kind]] = it.value
    return {
        "full_name": canonical_name(record.full_name),
        "birth_date": record.birth_date.isoformat() if record.birth_date else None,
        **values,
    }
