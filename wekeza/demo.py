"""The demo: from three live databases to one person, told step by step with the numbers of this very run."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ingest.source import load_sources
from ledger.ledger import place
from samples.cores import DATABASE_API
from samples.live import raw_rows
from samples.newcomer import NewPerson
from samples.truth import Scores
from wekeza import portrait
from wekeza.answers import Api
from wekeza.jobs import show_round
from wekeza.logs import log_only_errors
from wekeza.quality import keyed, measure_quality
from wekeza.rounds import Round, run_round
from wekeza.scenario import Scenario, Seen
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.sign_in import LINK_MINUTES, SignIns
from wekeza.site import Site, open_site, serving
from wekeza.wiring import connect

PROMISED_SECONDS = 60.0
PROMISED_PRECISION = 0.98


@dataclass(frozen=True, slots=True)
class Criterion:
    text: str
    number: str
    met: bool


class DemoFailed(Exception):
    """A criterion was not met; the message names it."""


def run_demo(settings: Settings, screen: Screen, linger: Callable[[], None]) -> None:
    """Run it all; ``linger`` keeps the site up afterwards for as long as somebody wants to look around."""
    log_only_errors()
    begun = time.monotonic()
    screen.heading("1  Real servers")
    with open_site(settings, screen) as site:
        show_servers(site, screen)
        show_sources(site, screen)
        loaded = asyncio.run(load_twice(site, screen))
        with serving(site) as api:
            seen = run_scenario(site, api, screen)
            if site.servers.kafka:
                run_at_once(site, api, screen)
            portrait.show_person(api, seen[-1].gcid, screen)
            apart = portrait.show_negative_control(api, site.bank, screen)
            agree = portrait.show_counts(site, api, screen)
            criteria = judge(loaded, seen, apart=apart, agree=agree)
            show_criteria(criteria, time.monotonic() - begun, screen)
            show_links(site, seen[-1].gcid, screen)
            if unmet := [criterion.text for criterion in criteria if not criterion.met]:
                raise DemoFailed(f"Not met: {'; '.join(unmet)}. The logs are in {site.settings.data / 'logs'}.")
            linger()


def show_servers(site: Site, screen: Screen) -> None:
    neo4j, postgres, mariadb = site.servers.neo4j, site.servers.postgres, site.servers.mariadb
    kafka = site.servers.kafka
    screen.table(
        ("server", "version", "pid", "address"),
        [
            ("Neo4j Community", neo4j.version, str(neo4j.pid or "yours"), neo4j.uri),
            ("PostgreSQL", postgres.version, str(postgres.pid or "yours"), place(postgres.dsn)),
            *([("MariaDB", mariadb.version, str(mariadb.pid or "yours"), _address(mariadb.dsn))] if mariadb else []),
            *([("Kafka", kafka.version, str(kafka.pid or "yours"), kafka.address)] if kafka else []),
        ],
    )


def _address(dsn: str) -> str:
    """Where a DSN leads, without who goes there."""
    parts = urlsplit(dsn)
    return f"{parts.hostname}:{parts.port}{parts.path}"


def show_sources(site: Site, screen: Screen) -> None:
    screen.heading("2  Three systems, three rows: is this one woman?")
    for row in raw_rows(site.bank, site.bank.showcase):
        screen.say(f"{row.key.split('|')[0]}: {row.sql}")
        screen.facts({f"  {name}": value for name, value in row.columns.items() if value not in (None, "")})
        screen.say("")
    screen.say("Other ids, other spellings, other ways to write a phone number. Nothing is joined yet.")


@dataclass(frozen=True, slots=True)
class Loaded:
    second: Round
    scores: dict[str, Scores]


async def load_twice(site: Site, screen: Screen) -> Loaded:
    """A first load of everything and a second one of the same, with the quality of what came out."""
    async with connect(site.settings) as parts:
        screen.heading("3  First load: extract, map, load, resolve")
        show_round(await run_round(parts), screen)
        screen.heading("4  Second load of the same: nothing may be written")
        second = await run_round(parts)
        show_round(second, screen)
        scores = await measure_quality(parts.client, keyed(site.bank.truth, parts.sources, parts.secret))
    screen.say("Against the sample bank's truth, over pairs of records:")
    screen.table(
        ("policy", "precision", "recall", "F1"),
        [(name, f"{it.precision:.3f}", f"{it.recall:.3f}", f"{it.f1:.3f}") for name, it in scores.items()],
        numbers=("precision", "recall", "F1"),
    )
    return Loaded(second, scores)


def run_scenario(site: Site, api: Api, screen: Screen) -> list[Seen]:
    """Each event, a countdown to the next poll of its system, and the seconds until the answer showed it."""
    screen.heading("5  The scenario, live: commits in three databases, one person")
    scenario, seen = Scenario(site.bank, api, NewPerson()), []
    for step in scenario.steps():
        with screen.waiting(f"  {step.title} ...") as update:

            def tick(title: str = step.title, system: str = step.system, show: Callable[[str], None] = update) -> None:
                show(f"  {title} ... next poll of {system} in {seconds_to_poll(site, api, system):.0f} s")

            seen.append(scenario.watch(step, tick))
        screen.say(f"  {step.title}: visible after {seen[-1].seconds:.1f} s")
    return seen


def run_at_once(site: Site, api: Api, screen: Screen) -> None:
    """The same for somebody else, in a core whose log is followed: nobody waits for a poll."""
    screen.say("The same again for another woman: the core's log is followed, mobile and fraud tell on Kafka.")
    scenario = Scenario(site.bank, api, NewPerson(name="Wanjiku Achieng Odhiambo"), DATABASE_API)
    for step in scenario.steps():
        with screen.waiting(f"  {step.title} ..."):
            seen = scenario.watch(step, lambda: None)
        screen.say(f"  {step.title}: visible after {seen.seconds:.1f} s")


def seconds_to_poll(site: Site, api: Api, system: str) -> float:
    """How long until the jobs read this system again, by when they last did."""
    sources = api.query("{ sources { system lastRead } }")["sources"]
    last_read = next(source["lastRead"] for source in sources if source["system"] == system)
    every = site.settings.poll_seconds or load_sources()[system].every.total_seconds()
    passed = (datetime.now(UTC) - datetime.fromisoformat(last_read)).total_seconds() if last_read else every
    return max(0.0, every - passed)


def judge(loaded: Loaded, seen: list[Seen], *, apart: bool, agree: bool) -> list[Criterion]:
    """Each success criterion with its number of this run."""
    slowest = max(it.seconds for it in seen)
    precision, plain = loaded.scores["guarded"].precision, loaded.scores["plain"].precision
    gcids, written = len({it.gcid for it in seen}), bool(loaded.second.counters)
    return [
        Criterion("five events, one GlobalCustomerId", f"{gcids} of {len(seen)} answers", gcids == 1),
        Criterion("each visible in less than a minute", f"slowest {slowest:.1f} s", slowest < PROMISED_SECONDS),
        Criterion("a second load writes nothing", "Neo4j counts " + ("writes" if written else "zero"), not written),
        Criterion("precision of 0.98", f"{precision:.3f} (plain {plain:.3f})", precision >= PROMISED_PRECISION),
        Criterion("two people with one phone stay apart", "2 customers" if apart else "joined", apart),
        Criterion("SQL, Bolt and GraphQL count the same", "equal" if agree else "different", agree),
    ]


def show_criteria(criteria: list[Criterion], seconds: float, screen: Screen) -> None:
    screen.heading("9  What was promised")
    screen.table(("", "criterion", "this run"), [("✓" if it.met else "✗", it.text, it.number) for it in criteria])
    screen.say(f"The demo took {seconds:.0f} s after set-up.")


def show_links(site: Site, gcid: str | None, screen: Screen) -> None:
    screen.heading("10  Where to look" if gcid else "Where to look")
    neo4j = site.servers.neo4j
    screen.link("GraphQL page", SignIns(site.settings.data).link(site.api_url))
    screen.say(f"  (the link signs you in once, within {LINK_MINUTES} minutes; another one: .venv/bin/wekeza sign-in)")
    if site.settings.browser_jar:
        screen.link("Neo4j Browser", f"{site.api_url}/browser/query/browse_person" + (f"/{gcid}" if gcid else ""))
        screen.say("  (her graph in our style is in the editor: press the play button; six more queries are saved)")
    screen.link("  user and password", f"{neo4j.user}  {neo4j.password}")
    screen.link("REST", f"{site.api_url}/customer/{gcid or 'GCID'}")
    screen.say("  (with a token: .venv/bin/wekeza token)")
    screen.link("add your own customer", '.venv/bin/wekeza customer --name "Grace Wambui" --phone "0722 123 456"')
    screen.say(
        "  (in a second terminal, while this one runs: she is created, logs in, pays, and joins before your eyes)"
    )
