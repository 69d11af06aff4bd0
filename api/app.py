"""The service: GraphQL, REST, health and metrics on one FastAPI app."""

import base64
import hashlib
from importlib import resources
from typing import Any

from fastapi import Depends, FastAPI
from prometheus_client import CollectorRegistry
from starlette.responses import HTMLResponse, JSONResponse

from api.access import load_access
from api.attendance import Attended
from api.auth import Door, Issuer, authorise
from api.described import describe
from api.feed import Feed
from api.graphql import graphql_router
from api.health import router as health_router
from api.issuers import LocalIssuer, RemoteIssuer
from api.limits import BoundedBody, Watched
from api.lines import Lines
from api.metrics import Audited, Rates, http_durations
from api.office import Office
from api.planning import Planning, planned_from_the_start
from api.problems import answer_with_problems
from api.projected import catalogue, projected_fields
from api.questions import Questions
from api.rest import router as rest_router
from api.schema import build_schema
from api.settings import ApiSettings
from api.sign_in import Redeem, sign_in_router
from api.tokens import load_verification_key
from api.views import views
from api.webhooks import Gate
from api.webhooks import router as webhook_router
from graph.client import GraphClient
from graph.projection import Compiler
from ledger.auditor import Auditor
from ledger.ledger import Ledger

TITLE = "Wekeza Identity Graph"
WITHOUT_PAGES: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None}


def create_app(
    settings: ApiSettings,
    graph: GraphClient,
    ledger: Ledger,
    *,
    questions: Questions | None = None,
    office: Office | None = None,
    redeem: Redeem | None = None,
) -> FastAPI:
    """The app over stores that the caller opened and will close; it opens nothing itself. Without ``questions``, what
    needs the memory of identity is UNAVAILABLE; without an office, decisions are. With ``redeem``, links sign in at the
    query page.

    Raises ValueError if the verification key is none. Requests are logged here, by route: run the server without an
    access log of its own, which would write ids.
    """
    app = FastAPI(title=TITLE, **WITHOUT_PAGES, redirect_slashes=False, lifespan=planned_from_the_start)
    schema = build_schema(introspection=settings.query_page)
    fields = projected_fields(schema)
    registry = CollectorRegistry()
    app.state.settings = settings
    app.state.door = Door(_issuer(settings), rate=settings.requests_per_second)
    app.state.lines = Lines()
    app.state.gate = Gate(settings.webhooks)
    app.state.access = access = load_access()
    app.state.views = views(access, schema._schema, fields, settings.inventory)
    app.state.graph = graph
    app.state.ledger = ledger
    app.state.office = office
    app.state.questions = questions
    app.state.feed = Feed(graph, ledger, questions.history, every=settings.feed_seconds) if questions else None
    app.state.schema = schema
    app.state.fields = fields
    app.state.compiler = Compiler(catalogue(fields))
    app.state.registry = registry
    app.state.auditor = Auditor(ledger)
    registry.register(Audited(app.state.auditor))
    app.state.rates = Rates()
    app.state.planning = Planning()

    _route(app)
    if settings.query_page:
        _serve_query_page(app, redeem)
    app.add_middleware(Attended)
    app.add_middleware(BoundedBody, limit=settings.max_body_bytes, seconds=settings.body_seconds)
    app.add_middleware(Watched, durations=http_durations(registry))
    return app


def _route(app: FastAPI) -> None:
    answer_with_problems(app)
    app.include_router(graphql_router(app.state.schema))
    app.include_router(rest_router)
    app.include_router(health_router)
    app.include_router(webhook_router)
    _describe(app)


def _issuer(settings: ApiSettings) -> Issuer:
    if settings.jwks is None:
        return LocalIssuer(load_verification_key(settings.verification_key))
    return RemoteIssuer(settings.jwks.url, issuer=settings.jwks.issuer, audience=settings.jwks.audience)


def _describe(app: FastAPI) -> None:
    @app.get("/openapi.json", include_in_schema=False, dependencies=[Depends(authorise)])
    async def openapi() -> JSONResponse:
        return JSONResponse(describe(app, app.state.schema._schema))


def _serve_query_page(app: FastAPI, redeem: Redeem | None) -> None:
    """A page of our own that needs no internet; it holds no data, its token is typed in or comes for a link's code."""
    page = resources.files("api").joinpath("query_page.html").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; connect-src 'self'; script-src {_hash(page, 'script')}; style-src {_hash(page, 'style')};"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    @app.get("/graphiql", include_in_schema=False)
    async def query_page() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    if redeem:
        app.include_router(sign_in_router(redeem))


def _hash(page: str, tag: str) -> str:
    """The hash by which a content security policy allows the one inline element."""
    inline = page.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"
