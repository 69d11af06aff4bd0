"""The demo's own client, against a small real HTTP server."""

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from wekeza.answers import Api, ApiError

TOKEN = "a.b.c"


class Handler(BaseHTTPRequestHandler):
    """Answers by path; GraphQL echoes what it was asked."""

    answers: ClassVar[dict[str, tuple[int, str]]] = {
        "/health/ready": (200, '{"status": "ready"}'),
        "/customer/1": (200, '{"gcid": "1"}'),
        "/customer/2": (404, '{"title": "There is no such customer."}'),
        "/text": (502, "<html>a proxy</html>"),
    }

    def do_GET(self) -> None:
        self._answer(*self.answers[self.path])

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.headers["authorization"] != f"Bearer {TOKEN}":
            self._answer(401, '{"title": "Give a token."}')
        elif "{" not in asked["query"]:
            self._answer(400, '{"errors": [{"message": "Syntax Error"}, {"message": "more"}]}')
        else:
            self._answer(200, json.dumps({"data": asked}))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def api(url: str) -> Iterator[Api]:
    with Api(url, TOKEN) as opened:
        yield opened


def test_a_query_answers_its_data(api: Api) -> None:
    assert api.query("{ a }", phone="+254") == {"query": "{ a }", "variables": {"phone": "+254"}}


def test_an_error_of_graphql_is_one_sentence(api: Api, url: str) -> None:
    with pytest.raises(ApiError) as raised:
        api.query("nothing")
    assert str(raised.value) == f"GraphQL at {url} answered: Syntax Error"


def test_a_refusal_tells_its_title_and_not_the_token(url: str) -> None:
    with Api(url, "another.token.x") as stranger, pytest.raises(ApiError) as raised:
        stranger.query("{ a }")
    assert str(raised.value) == f"The API at {url} answered 401: Give a token."


def test_rest(api: Api, url: str) -> None:
    assert api.get("/customer/1") == {"gcid": "1"}
    with pytest.raises(ApiError, match=r"answered 404: There is no such customer\.$"):
        api.get("/customer/2")
    with pytest.raises(ApiError, match="answered 502 without JSON"):
        api.get("/text")


def test_an_api_that_is_not_there_is_not_ready(api: Api, reserved: int) -> None:
    assert api.is_ready()
    with Api(f"http://127.0.0.1:{reserved}", TOKEN) as nobody:
        assert not nobody.is_ready()
        with pytest.raises(ApiError, match=rf"http://127\.0\.0\.1:{reserved} does not answer: ConnectError"):
            nobody.query("{ a }")


@pytest.fixture
def reserved() -> Iterator[int]:
    """A port that is bound, so that nobody else takes it, and on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
