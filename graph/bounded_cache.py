"""Values that are costly to make, kept for when they are asked for again: those used last, within bounds."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """At most ``number`` values, whose sizes come to at most ``size`` in whatever unit the caller counts.

    ``forgotten`` is told each value that had to go. A value that is bigger than all may be is not kept.
    """

    def __init__(self, *, number: int, size: int, forgotten: Callable[[Value], None] | None = None) -> None:
        self._number = number
        self._size = size
        self._forgotten = forgotten
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Value | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, size: int) -> bool:
        """Whether it is kept; what was kept under this key is forgotten."""
        if key in self._kept:
            self._forget(key)
        if size > self._size:
            return False
        self._kept[key] = value, size
        self.size += size
        while self.size > self._size or len(self._kept) > self._number:
            self._forget(next(iter(self._kept)))
        return True

    def _forget(self, key: Key) -> None:
        value, size = self._kept.pop(key)
        self.size -= size
        if self._forgotten:
            self._forgotten(value)
