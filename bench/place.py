"""Where the measuring is done: servers of our own, emptied before each part, and gone at the end."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neo4j import GraphDatabase
from pydantic import SecretStr

from local.errors import LocalError
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.site import Site, ensure_database, open_site

EMPTY = Path(__file__).with_name("empty.cypher")


@contextmanager
def open_place(screen: Screen) -> Iterator[Site]:
    """Real servers with the demo's sample bank, in a temporary directory.

    Raises LocalError where the environment names servers: what is measured here is emptied, too.
    """
    if given := sorted({"NEO4J_URI", "DATABASE_URL"} & os.environ.keys()):
        raise LocalError(
            f"The benchmark empties the servers it runs on: unset {' and '.join(given)}, it starts its own."
        )
    with (
        tempfile.TemporaryDirectory(prefix="wekeza-bench-") as directory,
        open_site(Settings(data=Path(directory) / "data"), screen) as site,
    ):
        yield site


async def emptied(site: Site, ledger: str) -> Settings:
    """Settings of an installation without data: the graph emptied, a ledger that is new."""
    await asyncio.to_thread(_empty_graph, site)
    dsn = ensure_database(site.servers.postgres.dsn, ledger)
    return site.settings.model_copy(update={"database_url": SecretStr(dsn)})


def _empty_graph(site: Site) -> None:
    neo4j = site.servers.neo4j
    with (
        GraphDatabase.driver(neo4j.uri, auth=(neo4j.user, neo4j.password)) as driver,
        driver.session() as session,
    ):
        session.run(EMPTY.read_text(encoding="utf-8")).consume()
