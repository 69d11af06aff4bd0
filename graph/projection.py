"""From what a caller selects to one Cypher statement that returns exactly that, nested.

A *catalogue* says for each type how its fields project from the graph. A *selection* is what was asked, as a tree that
knows nothing of GraphQL. ``Compiler.plan`` turns a selection into a text composed of the ``read_*`` and ``project_*``
statements; values never enter the text, they travel as parameters whose names are unique per selected field.

A statement that can be composed returns one column and marks with ``/*fields*/`` where the fields of its rows go:
``RETURN {/*fields*/} AS item`` (it stays valid Cypher on its own). The variables bound there are what the projections
of its type may name. No statement may introduce a variable that an enclosing one has bound for another purpose.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.bounded_cache import BoundedCache
from graph.client import GraphClient, Row
from graph.errors import StatementError
from graph.statements import PARAMETER, statement

MARKER = "/*fields*/"
NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?", re.ASCII)
PLANS = 512
PLAN_CHARACTERS = 8 << 20  # of the texts of all plans that are remembered


@dataclass(frozen=True, slots=True)
class Value:
    """A property (``account.number``), a variable, or an operand of the enclosing ``Inline``, as it is."""

    of: str


@dataclass(frozen=True, slots=True)
class Instant:
    """A date or time, as ISO 8601 text: temporal values are costly to move as objects."""

    of: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A statement of the form ``RETURN <expression>`` whose parameters are replaced by the operands."""

    statement: str
    operands: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inline:
    """An object made of values at hand; null if any of ``needs`` is. The type's fields name the operands."""

    type: str
    operands: Mapping[str, str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a statement: objects of ``type``, or plain values where it is None. ``one``: the first, or null.

    ``arguments`` are the statement's parameters; the selection brings their values.
    """

    statement: str
    type: str | None = None
    one: bool = False


@dataclass(frozen=True, slots=True)
class Page(Rows):
    """Rows ``{node, cursor}``, one more than ``first``, so that the reader knows whether there is a next page.

    The statement takes ``$first`` and ``$after``, and its rows carry ``cursor``: a list of ``position``'s parts
    ("instant", "text" or "number"), from which reading goes on.
    """

    position: tuple[str, ...] = ("text",)


Projection = Value | Instant | Expression | Inline | Rows
Catalogue = Mapping[str, Mapping[str, Projection]]


@dataclass(frozen=True, slots=True)
class Selection:
    """One selected field: equal selections differ at most in the values of their arguments, and share a plan."""

    name: str
    key: str  # where the answer holds it; the same field may be selected twice with other arguments
    children: tuple["Selection", ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Binding:
    """Which argument of which selected field (child positions from the root) a parameter takes its value from."""

    parameter: str
    path: tuple[int, ...]
    argument: str


@dataclass(frozen=True, slots=True)
class Plan:
    text: str
    bindings: tuple[Binding, ...]

    def parameters(self, selection: Selection) -> dict[str, Any]:
        return {bound.parameter: _follow(selection, bound.path).arguments[bound.argument] for bound in self.bindings}


class Compiler:
    """Compiles selections over one catalogue and remembers the last plans."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._plans = BoundedCache[tuple[Rows, Selection], Plan](number=PLANS, size=PLAN_CHARACTERS)

    def plan(self, root: Rows, selection: Selection) -> Plan:
        found = self._plans.get((root, selection))
        if found is None:
            found = _compile(self.catalogue, root, selection)
            self._plans.put((root, selection), found, len(found.text))
        return found

    async def read(self, client: GraphClient, root: Rows, selection: Selection, *, limit: float) -> list[Any]:
        """Run the one statement that a root field needs, for at most ``limit`` seconds; answers its items."""
        plan, name = self.plan(root, selection), f"cypher/{root.statement}.cypher"
        given = plan.parameters(selection)
        await client.plan(plan.text, given, name=name, timeout=limit)
        rows: list[Row] = await client.read_text(plan.text, given, name=name, timeout=limit)
        return [row["item"] for row in rows]


def _compile(catalogue: Catalogue, root: Rows, selection: Selection) -> Plan:
    writer = _Writer(catalogue)
    text = writer.rows(root, selection, ())
    return Plan(text, tuple(writer.bindings))


class _Writer:
    """Writes one plan; ``operands`` are the names that an enclosing ``Inline`` gave to values at hand."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._statements = 0
        self.bindings: list[Binding] = []

    def rows(self, how: Rows, selection: Selection, path: tuple[int, ...]) -> str:
        """The statement's text with its own parameters and the selected fields in place."""
        number, self._statements = self._statements, self._statements + 1
        text = statement(how.statement)
        for argument in sorted(set(PARAMETER.findall(text))):
            self.bindings.append(Binding(f"{argument}_{number}", path, argument))
        text = PARAMETER.sub(lambda found: f"${found[1]}_{number}", text)
        if how.type is None:
            return text
        fields = ", ".join(self._fields(how, how.type, selection, path))
        before, marker, after = text.partition(MARKER)
        if not marker:
            raise StatementError(f"cypher/{how.statement}.cypher has no {MARKER} for the fields of {how.type}.")
        return f"{before}{fields}{', ' if isinstance(how, Page) else ''}{after}"

    def _fields(self, how: Rows, type_: str, selection: Selection, path: tuple[int, ...]) -> Iterator[str]:
        if not isinstance(how, Page):
            yield from self._object(type_, selection, path, {})
            return
        nodes = list(_nodes(selection, path))
        yield "node: {" + ", ".join(part for at, node in nodes for part in self._object(type_, node, at, {})) + "}"

    def _object(
        self, type_: str, selection: Selection, path: tuple[int, ...], operands: Mapping[str, str]
    ) -> Iterator[str]:
        fields = self._catalogue[type_]
        for index, child in enumerate(selection.children):
            yield f"`{child.key}`: {self._value(fields[child.name], child, (*path, index), operands)}"

    def _value(self, how: Projection, selection: Selection, path: tuple[int, ...], operands: Mapping[str, str]) -> str:
        match how:
            case Value(of):
                return _named(of, operands)
            case Instant(of):
                return f"toString({_named(of, operands)})"
            case Expression(name, given):
                return _expression(name, {to: _named(of, operands) for to, of in given.items()})
            case Inline(type_, given, needs):
                inner = {to: _named(of, operands) for to, of in given.items()}
                made = "{" + ", ".join(self._object(type_, selection, path, inner)) + "}"
                known = " AND ".join(f"{inner[name]} IS NOT NULL" for name in needs)
                return f"CASE WHEN {known} THEN {made} END" if known else made
            case Rows():
                collected = f"COLLECT {{ {self.rows(how, selection, path)} }}"
                return f"head({collected})" if how.one else collected


def _named(of: str, operands: Mapping[str, str]) -> str:
    name = operands.get(of, of)
    if not NAME.fullmatch(name):
        raise StatementError(f"{name!r} is no variable or property that a field can be projected from.")
    return name


def _expression(name: str, operands: Mapping[str, str]) -> str:
    text = statement(name).removeprefix("RETURN ").strip()
    return "(" + PARAMETER.sub(lambda found: operands[found[1]], text) + ")"


def _nodes(selection: Selection, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Selection]]:
    """The ``node`` selections of a Relay connection: ``edges { node }``."""
    for at, edges in enumerate(selection.children):
        for below, node in enumerate(edges.children):
            if (edges.name, node.name) == ("edges", "node"):
                yield (*path, at, below), node


def _follow(selection: Selection, path: Sequence[int]) -> Selection:
    for index in path:
        selection = selection.children[index]
    return selection
