"""Rows of one table become records, or rejections: the same for every system, by the table's own expressions.

Columns first (DuckDB evaluates, cleans and types a whole batch), rows last (one record each).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from decimal import Decimal
from itertools import chain
from typing import Any

import pyarrow as pa

from graph.business import AccountRecord
from graph.identifiers import normalise
from graph.records import IdentifierValue, InvalidValue, PartyType, SourceRecord, source_key
from ingest.expressions import Choice, evaluate
from ingest.fields import decimals_by_currency, hide_card, hide_id, to_minor_units, to_percent
from ingest.kinds import MINOR, FieldType
from ingest.references import map_keys_of, map_references
from ingest.rejections import Flaw, Issue, Reason, Rejection
from ingest.source import Source
from ingest.table import Table, ValueOf

Values = list[Any]
Issues = Counter[Issue]
Named = IdentifierValue | InvalidValue | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a batch of rows became; ``issues`` counts what is missing from the records for which reason.

    ``rows`` are the numbers in the batch of the rows that the records are made of.
    """

    records: tuple[SourceRecord, ...]
    rejections: tuple[Rejection, ...]
    issues: Issues
    rows: tuple[int, ...] = ()


def map_rows(source: Source, table: Table, rows: pa.Table, secret: bytes) -> Mapped:
    """Map a batch, flat or nested, with at least the declared columns; ``secret`` keys the hashes of what is hidden.

    Raises SourceContractError where the types of the columns do not fit the table's expressions.
    """
    found = evaluate(table.expressions, rows, source.place_of(table).timezone, table.choice)
    said = dict(zip((expression.name for expression in table.expressions), found.columns, strict=True))
    issues: Issues = Counter({Issue(Flaw.FAILED_EXPRESSION, "each"): found.failed} if found.failed else {})
    for name, column in said.items():
        for flaw, times in column.flaws.items():
            issues[Issue(flaw, name)] += times
    values = {name: column.values for name, column in said.items()}
    parts: dict[str, Values] = {
        **_map_fields(table, values, issues),
        **map_keys_of(source, table, values, secret),
        **map_references(source, table, values, issues),
    }
    if table.record_kind.is_customer:
        parts |= _map_identifiers(source, table, values, issues)
        parts["attributes"] = _map_attributes(table, values, issues)
    if "number" in table.map and table.record_kind.fields["number"] is FieldType.CARD:
        parts |= _hide_cards(parts.pop("number"), secret)
    if source.accounts == "copy" and table.record_kind.record is AccountRecord:
        parts["authoritative"] = [False] * len(found.numbers)
    keys = [record_key(source, table, id, secret) if id and id.strip() else None for id in values["key"]]
    records, rejections, numbers = _assemble(table, keys, found.numbers, parts)
    return Mapped(records, rejections, issues, numbers)


def map_keys(source: Source, table: Table, rows: pa.Table, secret: bytes) -> list[str]:
    """The keys of the records that rows would be, which need only the columns that the key is made of."""
    found = evaluate(table.expressions[:1], rows, source.place_of(table).timezone, table.choice)
    return [record_key(source, table, id, secret) for id in found.columns[0].values if id and id.strip()]


def record_key(source: Source, table: Table, id: str, secret: bytes) -> str:
    """The key of a table's record; of a table that hides its ids, with a keyed hash in the place of the id."""
    return source_key(
        source.name, table.key_entity, hide_id(source.name, table.key_entity, id, secret) if table.hide else id
    )


def map_ids(source: Source, table: Table, rows: pa.Table, *, chosen: bool) -> set[str]:
    """The ids of the records that rows would be; ``chosen`` leaves out those that ``where`` leaves out."""
    choice = table.choice if chosen else Choice(None, table.each)
    found = evaluate(table.expressions[:1], rows, source.place_of(table).timezone, choice)
    return {id for id in found.columns[0].values if id and id.strip()}


def _map_fields(table: Table, said: Mapping[str, Values], issues: Issues) -> dict[str, Values]:
    kind = table.record_kind
    found = {name: _decoded(table, f"map.{name}", said, issues) for name in table.map}
    if "party_type" in found:
        found["party_type"] = [PartyType(value or PartyType.UNKNOWN) for value in found["party_type"]]
    if "currency" in found:
        found["currency"] = [_currency(code, issues) for code in found["currency"]]
        for name in [name for name in found if kind.fields[name] is FieldType.MONEY]:
            found[name + MINOR] = [
                _minor_units(name, amount, code, issues)
                for amount, code in zip(found.pop(name), found["currency"], strict=True)
            ]
    if table.scale is not None:
        scale = table.scale
        found["score"] = [_percent(raw, scale, issues) for raw in found["raw_score"]]
        found["raw_scale"] = [None if raw is None else scale for raw in found["raw_score"]]
    return found


def _hide_cards(numbers: Values, secret: bytes) -> dict[str, Values]:
    hidden = [hide_card(number, secret) if number else (None, None) for number in numbers]
    return {"last_four": [last for last, _ in hidden], "fingerprint": [hashed for _, hashed in hidden]}


def _decoded(table: Table, place: str, said: Mapping[str, Values], issues: Issues) -> Values:
    """The meaning of each value by the field's closed list, if it has one."""
    name = place.split(".")[1]
    meanings, allowed = table.decode.get(name), table.record_kind.closed.get(name)
    if meanings is None and allowed is None:
        return said[place]
    known = {value: value for value in allowed or ()} | dict(meanings or {})

    def decode(value: str | None) -> str | None:
        if value is None or value in known:
            return known.get(value) if value else None
        issues[Issue(Flaw.UNKNOWN_VALUE, place)] += 1
        return None if allowed else value

    return [decode(value) for value in said[place]]


