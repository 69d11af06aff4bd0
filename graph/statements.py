"""Cypher by name: one statement a file in ``cypher/``, read once, never written in Python."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from graph.errors import StatementError
from graph.relationships import PATTERNS

PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")
COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
LABEL = re.compile(r"/\*label\*/\w+")


@cache
def statement(name: str, label: str | None = None) -> str:
    """The text of ``cypher/<name>.cypher`` without its comment lines, with the types of relationships spelt out.

    ``label`` takes the place of the one that a statement for records of every kind marks with ``/*label*/``: a label
    that is a parameter finds no index.
    """
    try:
        text = resources.files("cypher").joinpath(f"{name}.cypher").read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise StatementError(f"There is no statement cypher/{name}.cypher.") from missing
    for pattern, types in PATTERNS.items():
        text = text.replace(pattern, types)
    if label:
        text = LABEL.sub(label, text)
    return COMMENT.sub("", text).strip().rstrip(";")


@cache
def parameters(name: str) -> frozenset[str]:
    """The names of the parameters that a statement needs."""
    return frozenset(PARAMETER.findall(statement(name)))


def with_one_parameter(text: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """How a client sends a statement: several parameters as one map, with ``$given.name`` for each ``$name``.

    Neo4j plans a statement anew for each order of magnitude of each list that it is given, which costs a second where
    several lists meet; what is inside a map it does not look at. That has its price, so one parameter alone stays what
    it is: of a list in a map the planner does not know that it is one, and would walk every relationship of the graph
    for ``elementId(e) IN $given.ids``.
    """
    return (_with_map(text), {"given": dict(given)}) if len(given) > 1 else (text, dict(given))


@lru_cache(maxsize=1 << 10)
def _with_map(text: str) -> str:
    return PARAMETER.sub(r"$given.\1", text)


def statement_names(prefix: str = "") -> tuple[str, ...]:
    """All statements whose name starts with the stage's prefix, sorted."""
    names = (entry.name.removesuffix(".cypher") for entry in resources.files("cypher").iterdir())
    return tuple(sorted(name for name in names if name.startswith(prefix) and not name.startswith("_")))
