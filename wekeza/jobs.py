"""What the commands do with the connected parts."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import structlog
import uvicorn
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential

from api.app import create_app
from api.browser import browser_app
from api.settings import ApiSettings, Jwks
from api.tokens import new_signing_key, verification_key
from api.types.scalars import utc_text
from graph.laws import Finding
from graph.resolve import ResolveReport
from graph.upheaval import Limit
from graph.verify import verify as verify_laws
from graph.what_if import refuse_adoption
from ingest.check import check_source
from ingest.dead_letters import replay as replay_letters
from ingest.errors import ConfigError
from ingest.quality import judge
from ingest.schedule import Schedule, run_until_signal
from ledger.dead_letters import count_letters
from ledger.errors import LedgerUnavailable
from ledger.ledger import Ledger
from ledger.quality import letters_and_qualities, qualities
from ledger.sources import SourceStatus, source_statuses
from wekeza.auditing import signing
from wekeza.inventory import inventory
from wekeza.keys import signing_key
from wekeza.logs import log_as_json, log_only_errors
from wekeza.publishing import publishing
from wekeza.replies import of_preview
from wekeza.rounds import Round, run_round
from wekeza.running import NotRunning, with_stores
from wekeza.screen import Screen
from wekeza.settings import Settings, known_sources
from wekeza.sign_in import SignIns
from wekeza.wiring import Parts, connect

LOOPBACK = "127.0.0.1"
MAX_WAIT_SECONDS = 30.0

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Serve the API until a signal."""
    log_as_json()
    async with connect(settings) as parts:
        api_settings = _api_settings(parts)
        app = create_app(
            api_settings,
            parts.client,
            parts.ledger,
            questions=parts.questions(),
            office=parts.office(),
            redeem=None if parts.settings.jwks_url else SignIns(parts.settings.data).redeem,
        )
        if parts.settings.browser_jar and parts.settings.neo4j_uri:
            app.mount("/browser", browser_app(parts.settings.browser_jar, bolt_uri=parts.settings.neo4j_uri))
        config = uvicorn.Config(
            app,
            host=parts.settings.host,
            port=parts.settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            ssl_certfile=parts.settings.tls_certificate,
            ssl_keyfile=parts.settings.tls_key,
            timeout_graceful_shutdown=5,
            ws_max_size=api_settings.max_body_bytes,
            ws_max_queue=4,  # messages of one websocket that wait
        )
        async with signing(parts.ledger, parts.settings.data, every=parts.settings.audit_seconds):
            await uvicorn.Server(config).serve()


def _api_settings(parts: Parts) -> ApiSettings:
    settings = parts.settings
    url, issuer = settings.jwks_url, settings.token_issuer
    return ApiSettings(
        verification_key=verification_key(signing_key(settings.data, new_signing_key)),
        jwks=Jwks(url=url, issuer=issuer, audience=settings.token_audience) if url and issuer else None,
        requests_per_second=settings.requests_per_second,
        purpose_required=settings.purpose_required,
        systems=tuple(parts.dsns()),
        inventory=tuple(inventory(parts.sources.values())),
        query_page=settings.host == LOOPBACK,
        webhooks=parts.webhooks(),
    )


async def ingest_run(settings: Settings, names: Sequence[str] | None = None) -> None:
    """Poll the named sources (or all that are switched on) on schedule until a signal.

    A store that is down at the start is waited for, and the log says which.
    """
    log_as_json()
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(lambda fault: getattr(fault, "retryable", False)),
        wait=wait_exponential(max=MAX_WAIT_SECONDS),
        before_sleep=_log_wait,
    ):
        with attempt:
            async with connect(settings) as parts:
                every = timedelta(seconds=parts.settings.poll_seconds) if parts.settings.poll_seconds else None
                events = parts.settings.events.get_secret_value() if parts.settings.events else None
                async with publishing(events, parts.ledger, parts.history()):
                    await run_until_signal(Schedule(parts.sources, parts.dsns(names), parts.line(), every=every))


def _log_wait(state: RetryCallState) -> None:
    fault = state.outcome.exception() if state.outcome else None
    log.warning("store_unavailable", error=str(fault), next_try_seconds=round(state.upcoming_sleep, 1))


async def ingest_once(
    settings: Settings, names: Sequence[str] | None, screen: Screen, *, since: date | None, accept: bool
) -> bool:
    """One round, from where each source was read to or from a day on; answers whether every source was read.

    ``accept`` lets it change as much as it will.
    """
    log_only_errors()
    async with connect(settings) as parts:
        done = await run_round(parts, names, since=since, accept=accept)
    show_round(done, screen)
    return not done.failed


async def list_sources(settings: Settings, screen: Screen) -> None:
    """Every system with what the inventory says of it; with how it is doing, if the ledger answers."""
    log_only_errors()
    sources = known_sources(settings)
    statuses, letters = await _states(settings)
    rows = []
    for system in inventory(sources.values()):
        status = statuses.get(system.name)
        if not settings.sources.keys() >= {*sources[system.name].dsn_names} - sources[system.name].optional_dsn_names:
            state = "off"
        elif sources[system.name].paused:
            state = "paused"
        else:
            state = status.state.value if status else "not read yet"
        rows.append(
            (
                system.number,
                system.name,
                system.title,
                state,
                ", ".join(dict.fromkeys(system.engines)),
                f"{system.every.total_seconds():.0f} s",
                system.schema_state,
                utc_text(status.last_read) if status and status.last_read else "",
                letters.get(system.name, 0),
            )
        )
    head = ("no.", "name", "system", "state", "engine", "every", "schema", "last read", "dead letters")
    screen.table(head, rows, numbers=("dead letters",))
    for name, status in statuses.items():
        if status.last_error:
            screen.say(f"{name}: {status.last_error}")


