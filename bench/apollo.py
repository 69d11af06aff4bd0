"""The peer that reading is compared with: @neo4j/graphql on Apollo Server, as a process of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from local.directories import cache_directory, finished_or_remade, private
from local.ports import LOOPBACK, reserved_port
from local.processes import Command, has_said, run, started, wait_until
from wekeza.screen import Screen
from wekeza.site import Site

PEER = Path(__file__).with_name("peer")
PORT = 4000
INSTALL_SECONDS = 300
READY_SECONDS = 60


def missing_programs() -> list[str]:
    return [name for name in ("node", "npm") if shutil.which(name) is None]


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found is not None, f"{name} is missing, see missing_programs."
    return found


@contextmanager
def serving_apollo(site: Site, screen: Screen) -> Iterator[str]:
    """Yields the URL when it listens. The packages are installed once per user, from the committed lock."""
    modules = _installed(screen)
    with reserved_port(PORT) as port:
        neo4j = site.servers.neo4j
        command = Command(
            name="The GraphQL peer",
            arguments=[_program("node"), PEER / "server.mjs"],
            log=site.settings.data / "logs" / "peer.log",
            directory=modules,
            environment={
                "NEO4J_URI": neo4j.uri,
                "NEO4J_USER": neo4j.user,
                "NEO4J_PASSWORD": neo4j.password,
                "NODE_ENV": "production",
                "PORT": str(port),
            },
        )
        with started(command) as process:
            wait_until(process, command, lambda: has_said(command, "listening on") or None, timeout=READY_SECONDS)
            yield f"http://{LOOPBACK}:{port}/"


def _installed(screen: Screen) -> Path:
    """The directory that holds node_modules; its name says of which lock."""
    lock = (PEER / "package-lock.json").read_bytes()
    directory = private(cache_directory() / f"bench-peer-{sha256(lock).hexdigest()[:12]}")
    with finished_or_remade(directory) as fresh:
        if fresh:
            screen.say("Installing the GraphQL peer's packages (once) ...")
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(PEER / name, directory)
            install = Command(
                name="npm ci",
                arguments=[_program("npm"), "ci", "--ignore-scripts", "--no-progress"],
                log=directory / "npm.log",
                directory=directory,
                environment=os.environ,  # which may hold a registry, a proxy and its certificates
            )
            run(install, timeout=INSTALL_SECONDS)
    return directory
