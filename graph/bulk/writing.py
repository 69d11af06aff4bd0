"""Files that are there whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from graph.bulk.source import SUFFIXES, BadFile


def check_targets(source: Path, targets: list[Path]) -> None:
    """Whether the files can be written, asked before an hour's work. Raises `BadFile`."""
    for target in targets:
        if target.suffix not in SUFFIXES:
            raise BadFile(f"{target} must be named {' or '.join(f'*{suffix}' for suffix in SUFFIXES)}.")
        folder = target.absolute().parent
        if target.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise BadFile(f"{target} cannot be written: choose a file in a folder that is there and may be written to.")
    files = [path.resolve() for path in (source, *targets)]
    if len(files) != len(set(files)):
        raise BadFile("Input, output and links must be different files.")


def write_tables(tables: Mapping[Path, pa.Table]) -> None:
    """Writes each beside its place and then renames them all; whoever is killed leaves no half file under its name.

    Raises `BadFile`.
    """
    unfinished = {path: path.with_name(f".{path.name}.{os.getpid()}.unfinished") for path in tables}
    try:
        for path, table in tables.items():
            _write(table, path.suffix, unfinished[path])
        for path, written in unfinished.items():
            written.replace(path)
    except OSError as fault:
        raise BadFile(f"{', '.join(map(str, tables))} cannot be written: {fault.strerror or fault}.") from fault
    finally:
        for written in unfinished.values():
            written.unlink(missing_ok=True)


def _write(table: pa.Table, suffix: str, path: Path) -> None:
    with path.open("wb") as file:
        if suffix == ".parquet":
            parquet.write_table(table, file)
        else:
            csv.write_csv(table, file)
        file.flush()
        os.fsync(file.fileno())
