"""Servers of a test's own, to be killed: they come back at the same address with the same data."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.directories import Place, workplace
from local.kafka import start_kafka
from local.mariadb import start_mariadb
from local.neo4j import Memory, start_neo4j
from local.postgres import start_postgres

START: Mapping[str, Callable[[Place], AbstractContextManager[Any]]] = {
    "PostgreSQL": start_postgres,
    "MariaDB": start_mariadb,
    "Kafka": start_kafka,
    "Neo4j": partial(start_neo4j, memory=Memory(heap=384, page_cache=64)),
}
PORTS = {
    "local.postgres.PORT": 20_000,
    "local.mariadb.PORT": 22_000,
    "local.neo4j.BOLT_PORT": 24_000,
    "local.kafka.PORT": 26_000,
}


@dataclass
class OwnServers:
    place: Place
    _running: dict[str, tuple[ExitStack, Any]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        stack = ExitStack()
        self._running[name] = stack, stack.enter_context(START[name](self.place))

    def kill(self, name: str) -> None:
        """With all its processes: those that PostgreSQL leaves would hold its memory for a while."""
        stack, server = self._running.pop(name)
        first = psutil.Process(server.pid)
        for process in (first, *first.children(recursive=True)):
            process.kill()
        stack.close()

    def stop(self) -> None:
        for stack, _ in self._running.values():
            stack.close()

    def __getitem__(self, name: str) -> Any:
        return self._running[name][1]


@contextmanager
def own_servers(folder: Path, names: Sequence[str]) -> Iterator[OwnServers]:
    """Start them where nobody else looks for a port, and stop what is left of them."""
    with pytest.MonkeyPatch.context() as patch, workplace(folder) as place:
        for port, base in PORTS.items():
            patch.setattr(port, base + os.getpid() % 2_000)
        servers = OwnServers(place)
        try:
            for name in names:
                servers.start(name)
            yield servers
        finally:
            servers.stop()
