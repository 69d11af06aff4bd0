"""What is asked about one customer is found by index, however long the ledger grows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import AsyncConnection

from ledger.audit import AuditEntry, Operation, append_entries, find_rows, read_head
from ledger.dead_letters import DeadLetter, keep_letters
from ledger.decisions import decisions, same_closure
from ledger.entries import (
    Entries,
    Erasing,
    Erasure,
    EventKind,
    EvidenceDelta,
    EvidenceValue,
    Evident,
    GoldenVersion,
    HeirDelta,
    Heirship,
    IdentityEvent,
    LinkDelta,
    LinkFate,
    MembershipDelta,
    Presence,
    PresenceDelta,
    RecordVersion,
    Verdict,
)
from ledger.history import (
    bearers,
    customers_at,
    events,
    golden_at,
    holders_of,
    holdings_at,
    links_of,
    members_at,
    runs,
    versions_of,
)
from ledger.ledger import Ledger
from ledger.names import heirs_of, keys_of, presence_of
from ledger.records import erased_hashes, forget, forget_erased, known_records, latest_versions
from ledger.values import known_values
from tests.integration.ledger.told import birth, decide, name, tell

STEPS, RECORDS = 25, 200  # in each step
MAY_BE_WALKED = {"step", "outcome"}  # one row a step
TYPED_BY_PEOPLE = {"proposal", "proposal_verdict", "review_comment", "review_kept"}  # never many
MADE_BY_PEOPLE = {"decision", "decision_record", "decision_note"}
ONE = name(777)


@pytest.fixture(scope="module")
async def long_ledger(ledger_dsn: str) -> AsyncIterator[Ledger]:
    async with Ledger.connect(ledger_dsn) as ledger:
        async with ledger.transaction() as connection:
            await connection.execute("DROP SCHEMA IF EXISTS wekeza CASCADE")
        await ledger.migrate()
        await tell(ledger, *(entries(step) for step in range(STEPS)))
        async with ledger.transaction() as connection:
            await keep_letters(connection, [letter(number) for number in range(STEPS * RECORDS)])
            for step in range(STEPS):
                await append_entries(connection, [access(step, number) for number in range(RECORDS)])
        async with ledger.session() as connection:
            await connection.execute("ANALYZE")
        yield ledger


def access(step: int, number: int) -> AuditEntry:
    gcid = name(step * RECORDS + number + 1)
    return AuditEntry(
        subject=f"caller {number}", role="analyst", operation=Operation.QUERY, fields=("customer",), gcids=(gcid,)
    )


def letter(number: int) -> DeadLetter:
    """Of another record than those that the ledger knows."""
    digest = number.to_bytes(16)
    return DeadLetter(
        system="core", table="customer", reason="missing_field", field="at", key=f"core|customer|-{number}",
        digest=digest, content=digest,
    )  # fmt: skip


def entries(step: int) -> Entries:
    ids = [name(number) for number in range(step * RECORDS + 1, (step + 1) * RECORDS + 1)]
    pairs = list(zip(ids[::2], ids[1::2], strict=True))
    return Entries(
        births=[birth(it) for it in ids],
        versions=[RecordVersion(it, "h", {"name": "Ann"}) for it in ids],
        presences=[PresenceDelta(it, Presence.LEFT) for it in ids],
        heirs=[HeirDelta(it, Heirship.NAMED) for it in ids],
        values=[EvidenceValue(it, f"Phone|{it}", {}) for it in ids],
        evidence=[EvidenceDelta(it, it, Evident.HELD) for it in ids],
        memberships=[MembershipDelta(it, None, it) for it in ids],
        links=[LinkDelta(a=a, b=b, what=LinkFate.ACCEPTED, kind="Phone", value=a, stage=3) for a, b in pairs],
        events=[IdentityEvent(what=EventKind.MERGED, gcid=a, others=(b,), records=1) for a, b in pairs],
        goldens=[GoldenVersion(it, {"status": "current"}) for it in ids],
        decisions=[decide(Verdict.SAME, left=[a], right=[b]) for a, b in pairs]
        + [decide(Verdict.SUPPRESS, value=a) for a in ids],
        erasures=[Erasure(it, Erasing.ERASED) for it in ids],
    )


Ask = Callable[[AsyncConnection[Any]], Awaitable[object]]


@pytest.mark.parametrize(
    "ask",
    {
        "known_records": lambda c: known_records(c, [birth(ONE).key]),
        "latest_versions": lambda c: latest_versions(c, [ONE]),
        "erased_hashes": lambda c: erased_hashes(c, [ONE]),
        "keys_of": lambda c: keys_of(c, [ONE]),
        "heirs_of": lambda c: heirs_of(c, [ONE]),
        "presence_of": lambda c: presence_of(c, ONE),
        "known_values": lambda c: known_values(c, [ONE]),
        "forget": lambda c: forget(c, [name(778)]),
        "forget_erased": forget_erased,
        "decisions by id": lambda c: decisions(c, ids=[7]),
        "decisions": lambda c: decisions(c, birth_ids=[ONE], values=[ONE]),
        "same_closure": lambda c: same_closure(c, [ONE]),
        "members_at": lambda c: members_at(c, ONE, STEPS // 2),
        "customers_at": lambda c: customers_at(c, [ONE]),
        "bearers": lambda c: bearers(c, ONE),
        "holdings_at": lambda c: holdings_at(c, [ONE], STEPS // 2),
        "holders_of": lambda c: holders_of(c, ONE),
        "golden_at": lambda c: golden_at(c, ONE),
        "versions_of": lambda c: versions_of(c, [ONE]),
        "links_of": lambda c: links_of(c, [ONE]),
        "events of one": lambda c: events(c, ONE),
        "events": lambda c: events(c, after=(STEPS // 2, 1), limit=20),
        "runs": lambda c: runs(c, 5),
        "audit of one": lambda c: find_rows(c, gcid=ONE, limit=20),
        "audit of a caller": lambda c: find_rows(c, subject="caller 7", limit=20),
        "audit from a time on": lambda c: find_rows(c, since=datetime.now(UTC), limit=20),
        "audit": lambda c: find_rows(c, before=90, limit=20),
        "head of the audit": read_head,
    }.items(),
    ids=lambda it: it[0],
)
async def test_nothing_walks_a_whole_table(long_ledger: Ledger, ask: tuple[str, Ask]) -> None:
    async with long_ledger.transaction() as connection:
        await ask[1](connection)
        rows = await connection.execute(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE schemaname = 'wekeza' AND seq_scan > 0"
        )
        walked = {row[0] async for row in rows}
    assert walked <= MAY_BE_WALKED | TYPED_BY_PEOPLE


async def test_no_deltas_are_walked_for_many_records_either(long_ledger: Ledger) -> None:
    """A region of many records, asked often enough that a plan for any parameters is considered."""
    region = [name(number) for number in range(1, 61)]
    async with long_ledger.session() as connection, connection.transaction():
        for _ in range(12):
            await decisions(connection, birth_ids=region, values=region)
            await same_closure(connection, region)
            await links_of(connection, region)
            await holdings_at(connection, region)
            await events(connection, ONE)
        rows = await connection.execute(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE schemaname = 'wekeza' AND seq_scan > 0"
        )
        walked = {row[0] async for row in rows}
    assert walked <= MAY_BE_WALKED | MADE_BY_PEOPLE