def _currency(code: str | None, issues: Issues) -> str | None:
    """The ISO 4217 code, or None: an amount in an unknown currency is not guessed at."""
    if code is None:
        return None
    upper = code.upper()
    if upper in decimals_by_currency():
        return upper
    issues[Issue(Flaw.UNKNOWN_CURRENCY, "map.currency")] += 1
    return None


def _minor_units(name: str, amount: Decimal | None, currency: str | None, issues: Issues) -> int | None:
    if amount is None or currency is None:
        return None
    minor, exact = to_minor_units(amount, decimals_by_currency()[currency])
    if minor is None:
        issues[Issue(Flaw.OUT_OF_RANGE, f"map.{name}")] += 1
    elif not exact:
        issues[Issue(Flaw.ROUNDED, f"map.{name}")] += 1
    return minor


def _percent(raw: float | None, scale: str, issues: Issues) -> float | None:
    if raw is None:
        return None
    score = to_percent(raw, scale)
    if score is None:
        issues[Issue(Flaw.OUT_OF_RANGE, "map.raw_score")] += 1
    return score


def _map_identifiers(source: Source, table: Table, said: Mapping[str, Values], issues: Issues) -> dict[str, Values]:
    """Per row its valid identifiers, each once, and its invalid values. A verified value outdoes an equal claim."""
    columns = [
        _dated(_normalised(source, part, name, _listed(value, said[place]), issues), place, said)
        for part, kinds in (("identifiers", table.identifiers), ("claims", table.claims))
        for name, values in kinds.items()
        for place, value in ((f"{part}.{name}.{n}", value) for n, value in enumerate(values))
    ]
    valid: Values = []
    invalid: Values = []
    for row in zip(*columns, strict=True) if columns else ():
        unique: dict[str, IdentifierValue] = {}
        for value in chain.from_iterable(row):
            if isinstance(value, IdentifierValue):
                unique.setdefault(value.key, value)
        valid.append(tuple(unique.values()))
        invalid.append(tuple(value for value in chain.from_iterable(row) if isinstance(value, InvalidValue)))
    return {"identifiers": valid, "invalid": invalid} if columns else {}


def _listed(value: ValueOf, said: Values) -> list[list[str]]:
    """What each row says of an identifier, as a list of any length."""
    if value.many:
        return [[raw for raw in raws or () if raw is not None] for raws in said]
    return [[] if raw is None else [raw] for raw in said]


def _normalised(source: Source, part: str, kind: str, values: list[list[str]], issues: Issues) -> list[list[Named]]:
    verified = part == "identifiers"
    distinct = set(chain.from_iterable(values))
    known = {raw: normalise(kind, raw, source.country, verified=verified) for raw in distinct}
    found: list[list[Named]] = [[known[raw] for raw in raws] for raws in values]
    wrong = sum(isinstance(value, InvalidValue) for value in chain.from_iterable(found))
    if wrong:
        issues[Issue(Flaw.INVALID_IDENTIFIER, f"{part}.{kind}")] += wrong
    return found


def _dated(values: list[list[Named]], place: str, said: Mapping[str, Values]) -> list[list[Named]]:
    """The values with the source's own dates of them, if the table has any."""
    if f"{place}.from" not in said and f"{place}.to" not in said:
        return values
    never: Values = [None] * len(values)
    dates = zip(said.get(f"{place}.from", never), said.get(f"{place}.to", never), strict=True)
    return [
        [
            replace(value, source_from=since, source_to=until) if isinstance(value, IdentifierValue) else value
            for value in found
        ]
        for found, (since, until) in zip(values, dates, strict=True)
    ]


def _map_attributes(table: Table, said: Mapping[str, Values], issues: Issues) -> Values:
    columns = {name: _decoded(table, f"attributes.{name}", said, issues) for name in table.attributes}
    return [
        {name: column[n] for name, column in columns.items() if column[n] is not None} for n in range(len(said["key"]))
    ]


def _assemble(
    table: Table,
    keys: Sequence[str | None],
    numbers: Sequence[int],
    parts: Mapping[str, Values],
) -> tuple[tuple[SourceRecord, ...], tuple[Rejection, ...], tuple[int, ...]]:
    kind = table.record_kind
    make: Callable[..., SourceRecord] = kind.record
    with_default, without_default = _split_fields(kind.record)
    required = sorted(table.required)
    # A field without a default that the file does not map is missing in every row.
    columns = dict.fromkeys(without_default, [None] * len(keys)) | dict(parts)
    records: list[SourceRecord] = []
    rejections: list[Rejection] = []
    assembled: list[int] = []
    for number, key, *values in zip(numbers, keys, *columns.values(), strict=True):
        if key is None:
            rejections.append(Rejection(reason=Reason.MISSING_KEY, field=table.key, row=number))
            continue
        row = dict(zip(columns, values, strict=True))
        missing = next((name for name in required if row[name] is None), None)
        if missing:
            rejections.append(Rejection(reason=Reason.MISSING_FIELD, field=missing, row=number, key=key))
            continue
        given = {name: value for name, value in row.items() if value is not None or name not in with_default}
        records.append(make(key=key, **given))
        assembled.append(number)
    return tuple(records), tuple(rejections), tuple(assembled)


def _split_fields(record: type[SourceRecord]) -> tuple[frozenset[str], list[str]]:
    """The fields with a default, and those without but the key."""
    with_default = frozenset(
        item.name for item in fields(record) if item.default is not MISSING or item.default_factory is not MISSING
    )
    return with_default, [f.name for f in fields(record) if f.name not in with_default and f.name != "key"]
