"""What sources send: taken in once, signed and recent, and whatever is not is refused and kept nowhere."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from time import time
from typing import Any

import httpx
import pytest

from api.app import create_app
from graph.client import GraphClient
from ledger.inbox import drop_messages, waiting_messages
from ledger.ledger import Ledger
from tests.integration.api.conftest import SETTINGS

SECRET = "a secret of the sender and us alone"
EVENT = {"type": "payment.completed", "data": {"id": "p1", "payer": "Mary Wanjiku"}}
BODY = json.dumps(EVENT).encode()


def signature(body: bytes, *, id: str = "evt_1", stamp: str | None = None, secret: str = SECRET) -> str:
    said = b".".join((id.encode(), (stamp or str(int(time()))).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret.encode(), said, hashlib.sha256)).decode()


def headers(body: bytes = BODY, *, id: str = "evt_1", stamp: str | None = None, **changed: str) -> dict[str, str]:
    stamp = stamp or str(int(time()))
    told = {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(body, id=id, stamp=stamp),
        "content-type": "application/json",
    }
    return told | {name.replace("_", "-"): value for name, value in changed.items()}


@pytest.fixture
async def http(graph: GraphClient, ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(replace(SETTINGS, webhooks={"bank": SECRET}), graph, ledger)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as opened:
        yield opened


async def kept(ledger: Ledger, system: str = "bank") -> list[tuple[str, bytes]]:
    async with ledger.transaction() as connection:
        return [(it.event, it.body) for it in await waiting_messages(connection, system, 100)]


async def test_an_event_counts_once_also_after_it_was_read(http: httpx.AsyncClient, ledger: Ledger) -> None:
    answers = [await http.post("/webhooks/bank", content=BODY, headers=headers()) for _ in range(2)]
    assert [(it.status_code, it.json()["status"]) for it in answers] == [(202, "accepted"), (202, "known")]
    assert await kept(ledger) == [("evt_1", BODY)]
    async with ledger.transaction() as connection:
        await drop_messages(connection, "bank", ["evt_1"])
    again = await http.post("/webhooks/bank", content=BODY, headers=headers())
    assert (again.status_code, again.json()["status"]) == (202, "known")
    assert await kept(ledger) == []
    other = await http.post("/webhooks/bank", content=BODY, headers=headers(id="evt_2"))
    assert other.json()["status"] == "accepted"


async def test_one_of_several_signatures_is_enough(http: httpx.AsyncClient) -> None:
    both = f"v1,AAAA {signature(BODY)}"
    answer = await http.post("/webhooks/bank", content=BODY, headers=headers(webhook_signature=both))
    assert answer.status_code == 202


OLD, FUTURE = str(int(time()) - 3_600), str(int(time()) + 3_600)
ATTACKS: dict[str, tuple[dict[str, str], int]] = {
    "no headers": ({"content-type": "application/json"}, 401),
    "no signature": (headers(webhook_signature=""), 401),
    "another's secret": (headers(webhook_signature=signature(BODY, secret="guessed" * 8)), 401),
    "of another body": (headers(webhook_signature=signature(b"{}")), 401),
    "of another event": (headers(webhook_id="evt_9"), 401),
    "another version": (headers(webhook_signature=signature(BODY).replace("v1", "v0")), 401),
    "no base64": (headers(webhook_signature="v1,%%%"), 401),
    "no ASCII": (headers(webhook_signature="v1,é"), 401),
    "many signatures": (headers(webhook_signature="v1,AAAA " * 50 + signature(BODY)), 401),
    "old": (headers(stamp=OLD), 401),
    "from the future": (headers(stamp=FUTURE), 401),
    "an old one with a new time": (headers(webhook_signature=signature(BODY, stamp=OLD)), 401),
    "no time": (headers(stamp="now"), 401),
    "a time of many digits": (headers(stamp="9" * 5_000), 401),
    "a negative time": (headers(stamp="-1"), 401),
    "an id that is too long": (headers(id="e" * 300), 401),
    "an id with a space": (headers(id="a b"), 401),
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_what_is_not_signed_as_agreed_is_kept_nowhere(
    http: httpx.AsyncClient, ledger: Ledger, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    given, status = ATTACKS[name]
    caplog.set_level(logging.DEBUG)
    encoded = [(key.encode(), value.encode()) for key, value in given.items()]
    answer = await http.post("/webhooks/bank", content=BODY, headers=encoded)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Mary" not in answer.text + caplog.text
    assert await kept(ledger) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"data": {}}', b'{"type": 7}', b"\xff", b'{"type": "\\ud800"}', b"[" * 100_000],
)
async def test_what_is_no_event_is_refused_though_it_is_signed(
    http: httpx.AsyncClient, ledger: Ledger, body: bytes
) -> None:
    answer = await http.post("/webhooks/bank", content=body, headers=headers(body))
    assert answer.status_code == 400
    assert await kept(ledger) == []


async def test_other_refusals(http: httpx.AsyncClient, ledger: Ledger) -> None:
    for path, content, status in (
        ("/webhooks/nobody", BODY, 404),
        ("/webhooks/" + "b" * 65, BODY, 400),
        ("/webhooks/bank", b" " * ((1 << 20) + 1), 413),
    ):
        answer = await http.post(path, content=content, headers=headers(content))
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (await http.get("/webhooks/bank")).status_code == 405
    assert await kept(ledger) == []


async def test_a_flood_is_slowed_down_and_locks_nobody_out(http: httpx.AsyncClient) -> None:
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 1_000:
        answer = await http.post("/webhooks/bank", content=BODY, headers=headers(webhook_signature="v1,AAAA"))
        statuses.append(answer.status_code)
    assert {*statuses} == {401, 429}
    assert int(answer.headers["retry-after"]) >= 1
    good = await http.post("/webhooks/bank", content=BODY, headers=headers())
    assert good.status_code == 202


async def test_it_is_in_the_description(http: httpx.AsyncClient, graph: GraphClient, ledger: Ledger) -> None:
    described: dict[str, Any] = create_app(SETTINGS, graph, ledger).openapi()
    operation = described["paths"]["/webhooks/{source}"]["post"]
    assert {"202", "400", "401", "404", "413", "429"} <= operation["responses"].keys()
