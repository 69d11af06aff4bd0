"""Neo4j Browser for investigators: its static files out of the Maven jar, with our style and saved queries in them.

It is a second Browser beside the server's own, on our origin, because a Browser takes queries and styles for everybody
only from the page itself: a script that runs first puts them into the page's storage. Whatever its settings say, the
page asks outside hosts for a font, an analytics script and a feedback widget; the Content-Security-Policy forbids it
every host but ours and the one Neo4j it is for.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

# The page's list is sorted by title, and cuts titles of more than 28 characters.
SAVED_QUERIES = (
    "browse_person",
    "browse_kept_apart",
    "browse_money",
    "browse_relationships",
    "browse_alerts",
    "browse_devices",
    "browse_suppressed",
)
PLACEHOLDER = "'GCID'"
FOLDER = {"id": "wekeza", "name": "Wekeza: investigate"}
INSIDE = "browser/"
PREVIEW = "browser/preview/"  # the jar's other Browser, which knows nothing of our seed
SEED_TAG = b'<head><script src="seed.js"></script>'
BOLT_PORT = 7687
# Not asked of the machine: its own table decides what Python's mimetypes answers.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
OTHER_CONTENT_TYPE = "application/octet-stream"
NAMED_BY_BUILD = re.compile(r"-[0-9a-f]{20}\.")


class BrowserMissing(Exception):
    """There is no Neo4j Browser to serve; says what to do."""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One file ``cypher/browse_*.cypher``; its first line is ``// `` and the title."""

    name: str
    title: str
    text: str

    @property
    def document(self) -> dict[str, str]:
        """As Neo4j Browser keeps a favourite. A changed text has another id, so that it replaces nobody's own."""
        return {"id": f"{self.name}-{_digest(self.text.encode())}", "folder": FOLDER["id"], "content": self.text}


@dataclass(frozen=True, slots=True)
class Site:
    """What is served: the jar's files by path, with their ETags, and the pages that we made."""

    jar: Path
    tags: Mapping[str, str]
    made: Mapping[str, bytes]

    def body(self, path: str) -> bytes:
        if path in self.made:
            return self.made[path]
        with ZipFile(self.jar) as archive:
            return archive.read(INSIDE + path)


