"""Steps for the tests of what the ledger tells: appended and given an outcome, without a graph."""

from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from ledger.entries import Birth, Entries, MembershipDelta, NewDecision, Verdict
from ledger.ledger import Ledger
from ledger.locks import writer_lock
from ledger.steps import AppendedStep, Outcome, append_outcome, append_step

Rows = set[tuple[Any, ...]]
MARCH = datetime(2026, 3, 1, 8, tzinfo=UTC)


def name(number: int) -> str:
    """A UUID that a person can read in a failure."""
    return f"00000000-0000-8000-8000-{number:012}"


A, B, C, D, E = (name(n) for n in range(1, 6))
PHONE, EMAIL, ID_CARD = (name(n) for n in range(91, 94))


def birth(birth_id: str, incarnation: int = 0, key: str | None = None) -> Birth:
    return Birth(key or f"core|customer|{int(birth_id[-12:])}", birth_id, incarnation)


def moves(*changes: tuple[str, str | None, str | None], cause: int | None = None) -> Entries:
    return Entries(memberships=[MembershipDelta(*change, cause) for change in changes])


def decide(verdict: Verdict, **given: Any) -> NewDecision:
    return NewDecision(verdict=verdict, by="jane", reason="seen the papers", **given)


async def tell(
    ledger: Ledger, *told: Entries, outcome: Outcome | None = Outcome.COMMITTED, kind: str = "resolve", **given: Any
) -> list[AppendedStep]:
    """One step each; with ``outcome=None`` they stay open."""
    counts = given.pop("counts", None)
    steps = []
    async with writer_lock(ledger) as writer:
        for entries in told:
            step = await append_step(writer, kind, entries=entries, **given)
            if outcome:
                await append_outcome(writer, step.id, outcome, counts)
            steps.append(step)
    return steps


async def rows_of(connection: AsyncConnection[Any], table: str) -> list[tuple[Any, ...]]:
    """All rows of a table as PostgreSQL spells them, sorted."""
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1".encode())  # noqa: S608 - a table of ours
        return await cursor.fetchall()
