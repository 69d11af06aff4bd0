"""What a source's data are like: how many rows have each field, and what is wrong with how many. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from graph.records import CustomerRecord, SourceRecord
from ingest.mapping import Mapped
from ingest.rejections import Flaw
from ingest.table import Table
from ledger.quality import ENOUGH, Measures, TableQuality

DRIFT = 0.1  # of a share of rows that have a field, between two polls
CLOCK_SKEW = timedelta(minutes=5)
PAST = ("at", "created_at", "updated_at", "opened_at", "registered_at", "last_seen_at", "issued_at", "ended_at")
MONEY = ("balance_minor", "available_minor")
Issues = Counter[str]  # by field:flaw


class Tally:
    """Adds up what the batches of one table are like."""

    def __init__(self) -> None:
        self.rows = 0
        self.filled: Counter[str] = Counter()
        self.issues: Issues = Counter()

    def add(self, table: Table, mapped: Mapped, now: datetime) -> None:
        """``now`` is ours: a date of a source's that lies after it is wrong, or its clock is."""
        self.rows += len(mapped.records) + len(mapped.rejections)
        for issue, times in mapped.issues.items():
            self.issues[f"{issue.field}:{issue.flaw}"] += times
        for record in mapped.records:
            self.filled.update(filled_fields(table, record))
        self.issues += _odd_values(mapped.records, now + CLOCK_SKEW)
        self.issues += _repeated_keys(mapped.records)

    def measures(self) -> Measures:
        return Measures(rows=self.rows, filled=dict(self.filled), issues=dict(self.issues))


def filled_fields(table: Table, record: SourceRecord) -> Iterator[str]:
    """The fields that the source file maps and that the record has, by the names that the file uses."""
    for name in (*table.map, *table.keys):
        if _said(record, name) not in (None, ()):
            yield name
    if isinstance(record, CustomerRecord):
        yield from {value.kind for value in record.identifiers}
        yield from record.attributes


def judge(table: Table, quality: TableQuality) -> list[str]:
    """A sentence for each field that fewer rows have than expected, or much fewer or more than the last time."""
    now, former = quality.now, quality.former
    if now.rows < ENOUGH:
        return []
    found = [
        f"{table.name}: {now.rate(name):.1%} of {now.rows:,} rows have {name}, at least {share:.1%} were expected"
        for name, share in table.expect.items()
        if now.rate(name) < share
    ]
    if former is not None and former.rows >= ENOUGH:
        found += [
            f"{table.name}: {now.rate(name):.1%} of {now.rows:,} rows have {name}, {former.rate(name):.1%} before"
            for name in sorted({*now.filled, *former.filled})
            if abs(now.rate(name) - former.rate(name)) > DRIFT
        ]
    return found


def _said(record: SourceRecord, name: str) -> Any:
    """What the record has of a field that a source file maps; money and card numbers stand in it in another form."""
    for spelling in (name, f"{name}_minor", "last_four"):
        if hasattr(record, spelling):
            return getattr(record, spelling)
    return None


def _odd_values(records: Sequence[SourceRecord], latest: datetime) -> Issues:
    issues: Issues = Counter()
    for record in records:
        for name in PAST:
            moment = getattr(record, name, None)
            if moment is not None and moment > latest:
                issues[f"{name}:{Flaw.FUTURE}"] += 1
        for name in MONEY:
            amount = getattr(record, name, None)
            if amount is not None and amount < 0:
                issues[f"{name.removesuffix('_minor')}:{Flaw.NEGATIVE}"] += 1
    return issues


def _repeated_keys(records: Sequence[SourceRecord]) -> Issues:
    repeated = len(records) - len({record.key for record in records})
    return Counter({f"key:{Flaw.DUPLICATE}": repeated} if repeated else {})
