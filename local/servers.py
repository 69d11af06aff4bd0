"""The servers that the product needs: those that the environment names, else our own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.directories import workplace
from local.jars import Say
from local.neo4j import DEFAULT_MEMORY, USER, Memory, Neo4j, reach_neo4j, start_neo4j
from local.postgres import Postgres, reach_postgres, start_postgres


@dataclass(frozen=True, slots=True)
class Servers:
    """Both servers, ready for use."""

    neo4j: Neo4j
    postgres: Postgres

    def environment(self) -> dict[str, str]:
        """The variables that lead another process to these servers."""
        return {
            "NEO4J_URI": self.neo4j.uri,
            "NEO4J_USER": self.neo4j.user,
            "NEO4J_PASSWORD": self.neo4j.password,
            "DATABASE_URL": self.postgres.dsn,
        }


@contextmanager
def local_servers(
    data: Path | None = None,
    *,
    memory: Memory = DEFAULT_MEMORY,
    neo4j_settings: Mapping[str, str] | None = None,
    postgres_settings: Mapping[str, str] | None = None,
    say: Say = lambda _: None,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Servers]:
    """Neo4j and PostgreSQL until the block ends; `data` keeps what they store, without it nothing is kept.

    NEO4J_URI (with NEO4J_USER and NEO4J_PASSWORD) and DATABASE_URL name servers that are used as they are. The kernel
    ends our own servers together with the thread that enters here.

    Raises:
        LocalError: a server cannot be reached or started; one sentence that says what to do.
    """
    with ExitStack() as running:
        given_neo4j, given_postgres = environment.get("NEO4J_URI"), environment.get("DATABASE_URL")
        if not (given_neo4j and given_postgres):
            place = running.enter_context(workplace(data))
        if given_postgres:
            postgres = reach_postgres(given_postgres)
        else:
            postgres = running.enter_context(start_postgres(place, settings=postgres_settings))
        if given_neo4j:
            user, password = environment.get("NEO4J_USER", USER), environment.get("NEO4J_PASSWORD", "")
            neo4j = reach_neo4j(given_neo4j, user, password)
        else:
            neo4j = running.enter_context(start_neo4j(place, memory=memory, settings=neo4j_settings, say=say))
        yield Servers(neo4j, postgres)
