"""The servers that the product needs: those that the environment names, else our own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from local.directories import workplace
from local.jars import Say
from local.kafka import Kafka, reach_kafka, start_kafka
from local.mariadb import Mariadb, reach_mariadb, start_mariadb
from local.neo4j import DEFAULT_MEMORY, USER, Memory, Neo4j, reach_neo4j, start_neo4j
from local.postgres import Postgres, reach_postgres, start_postgres


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers, ready for use; a MariaDB and a Kafka only for those who asked for one."""

    neo4j: Neo4j
    postgres: Postgres
    mariadb: Mariadb | None = None
    kafka: Kafka | None = None

    def environment(self) -> dict[str, str]:
        """The variables that lead another process to these servers."""
        return {
            "NEO4J_URI": self.neo4j.uri,
            "NEO4J_USER": self.neo4j.user,
            "NEO4J_PASSWORD": self.neo4j.password,
            "DATABASE_URL": self.postgres.dsn,
            **({"MARIADB_URL": self.mariadb.dsn} if self.mariadb else {}),
            **({"KAFKA_URL": self.kafka.dsn} if self.kafka else {}),
        }


@contextmanager
def local_servers(
    data: Path | None = None,
    *,
    memory: Memory = DEFAULT_MEMORY,
    neo4j_settings: Mapping[str, str] | None = None,
    postgres_settings: Mapping[str, str] | None = None,
    mariadb: bool = False,
    kafka: bool = False,
    say: Say = lambda _: None,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Servers]:
    """Neo4j and PostgreSQL until the block ends; `data` keeps what they store, without it nothing is kept.

    With `mariadb` also a MariaDB, with `kafka` a Kafka, which only sources need: they are fetched and started for who
    asks. NEO4J_URI (with NEO4J_USER and NEO4J_PASSWORD), DATABASE_URL, MARIADB_URL and KAFKA_URL name servers that are
    used as they are. The kernel ends our own servers together with the thread that enters here.

    Raises:
        LocalError: a server cannot be reached or started; one sentence that says what to do.
    """
    with ExitStack() as running:
        given_neo4j, given_postgres = environment.get("NEO4J_URI"), environment.get("DATABASE_URL")
        given_mariadb, given_kafka = environment.get("MARIADB_URL"), environment.get("KAFKA_URL")
        extras = (given_mariadb or not mariadb) and (given_kafka or not kafka)
        if not (given_neo4j and given_postgres and extras):
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
        ours = Servers(neo4j, postgres)
        if mariadb:
            given = reach_mariadb(given_mariadb) if given_mariadb else None
            ours = replace(ours, mariadb=given or running.enter_context(start_mariadb(place, say=say)))
        if kafka:
            reached = reach_kafka(given_kafka) if given_kafka else None
            ours = replace(ours, kafka=reached or running.enter_context(start_kafka(place, say=say)))
        yield ours
