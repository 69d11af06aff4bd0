"""Of each row how it is at the end, and what it was before."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.connectors.compaction import Columns, TableChanges
from ingest.connectors.pgoutput import UNCHANGED, Column, Relation, Values
from ingest.connectors.slot import slot_name
from ingest.errors import SourceContractError
from ingest.table import Table

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def table(**changed: object) -> Table:
    said = {"name": "people", "kind": "customer", "from": "people", "key": "id", "columns": {}}
    columns = dict.fromkeys(["name", "id"], "operational")
    return Table.model_validate(said | {"columns": columns} | changed)


def relation(identity: set[str], columns: tuple[str, ...] = ("id", "more", "name")) -> Relation:
    return Relation(1, "public", "people", tuple(Column(name, 25, name in identity) for name in columns))


def changes(identity: set[str] | None = None, **changed: object) -> TableChanges:
    entity = table(**changed)
    return TableChanges(entity, Columns.of(entity, relation(identity or {"id"})))


def row(id: str, name: str | None = "N") -> Values:
    return (id.encode(), b"more", name.encode() if name else UNCHANGED)


def told(it: TableChanges) -> set[tuple[object, object]]:
    return {(values[1], values[0]) for values in it.rows()}


def test_the_last_state_of_a_row_is_told_once() -> None:
    it = changes()
    it.insert(row("1", "a"), NOON)
    it.update(None, row("1", "b"), NOON + timedelta(seconds=1))
    it.insert(row("2", "c"), NOON)
    it.delete(row("2"))
    assert told(it) == {(b"1", b"b")}
    assert it.committed() == [NOON + timedelta(seconds=1)]
    assert [values[1] for values in it.before] == [b"2"]


def test_a_row_that_moves_to_another_key_leaves_its_old_one() -> None:
    it = changes()
    it.update((b"1", None, None), row("2", "b"), NOON)
    it.insert(row("1", "c"), NOON)
    assert told(it) == {(b"2", b"b"), (b"1", b"c")}
    assert [values[1] for values in it.before] == [b"1"]


def test_what_was_not_sent_is_as_it_was_where_that_is_known() -> None:
    it = changes()
    it.insert(row("1", "long"), NOON)
    it.update((b"1", None, None), row("2", None), NOON)
    it.update(None, row("3", None), NOON)
    assert told(it) == {(b"2", b"long"), (b"3", UNCHANGED)}
    full = changes({"id", "more", "name"})
    full.update(row("1", "long"), row("1", None), NOON)
    assert told(full) == {(b"1", b"long")}


def test_a_table_that_is_emptied_forgets_what_was_before() -> None:
    it = changes()
    it.insert(row("1"), NOON)
    it.delete(row("9"))
    it.truncate()
    it.insert(row("2", "b"), NOON)
    assert (told(it), it.before, it.emptied) == ({(b"2", b"b")}, [], True)


def test_a_row_whose_key_is_not_told_is_known_by_its_identity() -> None:
    it = changes({"more"})
    it.insert((b"1", b"x", b"a"), NOON)
    it.insert((b"2", b"y", b"b"), NOON)
    it.delete((None, b"x", None))
    assert told(it) == {(b"2", b"b")}
    assert it.before == []  # which record ended is not said


@pytest.mark.parametrize(
    ("identity", "changed", "tells"),
    [
        ({"id"}, {}, True),
        ({"id"}, {"where": '"name" = 1'}, True),  # it is not asked of what ended
        ({"id"}, {"id": '"name"'}, False),
        ({"id", "name"}, {"id": '"name"'}, True),
        ({"id"}, {"each": '["name"]'}, False),
        ({"name"}, {}, False),
    ],
)
def test_ends_are_told_where_all_that_an_id_is_made_of_is_sent(
    identity: set[str], changed: dict[str, object], tells: bool
) -> None:
    assert Columns.of(table(**changed), relation(identity)).tells_ends is tells


def test_a_column_that_is_gone_is_told() -> None:
    with pytest.raises(SourceContractError, match="lost the column 'name'"):
        Columns.of(table(), relation({"id"}, ("id", "more")))


@pytest.mark.parametrize(
    ("user", "dsn_name", "name"),
    [
        ("wekeza_core", "core", "wekeza_core"),
        ("wekeza_reader", "core", "wekeza_reader_core"),
        ("Wekeza-Test", "core", "wekeza_test_core"),
        ("u" * 70, "core", "u" * 63),
    ],
)
def test_a_slot_is_named_after_who_asks_for_what(user: str, dsn_name: str, name: str) -> None:
    assert slot_name(user, dsn_name) == name
