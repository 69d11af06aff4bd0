"""The expressions of a source file: DuckDB SQL over a batch of rows, one expression for each field of a record.

A value that does not become what its field needs is missing and has a flaw; it never stops the batch. Naive times and
the day on which a time falls are read in the source's own time zone.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from ingest.errors import SourceContractError
from ingest.kinds import FieldType
from ingest.rejections import Flaw

MAX_TEXT = 1_000  # characters; no name, status or number is longer, and a longer one is no index key
LITERAL = re.compile(r"'(?:[^']|'')*'")
NUMBER = "row number"  # the name of a column that no database has
QUOTED = re.compile(r'"([^"]+)"')
# No files, no network, no extension from outside: an expression sees the batch and nothing else.
CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
}
FITS = f"length(x) <= {MAX_TEXT}"
CLEANED = r"nullif(trim(regexp_replace(CAST({v} AS VARCHAR), '[\p{{Cc}}\p{{Z}}]+', ' ', 'g')), '')"
IN_RANGE = "CASE WHEN {parsed} BETWEEN {type} '0001-01-02' AND {type} '9999-12-30' THEN {parsed} END"
RAW = f"CASE WHEN length(CAST({{v}} AS VARCHAR)) <= {MAX_TEXT} THEN CAST({{v}} AS VARCHAR) END"
VALUES: Mapping[FieldType, str] = {
    FieldType.RAW: RAW,
    FieldType.CARD: RAW,
    FieldType.RAWS: f"list_transform(CAST({{v}} AS VARCHAR[]), lambda x: CASE WHEN {FITS} THEN x END)",
    FieldType.TEXT: f"CASE WHEN length({CLEANED}) <= {MAX_TEXT} THEN {CLEANED} END",
    FieldType.DATE: IN_RANGE.format(parsed="TRY_CAST(TRY_CAST({v} AS TIMESTAMPTZ) AS DATE)", type="DATE"),
    FieldType.INSTANT: IN_RANGE.format(parsed="TRY_CAST({v} AS TIMESTAMPTZ)", type="TIMESTAMPTZ"),
    FieldType.BOOLEAN: "TRY_CAST({v} AS BOOLEAN)",
    FieldType.INTEGER: "TRY_CAST({v} AS BIGINT)",
    FieldType.NUMBER: "CASE WHEN isfinite(TRY_CAST({v} AS DOUBLE)) THEN TRY_CAST({v} AS DOUBLE) END",
    FieldType.MONEY: "TRY_CAST({v} AS DECIMAL(38, 6))",
}
FLAWS: Mapping[FieldType, Flaw] = {
    FieldType.RAW: Flaw.TOO_LONG,
    FieldType.RAWS: Flaw.UNPARSABLE_VALUE,
    FieldType.CARD: Flaw.TOO_LONG,
    FieldType.TEXT: Flaw.TOO_LONG,
    FieldType.DATE: Flaw.UNPARSABLE_DATE,
    FieldType.INSTANT: Flaw.UNPARSABLE_DATE,
    FieldType.BOOLEAN: Flaw.UNPARSABLE_VALUE,
    FieldType.INTEGER: Flaw.UNPARSABLE_VALUE,
    FieldType.NUMBER: Flaw.UNPARSABLE_VALUE,
    FieldType.MONEY: Flaw.UNPARSABLE_VALUE,
}


@dataclass(frozen=True, slots=True)
class Expression:
    name: str  # for messages: map.full_name
    sql: str
    type: FieldType


@dataclass(frozen=True, slots=True)
class Column:
    """One value for each row, None where it is missing, and how often it is missing for which flaw."""

    values: list[Any]
    flaws: Counter[Flaw]


def columns_in(sql: str) -> frozenset[str]:
    """The columns that an expression names; a source file writes them in double quotes."""
    return frozenset(QUOTED.findall(LITERAL.sub("", sql)))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows of a batch count: those of which ``where`` is true, once for each item of the list ``each``."""

    where: str | None = None
    each: str | None = None

    def narrow(self, rows: str) -> str:
        """The rows that count, with the number of the row of the batch that each is of."""
        if self.each:
            rows = f"(SELECT *, unnest(TRY({self.each})) AS item FROM {rows})"  # noqa: S608 - a source file's SQL is code
        if self.where:
            rows = f"(SELECT * FROM {rows} WHERE TRY({self.where}) IS TRUE)"  # noqa: S608
        return rows


