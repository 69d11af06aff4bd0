"""A whole site on this machine: real servers, the sample bank, the ingest jobs and the API, all gone when it ends."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from api.tokens import Role, issue_token, new_signing_key
from local.directories import cache_directory
from local.jars import assembled_jars
from local.java import find_java
from local.kafka import has_kafka
from local.mariadb import has_mariadb
from local.ports import reserved_port
from local.processes import Command, started, wait_until
from local.servers import Servers, local_servers
from samples.bank import Bank, create_bank, open_bank
from samples.services import open_services
from wekeza.answers import Api
from wekeza.keys import signing_key
from wekeza.owner import publish_bank
from wekeza.running import Running, announced
from wekeza.screen import Screen
from wekeza.settings import Settings, SettingsError, known_sources, settings_file

LEDGER_DATABASE = "wekeza"
READY_SECONDS = 60.0
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    settings: Settings  # with the stores and the bank's sources in it
    servers: Servers
    bank: Bank
    api_url: str

    def environment(self) -> dict[str, str]:
        """What a child process needs to be part of this site."""
        settings = self.settings
        given = {name: value for name, value in os.environ.items() if name.startswith("WEKEZA_")}
        stores = {
            "NEO4J_URI": settings.neo4j_uri or "",
            "NEO4J_USER": settings.neo4j_user,
            "NEO4J_PASSWORD": _reveal(settings.neo4j_password),
            "DATABASE_URL": _reveal(settings.database_url),
            "WEKEZA_CONFIG": str(settings_file().absolute()),  # the child runs elsewhere
            "WEKEZA_DATA": str(settings.data),
            "WEKEZA_PORT": self.api_url.rsplit(":", 1)[1],
            "WEKEZA_HOST": settings.host,
            "WEKEZA_REQUESTS_PER_SECOND": str(settings.requests_per_second),
        }
        stores |= {f"WEKEZA_WEBHOOKS__{name.upper()}": _reveal(secret) for name, secret in settings.webhooks.items()}
        if settings.events:
            stores["WEKEZA_EVENTS"] = _reveal(settings.events)
        if settings.browser_jar:
            stores["WEKEZA_BROWSER_JAR"] = str(settings.browser_jar)
        sources = {f"WEKEZA_SOURCES__{name.upper()}": _reveal(dsn) for name, dsn in settings.sources.items()}
        return given | stores | sources


@contextmanager
def open_site(settings: Settings, screen: Screen) -> Iterator[Site]:
    """Start the servers and the bank, and announce them to other terminals. Jobs and API come with ``serving``.

    Raises SettingsError where the API would be one for others: this site's own questions come without TLS, with
    tokens of the local issuer.
    """
    if settings.jwks_url or settings.tls_certificate:
        raise SettingsError("jwks_url and tls_certificate are for `wekeza serve`: a site on this machine has neither.")
    with ExitStack() as stack:
        wanted = "MARIADB_URL" in os.environ or has_mariadb()
        if not wanted:
            screen.say(
                "Without the systems that are MySQL: MariaDB's binaries are for Linux on x86-64, and no MARIADB_URL."
            )
        events = "KAFKA_URL" in os.environ or has_kafka()
        servers = stack.enter_context(local_servers(data=settings.data, mariadb=wanted, kafka=events, say=screen.say))
        database_url = ensure_database(servers.postgres.dsn, LEDGER_DATABASE)
        mariadb = servers.mariadb.dsn if servers.mariadb else None
        kafka = servers.kafka.dsn if servers.kafka else None
        drop = drop_folder(settings)
        bank = open_bank(servers.postgres.dsn, mariadb, kafka, drop=drop)
        if bank is None:
            screen.say(f"Filling the sample bank with {settings.people:,} people ...")
            bank = create_bank(servers.postgres.dsn, mariadb, kafka, people=settings.people, drop=drop)
        publish_bank(bank, known_sources(settings))
        port = stack.enter_context(reserved_port(settings.port))
        logs = _logs(settings.data)
        services = stack.enter_context(open_services(bank, logs, told=f"http://127.0.0.1:{port}/webhooks"))
        sources = {**bank.sources, **services.dsns}
        stores = {
            "neo4j_uri": servers.neo4j.uri,
            "neo4j_user": servers.neo4j.user,
            "neo4j_password": SecretStr(servers.neo4j.password),
            "database_url": SecretStr(database_url),
            "sources": {name: SecretStr(dsn) for name, dsn in sources.items()} | settings.sources,
            "webhooks": {name: SecretStr(secret) for name, secret in services.webhooks.items()} | settings.webhooks,
            "events": settings.events or (SecretStr(servers.kafka.dsn) if servers.kafka else None),
            "browser_jar": settings.browser_jar or (find_browser() if servers.neo4j.pid else None),
        }
        site = Site(
            settings=settings.model_copy(update=stores),
            servers=servers,
            bank=bank,
            api_url=f"http://127.0.0.1:{port}",
        )
        stack.enter_context(announced(settings.data, _running(site)))
        yield site


@contextmanager
def serving(site: Site, *, ingest: bool = True) -> Iterator[Api]:
    """The API and the scheduled jobs as processes of their own; yields when the API is ready."""
    logs = _logs(site.settings.data)
    with ExitStack() as stack:
        serve = _command("api", ["serve"], logs, site.environment())
        process = stack.enter_context(started(serve))
        api = stack.enter_context(Api(site.api_url, new_token(site.settings.data)))
        wait_until(process, serve, lambda: api.is_ready() or None, timeout=READY_SECONDS)
        if ingest:
            stack.enter_context(started(_command("ingest", ["ingest", "run"], logs, site.environment())))
        yield api


def drop_folder(settings: Settings) -> Path:
    """Where the sample bank's nightly jobs drop their files."""
    return settings.data.absolute() / "drop"


def new_token(data: Path, role: Role = Role.INVESTIGATOR, hours: float = 12) -> str:
    """A bearer token of the local issuer."""
    return issue_token(signing_key(data, new_signing_key), "local", role, timedelta(hours=hours))


def ensure_database(admin_dsn: str, name: str) -> str:
    """Create the database if it is not there; returns its DSN."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        if connection.info.dbname != name:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_conninfo(admin_dsn, dbname=name)


def find_browser() -> Path:
    """The Neo4j Browser among the jars that the local server was assembled from."""
    jars = assembled_jars(cache_directory(), find_java(), lambda _: None)
    return next(jars.glob("neo4j-browser-*.jar"))


def _logs(data: Path) -> Path:
    logs = data / "logs"
    logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    return logs


def _command(name: str, words: list[str], logs: Path, environment: Mapping[str, str]) -> Command:
    return Command(
        name=f"wekeza {' '.join(words)}",
        arguments=[sys.executable, "-m", "wekeza", *words],
        log=logs / f"{name}.log",
        directory=ROOT,
        environment=environment,
    )


def _running(site: Site) -> Running:
    settings = site.settings
    return Running(
        neo4j_uri=settings.neo4j_uri or "",
        neo4j_user=settings.neo4j_user,
        neo4j_password=_reveal(settings.neo4j_password),
        database_url=_reveal(settings.database_url),
        api_url=site.api_url,
        sources={name: _reveal(dsn) for name, dsn in settings.sources.items()},
        bank=site.servers.postgres.dsn,
    )


def _reveal(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
