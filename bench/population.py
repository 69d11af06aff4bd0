"""A bank of invented people with the truth written beside every record: what quality is measured on.

Seven systems know about three records of each person between them. Whatever goes wrong is written beside the record as
a `Phenomenon`, so that its cost can be told. The columns are those that ``wekeza resolve-file`` reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from random import Random
from types import MappingProxyType

import pyarrow as pa

from bench.clerk import Clerk, Row, marked
from bench.inhabitants import Phenomenon, Shares, draw_parties
from graph.identifiers import normalise
from graph.records import CustomerRecord, IdentifierValue, PartyType

PEOPLE_PER_AGENT = 400
COLUMNS: Mapping[str, str] = MappingProxyType(
    {"national_id": "NationalId", "passport": "Passport", "tax_pin": "TaxPin", "phone": "Phone", "email": "Email"}
)


@dataclass(frozen=True, slots=True)
class Bank:
    """``before`` and ``now`` are the same bank: in between some records were corrected and others deleted."""

    before: tuple[Row, ...]
    now: tuple[Row, ...]


def draw_bank(people: int, seed: int, shares: Shares | None = None) -> Bank:
    """``people`` persons, their companies and their records; the same for the same arguments."""
    shares = shares or Shares()
    rng = Random(f"bank {seed}")
    parties = draw_parties(rng, people, shares)
    agents = [f"7{rng.randrange(10**8):08d}" for _ in range(max(1, people // PEOPLE_PER_AGENT))]
    clerk = Clerk(rng, agents, shares)
    rows = [row for party in parties for row in clerk.write_all(party)]
    rng.shuffle(rows)
    return _pass_time(rng, rows, shares)


def truth_of(rows: Iterable[Row]) -> dict[str, str]:
    return {row.record: row.party for row in rows}


def table_of(rows: Sequence[Row]) -> pa.Table:
    """As ``resolve-file`` reads it, with the truth in ``party`` and ``phenomena``."""
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Row)}
    columns["phenomena"] = [sorted(row.phenomena) for row in rows]
    return pa.table(columns)


def records_of(rows: Iterable[Row]) -> list[CustomerRecord]:
    """As ``resolve-file`` sees them: normalised; the identifiers of a row that is not verified are claims."""
    return [_record(row) for row in rows]


def _pass_time(rng: Random, rows: Sequence[Row], shares: Shares) -> Bank:
    """What the bank put right: a stranger's number or national id that stood in a record, and records that went."""
    before, now = list[Row](), list[Row]()
    bereft: set[str] = set()
    for row in rows:
        wrong = row
        if rng.random() < shares.corrected:
            row = marked(row, Phenomenon.CORRECTION)
            wrong = _mistaken(row, rng.choice(rows))
        before.append(wrong)
        if rng.random() < shares.deleted:
            bereft.add(row.party)
        else:
            now.append(row)
    left = (marked(row, Phenomenon.DELETION) if row.party in bereft else row for row in now)
    return Bank(tuple(before), tuple(left))


def _mistaken(row: Row, other: Row) -> Row:
    if other.national_id and row.national_id:
        return replace(row, national_id=other.national_id)
    return replace(row, phone=other.phone or row.phone)


def _record(row: Row) -> CustomerRecord:
    identifiers = []
    for column, kind in COLUMNS.items():
        held = getattr(row, column) or ()
        for raw in held if isinstance(held, tuple) else (held,):
            found = normalise(kind, raw, row.country, verified=row.verified)
            if isinstance(found, IdentifierValue):
                identifiers.append(found)
    return CustomerRecord(
        key=row.record,
        party_type=PartyType(row.party_type),
        full_name=row.full_name,
        birth_date=row.birth_date,
        identifiers=tuple(identifiers),
    )
