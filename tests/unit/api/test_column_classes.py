"""From a source's column to what a role sees: no field shows more of a value than the class of its column allows.

Derived, not listed: source files say which columns a field of a record is made of, the schema's declarations which
property a field of GraphQL shows. What is written by hand is only how projections call the nodes.
"""

from collections.abc import Iterator

import pytest

from api.access import Right, load_access
from api.projected import MASKED, projected_fields
from api.schema import build_schema
from api.tokens import Role
from graph.projection import Expression, Inline, Instant, Projection, Rows, Value
from ingest.expressions import columns_in
from ingest.source import load_sources
from ingest.table import Table

ACCESS = load_access()
SCHEMA = build_schema()
FIELDS = projected_fields(SCHEMA)
KINDS = {
    **{kind: kind for kind in ("account", "activity", "alert", "card", "device", "loan", "login", "role", "session")},
    **{kind: kind for kind in ("sighting", "transaction")},
    **{kind: kind for kind in ("aggregate", "report")},
    "record": "customer", "matter": "case", "component": "score", "highest": "score", "seen": "sighting",
    "scored": "score", "other": "account",
}  # fmt: skip
GOLDEN = {
    "name": "full_name",
    "birth_date": "birth_date",
    "national_id": "NationalId",
    "phone": "Phone",
    "email": "Email",
}
BY_STATEMENT = {
    "project_transaction_channel": ("sighting", "channel"),
    "project_transaction_counterparty": ("account", "number"),
}
Place = tuple[str, str]  # kind of record and its field


def columns() -> dict[Place, set[str]]:
    """The classes of the columns that each field of each kind of record is made of, in any source."""
    found: dict[Place, set[str]] = {}

    def add(table: Table, name: str, sql: str) -> None:
        found.setdefault((table.kind, name), set()).update(table.columns[column] for column in columns_in(sql))

    for source in load_sources().values():
        for table in source.tables:
            for name, sql in table.map.items():
                add(table, name, sql)
            for kinds in (table.identifiers, table.claims):
                for name, values in kinds.items():
                    for value in values:
                        add(table, name, value.value)
    for kind, number in (("card", "last_four"), ("card", "fingerprint")):
        found[kind, number] = found[kind, "number"]
    return found


COLUMNS = columns()
IDENTIFIERS = {
    class_
    for (kind, name), classes in COLUMNS.items()
    if kind == "customer" and name[0].isupper()
    for class_ in classes
}


def operands(how: Projection) -> Iterator[str]:
    match how:
        case Value(of) | Instant(of):
            yield of
        case Expression(_, given) | Inline(_, given, _):
            yield from given.values()


def classes_of(of: str) -> set[str]:
    """Of a property as projections call it: ``account.balance_minor``."""
    variable, _, name = of.partition(".")
    if variable == "customer":
        return COLUMNS.get(("customer", GOLDEN.get(name, "")), set())
    if (variable, name) == ("identifier", "value"):
        return IDENTIFIERS
    return COLUMNS.get((KINDS.get(variable, ""), name.removesuffix("_minor")), set())


def shown() -> Iterator[tuple[tuple[str, ...], str, set[str]]]:
    """Fields on the way to a value, ``Type.field`` each, what is shown of it, and the classes of its columns."""
    for type_, fields in FIELDS.items():
        for name, field in fields.items():
            how = field.projection
            if isinstance(how, Inline):
                for below, inner in FIELDS[how.type].items():
                    assert not isinstance(inner.projection, Inline)
                    for operand in operands(inner.projection):  # type: ignore[arg-type]
                        yield (
                            (f"{type_}.{name}", f"{how.type}.{below}"),
                            operand,
                            classes_of(how.operands.get(operand, operand)),
                        )
            elif isinstance(how, Rows):
                if how.statement in BY_STATEMENT:
                    yield (f"{type_}.{name}",), how.statement, COLUMNS.get(BY_STATEMENT[how.statement], set())
            else:
                for operand in operands(how):  # type: ignore[arg-type]
                    yield (f"{type_}.{name}",), operand, classes_of(operand)


SHOWN = [item for item in shown() if item[2]]


def test_most_of_what_sources_say_is_found_again() -> None:
    """If the way from a source file to GraphQL were broken somewhere, little would be found."""
    assert len(SHOWN) > 60
    assert {path[-1] for path, _, _ in SHOWN} >= {
        "SourceRecord.fullName", "SourceRecord.birthDate", "GoldenText.value", "GoldenIdentifier.value",
        "GoldenDate.value", "Identifier.value", "Money.amount", "Account.number", "Alert.reason", "Card.lastFour",
    }  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_no_field_shows_more_than_the_class_of_its_columns_allows(role: Role) -> None:
    too_much = set()
    for path, what, classes in SHOWN:
        steps = [tuple(step.split(".")) for step in path]
        right = min(ACCESS.of_field(role, type_, name) for type_, name in steps)
        allowed = ACCESS.of_columns(role, sorted(classes), shown_as=ACCESS.class_of(*steps[-1]))
        if right > allowed:
            too_much.add(f"{' '.join(path)} shows {what} {right.name}, but {sorted(classes)} allow {allowed.name}")
    assert too_much == set()


def test_keys_are_made_of_columns_that_everybody_may_see() -> None:
    """A key is shown wherever what it names is shown, in logs and in errors too; unless it is hidden."""
    classes = {
        f"{source.name}.{table.name}": {table.columns[column] for column in columns_in(table.id or f'"{table.key}"')}
        for source in load_sources().values()
        for table in source.tables
        if not table.hide
    }
    assert {table for table, found in classes.items() if found - {"operational"}} == set()


def test_every_class_of_column_has_rights() -> None:
    declared = {
        class_ for source in load_sources().values() for table in source.tables for class_ in table.columns.values()
    }
    assert declared <= ACCESS.table.columns.keys()
    assert ACCESS.of_columns(Role.STEWARD, ["unheard of"]) is Right.DENIED
    assert MASKED  # a field declares its masked form beside itself
