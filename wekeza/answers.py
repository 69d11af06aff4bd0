"""The API as a caller sees it, over HTTP: what the demo shows is what any front end would get."""

from typing import Any, Self

import httpx

TIMEOUT_SECONDS = 30.0
BUSY = {"TIMEOUT", "UNAVAILABLE"}


class ApiError(Exception):
    """The API refused or is not there; one sentence."""


class ApiBusy(ApiError):
    """The API is there but could not answer in time: ask again."""


class Api:
    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._http = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=TIMEOUT_SECONDS, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def is_ready(self) -> bool:
        try:
            return self._http.get("/health/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """The ``data`` of a GraphQL answer. Raises ApiError (ApiBusy if it may pass) on any error in it."""
        answer = self._send("POST", "/graphql", json={"query": text, "variables": variables})
        if errors := answer.get("errors"):
            busy = errors[0].get("extensions", {}).get("code") in BUSY
            raise (ApiBusy if busy else ApiError)(f"GraphQL at {self.url} answered: {errors[0]['message']}")
        data: dict[str, Any] = answer["data"]
        return data

    def get(self, path: str) -> dict[str, Any]:
        """A REST answer. Raises ApiError on any status but 200."""
        return self._send("GET", path)

    def _send(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **body)
            answer: dict[str, Any] = response.json()
        except httpx.TransportError as fault:
            raise ApiError(f"The API at {self.url} does not answer: {type(fault).__name__}.") from fault
        except ValueError as fault:
            raise ApiError(f"The API at {self.url} answered {response.status_code} without JSON.") from fault
        if response.status_code != httpx.codes.OK and "errors" not in answer:
            raise ApiError(f"The API at {self.url} answered {response.status_code}: {answer.get('title', '')}")
        return answer
