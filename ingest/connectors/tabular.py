"""The rows of one file, CSV or Parquet, as Arrow tables of bounded size; and what is wrong with files that have none.

No sentence quotes what a file holds: Arrow's own words do, and are left out.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Protocol
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from ingest.connectors.arrow import in_utc
from ingest.errors import SourceContractError
from ingest.folder import Dialect

BLOCK = 4 * 2**20  # bytes of CSV that are parsed at once; no row is longer
FIRST_LINE = 2**20  # bytes in which the names of the columns are looked for
MAX_GROUP = 512 * 2**20  # bytes of a Parquet row group, uncompressed
MAX_PAGE = 256 * 2**20  # bytes of text in the rows that are handed on at once
ROW_FAULT = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
EACH_ROW = 1_000  # rows that one byte may stand for: a row has at least a key of its own


class BadFile(SourceContractError):
    """A file that no row can be taken from, or not all; the sentence goes on from the file's name."""


class Tabular(Protocol):
    """One file, open. Whatever reads raises BadFile where the content is wrong."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of all columns, as the file has them."""
        ...

    def schema(self, columns: Sequence[str]) -> pa.Schema: ...

    def count(self) -> int:
        """How many rows there are; after this the whole of a CSV file is known to be well-formed."""
        ...

    def rows(self, columns: Sequence[str], skip: int, size: int) -> Iterator[pa.Table]:
        """All rows but the first ``skip``, at most ``size`` at a time."""
        ...


def open_tabular(name: str, file: BinaryIO, bytes: int, dialect: Dialect, zone: ZoneInfo) -> Tabular:
    """The file by its name's ending. Naive times of Parquet are read in ``zone``; all of CSV is text."""
    if bytes == 0:
        raise BadFile("it is empty, without even a header: deliver it again.")
    return _Parquet(file, bytes, zone) if name.endswith(".parquet") else _Csv(file, bytes, dialect)


class _Csv:
    def __init__(self, file: BinaryIO, bytes: int, dialect: Dialect) -> None:
        self._file = file
        self._bytes = bytes
        self._dialect = dialect
        self.names = dialect.header or self._read_header()

    def schema(self, columns: Sequence[str]) -> pa.Schema:
        return pa.schema([(name, pa.string()) for name in columns])

    def count(self) -> int:
        self._refuse_cut()
        with _explained():
            return sum(batch.num_rows for batch in self._batches(self.names))

    def rows(self, columns: Sequence[str], skip: int, size: int) -> Iterator[pa.Table]:
        with _explained():
            for batch in self._batches(columns):
                yield from _parts(pa.Table.from_batches([batch.slice(skip)]), size)
                skip = max(0, skip - batch.num_rows)

    def _batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        self._file.seek(0)
        given = list(self._dialect.header) or None
        yield from arrow_csv.open_csv(
            pa.PythonFile(self._file, mode="r"),
            arrow_csv.ReadOptions(
                use_threads=False, block_size=BLOCK, encoding=self._dialect.encoding, column_names=given
            ),
            arrow_csv.ParseOptions(
                delimiter=self._dialect.delimiter, quote_char=self._dialect.quote, newlines_in_values=True
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()),
                include_columns=list(columns),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )

    def _read_header(self) -> tuple[str, ...]:
        self._file.seek(0)
        encoding = "utf-8-sig" if self._dialect.encoding == "utf-8" else self._dialect.encoding
        text = io.TextIOWrapper(io.BytesIO(self._file.read(FIRST_LINE)), encoding, newline="")
        try:
            line = next(csv.reader(text, delimiter=self._dialect.delimiter, quotechar=self._dialect.quote))
        except UnicodeError:
            raise BadFile(self._not_in_encoding()) from None
        except (csv.Error, StopIteration):
            raise BadFile("its first line does not name its columns: is it CSV?") from None
        return tuple(line)

    def _refuse_cut(self) -> None:
        """A file that was cut off may still be CSV: its last row ends nowhere, or a quote is never closed."""
        self._file.seek(max(0, self._bytes - 4))
        if self._file.read(4).strip(b"\0")[-1:] not in (b"\n", b"\r"):
            raise BadFile("its last line does not end: it was cut off, deliver it again whole.")
        self._file.seek(0)
        quote, quotes = self._dialect.quote.encode(self._dialect.encoding), 0
        while block := self._file.read(BLOCK):
            quotes += block.count(quote) if len(quote) == 1 else 0
        if quotes % 2:
            raise BadFile("a quote in it is never closed: it was cut off, or written without doubling quotes.")

    def _not_in_encoding(self) -> str:
        return f"it is not in the encoding {self._dialect.encoding}: correct its dialect, or have it written so."


