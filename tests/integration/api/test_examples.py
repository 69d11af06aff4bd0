"""Every query in docs/examples answers without an error on a small bank, and with something."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.integration.api.conftest import Api
from tests.integration.graph.bank import customer
from tests.integration.graph.place import ID, MAIL, PHONE, A, B, C, Place

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.graphql"))
REMEMBERED = {
    "as_of",
    "why",
    "identity",
    "holders",
    "changes",
    "what_if",
}  # ask of a history, which the small bank has not


def read(name: str) -> str:
    return (EXAMPLES / f"{name}.graphql").read_text(encoding="utf-8")


def test_the_page_names_every_example() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `(\w+)\.graphql`", page, re.MULTILINE)) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name not in REMEMBERED])
async def test_an_example_answers_on_the_small_bank(api: Api, name: str) -> None:
    found = await api.data(read(name))
    assert all(found.values()), "something is answered"
    if name in ("360", "page_of_customers"):
        assert len(api.graph.statements) == 1


@pytest.mark.parametrize("name", sorted(REMEMBERED))
async def test_an_example_answers_on_a_history(
    empty_api: Api, graph: GraphClient, ledger: Ledger, driver: AsyncDriver, name: str
) -> None:
    place = Place(graph, ledger, driver)
    await place.tell(
        customer(A, "John Doe", ID), customer(B, "John Doe", ID, PHONE, MAIL), customer(C, "Mary A", PHONE)
    )
    given: dict[str, dict[str, Any]] = {
        "as_of": {"gcid": await place.gcid_of(A), "at": datetime.now(UTC).isoformat()},
        "why": {"a": A, "b": C},
        "identity": {"gcid": await place.gcid_of(A)},
        "holders": {"phone": PHONE.raw},
        "what_if": {"change": {"suppress": {"kind": "NATIONAL_ID", "value": ID.raw}}},
    }
    found = await empty_api.data(read(name), **given.get(name, {}))
    assert all(found.values()), "something is answered"
