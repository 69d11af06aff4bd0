"""The kinds of record that a table may hold, and what a source file may map for each.

Derived from the record classes, so that a new field of a record can be mapped without a change here. Three things the
classes cannot tell are said below: which texts are keys of other rows, which are one of a closed list, and which
fields the mapping computes by itself.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from graph.business import (
    ROLES,
    AccountRecord,
    ActivityRecord,
    AggregateRecord,
    AlertRecord,
    CardRecord,
    CaseRecord,
    ConsentRecord,
    DeviceRecord,
    LoanRecord,
    LoginRecord,
    PartnerRecord,
    Reference,
    ReportRecord,
    RoleRecord,
    ScoreRecord,
    SessionRecord,
    SightingRecord,
    TransactionRecord,
)
from graph.records import CustomerRecord, PartyType, SourceRecord

MINOR = "_minor"
COMPUTED = frozenset(
    {"key", "identifiers", "invalid", "attributes", "raw_scale", "score", "authoritative", "last_four", "fingerprint"}
)


class FieldType(StrEnum):
    """What an expression of a source file is turned into."""

    RAW = "raw"  # text, verbatim: keys and identifiers
    RAWS = "raws"  # a list of such texts
    TEXT = "text"  # trimmed, without control characters; blank is missing
    DATE = "date"
    INSTANT = "instant"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"  # major units in the source, integer minor units in the record
    CARD = "card"  # a card's number, of which the record has the last four digits and a keyed hash


TYPES: Mapping[type, FieldType] = {
    str: FieldType.TEXT,
    PartyType: FieldType.TEXT,
    date: FieldType.DATE,
    datetime: FieldType.INSTANT,
    bool: FieldType.BOOLEAN,
    int: FieldType.INTEGER,
    float: FieldType.NUMBER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """One kind: ``fields`` by the name that a source file uses; without what is ``required`` a row is no record."""

    record: type[SourceRecord]
    fields: Mapping[str, FieldType]
    keys: frozenset[str]
    several: frozenset[str]  # of the keys: those that name any number of records
    references: Mapping[str, bool]  # name -> whether it takes several
    required: frozenset[str]
    closed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_customer(self) -> bool:
        return self.record is CustomerRecord

    @property
    def is_scored(self) -> bool:
        return "raw_score" in self.fields


def _describe(
    record: type[SourceRecord], *, keys: frozenset[str] = frozenset(), **closed: frozenset[str]
) -> RecordKind:
    types: dict[str, FieldType] = {}
    references: dict[str, bool] = {}
    several = frozenset(name for name in keys if get_origin(get_type_hints(record)[name]) is tuple)
    for name, hint in get_type_hints(record).items():
        if name in COMPUTED or name in keys:
            continue
        core = _without_none(hint)
        if core is Reference or Reference in get_args(core):
            references[name] = core is not Reference
        elif name.endswith(MINOR):
            types[name.removesuffix(MINOR)] = FieldType.MONEY
        else:
            types[name] = TYPES[core]
    if record is CardRecord:
        types["number"] = FieldType.CARD
    return RecordKind(
        record=record,
        fields=types,
        keys=keys,
        several=several,
        references=references,
        required=_required(record),
        closed=closed,
    )


def _required(record: type[SourceRecord]) -> frozenset[str]:
    """The fields without which there is no record: they take no None and have no default."""
    hints = get_type_hints(record)
    return frozenset(
        item.name
        for item in fields(record)
        if item.name != "key"
        and item.default is MISSING
        and item.default_factory is MISSING
        and NoneType not in get_args(hints[item.name])
    )


def _without_none(hint: Any) -> Any:
    options = [option for option in get_args(hint) if option is not NoneType]
    return options[0] if len(options) == 1 and NoneType in get_args(hint) else hint


KINDS: Mapping[str, RecordKind] = {
    "customer": _describe(CustomerRecord, party_type=frozenset(PartyType)),
    "account": _describe(AccountRecord, keys=frozenset({"owner"})),
    "transaction": _describe(TransactionRecord, keys=frozenset({"account"}), direction=frozenset({"credit", "debit"})),
    "sighting": _describe(SightingRecord),
    "device": _describe(DeviceRecord, keys=frozenset({"owner"})),
    "login": _describe(LoginRecord, keys=frozenset({"customer", "device"})),
    "alert": _describe(AlertRecord, keys=frozenset({"customer"})),
    "score": _describe(ScoreRecord, keys=frozenset({"customer"})),
    "loan": _describe(LoanRecord, keys=frozenset({"borrower", "account"})),
    "card": _describe(CardRecord, keys=frozenset({"holder", "account"})),
    "role": _describe(RoleRecord, keys=frozenset({"holder", "customer", "account"}), type=ROLES),
    "session": _describe(SessionRecord, keys=frozenset({"customer", "device"})),
    "case": _describe(CaseRecord, keys=frozenset({"customer"})),
    "activity": _describe(ActivityRecord, keys=frozenset({"customer", "account"})),
    "aggregate": _describe(AggregateRecord, keys=frozenset({"customer", "account"})),
    "report": _describe(ReportRecord, keys=frozenset({"customers", "accounts"})),
    "partner": _describe(PartnerRecord),
    "consent": _describe(ConsentRecord, keys=frozenset({"customer", "partner"})),
}
