"""Neo4j Browser as an investigator sees it: our page in a real Chromium, beside a real Neo4j.

Chromium is Debian's package `chromium`; where there is none, these tests are skipped.
"""

import json
import shutil
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from neo4j import READ_ACCESS, AsyncDriver
from playwright.async_api import BrowserContext, Page, Route, async_playwright
from starlette.applications import Starlette
from starlette.routing import Mount

from api.browser import PLACEHOLDER, SAVED_QUERIES, SavedQuery, browse_link, browser_app, saved_queries
from graph.client import GraphClient
from local.directories import cache_directory
from local.jars import assembled_jars
from local.java import find_java
from tests.fixtures.servers import TestServers

LOOPBACK = "127.0.0.1"
ANSWER_MILLISECONDS = 60_000  # the first answers of a cold Neo4j
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GCID = "00000000-0000-4000-8000-000000000001"
PEOPLE = f"""
CREATE (ann:GlobalCustomer {{gcid: '{GCID}', name: 'Achieng Otieno', status: 'current'}})
CREATE (ben:GlobalCustomer {{gcid: '00000000-0000-4000-8000-000000000002', name: 'Brian Mwangi', status: 'current'}})
CREATE (core:SourceCustomer {{key: 'core|customer|1', system: 'core', birth_id: '{GCID}'}})
CREATE (app:SourceCustomer {{key: 'app|user|7', system: 'app', birth_id: '00000000-0000-4000-8000-000000000003'}})
CREATE (his:SourceCustomer {{key: 'core|customer|2', system: 'core', birth_id: ben.gcid}})
CREATE (core)-[:RESOLVES_TO]->(ann), (app)-[:RESOLVES_TO]->(ann), (his)-[:RESOLVES_TO]->(ben)
CREATE (id:Identifier:NationalId {{key: 'NationalId|KE|1', masked: '***4421'}})
CREATE (phone:Identifier:Phone {{key: 'Phone|1', masked: '***678'}})
CREATE (branch:Identifier:Phone {{key: 'Phone|2', masked: '***001', suppressed: 'shared_by_too_many'}})
CREATE (core)-[:HAS_NATIONAL_ID]->(id)<-[:HAS_NATIONAL_ID]-(app), (core)-[:HAD_PHONE]->(branch)
CREATE (core)-[:HAS_PHONE]->(phone)<-[:CLAIMS_PHONE]-(his), (app)-[:HAS_PHONE]->(branch)<-[:HAS_PHONE]-(his)
CREATE (core)-[:LINKED {{kind: 'NationalId', identifier: id.key}}]->(app)
CREATE (core)-[:QUARANTINED {{kind: 'Phone', identifier: phone.key, reason: 'names_contradict'}}]->(his)
CREATE (core)-[:OWNS]->(hers:Account {{key: 'core|account|1', number: '1', product: 'savings'}})
CREATE (his)-[:OWNS]->(paid:Account {{key: 'core|account|2', number: '2', product: 'current'}})
CREATE (hers)-[:POSTED]->(t:Transaction:Event {{key: 'core|transaction|1', at: datetime('2026-11-20T08:00:00Z')}})
CREATE (t)-[:COUNTERPARTY]->(paid)
CREATE (:FraudAlert:Event {{key: 'fraud|alert|1', level: 'high', at: datetime('2026-11-20T09:00:00Z')}})-[:ABOUT]->(t)
CREATE (app)-[:REGISTERED]->(device:Device {{key: 'app|device|1', type: 'android'}})
CREATE (core)-[:GUARANTEES {{role_key: 'core|role|1'}}]->(his)
CREATE (his)-[:SIGNATORY_OF {{role_key: 'core|role|2'}}]->(hers)
CREATE (his)-[:LOGGED_IN]->(:Login:Event {{key: 'app|login|1'}})-[:FROM]->(device)
"""
RECORDS = {"core|customer|1", "core|customer|2"}
BOTH = {"Achieng Otieno", "Brian Mwangi"}
DRAWN = {
    "browse_person": RECORDS
    | {"Achieng Otieno", "app|user|7", "NationalId|KE|1", "Phone|1", "Phone|2", "core|account|1"},
    "browse_kept_apart": RECORDS | BOTH | {"Phone|1"},
    "browse_money": RECORDS | BOTH | {"core|account|1", "core|account|2", "core|transaction|1"},
    "browse_relationships": RECORDS | BOTH | {"core|account|1"},
    "browse_alerts": {"fraud|alert|1", "core|transaction|1", "core|account|1", "core|customer|1", "Achieng Otieno"},
    "browse_devices": BOTH | {"app|device|1", "app|user|7", "app|login|1", "core|customer|2"},
    "browse_suppressed": {"Phone|2", "app|user|7", "core|customer|2"},
}


