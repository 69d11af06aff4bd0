from prometheus_client import CollectorRegistry

from api.metrics import Rates, Snapshot, exposition
from ledger.streams import Stream
from tests.unit.api.test_source import status


def lines(snapshot: Snapshot) -> set[str]:
    return set(exposition(snapshot, registry=CollectorRegistry()).decode().splitlines())


def test_each_source_is_told() -> None:
    told = lines(Snapshot([status("core")], {"waiting": 2}, {"core": 12.0}))
    assert told >= {
        'wekeza_source_up{source="core"} 1.0',
        'wekeza_source_records_total{source="core",what="matched"} 2.0',
        'wekeza_source_records_per_minute{source="core"} 12.0',
        'wekeza_source_lag_seconds{source="core"} 1.5',
        'wekeza_source_last_read_timestamp_seconds{source="core"} 1.7723664e+09',
        'wekeza_graph_objects{what="waiting"} 2.0',
        'wekeza_store_up{store="ledger"} 1.0',
    }


def test_a_store_that_does_not_answer_is_down_and_the_rest_is_told() -> None:
    assert 'wekeza_store_up{store="neo4j"} 0.0' in lines(Snapshot([status()], None, {}))
    told = lines(Snapshot(None, {"waiting": 0}, {}))
    assert 'wekeza_store_up{store="ledger"} 0.0' in told
    assert not any(line.startswith("wekeza_source_up{") for line in told)


def test_a_rate_needs_two_scrapes_and_never_falls_below_zero() -> None:
    rates = Rates()
    assert rates.update([status()]) == {}
    assert rates.update([status()]) == {"core": 0.0}


def test_how_far_a_log_is_followed() -> None:
    stream = Stream(system="core", history="1/1", reached="0/0", behind=123, live=True)
    told = lines(Snapshot([], None, {}, streams=[stream]))
    assert {'wekeza_source_followed{source="core"} 1.0', 'wekeza_source_behind_bytes{source="core"} 123.0'} <= told
