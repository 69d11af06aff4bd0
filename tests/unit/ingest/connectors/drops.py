"""A folder to drop files in, and what a reader makes of it, without a graph: positions are kept as pages are taken."""

import csv
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from graph.records import Position
from ingest.connectors.files import FilesReader
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.folder import Dialect, Folder
from ingest.source import Source
from ingest.table import Table

COLUMNS = {"id": "operational", "who": "operational", "amount": "financial", "day": "operational"}
LONG_AGO = 1_700_000_000


def source_of(
    ending: str = "csv", *, folder: Folder | None = None, dialect: Dialect | None = None, **changes: Any
) -> Source:
    """A system with one table of sums, dropped as files that end so."""
    table = Table.model_validate(
        {
            "name": "sums",
            "kind": "aggregate",
            "from": f"sums_*.{ending}",
            "key": "id",
            "columns": COLUMNS,
            "ignore": ["note"],
            "dialect": dialect or Dialect(),
            "map": {"at": '"day"', "amount": '"amount"', "currency": "'KES'"},
            "keys": {"customer": {"entity": "people", "system": "core", "id": '"who"'}},
        }
        | changes
    )
    return Source.model_validate(
        {
            "name": "sums",
            "title": "The Sums",
            "number": 99,
            "category": "test",
            "purpose": "sums",
            "database": "sums",
            "engine": "mysql",
            "pattern": "files",
            "writes": "nightly",
            "origin": {"state": "proposed"},
            "country": "KE",
            "timezone": "UTC",
            "trust": 0.1,
            "every": "60s",
            "overlap": "0s",
            "folder": folder or Folder(),
            "table": [table],
        }
    )


def rows(start: int, number: int) -> list[tuple[Any, ...]]:
    return [(n, f"c{n % 7}", f"{n}.50", "2026-02-27") for n in range(start, start + number)]


def write_csv(file: Path, said: Sequence[Sequence[Any]], header: Sequence[str] = tuple(COLUMNS), **how: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding=how.pop("encoding", "utf-8"), newline="") as opened:
        csv.writer(opened, lineterminator="\n", **how).writerows([header, *said] if header else said)
    return settled(file)


def write_parquet(
    file: Path, said: Sequence[Sequence[Any]], header: Sequence[str] = tuple(COLUMNS), **how: Any
) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = zip(*said, strict=True) if said else [()] * len(header)
    pq.write_table(pa.table(dict(zip(header, map(list, columns), strict=True))), file, **how)
    return settled(file)


WRITERS = {"csv": write_csv, "parquet": write_parquet}


def ids(start: int, number: int) -> list[str]:
    return [str(n) for n in range(start, start + number)]


def settled(file: Path, at: int = LONG_AGO) -> Path:
    os.utime(file, (at, at))
    return file


def list_files(folder: Path, *files: Path, **changes: Any) -> None:
    listed = [{"file": it.name, "sha256": hashlib.sha256(it.read_bytes()).hexdigest()} | changes for it in files]
    (folder / "_manifest.json").write_text(json.dumps(listed), encoding="utf-8")


@dataclass
class Taken:
    """What came out of a folder, over all times that it was read."""

    ids: list[str] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    pages: int = 0


async def take(
    source: Source,
    folder: Path,
    taken: Taken | None = None,
    *,
    size: int = 100,
    at_most: int | None = None,
    since: date | None = None,
) -> Taken:
    """Read the folder once, or be killed when so many pages were taken."""
    taken = taken or Taken()
    dsns = {source.name: folder.as_uri()}
    async with FilesReader.connect(source, dsns) as reader:
        try:
            async with aclosing(reader.parts(source.tables[0], dict(taken.positions), size, since)) as pages:
                async for page in pages:
                    assert page.part
                    assert page.position
                    assert page.rows.num_rows <= size
                    taken.ids += [str(id) for id in page.rows.column("id").to_pylist()]
                    taken.positions[page.part] = page.position
                    taken.pages += 1
                    if taken.pages == at_most:
                        break
        except (SourceContractError, SourceUnavailable) as fault:
            taken.faults.append(str(fault))
    return taken


def lying(folder: Path) -> dict[str, set[str]]:
    """The names of the files in the folder, and of those below it."""
    found: dict[str, set[str]] = {}
    for file in folder.rglob("*"):
        if file.is_file():
            place = file.parent.name if file.parent != folder else "."
            found.setdefault(place, set()).add(file.name)
    return found


def reasons(folder: Path) -> Mapping[str, str]:
    return {it.name: it.read_text(encoding="utf-8") for it in (folder / "rejected").glob("*.reason.txt")}
