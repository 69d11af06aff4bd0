"""Prometheus metrics: what happened over HTTP, how the sources are doing, what waits in the graph."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from ledger.auditor import Auditor
from ledger.quality import TableQuality
from ledger.sources import SourceState, SourceStatus
from ledger.streams import Stream

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


def http_durations(registry: CollectorRegistry) -> Histogram:
    return Histogram(
        "wekeza_http_request_seconds",
        "Time to answer a request.",
        ["route", "method", "status"],
        buckets=BUCKETS,
        registry=registry,
    )


@dataclass(frozen=True, slots=True, eq=False)  # a registry keeps its collectors in a dict
class Snapshot(Collector):
    """The stores at the moment of a scrape. ``statistics``: the row of ``read_statistics``; None if it cannot be read.

    ``rates``: customer and other records loaded per minute, by system.
    """

    statuses: Sequence[SourceStatus] | None
    statistics: Mapping[str, int] | None
    rates: Mapping[str, float]
    letters: Mapping[str, int] = field(default_factory=dict)  # dead letters by system
    qualities: Sequence[TableQuality] = ()
    streams: Sequence[Stream] = ()

    def collect(self) -> Iterable[Metric]:
        stores = GaugeMetricFamily("wekeza_store_up", "Whether a store answers.", labels=["store"])
        stores.add_metric(["neo4j"], float(self.statistics is not None))
        stores.add_metric(["ledger"], float(self.statuses is not None))
        yield stores
        if self.statistics is not None:
            graph = GaugeMetricFamily("wekeza_graph_objects", "What the graph holds.", labels=["what"])
            for what, number in self.statistics.items():
                graph.add_metric([what], number)
            yield graph
        yield from _sources(self.statuses or (), self.rates)
        yield from _data(self.letters, self.qualities)
        yield from _streams(self.streams)


def _sources(statuses: Sequence[SourceStatus], rates: Mapping[str, float]) -> Iterable[Metric]:
    held = GaugeMetricFamily("wekeza_source_held", "Whether a person has to accept what it says.", labels=["source"])
    up = GaugeMetricFamily("wekeza_source_up", "Whether the last poll of a source succeeded.", labels=["source"])
    polls = CounterMetricFamily("wekeza_source_polls", "Polls.", labels=["source"])
    errors = CounterMetricFamily("wekeza_source_errors", "Polls that failed.", labels=["source"])
    records = CounterMetricFamily("wekeza_source_records", "Rows of a source.", labels=["source", "what"])
    rate = GaugeMetricFamily("wekeza_source_records_per_minute", "Rows loaded per minute.", labels=["source"])
    last = GaugeMetricFamily("wekeza_source_last_read_timestamp_seconds", "Last good poll.", labels=["source"])
    lag = GaugeMetricFamily("wekeza_source_lag_seconds", "Newest row's commit to end of poll.", labels=["source"])
    latency = SummaryMetricFamily(
        "wekeza_source_latency_seconds", "From a row's commit at its source to a visible answer.", labels=["source"]
    )
    for status in statuses:
        source = [status.system]
        up.add_metric(source, float(status.state is SourceState.OK))
        held.add_metric(source, float(status.state is SourceState.HELD))
        polls.add_metric(source, status.polls)
        errors.add_metric(source, status.errors)
        for what in ("read", "loaded", "rejected", "matched"):
            records.add_metric([*source, what], getattr(status, f"records_{what}"))
        latency.add_metric(source, count_value=status.latency_count, sum_value=status.latency_seconds)
        if status.system in rates:
            rate.add_metric(source, rates[status.system])
        if status.last_read is not None:
            last.add_metric(source, status.last_read.timestamp())
        if status.lag_seconds is not None:
            lag.add_metric(source, status.lag_seconds)
    yield from (up, held, polls, errors, records, rate, last, lag, latency)


def _data(letters: Mapping[str, int], qualities: Sequence[TableQuality]) -> Iterable[Metric]:
    waiting = GaugeMetricFamily("wekeza_dead_letters", "Rows that became no record yet.", labels=["source"])
    for system, number in letters.items():
        waiting.add_metric([system], number)
    filled = GaugeMetricFamily(
        "wekeza_field_filled_ratio", "The share of rows that have a field.", labels=["source", "table", "field"]
    )
    flawed = GaugeMetricFamily(
        "wekeza_flawed_rows", "Rows of the last telling poll with a flaw.", labels=["source", "table", "issue"]
    )
    for quality in qualities:
        place = [quality.system, quality.table]
        for name in quality.now.filled:
            filled.add_metric([*place, name], quality.now.rate(name))
        for issue, rows in quality.now.issues.items():
            flawed.add_metric([*place, issue], rows)
    yield from (waiting, filled, flawed)


def _streams(streams: Sequence[Stream]) -> Iterable[Metric]:
    followed = GaugeMetricFamily("wekeza_source_followed", "Whether a source's log is followed now.", labels=["source"])
    behind = GaugeMetricFamily("wekeza_source_behind_bytes", "Log that a source keeps for us.", labels=["source"])
    for stream in streams:
        followed.add_metric([stream.system], float(stream.live))
        behind.add_metric([stream.system], stream.behind)
    yield from (followed, behind)


@dataclass(frozen=True, slots=True, eq=False)
class Audited(Collector):
    """How the audit chain keeps up with what this process answers."""

    auditor: Auditor

    def collect(self) -> Iterable[Metric]:
        waiting = GaugeMetricFamily("wekeza_audit_waiting", "Entries that are not in the audit chain yet.")
        waiting.add_metric([], self.auditor.waiting)
        appended = CounterMetricFamily("wekeza_audit_appended", "Entries that were appended to the audit chain.")
        appended.add_metric([], self.auditor.appended)
        yield from (waiting, appended)


class Rates:
    """Rows loaded per minute, from how a counter moved between scrapes; nothing at the first one."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[datetime, int]] = {}

    def update(self, statuses: Sequence[SourceStatus]) -> dict[str, float]:
        now, rates = datetime.now(UTC), {}
        for status in statuses:
            then, loaded = self._seen.get(status.system, (now, 0))
            minutes = (now - then).total_seconds() / 60
            if minutes > 0:
                rates[status.system] = max(status.records_loaded - loaded, 0) / minutes
            self._seen[status.system] = (now, status.records_loaded)
        return rates


def exposition(*collectors: Collector, registry: CollectorRegistry) -> bytes:
    """Text format: what the registry has gathered, then what the collectors say now."""
    fresh = CollectorRegistry()
    for collector in collectors:
        fresh.register(collector)
    return generate_latest(registry) + generate_latest(fresh)
