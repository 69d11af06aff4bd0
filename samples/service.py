"""The services in front of Open Banking, ERMS and the AI Copilot: small, and real enough to be read by strangers.

Open Banking: OAuth client credentials, cursors, webhooks. ERMS: a key in a header, numbered pages with a total.
Copilot: a key, and the header Link. All have ETags and refuse who comes too often. Started by `samples.services`.
"""

import base64
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

import orjson
import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from samples.deliveries import delivering
from samples.offered import OFFERED, PREFIX, Resource
from samples.services import SETTINGS

MOST = 500  # items of a page
TOKEN_SECONDS = 300


@dataclass(slots=True)
class State:
    """What the process was told, the tokens that it gave out, and how often it was asked."""

    dsns: Mapping[str, str]
    id: str
    secret: str
    rate: float
    tokens: dict[str, float] = field(default_factory=dict)
    due: float = 0.0

    def wait(self) -> float:
        """Seconds until the next request is welcome; 0 for one that is."""
        now = monotonic()
        due = max(self.due, now - 1)
        if due > now:
            return due - now
        self.due = due + 1 / self.rate
        return 0.0


Answer = Callable[[Request, State, str, Resource], Awaitable[Response]]


def create_app() -> Starlette:
    state = State(**json.loads(os.environ[SETTINGS]))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with delivering(state.dsns.get("openbanking")):
            yield

    def listed(style: Answer, name: str) -> Route:
        async def answer(request: Request) -> Response:
            resource = OFFERED[name].get(request.path_params["resource"])
            if wait := state.wait():
                return JSONResponse({"error": "too many requests"}, 429, {"Retry-After": str(int(wait) + 1)})
            if not _admitted(request, state, name):
                return JSONResponse({"error": "unauthorized"}, 401)
            if resource is None:
                return JSONResponse({"error": "not found"}, 404)
            return await style(request, state, name, resource)

        return Route(f"/{name}/{PREFIX[name]}{{resource}}", answer)

    async def token(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        form = (await request.body()).decode()
        expected = base64.b64encode(f"{state.id}:{state.secret}".encode()).decode()
        if not secrets.compare_digest(given, expected) or "grant_type=client_credentials" not in form:
            return JSONResponse({"error": "invalid_client"}, 401)
        issued = secrets.token_urlsafe()
        state.tokens[issued] = monotonic() + TOKEN_SECONDS
        return JSONResponse({"access_token": issued, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    async def health(_: Request) -> Response:
        return JSONResponse({})

    routes = [Route("/health", health), Route("/openbanking/oauth/token", token, methods=["POST"])]
    routes += [listed(style, name) for name, style in STYLES.items()]
    return Starlette(routes=routes, lifespan=lifespan)


def _admitted(request: Request, state: State, name: str) -> bool:
    if name == "openbanking":
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return state.tokens.get(bearer, 0.0) > monotonic()
    return secrets.compare_digest(request.headers.get("x-api-key", ""), state.secret)


async def _cursors(request: Request, state: State, name: str, resource: Resource) -> Response:
    size = min(int(request.query_params.get("limit", "50")), MOST)
    cursor = request.query_params.get("cursor")
    after = json.loads(base64.urlsafe_b64decode(cursor)) if cursor else None
    rows, etag = await _read(request, state.dsns[name], resource, size + 1, after=after)
    page, more = rows[:size], len(rows) > size
    said = [page[-1]["_changed"].isoformat(), str(page[-1][resource.key])] if more else None
    following = base64.urlsafe_b64encode(json.dumps(said).encode()).decode() if said else None
    return _answer(request, {"data": _plain(page), "paging": {"next": following}}, etag)


async def _numbers(request: Request, state: State, name: str, resource: Resource) -> Response:
    size = min(int(request.query_params.get("pageSize", "50")), MOST)
    number = int(request.query_params.get("page", "1"))
    rows, etag = await _read(request, state.dsns[name], resource, None)
    page = rows[size * (number - 1) : size * number]
    return _answer(request, {"items": _plain(page), "page": number, "totalCount": len(rows)}, etag)


async def _links(request: Request, state: State, name: str, resource: Resource) -> Response:
    size = min(int(request.query_params.get("per_page", "50")), MOST)
    offset = int(request.query_params.get("offset", "0"))
    rows, etag = await _read(request, state.dsns[name], resource, size + 1, offset=offset)
    headers = {}
    if len(rows) > size:
        following = request.url.include_query_params(offset=offset + size)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return _answer(request, _plain(rows[:size]), etag, headers)


STYLES: Mapping[str, Answer] = {"openbanking": _cursors, "erms": _numbers, "copilot": _links}


async def _read(
    request: Request,
    dsn: str,
    resource: Resource,
    limit: int | None,
    *,
    after: list[str] | None = None,
    offset: int = 0,
) -> tuple[list[dict[str, Any]], str]:
    """The items by when they changed and by key, and a mark of all that there are of them."""
    fields = request.query_params.get("fields")
    wanted = [name for name in resource.columns if fields is None or name in fields.split(",")]
    key = sql.SQL("{}::text").format(sql.Identifier(resource.key))
    named: sql.Composable = sql.Identifier(resource.changed) if resource.changed else sql.SQL("'epoch'")
    changed = sql.SQL("{}::timestamptz").format(named)
    values = {
        "since": _moment(request.query_params.get("updated_since")),
        "at": after and after[0],
        "key": after and after[1],
        "limit": limit,
        "offset": offset,
    }
    parts = {
        "columns": sql.SQL(", ").join(map(sql.Identifier, wanted)),
        "rows": sql.SQL(resource.rows),
        "key": key,
        "changed": changed,
    }
    listed = "SELECT {columns}, {changed} AS _changed FROM {rows} AS q WHERE {changed} >= %(since)s"
    ahead = " AND ({changed}, {key}) > (%(at)s::timestamptz, %(key)s)" if after else ""
    paged = " ORDER BY {changed}, {key} LIMIT %(limit)s OFFSET %(offset)s"
    marked = "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS mark FROM (" + listed + ") AS t"  # noqa: S608 - our own text
    async with await psycopg.AsyncConnection.connect(dsn, row_factory=dict_row, autocommit=True) as database:
        await database.execute("SET TimeZone = 'UTC'")
        found = await (await database.execute(sql.SQL(listed + ahead + paged).format(**parts), values)).fetchall()
        row = await (await database.execute(sql.SQL(marked).format(**parts), values)).fetchone()
    return found, f'"{row["mark"] if row else ""}"'


def _moment(said: str | None) -> datetime | str:
    return datetime.fromisoformat(said) if said else "-infinity"


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "_changed"} for row in rows]


def _answer(request: Request, body: Any, etag: str, headers: dict[str, str] | None = None) -> Response:
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(orjson.dumps(body, default=str), 200, {**(headers or {}), "ETag": etag}, "application/json")
