"""The audit chain in a real PostgreSQL: one chain whoever appends, refused changes, and found ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from psycopg import AsyncConnection

from ledger.audit import AuditEntry, AuditRow, Operation, append_entries, find_rows
from ledger.audit_heads import HeadFile, load_audit_key, new_audit_key
from ledger.audit_proof import prove
from ledger.auditor import Auditor
from ledger.dump import dump, restore
from ledger.errors import LedgerError, LedgerUnavailable
from ledger.ledger import Ledger
from ledger.locks import AUDIT
from tests.fixtures.databases import NewDatabase
from tests.integration.ledger.told import A, B

KEY = load_audit_key(new_audit_key())


def entry(subject: str, *gcids: str, purpose: str | None = None) -> AuditEntry:
    return AuditEntry(
        subject=subject,
        role="analyst",
        operation=Operation.QUERY,
        fields=("customer",),
        gcids=gcids,
        purpose=purpose,
    )


async def append(ledger: Ledger, *entries: AuditEntry) -> None:
    async with ledger.transaction() as connection:
        await append_entries(connection, entries)


async def rows(ledger: Ledger, **wanted: Any) -> list[AuditRow]:
    async with ledger.transaction() as connection:
        return await find_rows(connection, **{"limit": 1_000, **wanted})


@pytest.fixture
def heads(tmp_path: Path) -> HeadFile:
    return HeadFile(tmp_path / "audit" / "heads.jsonl", KEY)


@pytest.fixture
async def chain(ledger: Ledger, heads: HeadFile) -> Ledger:
    """Six rows, of which a head vouches for the first four."""
    await heads.sign(ledger)
    await append(ledger, entry("jane", A, purpose="fraud case"), entry("jane", B), entry("joe"))
    await append(ledger, entry("joe", A, B))
    assert await heads.sign(ledger)
    assert not await heads.sign(ledger), "there is nothing new to sign"
    await append(ledger, entry("jane", A), entry("joe", A))
    return ledger


async def test_rows_are_found_by_whom_they_are_about_by_who_and_when(chain: Ledger) -> None:
    assert [row.id for row in await rows(chain)] == [6, 5, 4, 3, 2, 1]
    assert [row.id for row in await rows(chain, gcid=B)] == [4, 2]
    assert [row.id for row in await rows(chain, gcid=A, subject="jane")] == [5, 1]
    assert [row.id for row in await rows(chain, before=5, limit=2)] == [4, 3]
    (first,) = await rows(chain, before=2)
    assert (first.gcids, first.fields, first.purpose) == ([A], ["customer"], "fraud case")
    assert {row.id for row in await rows(chain, since=first.at, until=(await rows(chain))[0].at)} == {1, 2, 3, 4}


async def test_a_whole_chain_is_proven(chain: Ledger, heads: HeadFile) -> None:
    proof = await prove(chain, heads)
    assert (proof.rows, proof.signed, proof.fault) == (6, 4, None)


@pytest.mark.parametrize("change", ["UPDATE audit SET subject = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_database_refuses_changes(chain: Ledger, heads: HeadFile, change: str) -> None:
    with pytest.raises(LedgerError, match=r"RaiseException|InsufficientPrivilege"):
        async with chain.transaction() as connection:
            await connection.execute(change.encode())
    assert (await prove(chain, heads)).fault is None


async def test_who_may_append_has_no_right_to_change(ledger: Ledger) -> None:
    """An owner who is no superuser is stopped by his rights before any trigger."""
    async with ledger.transaction() as connection:
        cursor = await connection.execute(
            "SELECT privilege_type FROM information_schema.table_privileges"
            " WHERE table_schema = 'wekeza' AND table_name = 'audit'"
        )
        rights = {row[0] async for row in cursor}
    assert {"SELECT", "INSERT"} <= rights
    assert not rights & {"UPDATE", "DELETE", "TRUNCATE"}


TAMPERINGS = {
    "UPDATE audit SET gcids = '{}' WHERE id = 2": "row 2 was changed",
    "UPDATE audit SET subject = 'ann' WHERE id = 6": "row 6 was changed",
    "UPDATE audit SET at = at + interval '1 microsecond' WHERE id = 3": "row 3 was changed",
    "DELETE FROM audit WHERE id = 1": "row 1 is missing",
    "DELETE FROM audit WHERE id = 5": "row 5 is missing",
    "DELETE FROM audit WHERE id > 3": "row 4 is missing",
    "UPDATE audit SET id = id + 100 WHERE id = 4": "row 4 is missing",
    "DELETE FROM audit": "row 1 is missing",
}


@pytest.mark.parametrize("change", TAMPERINGS)
async def test_what_a_superuser_does_without_the_trigger_is_found(chain: Ledger, heads: HeadFile, change: str) -> None:
    await tamper(chain, change)
    fault = (await prove(chain, heads)).fault
    assert fault is not None
    assert TAMPERINGS[change] in fault


async def tamper(ledger: Ledger, *changes: str) -> None:
    async with ledger.transaction() as connection:
        await connection.execute("ALTER TABLE audit DISABLE TRIGGER only_grows")
        for change in changes:
            await connection.execute(change.encode())
        await connection.execute("ALTER TABLE audit ENABLE TRIGGER only_grows")


async def test_a_chain_computed_anew_is_found_by_the_head(chain: Ledger, heads: HeadFile) -> None:
    kept = [row for row in reversed(await rows(chain)) if row.id != 2]
    await tamper(chain, "DELETE FROM audit")
    await append(chain, *(entry(row.subject, *row.gcids, purpose=row.purpose) for row in kept))
    fault = (await prove(chain, heads)).fault
    assert fault is not None
    assert "the head that was signed" in fault


async def test_heads_that_are_no_heads_are_found(chain: Ledger, heads: HeadFile, tmp_path: Path) -> None:
    file = tmp_path / "audit" / "heads.jsonl"
    assert file.stat().st_mode & 0o077 == 0
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"id": 4', b'"id": 3'))
    assert "line 2 is not a head" in str((await prove(chain, heads)).fault)
    file.write_bytes(b"noise\n" + whole)
    assert "line 1 is not a head" in str((await prove(chain, heads)).fault)
    stranger = HeadFile(file, load_audit_key(new_audit_key()))
    file.write_bytes(whole)
    assert "line 1 is not a head" in str((await prove(chain, stranger)).fault)
    file.unlink()
    assert "no signed head" in str((await prove(chain, heads)).fault)


async def test_a_line_that_a_killed_process_left_unfinished_says_nothing(
    chain: Ledger, heads: HeadFile, tmp_path: Path
) -> None:
    file = tmp_path / "audit" / "heads.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + whole.splitlines()[-1][:40])
    assert (await prove(chain, heads)).fault is None
    assert await heads.sign(chain)
    assert (await prove(chain, heads)).signed == 6


async def test_many_appenders_make_one_unbroken_chain(ledger: Ledger, ledger_dsn: str, heads: HeadFile) -> None:
    await heads.sign(ledger)
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(Ledger.connect(ledger_dsn)) for _ in range(3)]
        auditors = [Auditor(one) for one in (ledger, *others)]
        await asyncio.gather(*(auditors[n % 4].append(entry(str(n), A)) for n in range(200)))
        assert sum(auditor.appended for auditor in auditors) == 200
        assert [auditor.waiting for auditor in auditors] == [0] * 4
    found = await rows(ledger)
    assert sorted(int(row.subject) for row in found) == list(range(200))
    assert len({row.at for row in found}) < 100, "those that arrive together are written together"
    proof = await prove(ledger, heads)
    assert (proof.rows, proof.fault) == (200, None)


@pytest.fixture
async def held(ledger_dsn: str) -> AsyncIterator[AsyncConnection[Any]]:
    """Another process that hangs while it has the chain's lock; its session would end by itself after seconds."""
    async with await AsyncConnection.connect(ledger_dsn) as connection:
        yield connection


