"""A Parquet or CSV file of customer records, opened: which columns it has, of which types."""

import csv
import glob
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from graph.bulk.tables import Tables
from graph.errors import IdentityError

SUFFIXES = (".parquet", ".csv")
_LINE = re.compile(r"Line: ([0-9]+)")


class BadFile(IdentityError):
    """The file cannot be resolved as it is; the message says why, and never quotes what is in it."""


def open_source(tables: Tables, path: Path) -> duckdb.DuckDBPyRelation:
    """The file's rows in its own order, nothing read yet. Raises `BadFile`."""
    if path.suffix not in SUFFIXES:
        raise BadFile(f"{path} must be named {' or '.join(f'*{suffix}' for suffix in SUFFIXES)}, for what is in it.")
    with telling_faults(path):
        with path.open("rb"):
            pass  # for the operating system's own reason, if it cannot be read at all
        if path.suffix == ".parquet":
            return tables.read_parquet(glob.escape(str(path)), hive_partitioning=False)
        return _open_csv(tables, path)


@contextmanager
def telling_faults(path: Path) -> Iterator[None]:
    """Faults of reading as `BadFile`."""
    try:
        yield
    except OSError as fault:
        raise BadFile(f"{path} cannot be read: {fault.strerror}.") from None
    except duckdb.OutOfMemoryException:
        raise BadFile(f"{path} fits neither into memory nor into the temporary directory; free disk space.") from None
    except (duckdb.Error, UnicodeDecodeError, csv.Error) as fault:
        line = _LINE.search(str(fault))  # the rest of the message may quote the file
        where = f", line {line[1]}" if line else ""
        raise BadFile(f"{path}{where}: this is no whole {path.suffix[1:]} file in UTF-8; write it anew.") from None


def _open_csv(tables: Tables, path: Path) -> duckdb.DuckDBPyRelation:
    """Comma, double quotes, a header; every field is text, and nothing is guessed from the first rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    if not names or len(names) != len(set(names)) or not all(names):
        raise BadFile(f"{path}: each column needs a name of its own in the first line.")
    return tables.read_csv(
        glob.escape(str(path)),
        header=True,
        columns=dict.fromkeys(names, "VARCHAR"),
        auto_detect=False,
        delimiter=",",
        quotechar='"',
        escapechar='"',
        hive_partitioning=False,
    )
