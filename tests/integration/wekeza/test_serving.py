"""`wekeza serve` as other machines reach it: over TLS."""

import socket
import ssl
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from api.tokens import Role
from graph.client import GraphClient
from ledger.ledger import Ledger
from local.ports import reserved_port
from local.processes import Command, started, wait_until
from tests.fixtures.certificates import issue_certificates
from tests.fixtures.servers import TestServers
from wekeza.site import ROOT, new_token
from wekeza.transport import is_here

READY_SECONDS = 120.0


@pytest.fixture(scope="module")
def address() -> str:
    found = (it.address for all_of in psutil.net_if_addrs().values() for it in all_of if it.family == socket.AF_INET)
    return next((it for it in found if not is_here(it)), "") or pytest.skip("this machine has no address but loopback")


def test_other_machines_are_answered_over_tls(
    address: str, servers: TestServers, graph: GraphClient, ledger: Ledger, ledger_dsn: str, tmp_path: Path
) -> None:
    found = issue_certificates(tmp_path, address)
    with reserved_port(8_400) as port:
        environment = {
            "NEO4J_URI": servers.neo4j_uri, "NEO4J_USER": servers.neo4j_user, "NEO4J_PASSWORD": servers.neo4j_password,
            "DATABASE_URL": ledger_dsn, "WEKEZA_DATA": str(tmp_path), "WEKEZA_HOST": address, "WEKEZA_PORT": str(port),
            "WEKEZA_TLS_CERTIFICATE": str(found.certificate), "WEKEZA_TLS_KEY": str(found.key),
            "WEKEZA_CONFIG": str(tmp_path / "none.toml"),
        }  # fmt: skip
        serve = Command(
            name="wekeza serve",
            arguments=[sys.executable, "-m", "wekeza", "serve"],
            log=tmp_path / "log",
            directory=ROOT,
            environment=environment,
        )
        trusting = ssl.create_default_context(cafile=found.authority)
        headers = {"Authorization": f"Bearer {new_token(tmp_path, Role.OPERATOR)}"}
        url = f"https://{address}:{port}"
        with started(serve) as process, httpx.Client(verify=trusting, headers=headers, trust_env=False) as http:
            wait_until(process, serve, lambda: _is_live(http, url) or None, timeout=READY_SECONDS)
            wait_until(process, serve, lambda: _is_ready(http, url) or None, timeout=READY_SECONDS)
            query = {"query": "{ __schema { types { name } } }"}
            assert http.post(f"{url}/graphql", json=query).status_code == 400, "no introspection off loopback"
            assert http.get(f"{url}/graphiql").status_code == 404
            with pytest.raises(httpx.TransportError):
                http.get(f"http://{address}:{port}/health/live")
            with httpx.Client(trust_env=False) as stranger, pytest.raises(httpx.ConnectError):
                stranger.get(f"{url}/health/live")


def _is_ready(http: httpx.Client, url: str) -> bool:
    return http.get(f"{url}/health/ready").status_code == httpx.codes.OK


def _is_live(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(f"{url}/health/live").status_code == 200
    except httpx.TransportError:
        return False
