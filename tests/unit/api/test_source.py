from datetime import UTC, datetime, timedelta

import pytest

from api.inventory import System
from api.types.source import Freshness, Told, freshness, source_systems, state_of
from ledger.quality import Measures, TableQuality
from ledger.sources import SourceState, SourceStatus

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def status(system: str = "core", state: SourceState = SourceState.OK, last_read: datetime | None = NOW) -> SourceStatus:
    return SourceStatus(
        system=system, state=state, last_read=last_read, last_change=None, last_error=None, lag_seconds=1.5,
        polls=1, errors=0, records_read=9, records_loaded=8, records_rejected=1, records_matched=2,
        latency_seconds=0.0, latency_count=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (None, Freshness.NEVER_READ),
        (status(last_read=None), Freshness.NEVER_READ),
        (status(), Freshness.OK),
        (status(last_read=NOW - 5 * MINUTE), Freshness.OK),
        (status(last_read=NOW - 6 * MINUTE), Freshness.STALE),
        (status(state=SourceState.DOWN), Freshness.DOWN),
        (status(state=SourceState.HELD), Freshness.HELD),
        (status(state=SourceState.DOWN, last_read=None), Freshness.DOWN),
    ],
)
def test_state(given: SourceStatus | None, state: Freshness) -> None:
    assert state_of(given, NOW, 5 * MINUTE) is state


def test_freshness_names_every_source_that_matters_once() -> None:
    now = datetime.now(UTC)
    found = freshness([status("a", last_read=now), status("b", last_read=now)], ["b", "c"], ["a", "d"], MINUTE)
    assert [(f.system, f.state, f.contributes, f.lag) for f in found] == [
        ("a", Freshness.OK, True, 1.5),
        ("b", Freshness.OK, False, 1.5),
        ("c", Freshness.NEVER_READ, False, None),
        ("d", Freshness.NEVER_READ, True, None),
    ]
    assert found[0].last_read is not None
    assert found[0].last_read.endswith("Z")


def test_sources_are_told_with_what_the_graph_holds() -> None:
    told = Told(
        statuses=[status("a", SourceState.DOWN)],
        configured=["b"],
        counts={"a": {"records": 3}, "z": {"logins": 1}},
        letters={"a": 4},
    )
    found = source_systems(told, MINUTE)
    assert [s.dead_letters for s in found] == [4, 0, 0]
    assert [(s.system, s.state, s.rows_read, s.records, s.logins) for s in found] == [
        ("a", Freshness.DOWN, 9, 3, 0),
        ("b", Freshness.NEVER_READ, 0, 0, 0),
        ("z", Freshness.NEVER_READ, 0, 0, 1),
    ]


def test_a_system_is_told_with_its_inventory_and_what_its_data_are_like() -> None:
    core = System(
        name="core", title="Core", number=5, category="core banking", purpose="accounts", databases=("CoreDB",),
        engines=("postgresql",), pattern="database", writes="continuously", every=MINUTE, data_classes=("pii",),
        schema_state="real", schema_place="bank/core/schema.sql", expected={("customers", "Email"): 0.9},
    )  # fmt: skip
    now = Measures(rows=10, filled={"full_name": 10}, issues={"key:duplicate": 1, "map.at:unparsable_date": 2})
    quality = TableQuality(system="core", table="customers", at=NOW, now=now, former=None)
    (found,) = source_systems(
        Told(statuses=[], configured=["core"], counts={}, qualities=[quality], inventory=[core]), MINUTE
    )
    assert found.inventory
    assert (found.inventory.number, found.inventory.schema.place) == (5, "bank/core/schema.sql")
    (table,) = found.quality
    assert [(it.field, it.rate, it.expected) for it in table.fields] == [("Email", 0.0, 0.9), ("full_name", 1.0, None)]
    assert [(it.issue, it.rows) for it in table.issues] == [("map.at:unparsable_date", 2), ("key:duplicate", 1)]
