from datetime import UTC, datetime, timedelta

from ledger.dead_letters import (
    Count,
    DeadLetter,
    count_letters,
    drop_letters,
    drop_letters_of,
    drop_old_letters,
    keep_letters,
    letters_of,
    read_letters,
)
from ledger.ledger import Ledger
from ledger.quality import Measures, TableQuality, letters_and_qualities, qualities, record_quality

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def measures(rows: int, named: int) -> Measures:
    return Measures(rows=rows, filled={"full_name": named}, issues={"key:duplicate": 1})


async def test_what_was_last_becomes_what_was_before_but_a_few_rows_say_nothing(ledger: Ledger) -> None:
    many, more, few = measures(500, 490), measures(600, 300), measures(3, 0)
    async with ledger.transaction() as connection:
        for hour, told in enumerate((many, more, few)):
            await record_quality(connection, "core", "customers", NOON + timedelta(hours=hour), told)
        at = NOON + timedelta(hours=1)
        assert await qualities(connection) == [
            TableQuality(system="core", table="customers", at=at, now=more, former=many)
        ]


async def test_a_few_rows_are_better_than_none(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        for told in (measures(3, 1), measures(4, 2)):
            await record_quality(connection, "core", "customers", NOON, told)
        (found,) = await qualities(connection)
    assert (found.now, found.former) == (measures(4, 2), measures(3, 1))


def letter(digest: bytes, reason: str = "missing_field", key: str | None = None) -> DeadLetter:
    return DeadLetter(
        system="core", table="customers", reason=reason, field="at", key=key, digest=digest, content=digest * 2
    )


async def test_a_row_is_one_letter_and_its_last_reason_counts(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        await keep_letters(connection, [letter(b"a"), letter(b"b", key="core|customers|1"), letter(b"a", "unfit")])
        assert await keep_letters(connection, [letter(b"b", key="core|customers|1"), letter(b"c")]) == 1
        assert await count_letters(connection) == [
            Count("core", "customers", "missing_field", "at", 2),
            Count("core", "customers", "unfit", "at", 1),
        ]
        assert await letters_of(connection, "core", ["customers", "loans"], 9) == {"customers": 3}
        assert await letters_of(connection, "core", ["customers"], 2) == {"customers": 2}
        assert await letters_of(connection, "web", ["customers"], 9) == {}
        assert await read_letters(connection, "core", "customers", b"a", 1) == [letter(b"b", key="core|customers|1")]
        await drop_letters_of(connection, ["core|customers|1"])
        await drop_letters(connection, "core", "customers", [b"a"])
        assert await read_letters(connection, "core", "customers", b"", 9) == [letter(b"c")]
    assert await letters_and_qualities(ledger) == ({"core": 1}, [])


async def test_a_letter_is_forgotten_when_it_is_too_old(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        await keep_letters(connection, [letter(b"a")])
        await drop_old_letters(connection, "core", {"customers": timedelta(days=1), "loans": timedelta()})
        assert await letters_of(connection, "core", ["customers"], 9) == {"customers": 1}
        await connection.execute("UPDATE dead_letter SET at = at - interval '1 day 1 second'")
        await drop_old_letters(connection, "core", {"loans": timedelta()})
        assert await letters_of(connection, "core", ["customers"], 9) == {"customers": 1}
        await drop_old_letters(connection, "core", {"customers": timedelta(days=1)})
        assert await letters_of(connection, "core", ["customers"], 9) == {}
