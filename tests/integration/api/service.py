"""The whole service over a graph and a ledger that hold everything, asked by whoever one says."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from fastapi import FastAPI
from neo4j import AsyncDriver
from structlog.testing import capture_logs

from api.app import create_app
from api.nodes import encode_id
from api.office import Office
from api.pages import encode_cursor
from api.tokens import Role
from graph.client import GraphClient
from graph.review import Review
from graph.stewardship import Stewardship
from ledger.ledger import Ledger
from tests.integration.api.conftest import SETTINGS, questions, token
from tests.integration.api.test_reach import load_everything
from tests.integration.api.writing import ODD, Known
from tests.integration.graph.bank import SECRET
from tests.integration.graph.place import Place

PATIENCE = 150.0  # seconds that an answer may take before it is said to hang
UNHURRIED = replace(SETTINGS, query_seconds=120.0)  # a machine that does much else plans a statement for long


@dataclass(repr=False)  # a failure shows what was asked, which is enough
class Service:
    http: httpx.AsyncClient
    known: Known
    place: Place
    app: FastAPI
    answered: int = 0  # with data

    async def send(self, sent: Any, role: Role) -> httpx.Response:
        """JSON as a careless client writes it: half a pair of surrogates is escaped as any other character."""
        headers = {"Authorization": f"Bearer {token(role)}", "Content-Type": "application/json"}
        with capture_logs() as lines:
            reply = await self.http.post("/graphql", content=json.dumps(sent), headers=headers)
        assert [line for line in lines if line["log_level"] != "info"] == []
        self.answered += '"data":{' in reply.text
        return reply


async def keep_nothing() -> None: ...


@asynccontextmanager
async def open_service(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> AsyncIterator[Service]:
    place = Place(graph, ledger, driver)
    await load_everything(place)
    stewardship = Stewardship(place.steward, ledger, secret=SECRET, alone=2)
    office = Office(stewardship, Review(graph, secret=SECRET, policy=place.policy), keep_nothing)
    app = create_app(UNHURRIED, graph, ledger, questions=questions(graph, ledger), office=office)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=PATIENCE) as http:
        yield Service(http, await known_of(place, office), place, app)


async def known_of(place: Place, office: Office) -> Known:
    gcids, keys = sorted({*(await place.gcids()).values()}), sorted(await place.gcids())
    items = [case.key for case in (await office.review.queue()).cases]
    cursors = [encode_cursor(it) for it in ([3], [1, 2], ["2026-03-01T08:00:00Z", "k"], ["k"], [1.5, "k"], [keys[0]])]
    return {
        **dict.fromkeys(("gcid", "gcids", "from", "to"), gcids),
        **dict.fromkeys(("a", "b", "left", "right", "records", "delete"), keys),
        **dict.fromkeys(("after", "since"), cursors),
        **dict.fromkeys(("decision", "undo"), (1, 2, 3)),
        "id": [*(encode_id("GlobalCustomer", it) for it in gcids), "1", "2", *(key.split("|")[2] for key in keys)],
        "item": items or [gcids[0]],
        "value": ["0712345678", "0733000001", "x@y.example", "12345678", "Jane Wanjiru", "1990-05-17", "true", "20"],
        "system": ["core", "mobile", "fraud", "web", "twice"],
        "entity": ["customer", "user", "business"],
        "text": ["Jane", "wanjiru", "Jon Do", *ODD],
        "name": ["guarded", "plain", "cap", "hub"],
        "reason": ["seen both passports", " "],
        "country": ["KE", "UG", "ke", "XX"],
        "idempotencyKey": ["once", "twice"],
        "first": [1, 2, 20, 200],
    }
