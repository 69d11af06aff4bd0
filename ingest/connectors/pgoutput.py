"""What PostgreSQL's plugin pgoutput says, protocol version 1: bytes become messages. Pure.

A transaction is sent when it has committed, whole and in the order of commits. Values are text, as the server writes
them; a value that an update left alone and that is stored apart from its row (TOAST) is not sent.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # of the server's clock, in microseconds
IN_IDENTITY = 1  # a flag of a column: it is part of the replica identity


class Unchanged(Enum):
    """Stands for a value that is as it was and was not sent."""

    VALUE = 0


UNCHANGED = Unchanged.VALUE
Value = bytes | None | Unchanged
Values = tuple[Value, ...]  # in the order of the relation's columns


class NotPgoutput(ValueError):
    """Bytes that are no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Begin:
    at: datetime  # of the commit


@dataclass(frozen=True, slots=True)
class Commit:
    end: int  # LSN behind the commit: with this one confirmed, the transaction does not come again


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: int  # OID; a domain's own
    in_identity: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A table as it was when the changes that follow were made."""

    id: int
    schema: str
    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Insert:
    relation: int
    new: Values


@dataclass(frozen=True, slots=True)
class Update:
    """``old`` is what identified the row before, where that changed; of the other columns it is NULL."""

    relation: int
    old: Values | None
    new: Values


@dataclass(frozen=True, slots=True)
class Delete:
    relation: int
    old: Values


@dataclass(frozen=True, slots=True)
class Truncate:
    relations: tuple[int, ...]


Message = Begin | Commit | Relation | Insert | Update | Delete | Truncate


def decode(data: bytes) -> Message | None:
    """The message, None for one that says nothing of rows (a type, an origin). Raises NotPgoutput."""
    said = _Bytes(data)
    try:
        match said.letter():
            case "B":
                said.integer(8)
                return Begin(EPOCH + timedelta(microseconds=said.integer(8)))
            case "C":
                said.integer(1)
                said.integer(8)
                return Commit(said.integer(8))
            case "R":
                return _relation(said)
            case "I":
                relation, _ = said.integer(4), said.letter("N")
                return Insert(relation, said.values())
            case "U":
                return _update(said)
            case "D":
                relation, _ = said.integer(4), said.letter("KO")
                return Delete(relation, said.values())
            case "T":
                count, _ = said.integer(4), said.integer(1)
                return Truncate(tuple(said.integer(4) for _ in range(count)))
            case "Y" | "O" | "M":
                return None
            case other:
                raise NotPgoutput(f"there is no message {other!r}")
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as fault:
        raise NotPgoutput(f"a message broke off ({type(fault).__name__})") from None


def _relation(said: "_Bytes") -> Relation:
    id, schema, name = said.integer(4), said.text(), said.text()
    said.integer(1)  # which kind of identity; the columns' flags say more
    columns = []
    for _ in range(said.integer(2)):
        flags, column, type_, _ = said.integer(1), said.text(), said.integer(4), said.integer(4)
        columns.append(Column(column, type_, bool(flags & IN_IDENTITY)))
    return Relation(id, schema or "pg_catalog", name, tuple(columns))


def _update(said: "_Bytes") -> Update:
    relation, kind, old = said.integer(4), said.letter("KON"), None
    if kind != "N":
        old = said.values()
        said.letter("N")
    return Update(relation, old, said.values())


class _Bytes:
    """Reads from the front."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def integer(self, size: int) -> int:
        """Without a sign, which no number of this protocol needs but the clock's before 2000."""
        return int.from_bytes(self._take(size), "big")

    def letter(self, allowed: Sequence[str] | None = None) -> str:
        found = chr(self._take(1)[0])
        if allowed is not None and found not in allowed:
            raise NotPgoutput(f"{found!r} where one of {allowed!r} was due")
        return found

    def text(self) -> str:
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise IndexError
        found, self._at = self._data[self._at : end], end + 1
        return found.decode()

    def values(self) -> Values:
        return tuple(self._value() for _ in range(self.integer(2)))

    def _value(self) -> Value:
        match self.letter("nut"):
            case "n":
                return None
            case "u":
                return UNCHANGED
            case _:
                return self._take(self.integer(4))

    def _take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise IndexError
        self._at += size
        return found
