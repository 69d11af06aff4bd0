"""Changes of one table's rows, compacted: of each row only how it is at the end. Pure.

A row is its declared columns in the order of the file, as text. It is known by its key where that is told of a former
row, else by the identity that is. Another row may take either over within the same transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime

from ingest.connectors.pgoutput import UNCHANGED, Relation, Value, Values
from ingest.connectors.slot import can_tell_ends
from ingest.errors import SourceContractError
from ingest.table import Table

Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the declared columns of a table are among those that are sent."""

    types: tuple[int, ...]  # OIDs
    places: tuple[int, ...]
    key: int  # the key's place among the declared columns
    known_by: tuple[int, ...]  # what a row is known by, among those that are sent
    tells_ends: bool  # whether what is sent of a former row says which records it was

    @classmethod
    def of(cls, table: Table, relation: Relation) -> "Columns":
        """Raises SourceContractError where a declared column is not among them any more."""
        sent = {column.name: place for place, column in enumerate(relation.columns)}
        if lost := [name for name in table.columns if name not in sent]:
            raise SourceContractError(
                f"table {table.table!r} lost the column {', '.join(map(repr, lost))}, or does not publish it any more: "
                f"correct [[table]] {table.name!r} in its source file, or have it restored."
            )
        places = tuple(sent[name] for name in table.columns)
        identity = frozenset(column.name for column in relation.columns if column.in_identity)
        known_by = {table.key} if table.key in identity else identity
        return cls(
            types=tuple(relation.columns[place].type for place in places),
            places=places,
            key=list(table.columns).index(table.key),
            known_by=tuple(place for name, place in sent.items() if name in known_by),
            tells_ends=can_tell_ends(table, identity),
        )

    def row(self, values: Values) -> Row:
        return tuple(values[place] for place in self.places)

    def identity(self, values: Values) -> Row:
        return tuple(values[place] for place in self.known_by)


@dataclass(slots=True)
class TableChanges:
    """``after`` are rows as they are now, ``before`` are rows, or their identities, as they were."""

    table: Table
    columns: Columns
    after: dict[Row, Row] = field(default_factory=dict)
    times: dict[Row, datetime] = field(default_factory=dict)  # of the commits
    before: list[Row] = field(default_factory=list)
    emptied: bool = False
    reached: int | None = None  # LSN behind the last commit of a change of them; None in the midst of a transaction

    def insert(self, new: Values, at: datetime) -> None:
        self._put(new, self.columns.row(new), at)

    def update(self, old: Values | None, new: Values, at: datetime) -> None:
        """What was not sent is taken from the row as it was, where that is known."""
        row = self.columns.row(new)
        earlier = self.after.pop(self.columns.identity(old or new), row)
        former = self.columns.row(old) if old else row
        if old and self.columns.tells_ends:
            self.before.append(former)
        self._put(new, tuple(_first_sent(*each) for each in zip(row, earlier, former, strict=True)), at)

    def delete(self, old: Values) -> None:
        self.after.pop(self.columns.identity(old), None)
        if self.columns.tells_ends:
            self.before.append(self.columns.row(old))

    def truncate(self) -> None:
        self.after.clear()
        self.before.clear()
        self.emptied = True

    def rows(self) -> list[Row]:
        """How the rows are now, of which something may not be known."""
        return list(self.after.values())

    def committed(self) -> list[datetime]:
        """When those rows were, in order."""
        return sorted(self.times[identity] for identity in self.after)

    def __len__(self) -> int:
        return len(self.after) + len(self.before)

    def _put(self, new: Values, row: Row, at: datetime) -> None:
        identity = self.columns.identity(new)
        self.after[identity], self.times[identity] = row, at


def _first_sent(new: Value, earlier: Value, former: Value) -> Value:
    """``former`` may be an identity, whose other columns are NULL: it counts only where it says something."""
    if new is not UNCHANGED:
        return new
    if earlier is not UNCHANGED:
        return earlier
    return UNCHANGED if former is None else former