@dataclass
class Visit:
    """A page, and the requests it made that its own policy let pass, by host."""

    page: Page
    hosts: set[str | None] = field(default_factory=set)

    async def let_pass(self, route: Route) -> None:
        """Requests come here after the Content-Security-Policy has refused what it refuses."""
        host = urlsplit(route.request.url).hostname
        self.hosts.add(host)
        await (route.continue_() if host == LOOPBACK else route.abort())


@pytest.fixture(scope="module")
def chromium() -> str:
    return shutil.which("chromium") or pytest.skip("no Chromium: apt-get install -y chromium")


@pytest.fixture(scope="module")
def site(servers: TestServers, chromium: str) -> Iterator[str]:
    """Where the Browser is served while the module runs; its address ends in a slash."""
    [jar] = assembled_jars(cache_directory(), find_java(), lambda _: None).glob("neo4j-browser-*.jar")
    mounted = Starlette(routes=[Mount("/browser", browser_app(jar, bolt_uri=servers.neo4j_uri))])
    with closing(socket.create_server((LOOPBACK, 0))) as listener:
        server = uvicorn.Server(uvicorn.Config(mounted, log_config=None, lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()  # connections wait in the listener's queue until the server takes them
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}/browser/"
        server.should_exit = True
        thread.join()


@pytest.fixture
async def profile(chromium: str, tmp_path: Path) -> AsyncIterator[BrowserContext]:
    """A person's own, empty browser profile."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=chromium, headless=True, args=FLAGS, viewport={"width": 1400, "height": 1000}
        )
        context.set_default_timeout(ANSWER_MILLISECONDS)
        yield context
        await context.close()


@pytest.fixture
async def people(graph: GraphClient, driver: AsyncDriver) -> None:
    """Two people who share a phone number; one of them is known to two systems."""
    await driver.execute_query(PEOPLE)


async def drawn(driver: AsyncDriver, query: SavedQuery) -> set[str]:
    async with driver.session(database="neo4j", default_access_mode=READ_ACCESS) as session:
        result = await session.run(query.text.replace(PLACEHOLDER, f"'{GCID}'"))
        found = await result.graph()
    return {node.get("name") or node["key"] for node in found.nodes}


@pytest.mark.parametrize("query", saved_queries(), ids=SAVED_QUERIES)
async def test_a_saved_query_draws_what_it_is_for(graph: GraphClient, driver: AsyncDriver, query: SavedQuery) -> None:
    assert await drawn(driver, query) == set()
    await driver.execute_query(PEOPLE)
    assert await drawn(driver, query) == DRAWN[query.name]


async def test_an_investigator_sees_one_person_in_our_style(
    site: str, servers: TestServers, profile: BrowserContext, people: None
) -> None:
    page = await profile.new_page()
    visit = Visit(page)
    await profile.route("**/*", visit.let_pass)

    await page.goto(browse_link(site, servers.neo4j_uri, "browse_person", GCID))
    await log_in(page, servers)
    await page.get_by_test_id("editor-Run").click()
    await page.locator("g.node").nth(len(DRAWN["browse_person"]) - 1).wait_for()

    fills = await page.locator("g.node circle.b-outline").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    assert Counter(fills) == {"#0072B2": 1, "#56B4E9": 3, "#F0E442": 3, "#009E73": 1}
    captions = await page.locator("g.node text.caption").all_text_contents()
    assert {caption.strip() for caption in captions} >= {"***4421", "***678", "***001", "savings", "core", "app"}
    lines = await page.locator("g.relationship path.b-outline").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    resolves_to, linked, quarantined = (lines.count(colour) for colour in ("#0072B2", "#009E73", "#D55E00"))
    assert (resolves_to, linked, quarantined) == (2, 1, 1)

    await page.get_by_test_id("navigationFavorites").click()
    await page.get_by_test_id("expandFolder-Wekeza: investigate").click()
    for query in saved_queries():
        await page.get_by_text(query.title, exact=True).wait_for()

    kept = await page.evaluate("JSON.stringify(localStorage)")
    assert "neo4j.connections" in kept
    assert servers.neo4j_password not in kept
    assert visit.hosts == {LOOPBACK}


async def log_in(page: Page, servers: TestServers) -> None:
    await page.get_by_test_id("username").fill(servers.neo4j_user)
    await page.get_by_test_id("password").fill(servers.neo4j_password)
    await page.get_by_test_id("connect").click()
    await page.get_by_text("You are connected as user").wait_for()


async def test_a_slip_of_the_pen_writes_nothing(
    site: str, servers: TestServers, profile: BrowserContext, graph: GraphClient, driver: AsyncDriver
) -> None:
    page = await profile.new_page()
    await page.goto(site)  # without a link: the page knows its Neo4j
    await log_in(page, servers)
    await page.locator(".monaco-editor textarea").first.focus()
    await page.keyboard.insert_text("CREATE (:GlobalCustomer)")
    await page.keyboard.press("Control+Enter")
    await page.get_by_text("Neo.ClientError.Statement.AccessMode").first.wait_for()
    [count] = (await driver.execute_query("MATCH (n:GlobalCustomer) RETURN count(n) AS n")).records
    assert count["n"] == 0


async def test_a_new_seed_keeps_what_a_person_saved_or_changed(site: str, profile: BrowserContext) -> None:
    page = await profile.new_page()
    await seed(page, site)
    old, edited, deleted, *others = await stored(page, "neo4j.documents")
    assert len(others) == len(SAVED_QUERIES) - 3
    style = await stored(page, "neo4j.grass")
    seeded = await stored(page, "wekeza.seed")

    own = {"id": "own", "content": "// Mine\nRETURN 1"}
    changed = edited | {"content": "// Changed by hand"}
    own_style = {"node.Own": {"color": "#123456"}, "node.Device": style["node.Device"] | {"color": "#654321"}}
    outdated = {"id": "browse_old-1", "folder": "wekeza", "content": "// As an older version had it"}
    outdated_style = {"node.Account": {"color": "#000000"}}
    await store(page, "neo4j.documents", [own, old, outdated, changed, *others])
    await store(page, "neo4j.grass", style | own_style | outdated_style)
    await seed(page, site)
    assert await stored(page, "neo4j.documents") == [own, old, outdated, changed, *others], "it is the same version"

    seeded["documents"][outdated["id"]] = outdated["content"]
    await store(page, "wekeza.seed", seeded | {"version": "older", "style": seeded["style"] | outdated_style})
    await seed(page, site)
    found = {document["id"]: document for document in await stored(page, "neo4j.documents")}
    assert found == {document["id"]: document for document in [own, old, changed, deleted, *others]}
    assert await stored(page, "neo4j.grass") == style | own_style
    assert [folder["id"] for folder in await stored(page, "neo4j.folders")] == ["wekeza"]


async def seed(page: Page, site: str) -> None:
    """Run the seed on our origin without Neo4j Browser itself, which writes its storage whenever it likes."""
    await page.goto(f"{site}LICENSES.txt")
    await page.add_script_tag(url=f"{site}seed.js")


async def stored(page: Page, key: str) -> Any:
    return json.loads(await page.evaluate("key => localStorage.getItem(key)", key))


async def store(page: Page, key: str, value: object) -> None:
    await page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps(value)])
