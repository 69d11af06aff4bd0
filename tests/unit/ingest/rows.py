"""Rows as a connector would hand them over, and records spelled out as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingest.mapping import Mapped, map_rows
from ingest.source import Source
from ingest.table import Table

SECRET = b"of the tests"


def rows_of(table: Table, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """All declared columns; what a row leaves out is NULL, and a column that is NULL everywhere is text."""
    found = pa.table({name: [row.get(name) for row in rows] for name in table.columns})
    typed = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in found.schema]
    return found.cast(pa.schema(typed))


def spell(value: Any) -> Any:
    """Plain JSON; what is missing or empty is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: spelled for f in fields(value) if (spelled := spell(getattr(value, f.name))) not in (None, [], {})
        }
    if isinstance(value, Mapping):
        return {str(name): spell(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [spell(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def read_folder(source: Source, folder: Path) -> tuple[Any, Any]:
    """What the rows of a data folder become, by table, and what they are expected to become."""
    rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    found = {
        table.name: spell_mapped(map_rows(source, table, rows_of(table, rows[table.name]), SECRET))
        for table in source.tables
    }
    return found, expected


def spell_mapped(mapped: Mapped) -> dict[str, Any]:
    return {
        "records": [spell(record) for record in mapped.records],
        "rejections": [spell(rejection) for rejection in mapped.rejections],
        "issues": {f"{issue.field}:{issue.flaw}": times for issue, times in sorted(mapped.issues.items(), key=str)},
    }
