import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.audit import append_entries
from ledger.dead_letters import DeadLetter, keep_letters
from ledger.dump import MANIFEST, dump, restore
from ledger.entries import Entries, EvidenceValue, GoldenVersion, Request, Verdict
from ledger.errors import BadDump, LedgerError, LedgerNotEmpty, SchemaTooNew
from ledger.inbox import put_message
from ledger.ledger import Ledger
from ledger.proposals import append_proposal, append_rejection
from ledger.publication import publish
from ledger.quality import Measures, record_quality
from ledger.review import claim_item, comment_on, keep_item
from ledger.schema import known_version, migrate_schema
from ledger.sources import Poll, Scan, SourceState, record_poll, record_scan
from ledger.streams import record_stream
from tests.fixtures.databases import NewDatabase
from tests.integration.ledger.test_audit import entry
from tests.integration.ledger.test_steps import ALL
from tests.integration.ledger.told import MARCH, PHONE, A, B, C, birth, decide, rows_of, tell

AWKWARD = 'a "quoted", comma\nnew line \\N \\. \t tab, empty: ""; ☃'


@pytest.fixture(scope="module")
def empty_dsn(new_database: NewDatabase) -> str:
    return new_database("restored")


@pytest.fixture
async def empty(empty_dsn: str) -> str:
    """A database without a ledger."""
    async with Ledger.connect(empty_dsn) as opened, opened.transaction() as connection:
        await connection.execute("DROP SCHEMA IF EXISTS wekeza CASCADE")
    return empty_dsn


LETTER = DeadLetter(
    system="core", table="customer", reason="missing_key", field="id", key=AWKWARD, digest=b"\\x00", content=b"\x00\xff"
)


@pytest.fixture
async def full(ledger: Ledger) -> Ledger:
    """A ledger with rows in every table."""
    await ledger.accept_secret(b"a" * 32)
    await record_poll(ledger, Poll(system="core", state=SourceState.OK, last_read=MARCH, latency_seconds=0.1))
    await tell(ledger, ALL, system="core", policy="a1b2", counts={"created": 3})
    decisions = [decide(Verdict.DIFFERENT, left=[A], right=[B, C]), decide(Verdict.SUPPRESS, value=PHONE)]
    await tell(ledger, Entries(decisions=decisions), Entries(decisions=[decide(Verdict.UNDO, undoes=1)]))
    await tell(ledger, Entries(goldens=[GoldenVersion(B, {AWKWARD: AWKWARD})]), outcome=None)
    await tell(ledger, Entries(values=[EvidenceValue(A, AWKWARD, {"": None})]))
    async with ledger.transaction() as connection:
        await record_scan(connection, "core", "customer", Scan.KEYS, MARCH)
        await record_stream(connection, "core", history="1", reached="00000000/00000001", behind=7)
        measures = Measures(rows=3, filled={AWKWARD: 2}, issues={AWKWARD: 1})
        await record_quality(connection, "core", "customer", MARCH, measures)
        await keep_letters(connection, [LETTER])
        await append_entries(connection, [entry("jane", A, purpose=AWKWARD), entry(AWKWARD)])
        note = {"by": "jane", "reason": AWKWARD}
        number = await append_proposal(
            connection, {"": AWKWARD}, [AWKWARD], basis=C, customers=30, request=Request("jane", AWKWARD, B), **note
        )
        await append_rejection(connection, number, **note)
        await claim_item(connection, A, "jane")
        await comment_on(connection, A, "jane", AWKWARD, [AWKWARD])
        await keep_item(connection, B, "jane", AWKWARD, [AWKWARD])
        await put_message(connection, "openbanking", "event", AWKWARD.encode())
        await publish(connection, AWKWARD, (1, 0))
    return ledger


async def tables(ledger: Ledger) -> dict[str, list[Any]]:
    async with ledger.transaction() as connection:
        names = await connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'wekeza' AND tablename <> 'migration'"
        )
        return {row[0]: await rows_of(connection, row[0]) async for row in names}


async def tables_at(dsn: str) -> dict[str, list[Any]]:
    async with Ledger.connect(dsn) as ledger:
        return await tables(ledger)


