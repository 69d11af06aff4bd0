"""Messages of pgoutput, spelled out by the protocol's documentation."""

import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.connectors.pgoutput import (
    UNCHANGED,
    Begin,
    Column,
    Commit,
    Delete,
    Insert,
    NotPgoutput,
    Relation,
    Truncate,
    Update,
    Value,
    Values,
    decode,
)
from ingest.connectors.walsender import parse, spell

VALUES = st.lists(st.one_of(st.none(), st.just(UNCHANGED), st.binary(max_size=20)), max_size=5).map(tuple)
OIDS = st.integers(0, 2**32 - 1)
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=10)


def row(values: Values) -> bytes:
    def said(value: Value) -> bytes:
        match value:
            case None:
                return b"n"
            case bytes():
                return b"t" + struct.pack(">i", len(value)) + value
            case _:
                return b"u"

    return struct.pack(">h", len(values)) + b"".join(map(said, values))


def text(*names: str) -> bytes:
    return b"".join(name.encode() + b"\0" for name in names)


@given(OIDS, VALUES, VALUES)
def test_rows_are_read_as_they_were_written(relation: int, old: Values, new: Values) -> None:
    oid = struct.pack(">I", relation)
    assert decode(b"I" + oid + b"N" + row(new)) == Insert(relation, new)
    assert decode(b"U" + oid + b"N" + row(new)) == Update(relation, None, new)
    assert decode(b"U" + oid + b"K" + row(old) + b"N" + row(new)) == Update(relation, old, new)
    assert decode(b"U" + oid + b"O" + row(old) + b"N" + row(new)) == Update(relation, old, new)
    assert decode(b"D" + oid + b"K" + row(old)) == Delete(relation, old)


@given(OIDS, NAMES, NAMES, st.lists(st.tuples(NAMES, OIDS, st.booleans()), max_size=4))
def test_tables_are_read_as_they_were_written(
    id: int, schema: str, name: str, columns: list[tuple[str, int, bool]]
) -> None:
    said = b"".join(struct.pack(">B", key) + text(it) + struct.pack(">Ii", type_, -1) for it, type_, key in columns)
    data = b"R" + struct.pack(">I", id) + text(schema, name) + b"d" + struct.pack(">h", len(columns)) + said
    assert decode(data) == Relation(id, schema, name, tuple(Column(*it) for it in columns))


def test_a_transaction_begins_and_ends() -> None:
    begin = struct.pack(">cQqI", b"B", 7, 1_000_001, 3)
    assert decode(begin) == Begin(datetime(2000, 1, 1, 0, 0, 1, 1, tzinfo=UTC))
    assert decode(struct.pack(">cBQQq", b"C", 0, 7, 9, 0)) == Commit(9)
    assert decode(struct.pack(">cIBII", b"T", 2, 0, 5, 6)) == Truncate((5, 6))


@pytest.mark.parametrize("data", [b"Y\0\0", b"O\0", b"M\0"])
def test_what_says_nothing_of_rows_is_left_out(data: bytes) -> None:
    assert decode(data) is None


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_message_or_refused(data: bytes) -> None:
    try:
        decode(data)
    except NotPgoutput:
        return


@given(VALUES, st.data())
def test_a_message_that_broke_off_is_refused(values: Values, data: st.DataObject) -> None:
    whole = b"I\0\0\0\1N" + row(values)
    with pytest.raises(NotPgoutput):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_positions_in_the_log_sort_as_text(one: int, other: int) -> None:
    assert parse(spell(one)) == one
    assert (spell(one) < spell(other)) == (one < other)


def test_a_position_is_one_that_the_server_reads() -> None:
    assert spell(0x16_B374D848) == "00000016/B374D848"
