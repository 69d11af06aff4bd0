"""From a source's commit to the answer that shows it, by the pattern that the source is read by.

One event at a time on the demo's site, all sixteen systems being read by one process: nobody has the machine alone.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from statistics import median, quantiles

import psycopg
from tenacity import Retrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from bench.place import emptied
from bench.rounds import Result, load_average
from samples.bank import Bank
from samples.cores import COMPREHENSIVE, DATABASE_API
from samples.live import LiveActivity
from samples.newcomer import NewPerson
from wekeza.answers import Api, ApiBusy
from wekeza.rounds import run_round
from wekeza.screen import Screen
from wekeza.site import Site, serving
from wekeza.wiring import connect

LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 120.0
PUSHED, POLLED = 40, 8  # events of a pattern
KNOWN = "query($s: String!, $i: ID!) { customerBySource(system: $s, id: $i) { sourceRecords { fullName } } }"
LOGGED_IN = (
    """query($s: String!, $i: ID!) { customerBySource(system: $s, entity: "users", id: $i) { lastLogin { at } } }"""
)
RENAME = "UPDATE customers SET last_name = %s, updated_at = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was committed, and the question whether an answer shows it."""

    committed_at: datetime
    is_shown: Callable[[Api], bool]


@dataclass(frozen=True, slots=True)
class Pattern:
    name: str
    source: str
    events: Iterator[Event]
    goal: str


async def measure_freshness(site: Site, screen: Screen) -> AsyncIterator[Result]:
    """Needs all servers of the demo, Kafka among them."""
    settings = await emptied(site, "freshness")
    async with connect(settings) as parts:
        await run_round(parts, accept=True)
    loaded = Site(settings=settings, servers=site.servers, bank=site.bank, api_url=site.api_url)
    with serving(loaded) as api:
        rows = []
        for pattern in _patterns(site.bank):
            with screen.waiting(f"{pattern.name} ...") as update:
                _wait(next(pattern.events), api)  # until somebody reads it at all
                seconds = []
                for event in pattern.events:
                    seconds.append(_wait(event, api))
                    update(f"{pattern.name}: {seconds[-1]:.2f} s ...")
            *_, p95 = quantiles(seconds, n=20, method="inclusive")
            spread = (f"{median(seconds):.2f}", f"{p95:.2f}", f"{max(seconds):.2f}")
            rows.append((pattern.name, pattern.source, str(len(seconds)), *spread, pattern.goal))
    yield Result(
        title="Seconds from the source's commit to the GraphQL answer",
        columns=("pattern", "source", "events", "p50", "p95", "max", "goal of p95"),
        rows=rows,
        load=load_average(),
    )


def _patterns(bank: Bank) -> list[Pattern]:
    return [
        Pattern("change data capture", "database_api", _openings(LiveActivity(bank, DATABASE_API), PUSHED), "2"),
        Pattern("Kafka", "mobile", _logins(LiveActivity(bank, DATABASE_API), PUSHED), "2"),
        Pattern("polled database", "comprehensive", _openings(LiveActivity(bank, COMPREHENSIVE), POLLED), "30 + 5"),
        Pattern("polled service", "openbanking", _renamings(bank, POLLED), "its interval + 5"),
    ]


def _openings(live: LiveActivity, number: int) -> Iterator[Event]:
    for _ in range(number + 1):
        opened = live.create_customer(NewPerson())
        yield Event(opened.committed_at, partial(_is_known, system=opened.record.system, id=opened.record.id))


def _logins(live: LiveActivity, number: int) -> Iterator[Event]:
    for _ in range(number + 1):
        seen = live.log_in(live.create_customer(NewPerson()))
        yield Event(seen.committed_at, partial(_has_logged_in, id=seen.record.id))


def _renamings(bank: Bank, number: int) -> Iterator[Event]:
    with psycopg.connect(bank.writers["openbanking"], autocommit=True) as owner:
        ids = [str(id) for (id,) in owner.execute("SELECT id FROM customers ORDER BY id LIMIT %s", [number + 1])]
        for n, id in enumerate(ids):
            name, at = f"Renamed{'abcdefghijklmnopqrstuvwxyz'[n]}", datetime.now(UTC)
            owner.execute(RENAME, [name, at.replace(tzinfo=None), id])
            yield Event(datetime.now(UTC), partial(_is_known, system="openbanking", id=id, name=name))


def _is_known(api: Api, *, system: str, id: str, name: str = "") -> bool:
    found = api.query(KNOWN, s=system, i=id)["customerBySource"]
    return found is not None and any(name in (it["fullName"] or "") for it in found["sourceRecords"])


def _has_logged_in(api: Api, *, id: str) -> bool:
    found = api.query(LOGGED_IN, s="mobile", i=id)["customerBySource"]
    return found is not None and found["lastLogin"] is not None


def _wait(event: Event, api: Api) -> float:
    """Seconds until an answer shows it. Raises tenacity.RetryError if none does for two minutes."""
    looks = Retrying(
        stop=stop_after_delay(PATIENCE_SECONDS),
        wait=wait_fixed(LOOK_SECONDS),
        retry=retry_if_result(lambda shown: not shown) | retry_if_exception_type(ApiBusy),
    )
    looks(event.is_shown, api)
    return (datetime.now(UTC) - event.committed_at).total_seconds()
