"""Reading a service over HTTP, good and bad: real sockets, and a server that does what it is told."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.records import Position
from ingest.connectors.http import Patience
from ingest.connectors.page import Page
from ingest.connectors.rest import RestReader
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.source import Source, load_sources
from tests.fixtures.http import Answers, Asked, HttpServer, Reply, http_server

PATIENCE = Patience(attempts=3, first_wait=0.01, longest_wait=0.2, seconds=1.0, most_bytes=1 << 16)
CURSOR = '{ style = "cursor", parameter = "cursor", field = "next" }'
FILE = """
name = "service"
title = "A Service"
number = 17
category = "core"
purpose = "to be read"
database = "api"
engine = "http"
pattern = "rest"
writes = "now and then"
origin = {{ state = "proposed" }}
country = "KE"
timezone = "UTC"
trust = 0.5
every = "30s"
overlap = "5m"

[rest]
{rest}

[[table]]
name = "people"
kind = "customer"
from = "v1/people"
key = "id"
watermark = "at"
resource = {{ since = "since", ordered = {ordered} }}

[table.columns]
id = "operational"
name = "pii"
at = "operational"

[table.map]
full_name = '"name"'
updated_at = '"at"'
"""
REST = f'items = "data"\npaging = {CURSOR}\nsize = {{ parameter = "limit", most = 2 }}'
AT = datetime(2026, 3, 1, tzinfo=UTC)


def source_of(folder: Path, rest: str = REST, *, ordered: bool = True) -> Source:
    (folder / "service.toml").write_text(FILE.format(rest=rest, ordered=str(ordered).lower()))
    return load_sources(folder)["service"]


def item(n: int) -> dict[str, Any]:
    return {"id": f"p{n}", "name": f"Person {n}", "at": (AT + timedelta(hours=n)).isoformat()}


def said(body: Any, **more: Any) -> Reply:
    return Reply(body=json.dumps(body).encode(), **more)


def paged(asked: Asked, items: list[dict[str, Any]]) -> Reply:
    """A good service: pages by cursor, in order, since."""
    found = [it for it in items if it["at"] >= asked.query.get("since", "")]
    start, size = int(asked.query.get("cursor", "0")), int(asked.query["limit"])
    end = start + size
    return said({"data": found[start:end], "next": str(end) if end < len(found) else None})


@asynccontextmanager
async def reading(
    answers: Answers, source: Source, login: str = "id:secret@", patience: Patience = PATIENCE
) -> AsyncIterator[tuple[RestReader, HttpServer]]:
    async with http_server(answers) as server:
        dsn = server.url.replace("://", f"://{login}") + "/api"
        async with RestReader.connect(source, {"service": dsn}, patience=patience) as reader:
            yield reader, server


async def read(reader: RestReader, source: Source, since: Position | None = None) -> list[Page]:
    return [page async for page in reader.pages(source.tables[0], since, 500, stored=since)]


async def gather(reader: RestReader, source: Source, pages: list[Page]) -> None:
    """What came before it broke off stays in the list."""
    async for page in reader.pages(source.tables[0], None, 500):
        pages.append(page)


def ids(pages: list[Page]) -> list[str]:
    return [id for page in pages for id in page.rows.column("id").to_pylist()]


async def test_all_pages_then_only_what_is_new(tmp_path: Path) -> None:
    items = [item(n) for n in range(5)]
    source = source_of(tmp_path)
    async with reading(lambda asked: paged(asked, items), source) as (reader, server):
        pages = await read(reader, source)
        assert ids(pages) == ["p0", "p1", "p2", "p3", "p4"]
        assert [len(page.fresh) for page in pages] == [2, 2, 1]
        position = pages[-1].position
        assert position == Position("2026-03-01T04:00:00.000000+00:00", "")
        items.append(item(5))
        assert ids(await read(reader, source, position)) == ["p4", "p5"]
        assert server.asked[-1].query["since"] == "2026-03-01T03:55:00.000000+00:00"  # the overlap is read again
        assert {asked.path for asked in server.asked} == {"/api/v1/people"}


@pytest.mark.parametrize("ordered", [True, False])
async def test_a_connection_that_is_cut_loses_nothing(tmp_path: Path, ordered: bool) -> None:
    """What was read before may count as read only where items come in order."""
    items = [item(n) for n in range(6)]
    source = source_of(tmp_path, ordered=ordered)
    broken = True

    def answers(asked: Asked) -> Reply:
        good = paged(asked, items)
        return Reply(body=good.body, cut=10) if broken and asked.query.get("cursor") == "4" else good

    async with reading(answers, source) as (reader, server):
        seen: list[Page] = []
        with pytest.raises(SourceUnavailable, match=r"A Service, 'v1/people': it does not answer, or broke off"):
            await gather(reader, source, seen)
        assert len(server.asked) == 2 + PATIENCE.attempts
        reached = seen[-1].position
        assert (reached is not None) is ordered
        broken = False
        assert {*ids(seen), *ids(await read(reader, source, reached))} == {f"p{n}" for n in range(6)}


@pytest.mark.parametrize("stamp", ["etag", "last-modified"])
async def test_an_unchanged_list_costs_one_request(tmp_path: Path, stamp: str) -> None:
    items, value = [item(0)], '"v1"' if stamp == "etag" else "Sun, 01 Mar 2026 00:00:00 GMT"

    def answers(asked: Asked) -> Reply:
        condition = asked.headers.get("if-none-match" if stamp == "etag" else "if-modified-since")
        if condition == value:
            return Reply(status=304)
        return said({"data": items, "next": None}, headers={stamp: value})

    source = source_of(tmp_path)
    async with reading(answers, source) as (reader, server):
        first = (await read(reader, source))[-1].position  # now the address has a since
        second = (await read(reader, source, first))[-1].position
        assert await read(reader, source, second) == []
        assert [
            asked.headers.get("if-none-match", asked.headers.get("if-modified-since")) for asked in server.asked
        ] == [
            None,
            None,
            value,
        ]
        value = '"v2"' if stamp == "etag" else "Mon, 02 Mar 2026 00:00:00 GMT"
        assert ids(await read(reader, source, second)) == ["p0"]
        other = source.model_copy(
            update={"tables": (source.tables[0].model_copy(update={"expect": {"full_name": 1.0}}),)}
        )
        await read(reader, other, second)
        assert "if-none-match" not in server.asked[-1].headers  # another source file may make other records of it


async def test_a_stamp_of_one_of_several_pages_is_not_kept(tmp_path: Path) -> None:
    items = [item(n) for n in range(3)]

    def answers(asked: Asked) -> Reply:
        return said(json.loads(paged(asked, items).body), headers={"etag": '"page"'})

    source, whole = source_of(tmp_path), source_of(tmp_path, f"{REST}\nwhole = true")
    async with reading(answers, source) as (reader, _):
        assert [page.position and page.position.key for page in await read(reader, source)] == ["", ""]
    async with reading(answers, whole) as (reader, _):
        keys = [page.position and page.position.key for page in await read(reader, whole)]
        assert keys[0] == ""
        assert keys[1]
        assert keys[1].endswith(' "page"')


async def test_it_waits_as_long_as_it_is_told_to(tmp_path: Path) -> None:
    replies = iter([Reply(status=429, headers={"retry-after": "0"}), Reply(status=503), said({"data": [item(0)]})])
    source = source_of(tmp_path)
    async with reading(lambda _: next(replies), source) as (reader, server):
        assert ids(await read(reader, source)) == ["p0"]
        assert len(server.asked) == 3


Answer = Callable[[Asked], Reply]
FOREVER = Patience(attempts=2, first_wait=0.01, longest_wait=0.05, seconds=0.3, most_bytes=1 << 12)
BAD: dict[str, tuple[Answer, type[Exception], str]] = {
    "always 500": (lambda _: Reply(status=500), SourceUnavailable, r"it fails on its side \(500\)"),
    "429 storm": (lambda _: Reply(status=429), SourceUnavailable, "it wants fewer requests"),
    "429 for an hour": (
        lambda _: Reply(status=429, headers={"retry-after": "3600"}),
        SourceUnavailable,
        "it wants no request for 3600 s",
    ),
    "slow": (lambda _: Reply(body=b"[" * 500, drip=0.05), SourceUnavailable, "did not answer within the time limit"),
    "cut": (lambda _: Reply(body=b"[]" * 50, cut=3), SourceUnavailable, "broke off"),
    "no JSON": (lambda _: Reply(body=b"<html>Welcome, Mary</html>"), SourceContractError, "is no JSON"),
    "NaN": (lambda _: Reply(body=b'{"data": [NaN]}'), SourceContractError, "is no JSON"),
    "nested too deeply": (lambda _: Reply(body=b"[" * 4_000), SourceContractError, "is no JSON"),
    "not text": (lambda _: Reply(body=b"\xff\xfe\xff"), SourceContractError, "is no JSON"),
    "no items": (lambda _: said({"error": "none"}), SourceContractError, "'data' is no list of items"),
    "items that are none": (lambda _: said({"data": {"id": 1}}), SourceContractError, "'data' is no list of items"),
    "too big": (lambda _: Reply(body=b" " * (1 << 13)), SourceContractError, "has more than"),
    "announced and endless": (
        lambda _: Reply(body=b" " * (1 << 13), headers={"content-length": str(1 << 40)}),
        SourceContractError,
        "has more than",
    ),
    "the same cursor": (lambda _: said({"data": [item(0)], "next": "again"}), SourceContractError, "never ends"),
    "a cursor that is no text": (lambda _: said({"data": [], "next": ["a"]}), SourceContractError, "is no text"),
    "a field lost": (lambda _: said({"data": [{"id": "p", "at": "x"}]}), SourceContractError, "items lost 'name'"),
    "redirected away": (
        lambda _: Reply(status=302, headers={"location": "https://elsewhere.example/"}),
        SourceContractError,
        "another host",
    ),
    "redirected in a circle": (
        lambda asked: Reply(status=307, headers={"location": asked.path}),
        SourceContractError,
        "in a circle",
    ),
    "401": (lambda _: Reply(status=401), SourceUnavailable, "refuses the id or the secret"),
    "403": (lambda _: Reply(status=403), SourceContractError, "may not read it"),
    "404": (lambda _: Reply(status=404), SourceContractError, "no such resource"),
    "418": (lambda _: Reply(status=418), SourceContractError, r"refuses to be asked like this \(418\)"),
    "unknown compression": (
        lambda _: Reply(body=b"xxxx", headers={"content-encoding": "gzip"}),
        SourceContractError,
        "cannot be read",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_service_is_one_clear_sentence(tmp_path: Path, name: str) -> None:
    answers, fault, sentence = BAD[name]
    source = source_of(tmp_path)
    async with reading(answers, source, patience=FOREVER) as (reader, server):
        with pytest.raises(fault, match=sentence) as found:
            await read(reader, source)
    assert len(server.asked) <= 5
    assert str(found.value).startswith("A Service, 'v1/people': ")
    assert not {"secret", "Mary", "?"} & {*str(found.value).replace("(renamed or dropped?)", "").split()}


async def test_paging_that_gives_the_same_items_under_new_cursors_ends(tmp_path: Path) -> None:
    def answers(asked: Asked) -> Reply:
        return said({"data": [item(0), item(1)], "next": str(int(asked.query.get("cursor", "0")) + 1)})

    source = source_of(tmp_path)
    async with reading(answers, source) as (reader, server):
        with pytest.raises(SourceContractError, match="its paging never ends: 20 pages had nothing new"):
            await read(reader, source)
    assert len(server.asked) == 21


STYLES: dict[str, tuple[str, Answer]] = {
    "page": (
        'items = "data"\npaging = { style = "page", parameter = "page", total = "total" }',
        lambda asked: said({"data": [item(int(asked.query["page"]))], "total": 3}),
    ),
    "page without a total": (
        'items = "data"\npaging = { style = "page", parameter = "page" }',
        lambda asked: said({"data": [item(int(asked.query["page"]))] if int(asked.query["page"]) < 4 else []}),
    ),
    "next": (
        'items = "a.b"\npaging = { style = "next", field = "links.next" }',
        lambda asked: said(
            {
                "a": {"b": [item(int(asked.query.get("n", "1")))]},
                "links": {"next": f"?n={int(asked.query.get('n', '1')) + 1}" if asked.query.get("n") != "3" else None},
            }
        ),
    ),
    "link": (
        'paging = { style = "link" }',
        lambda asked: said(
            [item(int(asked.query.get("n", "1")))],
            headers={"link": f'</api/v1/people?n={int(asked.query.get("n", "1")) + 1}>; rel="next"'}
            if asked.query.get("n") != "3"
            else {},
        ),
    ),
}


@pytest.mark.parametrize("style", STYLES)
async def test_styles_of_paging(tmp_path: Path, style: str) -> None:
    rest, answers = STYLES[style]
    source = source_of(tmp_path, rest)
    async with reading(answers, source) as (reader, _):
        assert ids(await read(reader, source)) == ["p1", "p2", "p3"]


async def test_fewer_items_than_promised_are_read_again(tmp_path: Path) -> None:
    rest = 'items = "data"\npaging = { style = "page", parameter = "page", total = "total" }'
    source = source_of(tmp_path, rest, ordered=False)

    def answers(asked: Asked) -> Reply:
        return said({"data": [item(1)] if asked.query["page"] == "1" else [], "total": 5})

    async with reading(answers, source) as (reader, _):
        pages: list[Page] = []
        with pytest.raises(SourceUnavailable, match="fewer items than it promised"):
            await gather(reader, source, pages)
        assert [page.position for page in pages] == [None]


async def test_a_token_is_fetched_once_and_renewed_once_when_refused(tmp_path: Path) -> None:
    rest = f'{REST}\nauth = {{ style = "oauth", token = "oauth/token", scope = "read" }}'
    source = source_of(tmp_path, rest)
    valid: list[str] = []

    def answers(asked: Asked) -> Reply:
        if asked.path == "/api/oauth/token":
            assert asked.headers["authorization"] == "Basic aWQ6c2VjcmV0"
            assert asked.body == b"grant_type=client_credentials&scope=read"
            valid.append(f"token-{len(valid)}")
            return said({"access_token": valid[-1], "expires_in": 3600})
        if asked.headers.get("authorization") != f"Bearer {valid[-1]}":
            return Reply(status=401)
        return said({"data": [item(0)], "next": None})

    def fetched() -> int:
        return sum(asked.path == "/api/oauth/token" for asked in server.asked)

    async with reading(answers, source) as (reader, server):
        await read(reader, source)
        await read(reader, source)
        async with RestReader.connect(source, reader._dsns) as next_poll:
            await read(next_poll, source)
        assert fetched() == 1
        valid.append("another")  # the token was withdrawn
        assert ids(await read(reader, source)) == ["p0"]
        assert fetched() == 2


async def test_a_token_that_is_refused_again_and_again_ends(tmp_path: Path) -> None:
    source = source_of(tmp_path, f'{REST}\nauth = {{ style = "oauth", token = "oauth/token" }}')

    def answers(asked: Asked) -> Reply:
        return said({"access_token": "t"}) if asked.method == "POST" else Reply(status=401)

    async with reading(answers, source) as (reader, server):
        with pytest.raises(SourceUnavailable, match="refuses the id or the secret"):
            await read(reader, source)
    assert len(server.asked) == 4


async def test_values_of_another_type_are_missing_and_counted(tmp_path: Path) -> None:
    odd = [{**item(0), "name": {"first": "Mary"}}, "no object", {**item(1), "id": None}, {**item(2), "name": "\ud800"}]
    body = json.dumps({"data": [*odd, {**item(3), "name": 17.50}]}).replace("17.5", "17.50").encode()
    source = source_of(tmp_path)
    async with reading(lambda _: Reply(body=body), source) as (reader, _):
        (page,) = await read(reader, source)
    assert page.rows.to_pylist() == [
        {"id": "p0", "name": None, "at": item(0)["at"]},
        {"id": None, "name": None, "at": None},
        {"id": None, "name": "Person 1", "at": item(1)["at"]},
        {"id": "p2", "name": None, "at": item(2)["at"]},
        {"id": "p3", "name": "17.50", "at": item(3)["at"]},
    ]
    assert page.unreadable == {"name": 2}


async def test_keys_are_asked_for_alone_where_the_service_can(tmp_path: Path) -> None:
    items = [item(n) for n in range(3)]

    def answers(asked: Asked) -> Reply:
        assert asked.query["fields"] == "id"
        return said({"data": [{"id": it["id"]} for it in items]})

    source = source_of(tmp_path, f'{REST}\nfields = "fields"')
    async with reading(answers, source) as (reader, _):
        pages = [page.to_pylist() async for page in reader.keys(source.tables[0], 100)]
    assert pages == [[{"id": "p0"}, {"id": "p1"}, {"id": "p2"}]]


async def test_a_service_that_is_not_there_and_a_dsn_that_is_none(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    for dsn, sentence in (
        ("http://id:secret@127.0.0.1:1/api", "it does not answer"),
        ("postgresql://id:secret@host/x", "its DSN cannot be read: write https://id:secret@host/base"),
        ("https://id:secret@host/api?a=b", "its DSN cannot be read"),
    ):
        async with RestReader.connect(source, {"service": dsn}, patience=PATIENCE) as reader:
            with pytest.raises(SourceUnavailable, match=sentence) as fault:
                await read(reader, source)
            assert "secret" not in str(fault.value).removesuffix("write https://id:secret@host/base.")


async def test_what_it_has_is_compared_with_the_file(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    async with reading(lambda _: said({"data": [{**item(0), "shoe_size": 43}]}), source) as (reader, _):
        assert (await reader.schema(source.tables[0])).names == ["id", "name", "at"]
        assert await reader.undeclared(source.tables[0]) == ("shoe_size",)
        assert await reader.tables() == ("v1/people",)
