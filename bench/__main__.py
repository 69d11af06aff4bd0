"""Run the benchmark, or the parts that are named: `python -m bench [quality] [file] …`; `-h` lists them."""

import argparse
import asyncio
import os
import platform
import signal
import sys
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime

from bench.api import measure_reading, measure_service
from bench.copying import measure_copying
from bench.extracting import measure_extracting
from bench.file import measure_file
from bench.freshness import measure_freshness
from bench.loading import measure_loading
from bench.place import open_place
from bench.quality import measure_quality
from bench.resolving import measure_resolving
from bench.rounds import Result
from bench.unchanged import measure_unchanged
from local.errors import LocalError
from wekeza.logs import log_only_errors
from wekeza.screen import Screen

ALONE = {"quality": measure_quality, "file": measure_file, "extracting": measure_extracting}
ON_SERVERS = {
    "loading": measure_loading,
    "resolving": measure_resolving,
    "unchanged": measure_unchanged,
    "copying": measure_copying,
    "reading": measure_reading,
    "service": measure_service,
    "freshness": measure_freshness,
}
PARTS = (*ALONE, *ON_SERVERS)


def main() -> int:
    """Exit code 1 and one sentence where a server or a peer cannot be started."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    # [] is what argparse takes "none" for, and checks
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="part", help=f"{', '.join(PARTS)}; or all")
    named = parser.parse_args().parts or list(PARTS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log_only_errors()
    screen = Screen()
    try:
        measure(named, screen)
    except LocalError as fault:
        screen.error(str(fault))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def measure(named: Collection[str], screen: Screen) -> None:
    """Servers are started for those parts that need them."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    screen.say(f"{now}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    for name in named:
        if name in ALONE:
            screen.heading(name)
            asyncio.run(show(ALONE[name](), screen))
    if ON_SERVERS.keys().isdisjoint(named):
        return
    with open_place(screen) as site:
        screen.say(f"Neo4j {site.servers.neo4j.version}")
        for name in named:
            if name in ON_SERVERS:
                screen.heading(name)
                asyncio.run(show(ON_SERVERS[name](site, screen), screen))


async def show(results: AsyncIterator[Result], screen: Screen) -> None:
    """Each as soon as it is measured."""
    async for result in results:
        screen.say(f"\n{result.title}")
        screen.table(result.columns, result.rows)
        screen.say(f"Load average {result.load:.1f}.")


if __name__ == "__main__":
    sys.exit(main())
