"""The sample bank's channels, risk and audit, read by their source files: every customer row is one of the truth's."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import cache

import pytest

from ingest.mapping import Mapped
from ingest.source import load_sources
from samples.population import Population, populate
from tests.unit.ingest.rows import SECRET
from tests.unit.samples.mapped import map_tables
from wekeza.quality import keyed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNELS = ("web", "ussd", "fraud", "risk", "audit")


@cache
def population() -> Population:
    return populate(400, 7, NOW)


@cache
def read(system: str) -> dict[str, Mapped]:
    return map_tables(population(), load_sources()[system])


@pytest.mark.parametrize("system", CHANNELS)
def test_every_row_is_a_record_with_nothing_unknown(system: str) -> None:
    for entity, found in read(system).items():
        assert found.records, entity
        assert found.rejections == (), entity
        assert not {issue for issue in found.issues if not issue.field.startswith("identifiers.")}, entity


@pytest.mark.parametrize("system", CHANNELS)
def test_the_truth_names_exactly_the_customers(system: str) -> None:
    customers = {
        record.key
        for table in load_sources()[system].tables
        if table.record_kind.is_customer and not table.events
        for record in read(system)[table.name].records
    }
    truth = keyed(population().truth, load_sources(), SECRET)
    assert customers == {key for key in truth if key.startswith(f"{system}|")}


def test_every_key_of_another_row_is_a_row_that_there_is() -> None:
    """A score of a web user, a deposit into a wallet, a log-in: none points into the void."""
    keys = {record.key for system in CHANNELS for found in read(system).values() for record in found.records}
    named = defaultdict(set)
    for system in CHANNELS:
        for entity, found in read(system).items():
            for record in found.records:
                for field in ("customer", "account", "owner", "borrower", "holder", "device"):
                    named[f"{system}.{entity}.{field}"].add(getattr(record, field, None))
    missing = {place: targets - keys - {None} for place, targets in named.items()}
    assert {place for place, targets in missing.items() if targets} <= {
        "audit.changes.customer",  # of the core, which is not among these systems
        "audit.changes.account",
    }
    assert {str(key).rpartition("|")[0] for key in named["risk.risk_scores.customer"]} == {"web|users"}


def test_many_sessions_are_one_subscriber_and_tell_the_same() -> None:
    records = read("ussd")["subscribers"].records
    told = {record.key: record for record in records}
    assert len(records) > len(told)
    assert all(record == told[record.key] for record in records)


def test_people_are_in_several_channels() -> None:
    systems_of = defaultdict(set)
    for key, person in population().truth.items():
        systems_of[person].add(key.split("|")[0])
    both_masters = Counter(
        person for key, person in population().truth.items() if key.startswith(("web|users|", "web|customers|"))
    )
    assert sum({"web", "ussd", "risk"} <= known for known in systems_of.values()) > 10
    assert sum(times > 1 for times in both_masters.values()) > 20