async def test_who_cannot_append_in_time_is_told_and_the_rest_goes_on(
    ledger: Ledger, held: AsyncConnection[Any], heads: HeadFile
) -> None:
    await heads.sign(ledger)
    await held.execute("SELECT pg_advisory_xact_lock(%s, %s)", AUDIT)
    auditor = Auditor(ledger, patience=0.3, queue=3)
    waiting = [asyncio.create_task(auditor.append(entry(str(n)))) for n in range(3)]
    await asyncio.sleep(0)
    assert auditor.waiting == 3
    with pytest.raises(LedgerUnavailable, match="keep up"):
        await auditor.append(entry("one too many"))
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LedgerUnavailable] * 3
    async with auditor._turn:  # until PostgreSQL was told to stop, too
        pass
    await held.rollback()
    await auditor.append(entry("later"))
    assert auditor.waiting == 0
    assert [row.subject for row in await rows(ledger)] == ["later"]
    assert (await prove(ledger, heads)).fault is None


async def test_a_caller_who_goes_away_takes_nobody_with_him(ledger: Ledger, held: AsyncConnection[Any]) -> None:
    await held.execute("SELECT pg_advisory_xact_lock(%s, %s)", AUDIT)
    auditor = Auditor(ledger)
    gone, stays = (asyncio.create_task(auditor.append(entry(name))) for name in ("gone", "stays"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    await held.rollback()
    await stays
    assert {row.subject for row in await rows(ledger)} == {"gone", "stays"}
    assert gone.cancelled()


async def test_a_restored_chain_is_proven_by_the_same_heads(
    chain: Ledger, heads: HeadFile, new_database: NewDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "ledger.zip"
    await dump(chain, file)
    dsn = new_database("audited")
    await restore(dsn, file)
    async with Ledger.connect(dsn) as restored:
        assert await rows(restored) == await rows(chain)
        assert (await prove(restored, heads)).fault is None
        await append(restored, entry("jane", B))
        assert (await prove(restored, heads)).rows == 7
        with pytest.raises(LedgerError, match=r"RaiseException|InsufficientPrivilege"):
            async with restored.transaction() as connection:
                await connection.execute("DELETE FROM audit")
