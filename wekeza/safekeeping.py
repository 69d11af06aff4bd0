"""The ledger in one file and back: what has to be kept besides the sources, together with the installation's secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from ledger.dump import dump, restore
from ledger.ledger import Ledger
from local.directories import workplace
from local.postgres import start_postgres
from wekeza.keys import installation_secret
from wekeza.running import find_running
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.site import LEDGER_DATABASE, ensure_database


class SecretMissing(Exception):
    pass


def dump_ledger(settings: Settings, file: Path, screen: Screen) -> None:
    """Write the whole ledger to a file."""
    with ledger_dsn(settings) as dsn, screen.waiting(f"Writing the ledger to {file} ..."):
        uvloop.run(_dump(dsn, file))
    screen.say(f"The ledger is in {file} ({file.stat().st_size:,} bytes). It holds personal data: keep it as such.")
    screen.say(
        f"Keep the installation's secret too, in another place: {_where(settings)}. "
        "Without it the records of this ledger cannot be named again."
    )
    screen.say(
        f"Nor are the audit chain's signed heads in it, and the key that signs them: {settings.data / 'audit'} and "
        f"{settings.data / 'audit-key.pem'}. Without them `wekeza verify audit` cannot prove what is restored."
    )


def restore_ledger(settings: Settings, file: Path, screen: Screen) -> None:
    """Fill an empty ledger from such a file, all or nothing, and check that the secret is the one that belongs to it.

    Raises SecretMissing before anything is written, WrongSecret after it: the ledger is whole then, and waits for its
    secret.
    """
    if settings.secret is None and not secret_file(settings).exists():
        raise SecretMissing(
            f"The installation's secret is missing: put the kept one back as {secret_file(settings)}, or give it as "
            "WEKEZA_SECRET. Nothing was restored."
        )
    secret = installation_secret(settings.data, settings.secret)
    with ledger_dsn(settings) as dsn, screen.waiting(f"Reading the ledger from {file} ..."):
        uvloop.run(_restore(dsn, file, secret))
    screen.say(f"The ledger is restored from {file}, and the secret is the one that named its records.")
    screen.say("Now build the graph from it: wekeza rebuild")


def secret_file(settings: Settings) -> Path:
    return settings.data / "secret"


@contextmanager
def ledger_dsn(settings: Settings) -> Iterator[str]:
    """Where the ledger is: a given server, one that runs, else our own, started for as long as it is needed."""
    if settings.database_url:
        yield settings.database_url.get_secret_value()
    elif running := find_running(settings.data):
        yield running.database_url
    else:
        with workplace(settings.data) as place, start_postgres(place) as postgres:
            yield ensure_database(postgres.dsn, LEDGER_DATABASE)


async def _dump(dsn: str, file: Path) -> None:
    async with Ledger.connect(dsn) as ledger:
        await ledger.migrate()
        await dump(ledger, file)


async def _restore(dsn: str, file: Path, secret: bytes) -> None:
    await restore(dsn, file)
    async with Ledger.connect(dsn) as ledger:
        await ledger.migrate()
        await ledger.accept_secret(secret)


def _where(settings: Settings) -> str:
    return "the value of WEKEZA_SECRET" if settings.secret else str(secret_file(settings))
