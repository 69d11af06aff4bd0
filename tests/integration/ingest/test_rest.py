"""Reading a service over HTTP: real sockets, and a server that does what it is told."""

import json
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from graph.records import Position
from ingest.connectors.page import Page
from ingest.connectors.rest import RestReader
from ingest.errors import SourceUnavailable
from ingest.source import Source
from tests.fixtures.http import Answers, Asked, Reply
from tests.integration.ingest.service import (
    PATIENCE,
    REST,
    gather,
    ids,
    item,
    paged,
    read,
    reading,
    said,
    source_of,
)


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
        with pytest.raises(SourceUnavailable, match=r"A Service, 'v1/people': it broke off in the middle of an answer"):
            await gather(reader, source, seen)
        assert len(server.asked) == 2 + PATIENCE.attempts
        reached = seen[-1].position
        assert (reached is not None) is ordered
        broken = False
        assert {*ids(seen), *ids(await read(reader, source, reached))} == {f"p{n}" for n in range(6)}


async def test_a_list_from_a_moment_on_that_brings_nothing_new_moves_nothing(tmp_path: Path) -> None:
    """Not even its stamp: a poll that finds nothing new writes nothing."""
    source = source_of(tmp_path)
    async with reading(lambda _: said({"data": [item(0)], "next": None}, headers={"etag": '"v1"'}), source) as (
        reader,
        _,
    ):
        first = (await read(reader, source))[-1].position
        assert first is not None
        assert (await read(reader, source, first))[-1].position == first


def never_since(source: Source) -> Source:
    """The same, but that its list is always read whole."""
    (table,) = source.tables
    changes = {"watermark": (), "resource": table.resource.model_copy(update={"since": None})}
    return source.model_copy(update={"tables": (table.model_copy(update=changes),)})


@pytest.mark.parametrize("stamp", ["etag", "last-modified"])
async def test_an_unchanged_list_costs_one_request(tmp_path: Path, stamp: str) -> None:
    items, value = [item(0)], '"v1"' if stamp == "etag" else "Sun, 01 Mar 2026 00:00:00 GMT"

    def answers(asked: Asked) -> Reply:
        condition = asked.headers.get("if-none-match" if stamp == "etag" else "if-modified-since")
        if condition == value:
            return Reply(status=304)
        return said({"data": items, "next": None}, headers={stamp: value})

    source = never_since(source_of(tmp_path))
    async with reading(answers, source) as (reader, server):
        second = (await read(reader, source))[-1].position
        assert await read(reader, source, second) == []
        assert [
            asked.headers.get("if-none-match", asked.headers.get("if-modified-since")) for asked in server.asked
        ] == [None, value]
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

    source, whole = never_since(source_of(tmp_path)), never_since(source_of(tmp_path, f"{REST}\nwhole = true"))
    async with reading(answers, source) as (reader, _):
        assert [page.position for page in await read(reader, source)] == [None, None]
    async with reading(answers, whole) as (reader, _):
        keys = [page.position and page.position.key for page in await read(reader, whole)]
        assert keys[0] is None
        assert keys[1]
        assert keys[1].endswith(' "page"')


async def test_it_waits_as_long_as_it_is_told_to(tmp_path: Path) -> None:
    replies = iter([Reply(status=429, headers={"retry-after": "0"}), Reply(status=503), said({"data": [item(0)]})])
    source = source_of(tmp_path)
    async with reading(lambda _: next(replies), source) as (reader, server):
        assert ids(await read(reader, source)) == ["p0"]
        assert len(server.asked) == 3


STYLES: dict[str, tuple[str, Answers]] = {
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


async def test_a_service_that_is_not_there_is_not_asked_for_every_table(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    slow = replace(PATIENCE, first_wait=0.5, longest_wait=2.0)
    async with RestReader.connect(source, {"service": "http://id:secret@127.0.0.1:1/"}, patience=slow) as reader:
        with pytest.raises(SourceUnavailable, match="'v1/people': it does not answer"):
            await read(reader, source)
        started = monotonic()
        with pytest.raises(SourceUnavailable, match="'v1/people': it does not answer"):
            await read(reader, source)
        assert monotonic() - started < 0.5


async def test_what_it_has_is_compared_with_the_file(tmp_path: Path) -> None:
    source = source_of(tmp_path)
    async with reading(lambda _: said({"data": [{**item(0), "shoe_size": 43}]}), source) as (reader, _):
        assert (await reader.schema(source.tables[0])).names == ["id", "name", "at"]
        assert await reader.undeclared(source.tables[0]) == ("shoe_size",)
        assert await reader.tables() == ("v1/people",)
