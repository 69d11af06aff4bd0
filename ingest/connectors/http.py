"""A service that answers over HTTP, asked with patience: what may pass is tried again, a few times and not for long.

Certificates are always verified, no answer is bigger than we want, nobody is followed to another host. No sentence
holds an address with its query, a body or a secret.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from ingest.connectors.credentials import Credentials, open_credentials
from ingest.connectors.pace import Wait
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.rest import Auth

FORM = "https://id:secret@host/base"
REDIRECTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one request may take, and how often and after which seconds it is sent again."""

    attempts: int = 4
    first_wait: float = 0.5  # doubled each time
    longest_wait: float = 30.0  # a service that wants us to wait longer is read at the next poll
    seconds: float = 60.0
    most_bytes: int = 16 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def unchanged(self) -> bool:
        return self.status == httpx.codes.NOT_MODIFIED


class NotThere(SourceUnavailable):
    """Nobody answers at its address: no list of it can be had."""


class Passing(SourceUnavailable):
    """What is worth another try at once; ``after`` the seconds that the service asks for."""

    def __init__(self, sentence: str, after: float | None = None) -> None:
        super().__init__(sentence)
        self.after = after


class Service:
    """One service, as one caller. Whatever goes wrong raises SourceContractError or SourceUnavailable."""

    def __init__(
        self, client: httpx.AsyncClient, base: httpx.URL, credentials: Credentials, patience: Patience, wait: Wait
    ) -> None:
        self._client = client
        self._base = base
        self._credentials = credentials
        self._patience = patience
        self._wait = wait

    @classmethod
    @asynccontextmanager
    async def connect(cls, dsn: str, auth: Auth | None, patience: Patience, wait: Wait) -> AsyncIterator[Self]:
        """Nothing is sent yet. ``wait`` waits for so many seconds, or until somebody wants an end."""
        base = _base(dsn)
        async with httpx.AsyncClient(
            verify=ssl.create_default_context(),  # the machine's authorities, or those of SSL_CERT_FILE
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(patience.seconds / 2, connect=min(10.0, patience.seconds)),
            headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "wekeza-ingest"},
        ) as client:
            yield cls(client, base, open_credentials(dsn, auth), patience, wait)

    def address(self, path: str, parameters: Mapping[str, str | int]) -> httpx.URL:
        return self._base.join(path.lstrip("/")).copy_merge_params({**parameters})

    def followed(self, page: httpx.URL, said: str) -> httpx.URL:
        """The address that an answer names. Raises SourceContractError if it is not the service's own."""
        try:
            url = page.join(said)
        except httpx.InvalidURL:
            raise SourceContractError("it names a next address that is none.") from None
        if _origin(url) != _origin(self._base):
            raise SourceContractError("it sends us to another host, where we do not go: correct its DSN.")
        return url

    async def get(self, url: httpx.URL, headers: Mapping[str, str] | None = None) -> Answer:
        retrying = AsyncRetrying(
            sleep=self._wait,
            wait=self._pause,
            stop=stop_after_attempt(self._patience.attempts),
            retry=retry_if_exception_type((Passing, NotThere)),
            reraise=True,
        )
        return await retrying(self._get, url, dict(headers or {}))

    async def _get(self, url: httpx.URL, headers: dict[str, str]) -> Answer:
        """One try; credentials that are refused are renewed once, redirects within the service followed."""
        renewed = False
        for _ in range(REDIRECTS + 2):
            said = await self._credentials.headers(self._post)
            answer = await self._send("GET", url, headers | said)
            if answer.status == httpx.codes.UNAUTHORIZED and not renewed and self._credentials.forget():
                renewed = True
            elif answer.status in (301, 302, 303, 307, 308) and "location" in answer.headers:
                url = self.followed(url, answer.headers["location"])
            else:
                return _accepted(answer, self._patience.longest_wait)
        raise SourceContractError("it redirects in a circle.")

    async def _post(self, path: str, headers: dict[str, str], form: dict[str, str]) -> Answer:
        answer = await self._send("POST", self.address(path, {}), headers, form)
        if answer.status in (400, 401, 403):
            return answer  # whose meaning its asker knows
        return _accepted(answer, self._patience.longest_wait)

    async def _send(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], form: dict[str, str] | None = None
    ) -> Answer:
        try:
            async with (
                asyncio.timeout(self._patience.seconds),
                self._client.stream(method, url, headers=headers, data=form) as response,
            ):
                return Answer(response.status_code, response.headers, await self._bounded(response))
        except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
            if _is_untrusted(fault):
                raise SourceUnavailable(
                    "nobody whom we trust vouches for its certificate: name its authority with SSL_CERT_FILE."
                ) from None
            raise NotThere("it does not answer: does it run, and is its DSN right?") from fault
        except (TimeoutError, httpx.TimeoutException) as fault:
            raise Passing("it did not answer within the time limit.") from fault
        except httpx.TransportError as fault:
            raise Passing("it broke off in the middle of an answer.") from fault
        except (httpx.DecodingError, httpx.InvalidURL) as fault:
            raise SourceContractError(f"its answer cannot be read ({type(fault).__name__}).") from None

    async def _bounded(self, response: httpx.Response) -> bytes:
        """The body; no more of it is taken than we want."""
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._patience.most_bytes:
                raise SourceContractError(
                    f"a page of it has more than {self._patience.most_bytes >> 20} MiB: ask for fewer items in `size`."
                )
            parts.append(part)
        return b"".join(parts)

    def _pause(self, state: RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Passing) and fault.after is not None:
            return fault.after
        return float(min(self._patience.first_wait * 2 ** (state.attempt_number - 1), self._patience.longest_wait))


def _base(dsn: str) -> httpx.URL:
    try:
        url = httpx.URL(dsn)
    except httpx.InvalidURL:
        url = httpx.URL("none:")
    if url.scheme not in ("http", "https") or not url.host or url.query:
        raise SourceUnavailable(f"its DSN cannot be read: write {FORM}.")
    path = url.path if url.path.endswith("/") else url.path + "/"
    return url.copy_with(userinfo=b"", path=path)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _accepted(answer: Answer, longest: float) -> Answer:
    """The answer, if it is one; else the sentence that its status means."""
    status = answer.status
    if status in (httpx.codes.OK, httpx.codes.NOT_MODIFIED):
        return answer
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        after = _retry_after(answer.headers.get("retry-after"))
        if after is not None and after > longest:
            raise SourceUnavailable(f"it wants no request for {after:.0f} s: it is read at the next poll.")
        busy = status == httpx.codes.TOO_MANY_REQUESTS
        raise Passing("it wants fewer requests (429)." if busy else f"it fails on its side ({status}).", after)
    if status == httpx.codes.UNAUTHORIZED:
        raise SourceUnavailable("it refuses the id or the secret: check them in its DSN.")
    if status == httpx.codes.FORBIDDEN:
        raise SourceContractError("this client may not read it: have it granted.")
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        raise SourceContractError("it has no such resource: correct the source file, or its DSN.")
    raise SourceContractError(f"it refuses to be asked like this ({status}): correct the source file.")


def _retry_after(said: str | None) -> float | None:
    """The seconds of Retry-After, which may be a date; None if it is neither."""
    if not said:
        return None
    try:
        return max(0.0, float(said)) if said.isdigit() else _seconds_until(parsedate_to_datetime(said))
    except ValueError:
        return None


def _seconds_until(at: datetime) -> float:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _is_untrusted(fault: BaseException | None) -> bool:
    while fault is not None:
        if isinstance(fault, ssl.SSLCertVerificationError):
            return True
        fault = fault.__cause__ or fault.__context__
    return False
