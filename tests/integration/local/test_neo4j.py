import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from neo4j import GraphDatabase

from local.directories import UNFINISHED, workplace
from local.errors import LocalError
from local.neo4j import BOLT_PORT, Memory, reach_neo4j, start_neo4j
from local.ports import LOOPBACK, is_free
from local.servers import local_servers

pytestmark = pytest.mark.usefixtures("cache")


def test_it_says_where_it_is_when_the_preferred_port_is_taken(tmp_path: Path) -> None:
    half = tmp_path / "data" / "neo4j"
    half.mkdir(parents=True)
    (half / UNFINISHED).touch()
    (half / "data").write_text("cut short")
    with ExitStack() as stack:
        if is_free(BOLT_PORT):
            stack.enter_context(socket.create_server((LOOPBACK, BOLT_PORT)))
        place = stack.enter_context(workplace(tmp_path / "data"))
        server = stack.enter_context(start_neo4j(place, memory=Memory(heap=384, page_cache=64)))
        assert server.uri != f"bolt://{LOOPBACK}:{BOLT_PORT}"
        assert server.version == "5.26.31"
        assert server.http_uri is not None
        found = httpx.get(server.http_uri, headers={"Accept": "application/json"}).json()
        assert found["bolt_direct"] == server.uri
        with GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
            driver.verify_authentication()

        with pytest.raises(LocalError, match="does not accept the password of neo4j") as refused:
            reach_neo4j(server.uri, server.user, "not-the-password")
        assert "not-the-password" not in str(refused.value)

        given = {"NEO4J_URI": server.uri, "NEO4J_USER": server.user, "NEO4J_PASSWORD": server.password}
        with local_servers(environment=given) as servers:
            assert (servers.neo4j.uri, servers.neo4j.version, servers.neo4j.pid) == (server.uri, "5.26.31", None)
            assert servers.postgres.pid is not None
            with local_servers(environment=servers.environment()) as again:
                assert again.postgres.pid is None
    assert is_free(int(server.uri.rpartition(":")[2]))
    assert not (half / UNFINISHED).exists()


def test_a_given_server_that_is_not_there_is_named() -> None:
    with pytest.raises(LocalError, match="NEO4J_URI"):
        reach_neo4j(f"bolt://{LOOPBACK}:9", "neo4j", "x")
