"""The services in front of three of the sample bank's databases: one process on this machine."""

import json
import secrets
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from local.ports import reserved_port
from local.processes import Command, started, wait_until
from samples.activity.openbanking import READER
from samples.bank import Bank
from samples.systems import SYSTEMS

ROOT = Path(__file__).resolve().parents[1]
PORT = 8_310
READY_SECONDS = 30.0
UVICORN = "-m uvicorn samples.service:create_app --factory --log-level warning --no-access-log --port"
SETTINGS = "SAMPLE_SERVICES"  # the variable that the process reads
SENDERS = ("openbanking",)
EVENTS = ("payment.completed", "consent.granted", "consent.revoked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Addresses of the running services by system, with the id and the secret that the product comes with."""

    dsns: Mapping[str, str] = field(repr=False)
    url: str
    webhooks: Mapping[str, str] = field(default_factory=dict, repr=False)  # the secret of each that sends events


@contextmanager
def open_services(
    bank: Bank, logs: Path, *, requests_per_second: float = 200.0, told: str | None = None
) -> Iterator[Services]:
    """One process for all services that the bank has databases for, until the block ends.

    Those that send events send them to the address ``told``, followed by their names, if there is one.
    """
    served = [name for name, system in SYSTEMS.items() if system.served and name in bank.writers]
    secret = secrets.token_urlsafe()
    settings = {
        "dsns": {name: bank.writers[name] for name in served},
        "id": READER,
        "secret": secret,
        "rate": requests_per_second,
    }
    with reserved_port(PORT) as port:
        command = Command(
            name="the sample services",
            arguments=[sys.executable, *UVICORN.split(), str(port)],
            log=logs / "services.log",
            directory=ROOT,
            environment={SETTINGS: json.dumps(settings)},
        )
        url = f"http://127.0.0.1:{port}"
        with started(command) as process:
            wait_until(process, command, lambda: _answers(url), timeout=READY_SECONDS)
            dsns = {name: f"http://{READER}:{secret}@127.0.0.1:{port}/{name}" for name in served}
            senders = {name: secrets.token_urlsafe() for name in served if name in SENDERS and told}
            for name, shared in senders.items():
                subscribe(bank.writers[name], f"{told}/{name}", shared)
            yield Services(dsns=dsns, url=url, webhooks=senders)


def _answers(url: str) -> bool | None:
    try:
        return httpx.get(f"{url}/health", timeout=1, trust_env=False).is_success or None
    except httpx.TransportError:
        return None


def subscribe(dsn: str, url: str, secret: str, events: Collection[str] = EVENTS) -> None:
    """Have the service send its events to an address, signed with a secret; ``dsn`` is its database's."""
    with psycopg.connect(dsn) as database:
        database.execute("UPDATE webhooks SET is_active = false WHERE client_id = %s", (READER,))
        database.execute(
            "INSERT INTO webhooks (client_id, url, events, secret) VALUES (%s, %s, %s, %s)",
            (READER, url, list(events), secret),
        )
