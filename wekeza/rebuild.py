"""A new graph from the ledger and the sources, beside the one in force, which it replaces once it is verified.

Until that moment the old graph stays as it is, so a crash or a broken law costs nothing but the time. The ledger gets
no identity from a rebuild: what the sources say new of customers waits for the next ordinary poll.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass

import uvloop
from pydantic import SecretStr

from graph.client import GraphClient
from graph.errors import IdentityError
from graph.laws import Finding, Law
from graph.restore import RestoreReport, restore
from graph.steps import settle_open_steps
from graph.verify import verify
from ingest.connectors.registry import Dsns
from ingest.reports import SourceReport
from ingest.run import run_source
from ingest.source import Source
from ledger.history import runs
from ledger.ledger import Ledger
from ledger.locks import rebuild_lock
from ledger.sources import forget_scans
from ledger.steps import open_steps
from local.directories import Place, workplace
from local.errors import LocalError
from local.neo4j import Neo4j, start_neo4j
from local.postgres import start_postgres
from local.stores import IN_FORCE, finish_exchange, second_store
from samples.bank import open_bank
from wekeza.logs import log_only_errors
from wekeza.running import find_running, with_stores
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.site import LEDGER_DATABASE, drop_folder, ensure_database
from wekeza.transport import Plaintext, refuse_plaintext_bolt
from wekeza.wiring import Parts, connect

FINDINGS_SHOWN = 10


class RebuildRefused(Exception):
    """Nothing was begun; the message says what is in the way."""


class RebuildFailed(Exception):
    """The new graph is not as it should be; the old one is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What the new graph was made of."""

    restored: RestoreReport
    sources: tuple[SourceReport, ...]
    seconds: float


def rebuild(settings: Settings, screen: Screen, *, into: str | None = None) -> None:
    """Rebuild the local graph, or fill the empty server ``into`` (an address, with the user and password of ours)."""
    log_only_errors()
    if into:
        _rebuild_into(into, settings, screen)
    elif settings.neo4j_uri:
        raise RebuildRefused(
            "NEO4J_URI names a server of yours, which is never emptied: name an empty one with "
            "`wekeza rebuild --into bolt://HOST:PORT`."
        )
    else:
        _rebuild_here(settings, screen)


def _rebuild_here(settings: Settings, screen: Screen) -> None:
    if find_running(settings.data):
        raise RebuildRefused(f"`wekeza up` or `wekeza demo` runs on {settings.data}: end it, then rebuild.")
    with workplace(settings.data) as place, _ledger_and_sources(settings, place) as given:
        _settle_here(given, place, screen)
        with second_store(place.data) as name, start_neo4j(place, store=name, say=screen.say) as neo4j:
            rebuilt = uvloop.run(_fill(_led_to(given, neo4j), screen))
    show(rebuilt, screen)
    screen.say("The new graph is in force, the old one is removed.")


def _rebuild_into(uri: str, settings: Settings, screen: Screen) -> None:
    given = with_stores(settings)
    try:
        refuse_plaintext_bolt(uri, settings.plaintext_hosts)
    except Plaintext as fault:
        raise RebuildRefused(f"--into: {fault}.") from None
    if uri == given.neo4j_uri:
        raise RebuildRefused(f"{uri} is the graph in force: name an empty server.")
    if uvloop.run(_has_open_steps(given)):
        uvloop.run(_settle(given, screen))
    rebuilt = uvloop.run(_fill(given.model_copy(update={"neo4j_uri": uri}), screen))
    show(rebuilt, screen)
    screen.say(f"The graph in {uri} is complete. Set NEO4J_URI={uri} before anything is ingested or decided again.")


@contextmanager
def _ledger_and_sources(settings: Settings, place: Place) -> Iterator[Settings]:
    """Our own PostgreSQL, with the ledger and perhaps the sample bank in it."""
    with start_postgres(place) as postgres:
        bank = open_bank(postgres.dsn, drop=drop_folder(settings))
        sources = {name: SecretStr(dsn) for name, dsn in bank.sources.items()} if bank else {}
        database_url = SecretStr(ensure_database(postgres.dsn, LEDGER_DATABASE))
        yield settings.model_copy(update={"database_url": database_url, "sources": sources | settings.sources})


def _led_to(settings: Settings, neo4j: Neo4j) -> Settings:
    access = {"neo4j_user": neo4j.user, "neo4j_password": SecretStr(neo4j.password)}
    return settings.model_copy(update={"neo4j_uri": neo4j.uri, **access})


def _settle_here(settings: Settings, place: Place, screen: Screen) -> None:
    """Ask the old graph about steps that a killed run left open, if there are any and if it still starts."""
    finish_exchange(place.data)
    if not (uvloop.run(_has_open_steps(settings)) and (place.data / IN_FORCE).exists()):
        return
    try:
        with start_neo4j(place, say=screen.say) as neo4j:
            uvloop.run(_settle(_led_to(settings, neo4j), screen))
    except LocalError as fault:
        _say_unsettled(fault, screen)


async def _has_open_steps(settings: Settings) -> bool:
    async with _open_ledger(settings) as ledger:
        await ledger.migrate()
        async with ledger.transaction() as connection:
            left = await open_steps(connection)
            if not left and not await runs(connection, 1):
                raise RebuildRefused(
                    "The ledger remembers nothing: are WEKEZA_DATA and DATABASE_URL right? A lost one comes back by "
                    "`wekeza ledger restore FILE`."
                )
    return bool(left)


async def _settle(settings: Settings, screen: Screen) -> None:
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    try:
        async with (
            _open_ledger(settings) as ledger,
            GraphClient.connect(settings.neo4j_uri or "", settings.neo4j_user, password) as client,
        ):
            await settle_open_steps(client, ledger)
    except IdentityError as fault:
        _say_unsettled(fault, screen)


def _say_unsettled(fault: Exception, screen: Screen) -> None:
    screen.say(f"The old graph cannot be asked ({fault}) A step that it was about to write counts as not done.")


def _open_ledger(settings: Settings) -> AbstractAsyncContextManager[Ledger]:
    return Ledger.connect(settings.database_url.get_secret_value() if settings.database_url else "")


async def _fill(settings: Settings, screen: Screen) -> Rebuilt:
    begun = time.monotonic()
    async with connect(settings, rebuilding=True) as parts, rebuild_lock(parts.ledger) as alone:
        if not alone:
            raise RebuildRefused("A process reads the sources on schedule: end `wekeza ingest run`, then rebuild.")
        with screen.waiting("Restoring identity from the ledger ...") as update:
            restored = await restore(parts.client, parts.ledger, policy=parts.policy, progress=update)
        async with parts.ledger.transaction() as connection:
            await forget_scans(connection)
        sources = [await _load_the_rest(parts, name, dsns, screen) for name, dsns in parts.dsns().items()]
        with screen.waiting("Verifying ..."):
            findings = await verify(parts.client, parts.ledger, secret=parts.secret, policy=parts.policy)
        refuse_broken(findings)
        await parts.copier().publish()
    return Rebuilt(restored=restored, sources=tuple(sources), seconds=time.monotonic() - begun)


async def _load_the_rest(parts: Parts, name: str, dsns: Dsns, screen: Screen) -> SourceReport:
    """Accounts, transactions and whatever else is no customer; a source that is down is read by the next poll."""
    with screen.waiting(f"Reading {name} ..."):
        return await run_source(without_customers(parts.sources[name]), dsns, parts.line())


def without_customers(source: Source) -> Source:
    rest = tuple(table for table in source.tables if not table.record_kind.is_customer)
    return source.model_copy(update={"tables": rest})


def refuse_broken(findings: Sequence[Finding]) -> None:
    """Raises RebuildFailed if a law is broken; that something is due for resolution is none of the graph's faults."""
    if broken := [finding for finding in findings if finding.law is not Law.RESOLVED]:
        places = "1 place" if len(broken) == 1 else f"{len(broken):,} places"
        shown = "\n".join(f"  - {finding.law} ({finding.id})" for finding in broken[:FINDINGS_SHOWN])
        raise RebuildFailed(f"The new graph is not as it should be, in {places}, and is not used.\n{shown}")


def show(rebuilt: Rebuilt, screen: Screen) -> None:
    screen.table(("from the ledger", "number"), list(rebuilt.restored.written.items()), numbers=("number",))
    if rebuilt.sources:
        screen.table(
            ("source", "state", "read", "loaded"),
            [(it.system, it.state, it.read, it.loaded) for it in rebuilt.sources],
            numbers=("read", "loaded"),
        )
    for report in rebuilt.sources:
        if report.error:
            screen.say(f"{report.system}: {report.error} The next poll reads it.")
    screen.say(f"All laws hold; {rebuilt.seconds:.1f} s. Customers are read again by the next poll.")
