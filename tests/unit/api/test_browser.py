import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from api.browser import (
    PLACEHOLDER,
    SAVED_QUERIES,
    BrowserMissing,
    browse_link,
    browser_app,
    content_security_policy,
    saved_queries,
    seed_script,
)
from graph.identifiers import KINDS
from graph.relationships import HAS, relationship

BOLT = "bolt://127.0.0.1:7687"
GCID = "0b6a3f0e-6a38-4b8e-9a7c-2f5d1f0c9e11"
INDEX = b"<!doctype html><html><head><title>Neo4j Browser</title></head><body></body></html>"
BUNDLE = "app-e7b1542e82067e23ff83.js"
FILES = {
    "browser/index.html": INDEX,
    f"browser/{BUNDLE}": b"run()",
    "browser/assets/fonts/x.woff2": b"font",
    "browser/LICENSE": b"GPL",
    "browser/preview/index.html": b"another",
    "META-INF/MANIFEST.MF": b"outside",
}


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    path = tmp_path / "neo4j-browser.jar"
    with ZipFile(path, "w") as archive:
        archive.mkdir("browser/assets")
        for name, content in FILES.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
async def page(jar: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[Mount("/any/where", browser_app(jar, bolt_uri=BOLT))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bank/any/where/") as client:
        yield client


def seed(script: bytes) -> dict[str, Any]:
    first = script.decode().partition(";\n")[0]
    found: dict[str, Any] = json.loads(first.removeprefix("const SEED = "))
    return found


async def test_the_index_runs_our_script_before_anything_else(page: httpx.AsyncClient) -> None:
    answer = await page.get("")
    assert answer.text == INDEX.decode().replace("<head>", '<head><script src="seed.js"></script>')
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (await page.get("seed.js")).content == seed_script(BOLT)


@pytest.mark.parametrize(
    ("path", "content", "kind", "lasting"),
    [
        (BUNDLE, b"run()", "text/javascript; charset=utf-8", True),
        ("assets/fonts/x.woff2", b"font", "font/woff2", False),
        ("LICENSE", b"GPL", "application/octet-stream", False),
    ],
)
async def test_files_come_out_of_the_jar(
    page: httpx.AsyncClient, path: str, content: bytes, kind: str, lasting: bool
) -> None:
    answer = await page.get(path)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, content, kind)
    assert ("immutable" in answer.headers["cache-control"]) is lasting
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == content_security_policy(BOLT)


@pytest.mark.parametrize("path", ["", "seed.js", BUNDLE])
async def test_an_unchanged_file_is_not_sent_again(page: httpx.AsyncClient, path: str) -> None:
    tag = (await page.get(path)).headers["etag"]
    again = await page.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await page.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "assets",
        "assets/",
        "preview/index.html",
        "index.html/",
        "../META-INF/MANIFEST.MF",
        "..%2fMETA-INF/MANIFEST.MF",
        "%2e%2e/META-INF/MANIFEST.MF",
        "assets/%2e%2e/%2e%2e/META-INF/MANIFEST.MF",
        "%2fetc%2fpasswd",
        "..%5cMETA-INF%5cMANIFEST.MF",
        "index.html%00",
    ],
)
async def test_nothing_but_the_files_of_the_browser_is_served(page: httpx.AsyncClient, path: str) -> None:
    answer = await page.get(path)
    assert answer.status_code == 404
    assert b"outside" not in answer.content


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        ("bolt://127.0.0.1:7688", "ws://127.0.0.1:7688 http://127.0.0.1:7688"),
        ("neo4j://graph.bank", "ws://graph.bank:7687 http://graph.bank:7687"),
        ("neo4j+s://user:word@graph.bank:9999", "wss://graph.bank:9999 https://graph.bank:9999"),
    ],
)
def test_the_page_may_reach_one_neo4j_and_no_other_host(uri: str, allowed: str) -> None:
    rules = dict(rule.split(" ", 1) for rule in content_security_policy(uri).split("; "))
    assert rules["connect-src"] == f"'self' {allowed}"
    assert rules["default-src"] == "'self'"
    assert not re.search(r"://(?!127\.0\.0\.1|graph\.bank)|\*|unsafe-eval", content_security_policy(uri))


def test_an_address_is_published_without_routing_and_without_credentials() -> None:
    assert seed(seed_script("neo4j+s://user:word@graph.bank:9999"))["server"] == "bolt+s://graph.bank:9999"


