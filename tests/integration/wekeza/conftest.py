"""The parts of a site on the tests' servers, and sample banks to read from."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from graph.client import GraphClient
from graph.resolution.policy import load_policy
from ingest.source import load_sources
from ledger.ledger import Ledger
from samples.bank import Bank, create_bank
from samples.records import FIRST
from wekeza.settings import Settings
from wekeza.wiring import Parts

Connect = Callable[..., Parts]
OpenBank = Callable[..., Bank]
SECRET = b"the tests' own, which names their records"


@pytest.fixture
def connect(graph: GraphClient, ledger: Ledger, tmp_path: Path) -> Connect:
    """``connect(dsns, policy=…, batch_size=…)``: what a command has, on an empty graph and an empty ledger."""

    def connected(dsns: Mapping[str, str], *, policy: str = "guarded", batch_size: int = 5_000) -> Parts:
        sources = {name: SecretStr(dsn) for name, dsn in dsns.items()}
        return Parts(
            settings=Settings(data=tmp_path, sources=sources, batch_size=batch_size),
            client=graph,
            ledger=ledger,
            policy=load_policy(policy),
            secret=SECRET,
            sources=load_sources(),
        )

    return connected


@pytest.fixture
def open_bank(postgres_admin_dsn: str) -> OpenBank:
    """``open_bank(people=…, seed=…, systems=…)`` builds the one sample bank of the server anew, of three systems."""
    return lambda **size: create_bank(postgres_admin_dsn, **{"systems": FIRST, **size})
