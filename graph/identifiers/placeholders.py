"""Values that people type when they have none; they are shown, and link nobody."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PLACEHOLDERS = Path(__file__).with_name("placeholders.toml")


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Those of one kind: exact normal forms, and patterns that match a whole normal form."""

    values: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def __contains__(self, value: str) -> bool:
        return value in self.values or any(pattern.fullmatch(value) for pattern in self.patterns)


@cache
def load_placeholders() -> dict[str, Placeholders]:
    """By kind, from ``placeholders.toml``."""
    tables = tomllib.loads(PLACEHOLDERS.read_text(encoding="utf-8"))
    return {
        kind: Placeholders(frozenset(table["values"]), tuple(re.compile(pattern) for pattern in table["patterns"]))
        for kind, table in tables.items()
    }
