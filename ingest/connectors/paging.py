"""The way from a page of a list to the next, whichever style the service has, and where it must end. Sends nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from ingest.connectors.http import Answer
from ingest.connectors.items import at_path, read_json
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.rest import Paging, Rest

BARREN_PAGES = 20  # one after the other without a key that was not there before: such a list never ends


class Follows(Protocol):
    def followed(self, page: httpx.URL, said: str) -> httpx.URL:
        """An address that an answer names, refused if it leads elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    items: Sequence[Any]
    next: httpx.URL | None


class Course:
    """One pass through a list. Raises SourceContractError for what is no page, and for a list without an end."""

    def __init__(self, place: Rest, first: httpx.URL, size: int | None) -> None:
        self._place = place
        self._size = size
        self._url = first
        self._asked = {first}
        self._keys: set[int] = set()
        self._barren = 0
        self._items = 0
        self.first = first
        self.pages = 0

    def read(self, answer: Answer, service: Follows) -> Part:
        """The items of the page that was asked for last, and the address of the next one; None after the last."""
        try:
            body = read_json(answer.body)
        except ValueError:
            raise SourceContractError("its answer is no JSON: is its DSN right?") from None
        items = at_path(body, self._place.items)
        if not isinstance(items, list):
            where = repr(self._place.items) if self._place.items else "its answer"
            raise SourceContractError(f"{where} is no list of items: correct `items` in the source file.")
        self.pages += 1
        self._items += len(items)
        found = self._next(answer, body, items, service)
        if found is not None:
            if found in self._asked:
                raise SourceContractError("its paging never ends: it leads to a page that was read already.")
            self._asked.add(found)
            self._url = found
        return Part(items, found)

    def note(self, keys: Iterable[str | None]) -> None:
        """Of the items of a page: a list that goes on and on has the same ones again, or none."""
        known = len(self._keys)
        self._keys.update(map(hash, keys))
        self._barren = self._barren + 1 if len(self._keys) == known else 0
        if self._barren >= BARREN_PAGES:
            raise SourceContractError(f"its paging never ends: {BARREN_PAGES} pages had nothing new.")

    def _next(self, answer: Answer, body: Any, items: Sequence[Any], service: Follows) -> httpx.URL | None:
        paging = self._place.paging
        if paging is None:
            return None
        if paging.style == "page":
            return self._counted(paging, body, items)
        said = _link(answer.headers) if paging.style == "link" else at_path(body, paging.field or "")
        if said is None or said == "":
            return None
        if not isinstance(said, str):
            raise SourceContractError("what names its next page is no text: correct `paging` in the source file.")
        if paging.style == "cursor":
            return self.first.copy_set_param(paging.parameter or "", said)
        return service.followed(self._url, said)

    def _counted(self, paging: Paging, body: Any, items: Sequence[Any]) -> httpx.URL | None:
        total = _number(at_path(body, paging.total)) if paging.total else None
        if total is not None and self._items >= total:
            return None
        if not items and total is not None:
            raise SourceUnavailable("it gave fewer items than it promised: they are read again.")
        return self._url.copy_set_param(paging.parameter or "", self.pages + 1) if items else None


def _link(headers: httpx.Headers) -> str | None:
    links = httpx.Response(200, headers=headers).links
    return links.get("next", {}).get("url")


def _number(said: Any) -> int:
    try:
        return int(said)
    except (TypeError, ValueError):
        raise SourceContractError("it does not say how many items there are: correct `paging.total`.") from None
