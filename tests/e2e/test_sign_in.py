"""The demo's link in a real Chromium: it signs in once, and its code is in no request but the one that uses it up.

Chromium is Debian's package `chromium`; where there is none, these tests are skipped.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Request

from api.app import create_app
from api.settings import ApiSettings
from api.tokens import new_signing_key, verification_key
from graph.client import GraphClient
from ledger.ledger import Ledger
from tests.e2e.test_browser import chromium, profile  # noqa: F401 - fixtures
from tests.integration.api.listening import Server
from wekeza.keys import signing_key
from wekeza.sign_in import SignIns


@pytest.fixture
async def url(graph: GraphClient, ledger: Ledger, tmp_path: Path) -> AsyncIterator[str]:
    key = verification_key(signing_key(tmp_path / "data", new_signing_key))
    settings = ApiSettings(verification_key=key, query_page=True)
    server = Server(create_app(settings, graph, ledger, redeem=SignIns(tmp_path / "data").redeem))
    serving = asyncio.create_task(server.serve())
    await server.up.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def test_a_link_signs_in_once(
    url: str,
    tmp_path: Path,
    profile: BrowserContext,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    link = SignIns(tmp_path / "data").link(url)
    code = link.partition("#code=")[2]
    sent: list[Request] = []
    page = await profile.new_page()
    page.on("request", lambda request: sent.append(request))

    await page.goto(link)
    await page.get_by_role("status").get_by_text("Signed in").wait_for()
    assert page.url == f"{url}/graphiql"
    await page.fill("#query", "{ statistics { accounts } }")
    await page.fill("#variables", "")
    await page.click("#run")
    await page.get_by_role("status").get_by_text("200").wait_for()
    assert '"accounts": 0' in (await page.text_content("#answer") or "")

    assert [it.url for it in sent if code in it.url or code in str(it.headers)] == []
    assert [it.url for it in sent if code in (it.post_data or "")] == [f"{url}/sign-in"]
    assert code not in capsys.readouterr().out
    assert await page.evaluate("history.length") == 2, "the link's address was replaced"

    again = await profile.new_page()
    await again.goto(link)
    await again.get_by_role("status").get_by_text("Not signed in").wait_for()
    assert await again.input_value("#token") == ""
    assert "ask for another one" in (await again.text_content("#answer") or "")
