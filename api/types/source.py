"""How the sources are doing, and what the graph holds of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum

import strawberry

from api.types.scalars import DateTime, utc_text
from ledger.sources import SourceState, SourceStatus


@strawberry.enum(description="How a source is doing.")
class Freshness(Enum):
    OK = strawberry.enum_value("ok", description="Read lately, without an error.")
    STALE = strawberry.enum_value("stale", description="No error, but not read for longer than it should be.")
    DOWN = strawberry.enum_value("down", description="The last attempt to read it failed.")
    NEVER_READ = strawberry.enum_value("never_read", description="Configured, and not read yet.")


@strawberry.type(description="How current an answer is with regard to one source.")
class SourceFreshness:
    system: str = strawberry.field(description="The source.")
    state: Freshness = strawberry.field(description="How it is doing.")
    last_read: DateTime | None = strawberry.field(description="When it was last read without an error.")
    lag: float | None = strawberry.field(
        description="Seconds between the newest row's commit at the source and the end of the poll that read it."
    )
    contributes: bool = strawberry.field(description="Whether the customer has records there, as far as we know.")


@strawberry.type(description="One source system: how it is doing, and what the graph holds of it.")
class SourceSystem:
    system: str = strawberry.field(description="The source.")
    state: Freshness = strawberry.field(description="How it is doing.")
    last_read: DateTime | None = strawberry.field(description="When it was last read without an error.")
    last_change: DateTime | None = strawberry.field(description="The source's own date of the newest row loaded.")
    last_error: str | None = strawberry.field(description="Why the last poll failed; null if it did not.")
    lag: float | None = strawberry.field(
        description="Seconds between the newest row's commit at the source and the end of the poll that read it."
    )
    rows_read: int = strawberry.field(description="Rows read since the ledger was made.")
    rows_loaded: int = strawberry.field(description="Rows that were loaded.")
    rows_rejected: int = strawberry.field(description="Rows that were rejected.")
    rows_matched: int = strawberry.field(description="Rows that joined a customer who was known already.")
    records: int = strawberry.field(description="Customer records in the graph.")
    accounts: int = strawberry.field(description="Accounts in the graph.")
    transactions: int = strawberry.field(description="Bookings in the graph.")
    logins: int = strawberry.field(description="Logins in the graph.")
    alerts: int = strawberry.field(description="Alerts in the graph.")


@strawberry.type(description="Counts of the whole graph; stubs of what has not arrived are not counted.")
class Statistics:
    source_records: int = strawberry.field(description="Customer rows of all systems.")
    global_customers: int = strawberry.field(description="Customers: what those rows resolve to.")
    identifiers: int = strawberry.field(description="Distinct values, placeholders included.")
    accounts: int = strawberry.field(description="Accounts.")
    transactions: int = strawberry.field(description="Bookings.")
    logins: int = strawberry.field(description="Logins, failed ones too.")
    alerts: int = strawberry.field(description="Alerts.")
    waiting: int = strawberry.field(description="References whose target has not arrived.")
    ambiguous: int = strawberry.field(description="References that several targets fit: attached to none.")


def state_of(status: SourceStatus | None, now: datetime, stale_after: timedelta) -> Freshness:
    if status is None:
        return Freshness.NEVER_READ
    if status.state is SourceState.DOWN:
        return Freshness.DOWN
    if status.last_read is None:
        return Freshness.NEVER_READ
    return Freshness.STALE if now - status.last_read > stale_after else Freshness.OK


def freshness(
    statuses: Sequence[SourceStatus], configured: Iterable[str], hers: Iterable[str], stale_after: timedelta
) -> list[SourceFreshness]:
    """Of every source that is configured, was ever read, or knows her, by name."""
    known = {status.system: status for status in statuses}
    contributing, now = set(hers), datetime.now(UTC)
    answer = []
    for system in sorted({*known, *configured, *contributing}):
        status = known.get(system)
        answer.append(
            SourceFreshness(
                system=system,
                state=state_of(status, now, stale_after),
                last_read=utc_text(status.last_read) if status and status.last_read else None,
                lag=status.lag_seconds if status else None,
                contributes=system in contributing,
            )
        )
    return answer


def source_systems(
    statuses: Sequence[SourceStatus],
    configured: Iterable[str],
    counts: Mapping[str, Mapping[str, int]],
    stale_after: timedelta,
) -> list[SourceSystem]:
    """``counts``: per system, how many of what the graph holds."""
    known, now = {status.system: status for status in statuses}, datetime.now(UTC)
    answer = []
    for system in sorted({*known, *configured, *counts}):
        status, held = known.get(system), counts.get(system, {})
        answer.append(
            SourceSystem(
                system=system,
                state=state_of(status, now, stale_after),
                last_read=utc_text(status.last_read) if status and status.last_read else None,
                last_change=utc_text(status.last_change) if status and status.last_change else None,
                last_error=status.last_error if status else None,
                lag=status.lag_seconds if status else None,
                rows_read=status.records_read if status else 0,
                rows_loaded=status.records_loaded if status else 0,
                rows_rejected=status.records_rejected if status else 0,
                rows_matched=status.records_matched if status else 0,
                **{what: held.get(what, 0) for what in ("records", "accounts", "transactions", "logins", "alerts")},
            )
        )
    return answer
