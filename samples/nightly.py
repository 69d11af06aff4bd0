"""The nightly jobs that write what is in a system's tables as files into a folder: one file a day and table.

A job of the warehouse lists its files in a manifest, with their rows and checksums; one of the reports does not.
"""

import csv
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MANIFEST = "_manifest.json"
Rows = Sequence[Sequence[Any]]
Ask = Callable[[str], Rows]  # by SQL
SMALL = pa.decimal128(20, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One table on its way into files. ``query`` gives all its rows, the day that each belongs to first."""

    name: str
    columns: tuple[str, ...]
    query: str
    types: Mapping[str, pa.DataType] = field(default_factory=dict)  # of a typed format; without one it is CSV
    delimiter: str = ","

    @property
    def ending(self) -> str:
        return "parquet" if self.types else "csv"

    @property
    def pattern(self) -> str:
        """The names of its files."""
        return f"{self.name}_*.{self.ending}"


def _warehouse(name: str, types: Mapping[str, pa.DataType]) -> Export:
    columns = ", ".join(f"`{column}`" for column in types)
    query = f"SELECT `as_of_date`, {columns} FROM `{name}` ORDER BY `as_of_date`, `id`"  # noqa: S608 - our own names
    return Export(name=name, columns=tuple(types), query=query, types=types)


SUBJECTS = """
LEFT JOIN LATERAL (
  SELECT string_agg(concat_ws('/', source_system, subject, subject_ref), ',' ORDER BY subject, subject_ref) AS subjects
  FROM report_subjects WHERE report_id = made.id
) named ON true ORDER BY 1, 2"""
GENERATED = """
SELECT made.generated_date::date, made.id, made.report_name, t.report_type, made.generated_date, made.record_count,
  made.updated_at, named.subjects
FROM generated_reports made JOIN report_templates t ON t.id = made.report_template_id"""
REGULATORY = """
SELECT made.generated_at::date, made.id, made.period, made.type, made.status, made.generated_at, made.submitted_at,
  named.subjects
FROM (SELECT report_id AS id, * FROM regulatory_reports) made"""
ANALYTICS = (
    _warehouse(
        "customer_aggregates",
        {
            "id": pa.int64(),
            "customer_ref": pa.string(),
            "source_system": pa.string(),
            "segment": pa.string(),
            "lifetime_value": SMALL,
            "txn_count_30d": pa.int32(),
            "txn_amount_30d": SMALL,
            "as_of_date": pa.date32(),
            "generated_at": pa.timestamp("us"),
        },
    ),
    _warehouse(
        "account_aggregates",
        {
            "id": pa.int64(),
            "account_ref": pa.string(),
            "source_system": pa.string(),
            "currency": pa.string(),
            "txn_count_30d": pa.int32(),
            "txn_amount_30d": SMALL,
            "as_of_date": pa.date32(),
            "generated_at": pa.timestamp("us"),
        },
    ),
)
REPORTING = (
    Export(
        name="generated_reports",
        columns=("id", "report_name", "report_type", "generated_date", "record_count", "updated_at", "subjects"),
        query=GENERATED + SUBJECTS,
        delimiter=";",
    ),
    Export(
        name="regulatory_reports",
        columns=("report_id", "period", "type", "status", "generated_at", "submitted_at", "subjects"),
        query=REGULATORY + SUBJECTS,
        delimiter=";",
    ),
)


def drop_files(exports: Sequence[Export], ask: Ask, folder: Path) -> list[Path]:
    """Write a file for each day and table; those of a typed format are in the folder's manifest when they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, int]] = []
    for export in exports:
        by_day: dict[date, list[Sequence[Any]]] = {}
        for day, *row in ask(export.query):
            by_day.setdefault(day, []).append(row)
        for day, rows in by_day.items():
            file = folder / f"{export.name}_{day:%Y-%m-%d}.{export.ending}"
            _write(file, export, rows)
            made = datetime.combine(day + timedelta(days=1), time(2, 30), UTC).timestamp()
            os.utime(file, (made, made))  # it is of that night, whenever the sample bank was made
            written.append((file, len(rows)))
    if any(export.types for export in exports):
        write_manifest(folder, written)
    return [file for file, _ in written]


def write_manifest(folder: Path, files: Sequence[tuple[Path, int]]) -> None:
    """Of these files and their rows, at once and as a whole."""
    listed = [
        {
            "file": file.name,
            "rows": rows,
            "bytes": file.stat().st_size,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        for file, rows in files
    ]
    draft = folder / f"{MANIFEST}.draft"
    draft.write_text(json.dumps(listed, indent=1), encoding="utf-8")
    draft.replace(folder / MANIFEST)


def _write(file: Path, export: Export, rows: Rows) -> None:
    draft = file.with_name(f".{file.name}.draft")
    if export.types:
        columns = dict(zip(export.types, zip(*rows, strict=True), strict=True))
        typed = {name: pa.array(values, export.types[name]) for name, values in columns.items()}
        pq.write_table(pa.table(typed), draft, row_group_size=10_000)
    else:
        with draft.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened, delimiter=export.delimiter, lineterminator="\n")
            writer.writerow(export.columns)
            writer.writerows(rows)
    draft.replace(file)