class _Parquet:
    def __init__(self, file: BinaryIO, bytes: int, zone: ZoneInfo) -> None:
        file.seek(0)
        self._zone = zone
        with _explained():
            texts = [it.name for it in pq.read_schema(file) if _is_text(it.type)]
            file.seek(0)
            # Texts stay in dictionaries until it is known how long they are: a small file may say a long one often.
            self._file = pq.ParquetFile(file, read_dictionary=texts, buffer_size=2**20)
        self.names = tuple(self._file.schema_arrow.names)
        groups = [self._file.metadata.row_group(n) for n in range(self._file.metadata.num_row_groups)]
        if any(group.total_byte_size > MAX_GROUP for group in groups):
            raise BadFile(f"a row group of it has more than {MAX_GROUP // 2**20} MB: write smaller ones.")
        if self._file.metadata.num_rows > bytes * EACH_ROW:
            raise BadFile("it says that it has more rows than a file of its size can hold.")

    def schema(self, columns: Sequence[str]) -> pa.Schema:
        with _explained():
            empty = self._file.schema_arrow.empty_table()
            return self._typed(empty.select(list(columns))).schema

    def count(self) -> int:
        return int(self._file.metadata.num_rows)

    def rows(self, columns: Sequence[str], skip: int, size: int) -> Iterator[pa.Table]:
        with _explained():
            for group in range(self._file.metadata.num_row_groups):
                number = self._file.metadata.row_group(group).num_rows
                if skip >= number:
                    skip -= number
                    continue
                for batch in self._file.iter_batches(size, [group], list(columns), use_threads=False):
                    found = pa.Table.from_batches([batch.slice(skip)])
                    skip = max(0, skip - batch.num_rows)
                    for part in _parts(found, size):
                        yield self._typed(part)

    def _typed(self, rows: pa.Table) -> pa.Table:
        """Plain columns of types that every expression understands."""
        if sum(map(_text_bytes, rows.columns)) > MAX_PAGE:
            raise BadFile(f"{rows.num_rows:,} rows of it hold more than {MAX_PAGE // 2**20} MB of text.")
        columns = [in_utc(_plain(column), self._zone) for column in rows.columns]
        return pa.table(dict(zip(rows.column_names, columns, strict=True)))


def _parts(rows: pa.Table, size: int) -> Iterator[pa.Table]:
    for start in range(0, rows.num_rows, size):
        yield rows.slice(start, size)


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_binary(type_))


def _text_bytes(column: pa.ChunkedArray) -> int:
    """How long the texts of a column are that is a dictionary; others are as long as they are in the file."""
    if not pa.types.is_dictionary(column.type):
        return 0
    chunks = [chunk for chunk in column.chunks if len(chunk)]
    lengths = (pc.binary_length(chunk.dictionary).take(chunk.indices) for chunk in chunks)
    return sum(pc.sum(of.cast(pa.int64())).as_py() or 0 for of in lengths)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    type_ = column.type
    if pa.types.is_dictionary(type_):
        column = column.cast(type_.value_type)
        type_ = column.type
    if pa.types.is_timestamp(type_):
        return column.cast(pa.timestamp("us", type_.tz), safe=False)
    if pa.types.is_binary(type_) or pa.types.is_fixed_size_binary(type_):
        said = [None if value is None else value.hex() for value in column.to_pylist()]
        return pa.chunked_array([pa.array(said, pa.string())])
    return column.cast(pa.string()) if pa.types.is_decimal256(type_) else column


@contextmanager
def _explained() -> Iterator[None]:
    """A fault of the content in our words; one of the disk, which has a number, stays what it is."""
    try:
        yield
    except UnicodeError:
        raise BadFile("it is not in the encoding that its dialect says: correct that, or have it written so.") from None
    except (pa.ArrowException, OSError, KeyError) as fault:
        if isinstance(fault, OSError) and fault.errno:
            raise
        raise BadFile(_sentence(str(fault))) from None


def _sentence(said: str) -> str:
    if found := ROW_FAULT.search(said):
        row, expected, got = found.groups()
        return f"row {row} has {got} columns where {expected} are expected: it was cut off, or is none of this dialect."
    if "UTF8" in said:
        return "it is not in the encoding utf-8: correct its dialect, or have it written so."
    if "straddl" in said:
        return f"a row of it is longer than {BLOCK // 2**20} MB: is a quote never closed?"
    return "it cannot be read to its end: it was cut off, or is damaged; deliver it again."
