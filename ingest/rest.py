"""What a source file says of a service that answers over HTTP with JSON: how it pages, and what it asks of a caller.

The address and the secrets are in its DSN: ``https://id:secret@host/base``.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from ingest.declared import Declared, Names


class Paging(Declared):
    """How one comes from a page to the next; fields of a body are named with dots: ``paging.next``.

    *cursor*: ``parameter`` takes what ``field`` of the page before said. *page*: ``parameter`` counts from 1, to the
    first empty page or until ``total``, a field, says that all items were given. *next*: ``field`` is the next page's
    address. *link*: the header Link has it (RFC 8288).
    """

    style: Literal["cursor", "page", "next", "link"]
    parameter: str | None = None
    field: str | None = None
    total: str | None = None

    def problems(self) -> Iterator[str]:
        needed = {"cursor": ("parameter", "field"), "page": ("parameter",), "next": ("field",), "link": ()}[self.style]
        yield from (f"paging.{name}: {self.style} needs it" for name in needed if getattr(self, name) is None)


class Size(Declared):
    """The parameter by which one says how many items a page has at most, and how many the service allows."""

    parameter: str
    most: Annotated[int, Field(ge=1)]


class Auth(Declared):
    """*oauth*: client credentials (RFC 6749, 4.4) at ``token``; *key*: the DSN's secret in ``header``; else Basic."""

    style: Literal["oauth", "key", "basic"]
    token: str | None = None  # a path below the service's address
    scope: str | None = None
    header: str | None = None

    def problems(self) -> Iterator[str]:
        needed = {"oauth": ("token",), "key": ("header",), "basic": ()}[self.style]
        yield from (f"auth.{name}: {self.style} needs it" for name in needed if getattr(self, name) is None)


class Rest(Declared):
    """Of a place."""

    items: str = ""  # where in a body the items are; the body itself if not given
    paging: Paging | None = None
    size: Size | None = None
    auth: Auth | None = None
    fields: str | None = None  # a parameter: the names of the fields that an item shall have, with commas between
    whole: bool = False  # a page's ETag or Last-Modified is that of the whole list, not of the page alone

    def problems(self) -> Iterator[str]:
        for part in (self.paging, self.auth):
            yield from (f"rest.{problem}" for problem in (part.problems() if part else ()))


class Resource(Declared):
    """Of a table that is read over HTTP: its ``from`` is a path below the service's address."""

    since: str | None = None  # a parameter: only items that changed at this time or after it
    ordered: bool = False  # items come by their watermark: a pass that breaks off goes on from where it was
    nested: Names = ()  # columns that hold objects or lists: they come as the text of their JSON
    optional: Names = ()  # columns that all items of a page may leave out
    parameters: Mapping[str, str] = Field(default_factory=dict)


class Webhook(Declared):
    """Of a table of which the source tells by itself: the types of its events, and where in them the item is."""

    events: Annotated[tuple[str, ...], Field(min_length=1)]
    item: str = "data"
