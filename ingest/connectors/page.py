"""What connectors give: pages of rows as they are at the source, typed and not cleaned, by whichever pattern."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from graph.records import Position
from ingest.rejections import Reason
from ingest.table import Table

NO_TIMES = pa.chunked_array([], pa.timestamp("us", tz="UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """What came and is no row: as it came, in a table of one row, and why; ``key`` is its record's, if it says that."""

    reason: Reason
    content: pa.Table
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows as they are in the source, and where the cursor stands after them."""

    rows: pa.Table
    position: Position | None  # None as long as no row had a watermark
    # The times among the watermarks that lie after where the run began, in order.
    fresh: pa.ChunkedArray = field(default_factory=lambda: NO_TIMES)
    unreadable: Mapping[str, int] = field(default_factory=dict)  # column -> values that no type of ours can hold
    poison: Sequence[Poison] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a source pushed for one table: of each key only its last state.

    The rows of ``page`` are new or changed; ``gone`` are the ids of records whose rows were deleted. ``part`` names
    the part of the table that it is of, where each has a position of its own. ``fault`` is one sentence: why nothing is
    told of this table now, while others are.
    """

    table: Table
    page: Page
    gone: tuple[str, ...] = ()
    part: str = ""
    fault: str | None = None

    def place(self, pattern: str) -> str:
        """The name under which its position is stored."""
        return position_of(self.table, pattern, self.part)


def position_of(table: Table, pattern: str, part: str = "") -> str:
    """The name of the stored position of a table that is followed, or of a part of it."""
    return f"{table.name} ({f'{pattern} {part}'.strip()})"


class Reader(Protocol):
    """Reads a source when it is asked: a poll. Whatever it does raises SourceContractError or SourceUnavailable."""

    def pages(
        self, entity: Table, since: Position | None, size: int, *, stored: Position | None = None
    ) -> AsyncGenerator[Page, None]:
        """The rows from ``since`` on, at most ``size`` at a time; see `DatabaseReader.pages`."""
        ...

    def keys(self, entity: Table, size: int) -> AsyncGenerator[pa.Table, None]:
        """The columns that the ids of all records are made of."""
        ...

    async def schema(self, entity: Table) -> pa.Schema:
        """The declared columns as they are now."""
        ...

    async def undeclared(self, entity: Table) -> tuple[str, ...]:
        """Columns that the source file neither reads nor ignores."""
        ...

    async def tables(self, place: str | None = None) -> tuple[str, ...]:
        """What there is at a place, by name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a follower may ask for: the position stored under a name, and a name of this installation for others."""

    position: Callable[[str], Awaitable[Position | None]]
    installation: str


class Follower(Protocol):
    """Is told by a source, as things happen, until it is closed. Raises as a reader does."""

    def deliveries(self, size: int) -> AsyncGenerator[Sequence[Delivery], None]:
        """What happened, in the source's order, of at most about ``size`` rows at a time; waits where nothing does."""
        ...

    async def acknowledge(self) -> None:
        """All that was delivered so far is in the graph: the source need not keep it."""
        ...
