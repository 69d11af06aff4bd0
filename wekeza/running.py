"""Where the servers of a data directory are, so that a second terminal finds what the first one started.

``running.json`` (0600) exists only while `wekeza up` or `wekeza demo` runs, and names that process: a file left by a
killed run is seen as such and ignored.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from pydantic import SecretStr

from wekeza.settings import Settings

FILE = "running.json"


class NotRunning(Exception):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    neo4j_uri: str
    neo4j_user: str
    neo4j_password: str
    database_url: str
    api_url: str
    sources: dict[str, str]  # reader DSNs by system
    bank: str | None = None  # the sample bank's administrator DSN
    pid: int = field(default_factory=os.getpid)
    started: float = field(default_factory=lambda: psutil.Process().create_time())


@contextmanager
def announced(data: Path, running: Running) -> Iterator[None]:
    """Announce the servers for as long as the block runs."""
    file = data / FILE
    draft = file.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(running)), encoding="utf-8")
    draft.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def find_running(data: Path) -> Running | None:
    """What runs in this data directory now, or None."""
    try:
        running = Running(**json.loads((data / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    try:
        alive = psutil.Process(running.pid).create_time() == running.started
    except psutil.NoSuchProcess:
        alive = False
    return running if alive else None


def running_api(settings: Settings) -> str:
    """Where the service is: one that runs in the data directory, else one beside given stores. Raises NotRunning."""
    if running := find_running(settings.data):
        return running.api_url
    if settings.neo4j_uri:
        return f"http://{settings.host}:{settings.port}"
    raise _not_running(settings)


def with_stores(settings: Settings) -> Settings:
    """The settings with both stores known: those given, else those that run. Raises NotRunning if there are none."""
    if settings.neo4j_uri:
        return settings
    running = find_running(settings.data)
    if running is None:
        raise _not_running(settings)
    return settings.model_copy(
        update={
            "neo4j_uri": running.neo4j_uri,
            "neo4j_user": running.neo4j_user,
            "neo4j_password": SecretStr(running.neo4j_password),
            "database_url": SecretStr(running.database_url),
            "sources": {name: SecretStr(dsn) for name, dsn in running.sources.items()} | settings.sources,
        }
    )


def _not_running(settings: Settings) -> NotRunning:
    return NotRunning(
        f"No servers run for {settings.data}: start them with `make up` or `make demo`, "
        "or set NEO4J_URI, NEO4J_PASSWORD and DATABASE_URL to use your own."
    )