async def _states(settings: Settings) -> tuple[dict[str, SourceStatus], dict[str, int]]:
    """Nothing where no ledger runs: the list is of files, and only says less without it."""
    try:
        dsn = with_stores(settings).database_url
        assert dsn is not None  # noqa: S101 - with_stores promises it
        async with Ledger.connect(dsn.get_secret_value()) as ledger:
            await ledger.migrate()
            letters, _ = await letters_and_qualities(ledger)
            return {status.system: status for status in await source_statuses(ledger)}, letters
    except (NotRunning, LedgerUnavailable):
        return {}, {}


async def check(settings: Settings, names: Sequence[str] | None, screen: Screen) -> bool:
    """Check the source files and, for each source that is switched on, its tables; answers whether all is well."""
    log_only_errors()
    async with connect(settings) as parts:
        checks = [await check_source(parts.sources[name], dsns) for name, dsns in parts.dsns(names).items()]
        screen.say(f"{len(parts.sources)} source files are well-formed, {len(checks)} sources were asked.")
        async with parts.ledger.transaction() as connection:
            measured = {(it.system, it.table): it for it in await qualities(connection)}
    for found in checks:
        screen.say(f"{found.system}: {'; '.join(found.problems) or 'as its file says'}")
        tables = [table for table in parts.sources[found.system].tables if (found.system, table.name) in measured]
        data = [remark for table in tables for remark in judge(table, measured[found.system, table.name])]
        for remark in (*found.remarks, *data):
            screen.say(f"  {remark}")
    return not any(found.problems for found in checks)


async def replay(settings: Settings, names: Sequence[str] | None, screen: Screen) -> bool:
    """Map the dead letters again and load what becomes a record; answers whether none is left."""
    log_only_errors()
    async with connect(settings) as parts:
        if unknown := sorted({*(names or ())} - parts.sources.keys()):
            raise ConfigError(f"There is no source {', '.join(unknown)}; `wekeza ingest list` lists them.")
        line = parts.line()
        async with parts.ledger.transaction() as connection:
            waiting = {(it.system, it.table) for it in await count_letters(connection)}
        found = [
            (name, await replay_letters(source, table, parts.ledger, line.loader.load, parts.secret))
            for name, source in parts.sources.items()
            for table in source.tables
            if (name, table.name) in waiting and (not names or name in names)
        ]
        if any(done.loaded for _, done in found):
            await line.resolve()
    screen.table(
        ("system", "table", "loaded", "still rejected"),
        [(name, it.table, it.loaded, it.kept) for name, it in found],
        numbers=("loaded", "still rejected"),
    )
    return not any(it.kept for _, it in found)


async def resolve(
    settings: Settings, screen: Screen, *, everything: bool, dry_run: bool, accept: bool
) -> ResolveReport | None:
    """A changed policy is previewed before it is adopted; answers None if nothing was to be written."""
    async with connect(settings) as parts:
        limit = None if accept or dry_run else parts.limit()
        resolver, preview = parts.resolver(), partial(_preview, parts, screen, limit)
        if dry_run:
            await preview()
            return None
        report = await (resolver.resolve_all(preview) if everything else resolver.resolve(limit, preview))
        await parts.copier().publish()
        return report


async def _preview(parts: Parts, screen: Screen, limit: Limit | None) -> None:
    """Show what adopting the policy comes to. Raises Upheaval where that is more than the limit allows."""
    with screen.waiting(f"Looking at what the policy {parts.policy.name} comes to ..."):
        preview = await parts.what_if().adoption()
    for line in of_preview(preview):
        screen.say(line)
    if limit:
        refuse_adoption(preview, parts.policy.name, limit)


async def verify(settings: Settings) -> list[Finding]:
    """The laws, and whether the relational copy is as the graph is."""
    async with connect(settings) as parts:
        findings = await verify_laws(parts.client, parts.ledger, secret=parts.secret, policy=parts.policy)
        return findings + await parts.copier().verify()


def show_round(done: Round, screen: Screen) -> None:
    screen.table(
        ("system", "state", "read", "loaded", "unchanged", "rejected"),
        [(r.system, r.state, r.read, r.loaded, r.unchanged, r.rejected) for r in done.sources],
        numbers=("read", "loaded", "unchanged", "rejected"),
    )
    for report in done.sources:
        if report.error:
            screen.say(f"{report.system}: {report.error}")
    it, written = done.resolved, done.counters
    screen.say(
        f"{it.records:,} records resolved: {it.created:,} customers created, {it.merged:,} merged, {it.split:,} split; "
        f"{it.links:,} links accepted, {it.refused:,} refused; {done.seconds:.1f} s."
    )
    screen.say(
        f"Neo4j counted {written.nodes_created:,} nodes and {written.relationships_created:,} relationships created, "
        f"{written.properties_set:,} properties set."
    )