ALL = Choice()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A column for each expression, the number in the batch of each row that they have, and rows without a list."""

    columns: list[Column]
    numbers: list[int]
    failed: int


def find_problems(
    expressions: Sequence[Expression], columns: Sequence[str], choice: Choice = ALL, types: pa.Schema | None = None
) -> Iterator[str]:
    """A sentence for each expression that cannot be evaluated over these columns, of whatever types they are."""
    untyped = ", ".join(f'NULL AS "{column}"' for column in (*columns, NUMBER))
    rows = f"(SELECT {untyped} WHERE false)"
    with _engine("UTC") as engine:
        if types is not None:
            engine.register("typed", types.append(pa.field(NUMBER, pa.int64())).empty_table())
            rows = "typed"
        if _fault_of(engine, _select(expressions, choice.narrow(rows))) is None:
            return  # by far the most; one by one only for the names of what is wrong
        if fault := _fault_of(engine, f"SELECT * FROM {choice.narrow(rows)}"):  # noqa: S608
            yield f"where or each: {fault}"
            return
        for expression in expressions:
            if fault := _fault_of(engine, _select([expression], choice.narrow(rows))):
                yield f"{expression.name}: {fault}"


def _fault_of(engine: duckdb.DuckDBPyConnection, query: str) -> str | None:
    try:
        engine.sql(query)
    except duckdb.Error as fault:
        return _first_line(fault)
    return None


def evaluate(expressions: Sequence[Expression], rows: pa.Table, timezone: str, choice: Choice = ALL) -> Evaluated:
    """The column of each expression. Raises SourceContractError where the rows' types do not fit an expression."""
    numbered = rows.append_column(NUMBER, pa.array(range(len(rows)), pa.int64()))
    with _engine(timezone) as engine:
        engine.register("rows", numbered)
        try:
            found = engine.sql(_select(expressions, choice.narrow("rows"))).to_arrow_table()
            failed = _count_failures(engine, choice)
        except duckdb.Error as fault:
            raise SourceContractError(_blame(expressions, numbered, engine, choice, fault)) from fault
    columns = [
        Column(_values(found.column(2 * n), expression.type), _count(found.column(2 * n + 1)))
        for n, expression in enumerate(expressions)
    ]
    return Evaluated(columns, found.column(NUMBER).to_pylist(), failed)


def _count_failures(engine: duckdb.DuckDBPyConnection, choice: Choice) -> int:
    if choice.each is None:
        return 0
    query = f"SELECT count(*) FROM rows WHERE TRY({{'v': {choice.each}}}) IS NULL"  # noqa: S608
    return int(engine.sql(query).fetchall()[0][0])


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for the process, as opening takes longer than evaluating a batch; a cursor sees only its own rows."""
    return duckdb.connect(config=CLOSED)


@contextmanager
def _engine(timezone: str) -> Iterator[duckdb.DuckDBPyConnection]:
    with _database().cursor() as engine:
        engine.execute(f"SET TimeZone = '{timezone}'")
        yield engine


def _select(expressions: Sequence[Expression], rows: str) -> str:
    """TRY around a struct tells an expression that failed (no struct) from one that said NULL (a struct of NULL)."""
    said = ", ".join(f"TRY({{'v': {expression.sql}}}) AS s{n}" for n, expression in enumerate(expressions))
    found = ", ".join(_target(f"s{n}", expression.type) for n, expression in enumerate(expressions))
    return f'SELECT {found}, "{NUMBER}" FROM (SELECT {said}, "{NUMBER}" FROM {rows})'  # noqa: S608


def _target(said: str, type_: FieldType) -> str:
    v = f"{said}.v"
    value = VALUES[type_].format(v=v)
    flaw = (
        f"CASE WHEN {said} IS NULL THEN '{Flaw.FAILED_EXPRESSION}' "
        f"WHEN trim(CAST({v} AS VARCHAR)) <> '' AND ({value}) IS NULL AND {CLEANED.format(v=v)} IS NOT NULL "
        f"THEN '{FLAWS[type_]}' END"
    )
    return f"{value} AS {said}_value, {flaw} AS {said}_flaw"


def _values(column: pa.ChunkedArray, type_: FieldType) -> list[Any]:
    if type_ is FieldType.INSTANT:
        instants = column.cast(pa.timestamp("us", "UTC")).to_pylist()
        return [instant and instant.replace(tzinfo=UTC) for instant in instants]
    return list(column.to_pylist())


def _count(flaws: pa.ChunkedArray) -> Counter[Flaw]:
    counted: Counter[Flaw] = Counter()
    if flaws.null_count < len(flaws):
        counted.update(Flaw(flaw) for flaw in flaws.drop_null().to_pylist())
    return counted


def _blame(
    expressions: Sequence[Expression],
    rows: pa.Table,
    engine: duckdb.DuckDBPyConnection,
    choice: Choice,
    fault: duckdb.Error,
) -> str:
    """Which expression does not fit, found on no rows: DuckDB's words on rows could quote a person's data."""
    engine.register("rows", rows.slice(0, 0))
    for expression in expressions:
        try:
            engine.sql(_select([expression], choice.narrow("rows"))).fetchall()
        except duckdb.Error as own:
            return f"{expression.name} does not fit the columns that the source has now: {_first_line(own)}"
    return f"the expressions cannot be evaluated together ({type(fault).__name__})"


def _first_line(fault: duckdb.Error) -> str:
    return str(fault).split("\n", 1)[0]
