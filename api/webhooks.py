"""What sources send by themselves: signed, recent, each event once, and kept in the ledger's inbox until it is read.

As Standard Webhooks: HMAC-SHA256 over ``id.timestamp.body`` with the secret that the source was given.
"""

import base64
import binascii
import hashlib
import hmac
import math
import re
from collections.abc import Callable, Mapping
from time import monotonic, time
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Path, Request
from starlette.responses import Response

from api.auth import FAILURES_AT_ONCE, FAILURES_PER_SECOND
from api.buckets import Buckets
from api.errors import ApiError, ErrorCode
from api.problems import problem_responses
from ledger.inbox import put_message
from ledger.ledger import Ledger

WINDOW_SECONDS = 300  # that a message may be old, or a clock wrong
EVENTS_PER_SECOND = 200.0  # of one source, in the long run
EVENTS_AT_ONCE = 400
EVENT_ID = re.compile(r"[\x21-\x7e]{1,255}")
STAMP = re.compile(r"[0-9]{1,12}")
MAX_SIGNATURES = 8  # while a secret is changed there are two
NOT_SIGNED = "The message is not signed as agreed, or is too old: send it anew."

router = APIRouter(tags=["webhooks"])

Name = Annotated[str, Path(description="The system that sends.", max_length=64)]
Text = Annotated[str | None, Header()]


class Gate:
    """Lets in what is signed with its source's secret. What is not is counted by address, as bad tokens are."""

    def __init__(self, secrets: Mapping[str, str], clock: Callable[[], float] = monotonic) -> None:
        self._secrets = secrets
        self._events = Buckets(rate=EVENTS_PER_SECOND, burst=EVENTS_AT_ONCE, clock=clock)
        self._failures = Buckets(rate=FAILURES_PER_SECOND, burst=FAILURES_AT_ONCE, clock=clock)

    def admit(self, source: str, address: str, id: str | None, stamp: str | None, said: str | None, body: bytes) -> str:
        """Answers the event's id. Raises ApiError NOT_FOUND, UNAUTHENTICATED or RATE_LIMITED."""
        secret = self._secrets.get(source)
        if secret is None:
            raise self._failed(address, ErrorCode.NOT_FOUND, "No such source sends to this service.")
        if not (id and stamp and said and _is_signed(secret, id, stamp, said, body)):
            raise self._failed(address, ErrorCode.UNAUTHENTICATED, NOT_SIGNED)
        if wait := self._events.take(source):
            raise _too_often(wait)
        return id

    def _failed(self, address: str, code: ErrorCode, sentence: str) -> ApiError:
        wait = self._failures.take(address)
        return _too_often(wait) if wait else ApiError(code, sentence)


def _is_signed(secret: str, id: str, stamp: str, said: str, body: bytes) -> bool:
    """Whether one of the signatures is ours, over a recent time."""
    if not EVENT_ID.fullmatch(id) or not STAMP.fullmatch(stamp) or abs(time() - int(stamp)) > WINDOW_SECONDS:
        return False
    own = hmac.digest(secret.encode(), b".".join((id.encode(), stamp.encode(), body)), hashlib.sha256)
    return any(hmac.compare_digest(own, given) for given in map(_signature, said.split()[:MAX_SIGNATURES]))


def _signature(said: str) -> bytes:
    version, _, text = said.partition(",")
    try:
        return base64.b64decode(text, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""


def _too_often(wait: float) -> ApiError:
    seconds = math.ceil(wait)
    return ApiError(ErrorCode.RATE_LIMITED, f"Too many messages: wait {seconds} s.", retry_after=seconds)


@router.post(
    "/webhooks/{source}",
    status_code=202,
    summary="A source tells of something",
    responses={
        202: {"description": "It is kept, and read soon; so is one that came before."},
        **problem_responses(400, 401, 404, 408, 413, 429, 503),
    },
)
async def receive(
    request: Request,
    source: Name,
    webhook_id: Text = None,
    webhook_timestamp: Text = None,
    webhook_signature: Text = None,
) -> Response:
    """The body is a JSON object with a `type`, signed as Standard Webhooks are, at most five minutes ago.

    An event counts once, by its `webhook-id`.
    """
    body = await request.body()
    gate: Gate = request.app.state.gate
    address = request.client.host if request.client else ""
    event = gate.admit(source, address, webhook_id, webhook_timestamp, webhook_signature, body)
    if not _is_event(body):
        raise ApiError(ErrorCode.BAD_USER_INPUT, "A message is a JSON object with a text `type`.")
    ledger: Ledger = request.app.state.ledger
    async with ledger.transaction() as connection:
        new = await put_message(connection, source, event, body)
    return Response(orjson.dumps({"status": "accepted" if new else "known"}), 202, media_type="application/json")


def _is_event(body: bytes) -> bool:
    try:
        said: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(said, dict) and isinstance(said.get("type"), str)