def browser_app(jar: Path, *, bolt_uri: str) -> ASGIApp:
    """The Neo4j Browser of ``org.neo4j.client:neo4j-browser``, to mount under any path; it connects to ``bolt_uri``.

    Raises BrowserMissing where ``jar`` is no such jar.
    """
    site = _open_site(jar, bolt_uri)
    common = {
        "Content-Security-Policy": content_security_policy(bolt_uri),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

    def serve(request: Request) -> Response:  # not async: unpacking a file is done in a thread
        path = request.path_params["path"] or "index.html"
        if path not in site.tags:  # a listing of the jar, so no path leads out of it
            return Response("There is no such file in Neo4j Browser.\n", 404, common, "text/plain")
        lasting = "public, max-age=31536000, immutable" if NAMED_BY_BUILD.search(path) else "no-cache"
        headers = {**common, "ETag": site.tags[path], "Cache-Control": lasting}
        if site.tags[path] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        kind = CONTENT_TYPES.get(PurePosixPath(path).suffix, OTHER_CONTENT_TYPE)
        return Response(site.body(path), headers={**headers, "Content-Type": kind})

    def open_query(request: Request) -> Response:
        """A short address for a long link: ``query/browse_person/<gcid>``."""
        try:
            link = browse_link(request.scope["root_path"], bolt_uri, **request.path_params)
        except ValueError as fault:
            return Response(f"{fault}\n", 404, common, "text/plain")
        return RedirectResponse(link, headers=common)

    return Starlette(
        routes=[
            Route("/query/{name}", open_query),
            Route("/query/{name}/{gcid}", open_query),
            Route("/{path:path}", serve),
        ]
    )


def saved_queries() -> tuple[SavedQuery, ...]:
    """The queries for investigators."""
    return tuple(_read_query(name) for name in SAVED_QUERIES)


def browse_link(base_url: str, bolt_uri: str, name: str, gcid: str | None = None) -> str:
    """A link that opens the Browser at ``base_url`` (where it is mounted) with one saved query in its editor.

    ``gcid`` goes to the placeholder of the queries that are about one person. Raises ValueError if it is no GCID:
    what is no UUID must not become part of a query, and if there is no such query.
    """
    text = _read_query(name).text
    if gcid is not None:
        try:
            text = text.replace(PLACEHOLDER, f"'{UUID(gcid)}'")
        except ValueError:
            raise ValueError("That is no GCID: a GCID is a UUID.") from None
    asked = urlencode({"dbms": _direct(bolt_uri), "cmd": "edit", "arg": text}, quote_via=quote)
    return f"{base_url.rstrip('/')}/?{asked}"


def seed_script(bolt_uri: str) -> bytes:
    """``seed.js``: what to put into the page's storage, and the text in ``web/browser/`` that puts it there."""
    script = _web_file("seed.js")
    seed: dict[str, Any] = {
        "folder": FOLDER,
        "documents": [query.document for query in saved_queries()],
        "style": json.loads(_web_file("style.grass.json")),
    }
    version = _digest((json.dumps(seed) + script).encode())
    seed |= {"version": version, "server": _direct(bolt_uri)}
    return f"const SEED = {json.dumps(seed)};\n{script}".encode()


def content_security_policy(bolt_uri: str) -> str:
    """Nothing but this origin, and the one Neo4j: Bolt runs in a WebSocket, after a question over HTTP."""
    parts = urlsplit(bolt_uri)
    address = f"{parts.hostname}:{parts.port or BOLT_PORT}"
    secure = "s" if "+s" in parts.scheme else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' ws{secure}://{address} http{secure}://{address}",
            "style-src 'self' 'unsafe-inline'",  # the page writes its styles as it runs
            "img-src 'self' data: blob:",  # blob: an export of the picture
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _open_site(jar: Path, bolt_uri: str) -> Site:
    try:
        with ZipFile(jar) as archive:
            files = {
                entry.filename.removeprefix(INSIDE): f'"{entry.CRC:08x}-{entry.file_size:x}"'
                for entry in archive.infolist()
                if entry.filename.startswith(INSIDE) and not entry.filename.startswith(PREVIEW) and not entry.is_dir()
            }
            index = archive.read(INSIDE + "index.html")
    except (OSError, BadZipFile, KeyError) as fault:
        raise BrowserMissing(f"{jar} holds no Neo4j Browser: `make up` fetches it with Neo4j's other jars.") from fault
    if b"<head>" not in index:
        raise BrowserMissing(f"{jar} holds a Neo4j Browser of another build than the one this version knows.")
    made = {"index.html": index.replace(b"<head>", SEED_TAG, 1), "seed.js": seed_script(bolt_uri)}
    return Site(jar, files | {path: f'"{_digest(body)}"' for path, body in made.items()}, made)


def _direct(bolt_uri: str) -> str:
    """The address alone, and without routing, which leads to hosts that the policy forbids; Community is one server."""
    parts = urlsplit(bolt_uri)
    scheme = parts.scheme.replace("neo4j", "bolt", 1)
    return f"{scheme}://{parts.netloc.rpartition('@')[2]}"


def _read_query(name: str) -> SavedQuery:
    if name not in SAVED_QUERIES:
        raise ValueError(f"There is no saved query {name!r}: there are {', '.join(SAVED_QUERIES)}.")
    text = resources.files("cypher").joinpath(f"{name}.cypher").read_text(encoding="utf-8")
    return SavedQuery(name, text.partition("\n")[0].removeprefix("// "), text)


def _web_file(name: str) -> str:
    return (resources.files("web") / "browser" / name).read_text(encoding="utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
