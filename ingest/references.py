"""Which other things a row names: by the keys of their rows, or by numbers that only some system knows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from graph.business import Reference
from graph.identifiers import normalise
from graph.records import IdentifierValue, InvalidValue, source_key
from ingest.fields import hide_id
from ingest.rejections import Flaw, Issue
from ingest.source import Source
from ingest.table import KeyOf, Table

NATIONAL_ID = "customer.national_id"

Values = list[Any]
Issues = Counter[Issue]


def map_keys_of(source: Source, table: Table, said: Mapping[str, Values], secret: bytes) -> dict[str, Values]:
    """The keys that each row names, by field: one or None, or a tuple of them where the field takes several."""
    found: dict[str, Values] = {}
    for name, targets in table.keys.items():
        several = name in table.record_kind.several
        columns = []
        for n, target in enumerate(targets):
            ids = said[f"keys.{name}.{n}"] if several else [[id] for id in said[f"keys.{name}.{n}"]]
            columns.append([_keys_of(source, target, listed, secret) for listed in ids])
        rows = [tuple(dict.fromkeys(chain.from_iterable(row))) for row in zip(*columns, strict=True)]
        found[name] = list(rows) if several else [next(iter(row), None) for row in rows]
    return found


def _keys_of(source: Source, target: KeyOf, ids: Iterable[str | None] | None, secret: bytes) -> list[str]:
    system = target.system or source.name
    return [
        source_key(system, target.entity, hide_id(system, target.entity, id, secret) if target.hide else id)
        for id in ids or ()
        if id and id.strip()
    ]


def map_references(source: Source, table: Table, said: Mapping[str, Values], issues: Issues) -> dict[str, Values]:
    """The references of each row, by field: one or None, or a tuple of them where the field takes several."""
    found: dict[str, Values] = {}
    for n, number in enumerate(table.references):
        values = said[f"references.{n}"]
        if number.to == NATIONAL_ID:
            values = _documents(source, values, f"references.{number.field}", issues)
        column = [v and Reference(to=number.to, value=v, system=number.system) for v in values]
        if table.record_kind.references[number.field]:
            so_far = found.get(number.field, [()] * len(column))
            column = [(*before, new) if new else before for before, new in zip(so_far, column, strict=True)]
        found[number.field] = column
    return found


def _documents(source: Source, values: Values, place: str, issues: Issues) -> Values:
    """The keys of national ids, which customers are looked for by; one that is none, or everybody's, names nobody."""
    known = {raw: normalise("NationalId", raw, source.country) for raw in {*values} - {None}}
    found: Values = []
    for raw in values:
        value = known.get(raw)
        usable = isinstance(value, IdentifierValue) and not value.placeholder
        if isinstance(value, InvalidValue):
            issues[Issue(Flaw.INVALID_IDENTIFIER, place)] += 1
        found.append(value.key if usable and isinstance(value, IdentifierValue) else None)
    return found
