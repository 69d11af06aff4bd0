"""Verified TLS to real servers on an address of this machine that is not loopback."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from graph.client import GraphClient
from graph.errors import GraphUnavailable
from ingest.connectors.database import DatabaseReader
from ingest.errors import SourceUnavailable
from ledger.errors import LedgerError
from ledger.ledger import Ledger
from local.directories import workplace
from local.mariadb import Mariadb, ask_mariadb, start_mariadb
from tests.fixtures.certificates import Certificates, issue_certificates
from tests.fixtures.servers import TestServers
from tests.integration.ingest.engines import CREATE_EVENTS, source
from wekeza.transport import is_here, refuse_plaintext_bolt, secured


@pytest.fixture(scope="module")
def address() -> str:
    found = (it.address for all_of in psutil.net_if_addrs().values() for it in all_of if it.family == socket.AF_INET)
    return next((it for it in found if not is_here(it)), "") or pytest.skip("this machine has no address but loopback")


@pytest.fixture(scope="module")
def certificates(address: str, tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return issue_certificates(tmp_path_factory.mktemp("certificates"), address)


@pytest.fixture(scope="module")
def mariadb(certificates: Certificates) -> Iterator[Mariadb]:
    tls = {"ssl": "on", "ssl-cert": str(certificates.certificate), "ssl-key": str(certificates.key)}
    with workplace() as place, start_mariadb(place, settings={"bind-address": "0.0.0.0", **tls}) as server:  # noqa: S104
        ask_mariadb(server.dsn, CREATE_EVENTS)
        yield server


def other_authority(folder: Path, address: str) -> Path:
    return issue_certificates(folder, address).authority


@asynccontextmanager
async def terminated(address: str, certificates: Certificates, port: int, *, asks: bool) -> AsyncIterator[int]:
    """A port on which TLS ends before a server that has none (this build of PostgreSQL, a Neo4j without certificates).

    As pgbouncer or an ingress would. ``asks``: PostgreSQL's client asks for TLS first, Bolt's begins with it.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate, certificates.key)

    async def forward(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):  # a client that does not believe us goes away
            if asks:
                assert await reader.readexactly(8) == bytes.fromhex("0000000804d2162f"), "TLS is asked for first."
                writer.write(b"S")
                await writer.start_tls(context)
            real_reader, real_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(forward(reader, real_writer), forward(real_reader, writer))

    server = await asyncio.start_server(serve, address, 0, ssl=None if asks else context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_the_ledger_is_reached_by_verified_tls_alone(
    address: str, certificates: Certificates, ledger_dsn: str, tmp_path: Path
) -> None:
    port = int(str(conninfo_to_dict(ledger_dsn)["port"]))
    async with terminated(address, certificates, port, asks=True) as secure_port:
        far = make_conninfo(ledger_dsn, host=address, port=secure_port)
        trusted = secured(make_conninfo(far, sslrootcert=str(certificates.authority)))
        async with Ledger.connect(trusted) as ledger, ledger.transaction() as connection:
            assert connection.info.host == address
            assert connection.pgconn.ssl_in_use
        for untrusted in (far, make_conninfo(far, sslrootcert=str(other_authority(tmp_path, address)))):
            assert conninfo_to_dict(secured(untrusted))["sslmode"] == "verify-full"
            with pytest.raises(LedgerError):
                async with Ledger.connect(secured(untrusted)):
                    pytest.fail("a server was believed that nobody vouches for")


async def test_neo4j_is_reached_by_verified_tls_alone(
    address: str, certificates: Certificates, servers: TestServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(servers.neo4j_uri.rpartition(":")[2])
    async with terminated(address, certificates, port, asks=False) as secure_port:
        uri = f"bolt+s://{address}:{secure_port}"
        refuse_plaintext_bolt(uri)
        with pytest.raises(GraphUnavailable):
            async with GraphClient.connect(uri, servers.neo4j_user, servers.neo4j_password):
                pytest.fail("a server was believed that nobody vouches for")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))  # what OpenSSL takes for the system's
        async with GraphClient.connect(uri, servers.neo4j_user, servers.neo4j_password):
            pass


async def read(dsn: str) -> None:
    declared = source()
    async with DatabaseReader.connect(declared, {"split_events": dsn}) as reader:
        await reader.schema(declared.tables[1])


async def test_mariadb_is_reached_by_verified_tls_alone(
    address: str, certificates: Certificates, mariadb: Mariadb, tmp_path: Path
) -> None:
    far = mariadb.dsn.replace("127.0.0.1", address)
    await read(secured(f"{far}?ssl_ca={certificates.authority}"))
    for untrusted in (far, f"{far}?ssl_ca={other_authority(tmp_path, address)}"):
        with pytest.raises(SourceUnavailable, match="vouches for its certificate"):
            await read(secured(untrusted))


async def test_a_server_without_tls_is_not_told_the_password(mariadb: Mariadb, address: str) -> None:
    """As somebody on the way would make believe: what the driver sends to it is looked at."""
    with socket.create_server((address, 0)) as deaf:
        deaf.settimeout(10)

        def serve() -> bytes:
            line, _ = deaf.accept()
            with (
                line,
                socket.create_connection(("127.0.0.1", int(mariadb.dsn.rpartition(":")[2].split("/")[0]))) as real,
            ):
                line.sendall(real.recv(4096))  # a true greeting
                said = line.recv(4096)
                line.sendall(b"no TLS here")
                return said + line.recv(4096)

        listening = asyncio.create_task(asyncio.to_thread(serve))
        with pytest.raises(SourceUnavailable):
            await read(secured(f"mysql://wekeza:hush@{address}:{deaf.getsockname()[1]}/d"))
        heard = await listening
    assert heard
    assert b"wekeza" not in heard
