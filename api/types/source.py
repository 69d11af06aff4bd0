"""How the sources are doing, and what the graph holds of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

import strawberry

from api.inventory import System
from api.types.scalars import DateTime, utc_text
from ledger.quality import TableQuality as Quality
from ledger.sources import SourceState, SourceStatus

# What is counted of each source, as the fields and the statement name it.
COUNTED = (
    *("records", "accounts", "transactions", "logins", "alerts", "loans", "cards", "roles", "sessions", "cases"),
    *("activities", "aggregates", "reports", "consents", "partners", "devices", "scores", "sightings"),
)


@strawberry.enum(description="How a source is doing.")
class Freshness(Enum):
    OK = strawberry.enum_value("ok", description="Read lately, without an error.")
    STALE = strawberry.enum_value("stale", description="No error, but not read for longer than it should be.")
    DOWN = strawberry.enum_value("down", description="The last attempt to read it failed.")
    HELD = strawberry.enum_value(
        "held", description="It changed more than is taken unasked: a person has to accept it or put it right."
    )
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


@strawberry.type(description="How many of the rows that a poll read have a field.")
class FieldFill:
    field: str = strawberry.field(description="The field, as the source file names it.")
    rate: float = strawberry.field(description="The share of rows that have it, from 0 to 1.")
    before: float | None = strawberry.field(description="The share in the poll before; null if there was none.")
    expected: float | None = strawberry.field(description="The share that is expected at least; null if none is.")


@strawberry.type(description="In how many rows something was wrong.")
class DataIssue:
    issue: str = strawberry.field(description="The field and the flaw, such as map.currency:unknown_currency.")
    rows: int = strawberry.field(description="Rows.")


@strawberry.type(description="What the rows of one table are like, by the last poll that read enough of them.")
class TableQuality:
    table: str = strawberry.field(description="The table, as the source file names it.")
    measured_at: DateTime = strawberry.field(description="When the poll began.")
    rows: int = strawberry.field(description="Rows that were read.")
    fields: list[FieldFill] = strawberry.field(description="Every field that some row had or that is expected.")
    issues: list[DataIssue] = strawberry.field(description="What was wrong, the most frequent first.")


@strawberry.type(description="Where a system's schema is from.")
class SchemaOrigin:
    state: str = strawberry.field(description="real, nearest (of the system most like it) or proposed (by us).")
    place: str | None = strawberry.field(description="Repository and path, where there is one.")


@strawberry.type(description="What the bank's inventory says of a system.")
class Inventory:
    number: int = strawberry.field(description="In the inventory.")
    title: str = strawberry.field(description="Its name.")
    category: str = strawberry.field(description="What kind of system it is.")
    purpose: str = strawberry.field(description="What it is for.")
    databases: list[str] = strawberry.field(description="Its databases.")
    engines: list[str] = strawberry.field(description="Their engines.")
    pattern: str = strawberry.field(description="How it is read.")
    write_frequency: str = strawberry.field(description="How often the system itself writes.")
    read_every: float = strawberry.field(description="Seconds from one poll to the next.")
    data_classes: list[str] = strawberry.field(description="Classes of the data that is read of it.")
    schema: SchemaOrigin = strawberry.field(description="Where its schema is from.")


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
    dead_letters: int = strawberry.field(description="Rows that became no record and are kept until they do.")
    quality: list[TableQuality] = strawberry.field(description="What its data are like, table by table.")
    inventory: Inventory | None = strawberry.field(description="What the inventory says; null if it has no file.")
    records: int = strawberry.field(description="Customer records in the graph.")
    accounts: int = strawberry.field(description="Accounts in the graph.")
    transactions: int = strawberry.field(description="Bookings in the graph.")
    logins: int = strawberry.field(description="Logins in the graph.")
    alerts: int = strawberry.field(description="Alerts in the graph.")
    loans: int = strawberry.field(description="Loans in the graph.")
    cards: int = strawberry.field(description="Cards in the graph.")
    roles: int = strawberry.field(description="Roles in the graph, past ones too.")
    sessions: int = strawberry.field(description="Sessions in the graph.")
    cases: int = strawberry.field(description="Cases in the graph.")
    activities: int = strawberry.field(description="Activities in the graph.")
    aggregates: int = strawberry.field(description="Aggregates in the graph.")
    reports: int = strawberry.field(description="Reports in the graph.")
    consents: int = strawberry.field(description="Consents in the graph.")
    partners: int = strawberry.field(description="Partners in the graph.")
    devices: int = strawberry.field(description="Devices in the graph.")
    scores: int = strawberry.field(description="Risk scores in the graph.")
    sightings: int = strawberry.field(description="Sightings of bookings in the graph.")


@strawberry.type(description="Counts of the whole graph; stubs of what has not arrived are not counted.")
class Statistics:
    source_records: int = strawberry.field(description="Customer rows of all systems.")
    global_customers: int = strawberry.field(description="Customers: what those rows resolve to.")
    identifiers: int = strawberry.field(description="Distinct values, placeholders included.")
    accounts: int = strawberry.field(description="Accounts.")
    transactions: int = strawberry.field(description="Bookings.")
    logins: int = strawberry.field(description="Logins, failed ones too.")
    alerts: int = strawberry.field(description="Alerts.")
    loans: int = strawberry.field(description="Loans.")
    cards: int = strawberry.field(description="Cards.")
    roles: int = strawberry.field(description="Roles, past ones too.")
    sessions: int = strawberry.field(description="Sessions.")
    cases: int = strawberry.field(description="Cases.")
    activities: int = strawberry.field(description="Activities.")
    aggregates: int = strawberry.field(description="Sums of reporting systems.")
    reports: int = strawberry.field(description="Reports.")
    consents: int = strawberry.field(description="Consents, past ones too.")
    partners: int = strawberry.field(description="Partners.")
    devices: int = strawberry.field(description="Devices.")
    scores: int = strawberry.field(description="Risk scores.")
    sightings: int = strawberry.field(description="Sightings of bookings.")
    waiting: int = strawberry.field(description="References whose target has not arrived.")
    ambiguous: int = strawberry.field(description="References that several targets fit: attached to none.")


def state_of(status: SourceStatus | None, now: datetime, stale_after: timedelta) -> Freshness:
    if status is None:
        return Freshness.NEVER_READ
    if status.state is SourceState.DOWN:
        return Freshness.DOWN
    if status.state is SourceState.HELD:
        return Freshness.HELD
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What ledger, graph and inventory say of the sources; ``counts`` per system, how many of what the graph holds."""

    statuses: Sequence[SourceStatus]
    configured: Iterable[str]
    counts: Mapping[str, Mapping[str, int]]
    letters: Mapping[str, int] = field(default_factory=dict)
    qualities: Sequence[Quality] = ()
    inventory: Sequence[System] = ()