@pytest.mark.parametrize("content", [None, b"no archive", {"other": b""}, {"browser/index.html": b"<html>"}])
def test_what_is_no_browser_is_named(tmp_path: Path, content: bytes | dict[str, bytes] | None) -> None:
    path = tmp_path / "neo4j-browser.jar"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        with ZipFile(path, "w") as archive:
            for name, body in content.items():
                archive.writestr(name, body)
    with pytest.raises(BrowserMissing, match=r"neo4j-browser\.jar holds"):
        browser_app(path, bolt_uri=BOLT)


def test_the_seed_has_seven_titled_queries_in_one_folder_and_the_style() -> None:
    found = seed(seed_script(BOLT))
    titles = [document["content"].splitlines()[0] for document in found["documents"]]
    assert sorted(titles) == [
        "// A person: records and links",
        "// Alerts: the latest",
        "// Devices of several people",
        "// Identifiers of too many",
        "// Kept apart, and why",
        "// Money to and from a person",
        "// Who is what to a person",
    ]
    assert {document["folder"] for document in found["documents"]} == {found["folder"]["id"]}
    refused, linked = (found["style"][f"relationship.{name}"] for name in ("QUARANTINED", "LINKED"))
    assert (refused["caption"], linked["caption"]) == ("{reason}", "same {kind}")
    assert all(refused[property] != linked[property] for property in ("color", "shaft-width"))


def test_the_version_is_of_what_is_seeded_and_not_of_the_address() -> None:
    here, there = seed(seed_script(BOLT)), seed(seed_script("bolt://127.0.0.1:7999"))
    assert here["version"] == there["version"]
    assert here["server"] != there["server"]


def test_a_link_opens_one_query_with_the_person_in_it() -> None:
    link = urlsplit(browse_link("http://127.0.0.1:8000/browser/", BOLT, "browse_person", GCID.upper()))
    assert (link.scheme, link.netloc, link.path) == ("http", "127.0.0.1:8000", "/browser/")
    asked = parse_qs(link.query, strict_parsing=True)
    assert (asked["dbms"], asked["cmd"]) == ([BOLT], ["edit"])
    [text] = asked["arg"]
    assert f"WITH '{GCID}' AS gcid" in text
    assert PLACEHOLDER not in text


def test_a_link_takes_only_a_gcid_and_a_saved_query() -> None:
    with pytest.raises(ValueError, match="no GCID"):
        browse_link("http://bank/browser", BOLT, "browse_person", "x' AS gcid DETACH DELETE gcid //")
    with pytest.raises(ValueError, match="no saved query"):
        browse_link("http://bank/browser", BOLT, "../api/browser", GCID)


@pytest.mark.parametrize("query", saved_queries(), ids=SAVED_QUERIES)
def test_a_saved_query_fits_the_list_and_is_bounded(query: Any) -> None:
    assert 0 < len(query.title) <= 28
    assert re.search(r"\bRETURN\b.*\bpath\b.* LIMIT \d+\n$", query.text)
    assert query.text.count(PLACEHOLDER) == query.text.count("Put a GCID between the quotes")


def test_every_statement_for_the_browser_is_in_the_list() -> None:
    files = (Path(__file__).parents[3] / "cypher").glob("browse_*.cypher")
    assert sorted(file.stem for file in files) == sorted(SAVED_QUERIES)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_of_identifier_is_drawn_masked_and_followed(kind: str) -> None:
    style = seed(seed_script(BOLT))["style"]
    assert style[f"node.{kind}"] == style["node.Identifier"]
    assert style["node.Identifier"]["caption"] == "{masked}"
    [person] = [query.text for query in saved_queries() if query.name == "browse_person"]
    assert re.search(rf"[:|]{relationship(kind, HAS)}[|\]]", person)


async def test_a_short_address_leads_to_the_link(page: httpx.AsyncClient) -> None:
    answer = await page.get(f"query/browse_person/{GCID}")
    assert answer.status_code == 307
    assert answer.headers["location"] == browse_link("/any/where", BOLT, "browse_person", GCID)
    assert (await page.get("query/browse_alerts")).headers["location"].startswith("/any/where/?dbms=bolt")


@pytest.mark.parametrize("path", ["browse_nobody", "browse_person/'%20RETURN%201", "read_customer"])
async def test_a_short_address_names_only_saved_queries_and_ids(page: httpx.AsyncClient, path: str) -> None:
    assert (await page.get(f"query/{path}")).status_code == 404
