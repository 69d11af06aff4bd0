"""Cypher by name: one statement a file in ``cypher/``, read once, never written in Python."""

import re
from functools import cache, lru_cache
from importlib import resources

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


@lru_cache(maxsize=1 << 10)
def with_one_parameter(text: str) -> str:
    """The text with ``$given.name`` for each ``$name``: how a client sends it.

    Neo4j plans a statement anew for each order of magnitude of each list that it is given, which costs a second where
    several lists meet; what is inside a map it does not look at.
    """
    return PARAMETER.sub(r"$given.\1", text)


def statement_names(prefix: str = "") -> tuple[str, ...]:
    """All statements whose name starts with the stage's prefix, sorted."""
    names = (entry.name.removesuffix(".cypher") for entry in resources.files("cypher").iterdir())
    return tuple(sorted(name for name in names if name.startswith(prefix) and not name.startswith("_")))