def source_systems(told: Told, stale_after: timedelta) -> list[SourceSystem]:
    """Every source that is configured, was ever read, or has something in the graph, by name."""
    known, now = {status.system: status for status in told.statuses}, datetime.now(UTC)
    systems = {system.name: system for system in told.inventory}
    return [
        _source_system(name, known.get(name), systems.get(name), told, state_of(known.get(name), now, stale_after))
        for name in sorted({*known, *told.configured, *told.counts})
    ]


def _source_system(
    name: str, status: SourceStatus | None, system: System | None, told: Told, state: Freshness
) -> SourceSystem:
    held = told.counts.get(name, {})
    return SourceSystem(
        system=name,
        state=state,
        last_read=utc_text(status.last_read) if status and status.last_read else None,
        last_change=utc_text(status.last_change) if status and status.last_change else None,
        last_error=status.last_error if status else None,
        lag=status.lag_seconds if status else None,
        rows_read=status.records_read if status else 0,
        rows_loaded=status.records_loaded if status else 0,
        rows_rejected=status.records_rejected if status else 0,
        rows_matched=status.records_matched if status else 0,
        dead_letters=told.letters.get(name, 0),
        quality=[
            _table_quality(quality, system.expected if system else {})
            for quality in told.qualities
            if quality.system == name
        ],
        inventory=_inventory(system) if system else None,
        **{what: held.get(what, 0) for what in COUNTED},
    )


def _table_quality(quality: Quality, expected: Mapping[tuple[str, str], float]) -> TableQuality:
    now, former = quality.now, quality.former
    shares = {name: share for (table, name), share in expected.items() if table == quality.table}
    return TableQuality(
        table=quality.table,
        measured_at=utc_text(quality.at),
        rows=now.rows,
        fields=[
            FieldFill(
                field=name,
                rate=now.rate(name),
                before=former.rate(name) if former else None,
                expected=shares.get(name),
            )
            for name in sorted({*now.filled, *shares})
        ],
        issues=[
            DataIssue(issue=issue, rows=rows)
            for issue, rows in sorted(now.issues.items(), key=lambda item: (-item[1], item[0]))
        ],
    )


def _inventory(system: System) -> Inventory:
    return Inventory(
        number=system.number,
        title=system.title,
        category=system.category,
        purpose=system.purpose,
        databases=list(system.databases),
        engines=list(system.engines),
        pattern=system.pattern,
        write_frequency=system.writes,
        read_every=system.every.total_seconds(),
        data_classes=list(system.data_classes),
        schema=SchemaOrigin(state=system.schema_state, place=system.schema_place),
    )
