"""A source file of a service, a good service, and how it is read."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from graph.records import Position
from ingest.connectors.http import Patience
from ingest.connectors.page import Page
from ingest.connectors.rest import RestReader
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
