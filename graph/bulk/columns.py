"""The columns that a file of customer records may have, and how its rows become the table ``record``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from graph.bulk.source import BadFile, open_source, telling_faults
from graph.bulk.tables import Tables, count

KEY = "record"
IDENTIFIERS: Mapping[str, str] = {
    "national_id": "NationalId",
    "passport": "Passport",
    "tax_pin": "TaxPin",
    "phone": "Phone",
    "email": "Email",
}
SEPARATOR = ";"  # between several identifiers in a field of text; no valid identifier has one in it

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
_DAYS = {"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
_TRUE, _FALSE = "'true', 'yes', '1'", "'false', 'no', '0'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the file has, and what of it was left aside."""

    records: int
    ignored: tuple[str, ...]  # columns of other names
    unreadable: Mapping[str, int]  # fields taken as missing, by column


def _identifier(column: str, kind: str) -> str | None:
    element = kind.removesuffix("[]")
    if element not in _WHOLE and element != "VARCHAR":
        return None
    return f"{column}::varchar[]" if kind.endswith("[]") else f"{column}::varchar"


def _key(column: str, kind: str) -> str | None:
    return f"{column}::varchar" if kind in _WHOLE or kind == "VARCHAR" else None


def _text(column: str, kind: str) -> str | None:
    return column if kind == "VARCHAR" else None


def _date(column: str, kind: str) -> str | None:
    if kind in _DAYS:
        day = f"{column}::date"
    elif kind == "VARCHAR":
        day = f"try_cast(nullif(regexp_extract(trim({column}), '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'), '') as date)"
    else:
        return None
    return f"case when {day} between date '0001-01-01' and date '9999-12-31' then {day} end"


def _country(column: str, kind: str) -> str | None:
    return f"nullif(regexp_extract(upper(trim({column})), '^[A-Z]{{2}}$'), '')" if kind == "VARCHAR" else None


def _party(column: str, kind: str) -> str | None:
    words = "^(person|company|unknown)$"
    return f"nullif(regexp_extract(lower(trim({column})), '{words}'), '')" if kind == "VARCHAR" else None


def _truth(column: str, kind: str) -> str | None:
    if kind == "BOOLEAN":
        return column
    word = f"lower(trim({column}))"
    return (
        f"case when {word} in ({_TRUE}) then true when {word} in ({_FALSE}) then false end"
        if kind == "VARCHAR"
        else None
    )


# How each column is read: from its name and type to an expression that is null where a field cannot be read, or None
# if no column of this type can be; and what stands in where the file has no such column.
_READ: Mapping[str, tuple[Callable[[str, str], str | None], str]] = {
    KEY: (_key, "null::varchar"),
    "full_name": (_text, "null::varchar"),
    "birth_date": (_date, "null::date"),
    "country": (_country, "null::varchar"),
    "party_type": (_party, "null::varchar"),
    "verified": (_truth, "null::boolean"),
    **dict.fromkeys(IDENTIFIERS, (_identifier, "null::varchar")),
}
COLUMNS = tuple(_READ)
CHECKED = ("birth_date", "country", "party_type", "verified")


def read_records(tables: Tables, path: Path) -> Told:
    """Makes the table ``record``. Raises `BadFile`."""
    source = open_source(tables, path)
    types = dict(zip(source.columns, map(str, source.types), strict=True))
    _check_columns(types, path)
    with telling_faults(path):
        source.project(", ".join(_expressions(types, path))).order(KEY).create("record")
    sums = tables.table("record").aggregate(", ".join(f"count_if(bad_{name})" for name in CHECKED)).fetchall()
    unreadable = dict(zip(CHECKED, sums[0], strict=True))
    if unreadable["verified"]:
        raise BadFile(f"{path}: verified is neither true nor false in {unreadable['verified']:,} rows; put that right.")
    _check_keys(tables, source, path)
    return Told(
        records=count(tables, "select count(*) from record"),
        ignored=tuple(name for name in types if name not in COLUMNS),
        unreadable={name: fields for name, fields in unreadable.items() if fields},
    )


def each_identifier(tables: Tables, column: str) -> str:
    """The expression for all identifiers in a column of ``record``, a row for each."""
    record = tables.table("record")
    kind = str(record.types[record.columns.index(column)])
    return f"unnest({column})" if kind.endswith("[]") else f"unnest(string_split({column}, '{SEPARATOR}'))"


def _check_columns(types: Mapping[str, str], path: Path) -> None:
    if KEY not in types:
        raise BadFile(f"{path} has no column {KEY}, which tells the records apart; there are {', '.join(types)}.")
    if types.keys() <= {KEY, *(types.keys() - set(COLUMNS))}:
        raise BadFile(f"{path} has nothing to compare: name its columns as follows: {', '.join(COLUMNS[1:])}.")


def _expressions(types: Mapping[str, str], path: Path) -> list[str]:
    expressions = []
    for name, (read, missing) in _READ.items():
        expression = read(f'"{name}"', types[name]) if name in types else missing
        if expression is None:
            raise BadFile(f"{path}: column {name} is of type {types[name].lower()}; write it as text.")
        expressions.append(f"{expression} as {name}")
        if name in CHECKED:
            blank = f"coalesce(trim(\"{name}\"::varchar), '') = ''" if name in types else "true"
            expressions.append(f"not ({blank}) and ({expression}) is null as bad_{name}")
    return expressions


def _check_keys(tables: Tables, source: duckdb.DuckDBPyRelation, path: Path) -> None:
    """Every record has a key, and no other has the same. Rows are counted from 1, without a CSV file's header."""
    wrong = count(tables, "select count(*) from record where coalesce(record, '') = ''")
    again = count(tables, "select count(record) - count(distinct record) from record")
    if not wrong and not again:
        return
    rows = source.project(f'row_number() over () as row, "{KEY}"::varchar as record')
    if wrong:
        [(first,)] = rows.filter("coalesce(record, '') = ''").aggregate("min(row)").fetchall()
        raise BadFile(f"{path}: {wrong:,} rows have no {KEY}, the first is row {first:,}; give each one.")
    twice = rows.aggregate("record, list(row order by row)[:2] as rows, count(*) as n", "record").filter("n > 1")
    [(_, (one, other), _)] = twice.order("rows").limit(1).fetchall()
    raise BadFile(
        f"{path}: {again:,} rows repeat the {KEY} of another, as row {other:,} that of row {one:,}; make each unique."
    )