def files(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def test_what_is_restored_is_what_was_dumped(full: Ledger, empty: str, tmp_path: Path) -> None:
    before = await tables(full)
    assert [name for name, rows in before.items() if not rows] == []
    file = tmp_path / "ledger.zip"
    told: list[tuple[str, int]] = []
    manifest = await dump(full, file, progress=lambda table, done: told.append((table, done)))
    assert {name: table.rows for name, table in manifest.tables.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    assert {table for table, _ in told} == before.keys()
    assert files(tmp_path) == ["ledger.zip"]
    assert file.stat().st_mode & 0o077 == 0
    assert await restore(empty, file) == manifest
    assert await tables_at(empty) == before
    async with Ledger.connect(empty) as restored:  # and goes on where it was
        assert await restored.migrate() == known_version()
        (step,) = await tell(restored, Entries(births=[birth(PHONE)]))
        assert (step.id, step.ranks[birth(PHONE).key].rank) == (6, 4)
        with pytest.raises(LedgerError, match="RaiseException"):
            async with restored.transaction() as connection:
                await connection.execute("DELETE FROM step")


async def test_a_dump_of_an_older_schema_is_brought_to_the_present_one(empty: str, tmp_path: Path) -> None:
    async with Ledger.connect(empty) as old:
        async with old.transaction() as connection:
            assert await migrate_schema(connection, "here", upto=3) == 3
            await connection.execute("INSERT INTO step (id, at, kind, system) VALUES (1, now(), 'load', 'core')")
            await connection.execute("INSERT INTO rank (birth_id, rank, step) VALUES (%s, 1, 1)", [A])
            await connection.execute("INSERT INTO record_key (key, birth_id) VALUES ('core|customer|1', %s)", [A])
        await dump(old, tmp_path / "old.zip")
        async with old.transaction() as connection:
            await connection.execute("DROP SCHEMA wekeza CASCADE")
        await old.migrate()  # an empty ledger of the present version is in the way of nothing
        await old.accept_secret(b"b" * 32)
    await restore(empty, tmp_path / "old.zip")
    restored = await tables_at(empty)
    assert restored["record_key"] == [(f"(core|customer|1,{A},0)",)]
    assert restored["installation"] == []


async def test_a_ledger_that_is_not_empty_is_left_alone(full: Ledger, ledger_dsn: str, tmp_path: Path) -> None:
    await dump(full, tmp_path / "ledger.zip")
    before = await tables(full)
    with pytest.raises(LedgerNotEmpty, match="not empty"):
        await restore(ledger_dsn, tmp_path / "ledger.zip")
    assert await tables(full) == before


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-300])


def flip(file: Path) -> None:
    """One bit of the compressed rows."""
    content = bytearray(file.read_bytes())
    content[content.index(b"evidence_delta.csv") + 60] ^= 0x10
    file.write_bytes(content)


def replace(member: str, text: bytes | None) -> Callable[[Path], None]:
    """Another text for a member, None: without it; and all sums of the zip itself are right."""

    def rewrite(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members.pop(member)
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in (members | ({member: text} if text is not None else {})).items():
                archive.writestr(name, content)

    return rewrite


def say(**changes: Any) -> Callable[[Path], None]:
    def rewrite(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            said = json.loads(archive.read(MANIFEST))
        replace(MANIFEST, json.dumps(said | changes).encode())(file)

    return rewrite


@pytest.mark.parametrize(
    ("spoil", "error", "sentence"),
    [
        (cut, BadDump, "cut off"),
        (flip, BadDump, "cut off"),
        (lambda file: file.write_text("not a zip"), BadDump, "not a dump"),
        (lambda file: file.unlink(), LedgerError, "cannot be read: No such file"),
        (replace(MANIFEST, None), BadDump, "not a dump"),
        (replace(MANIFEST, b"[1, 2"), BadDump, "not a dump"),
        (replace(MANIFEST, b"[1, 2]"), BadDump, "not a dump"),
        (say(format="wekeza-ledger 2"), BadDump, "wekeza-ledger 2"),
        (say(schema=known_version() + 1), SchemaTooNew, "this program knows"),
        (say(schema=3), BadDump, "schema version 3"),
        (say(tables={}), BadDump, "does not hold the tables"),
        (replace("record_key.csv", None), BadDump, "does not hold the tables"),
        (replace("record_key.csv", b"key,birth_id,incarnation\n"), BadDump, "table record_key"),
        (replace("record_key.csv", f"key,birth_id,incarnation\nx,{A},0\n".encode()), BadDump, "table record_key"),
        (replace("record_key.csv", f"key,birth_id,incarnation\nx,{PHONE},0\n".encode()), LedgerError, "ForeignKey"),
    ],
)
async def test_a_file_that_is_no_whole_dump_changes_nothing(
    full: Ledger, empty: str, tmp_path: Path, spoil: Callable[[Path], None], error: type[LedgerError], sentence: str
) -> None:
    file = tmp_path / "ledger.zip"
    await dump(full, file)
    spoil(file)
    with pytest.raises(error, match=sentence) as caught:
        await restore(empty, file)
    assert "\n" not in str(caught.value)
    assert await tables_at(empty) == {}


async def test_a_dump_that_cannot_be_written_leaves_what_was_there(full: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be written: No such file"):
        await dump(full, tmp_path / "nowhere" / "ledger.zip")
    file = tmp_path / "ledger.zip"
    file.write_text("the dump of yesterday")

    def interrupt(table: str, done: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await dump(full, file, progress=interrupt)
    assert files(tmp_path) == ["ledger.zip"]
    assert file.read_text() == "the dump of yesterday"
