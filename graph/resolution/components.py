"""Connected components by union-find."""

from collections.abc import Iterable


class Components:
    """A partition that only grows coarser. The root of a part is its smallest key, whatever the order of unions."""

    __slots__ = ("_parent",)

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._parent = {key: key for key in keys}

    def __contains__(self, key: object) -> bool:
        return key in self._parent

    def find(self, key: str) -> str:
        parent = self._parent
        root = parent.setdefault(key, key)
        while parent[root] != root:
            parent[root] = root = parent[parent[root]]  # path halving
        return root

    def unite(self, a: str, b: str) -> bool:
        """Whether the two were apart until now."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self._parent[max(a, b)] = min(a, b)
        return True

    def unite_all(self, keys: Iterable[str]) -> None:
        first: str | None = None
        for key in keys:
            if first is None:
                first = self.find(key)
            else:
                self.unite(first, key)

    def parts(self) -> dict[str, list[str]]:
        """Root to members; roots and members in ascending order."""
        parts: dict[str, list[str]] = {}
        for key in sorted(self._parent):
            parts.setdefault(self.find(key), []).append(key)
        return parts
