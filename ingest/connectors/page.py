"""What connectors give: pages of rows as they are at the source, typed and not cleaned, by whichever pattern."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

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
    part: str | None = None  # of which part of the table the position is, where it comes in parts
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
    emptied: bool = False  # all rows of before were deleted at once, and nobody said which there were
    ordered: bool = False  # positions of the table only grow as text: what is not ahead of the stored one is known
    part: str = ""
    fault: str | None = None

    def place(self, pattern: str) -> str:
        """The name under which its position is stored."""
        return position_of(self.table, pattern, self.part)

    def is_known(self, stored: Position | None) -> bool:
        """Whether all of it was loaded before. Positions of another history, by the watermark, are not compared."""
        own = self.page.position
        if not self.ordered or own is None or stored is None or own.watermark != stored.watermark:
            return False
        return own.key <= stored.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a source was heard that keeps for us what was not acknowledged.

    ``reached`` grows, as text, within one ``history``; ``behind`` is how many bytes the source keeps.
    """

    history: str
    reached: str
    behind: int


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


@runtime_checkable
class PartsReader(Protocol):
    """A reader of tables that come in parts, as files: each part is read once, and has a position of its own."""

    def parts(
        self, entity: Table, known: Mapping[str, Position], size: int, since: date | None = None
    ) -> AsyncGenerator[Page, None]:
        """The rows of all parts from their ``known`` positions on; those that are of ``since`` and later, all rows.

        Bad parts fail the table when the others are read.
        """
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


@runtime_checkable
class Resumable(Follower, Protocol):
    """A follower whose source itself remembers how far we are, and may lose that, or the rest of what it kept.

    It delivers an empty group now and then, so that its standing is kept while nothing happens.
    """

    @property
    def standing(self) -> Standing:
        """Before the first delivery: from where the source would go on. Later: what `acknowledge` would say."""
        ...

    def resume(self, history: str, reached: str) -> bool:
        """Go on from a standing of before. False where the source cannot: then something is lost in between."""
        ...
