"""Relay's cursor connections, over the rows that a ``Page`` reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from api.pages import DEFAULT_FIRST, encode_cursor
from api.projected import PROJECTION, Through, projected
from api.selection import answer_key
from graph.projection import Page

T = TypeVar("T")

First = Annotated[int, strawberry.argument(description=f"How many at most: 1 to 200; {DEFAULT_FIRST} if not given.")]
After = Annotated[str | None, strawberry.argument(description="Go on behind this cursor (pageInfo.endCursor).")]


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """What was read: up to ``first`` rows, and one more if there is a next page."""

    read: Sequence[Mapping[str, Any]]
    first: int

    @property
    def edges(self) -> Sequence[Mapping[str, Any]]:
        return self.read[: self.first]


@strawberry.type(description="Where a page ends, and whether another follows.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow behind endCursor.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge; null on an empty page.")


def _cursor(root: strawberry.Parent[Any]) -> str:
    return encode_cursor(root["cursor"])


def _page_info(root: strawberry.Parent[Any]) -> PageInfo:
    page: PageOfRows = root
    last = page.edges[-1]["cursor"] if page.edges else None
    return PageInfo(has_next_page=len(page.read) > page.first, end_cursor=last and encode_cursor(last))


@strawberry.type(description="One item of a page.")
class Edge(Generic[T]):
    node: T = projected(Through(), "The item.")
    cursor: str = strawberry.field(
        resolver=_cursor, description="The place of this item; give it to `after` to go on behind it."
    )


@strawberry.type(description="A page of items.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = projected(Through(), "The items of this page, in order.")
    page_info: PageInfo = strawberry.field(resolver=_page_info, description="Where this page ends.")


def _page(
    root: strawberry.Parent[Any], info: strawberry.Info[Any, Any], first: First = DEFAULT_FIRST, after: After = None
) -> Any:
    """What the graph read for this occurrence of a connection field; ``after`` had its say in the statement."""
    return PageOfRows(root[answer_key(info.python_name, str(info.path.key))], first)


def paged(how: Page, description: str) -> Any:
    """A connection field over the rows of a statement; its annotation says of what."""
    return strawberry.field(resolver=_page, description=description, metadata={PROJECTION: how})
