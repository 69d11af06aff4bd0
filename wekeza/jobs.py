"""What the commands do with the connected parts."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
import uvicorn
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential

from api.app import create_app
from api.browser import browser_app
from api.settings import ApiSettings
from api.tokens import new_signing_key, verification_key
from graph.laws import Finding
from graph.resolve import ResolveReport
from graph.verify import verify as verify_laws
from graph.what_if import BadPolicy
from ingest.check import check_source
from ingest.schedule import Schedule, run_until_signal
from wekeza.keys import signing_key
from wekeza.logs import log_as_json, log_only_errors
from wekeza.replies import of_preview
from wekeza.rounds import Round, run_round
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.wiring import Parts, connect

LOOPBACK = "127.0.0.1"
MAX_WAIT_SECONDS = 30.0

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Serve the API until a signal."""
    log_as_json()
    async with connect(settings) as parts:
        key = signing_key(parts.settings.data, new_signing_key)
        given = ApiSettings(
            verification_key=verification_key(key),
            systems=tuple(parts.settings.sources),
            query_page=parts.settings.host == LOOPBACK,
        )
        app = create_app(given, parts.client, parts.ledger)
        if parts.settings.browser_jar and parts.settings.neo4j_uri:
            app.mount("/browser", browser_app(parts.settings.browser_jar, bolt_uri=parts.settings.neo4j_uri))
        config = uvicorn.Config(
            app,
            host=parts.settings.host,
            port=parts.settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        await uvicorn.Server(config).serve()


async def ingest_run(settings: Settings) -> None:
    """Poll on schedule until a signal. A store that is down at the start is waited for, and the log says which."""
    log_as_json()
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(lambda fault: getattr(fault, "retryable", False)),
        wait=wait_exponential(max=MAX_WAIT_SECONDS),
        before_sleep=_log_wait,
    ):
        with attempt:
            async with connect(settings) as parts:
                every = timedelta(seconds=parts.settings.poll_seconds) if parts.settings.poll_seconds else None
                await run_until_signal(Schedule(parts.sources, parts.dsns(), parts.line(), every=every))


def _log_wait(state: RetryCallState) -> None:
    fault = state.outcome.exception() if state.outcome else None
    log.warning("store_unavailable", error=str(fault), next_try_seconds=round(state.upcoming_sleep, 1))


async def ingest_once(settings: Settings, names: Sequence[str] | None, screen: Screen) -> bool:
    """One round; answers whether every source was read."""
    log_only_errors()
    async with connect(settings) as parts:
        done = await run_round(parts, names)
    show_round(done, screen)
    return not done.failed


async def check(settings: Settings, names: Sequence[str] | None, screen: Screen) -> bool:
    """Check the source files and, for each source that is switched on, its tables; answers whether all is well."""
    log_only_errors()
    async with connect(settings) as parts:
        checks = [await check_source(parts.sources[name], dsn) for name, dsn in parts.dsns(names).items()]
        screen.say(f"{len(parts.sources)} source files are well-formed, {len(checks)} sources were asked.")
    for found in checks:
        screen.say(f"{found.system}: {'; '.join(found.problems) or 'as its file says'}")
        for remark in found.remarks:
            screen.say(f"  {remark}")
    return not any(found.problems for found in checks)


async def resolve(settings: Settings, screen: Screen, *, everything: bool, dry_run: bool) -> ResolveReport | None:
    """A changed policy is previewed before it is adopted; answers None if nothing was to be written."""
    async with connect(settings) as parts:
        resolver = parts.resolver()
        if dry_run or await resolver.policy_changed():
            await _preview(parts, screen)
        if dry_run:
            return None
        report = await (resolver.resolve_all() if everything else resolver.resolve())
        await parts.copier().publish()
        return report


async def _preview(parts: Parts, screen: Screen) -> None:
    try:
        with screen.waiting(f"Looking at what the policy {parts.policy.name} comes to ..."):
            preview = await parts.what_if().adoption()
    except BadPolicy as fault:
        screen.say(str(fault))
        return
    for line in of_preview(preview):
        screen.say(line)


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
