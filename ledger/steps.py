"""Steps in the ledger: a step is appended before the graph changes, its outcome after.

Both are appended on the connection that holds the writer lock, so a writer that lost it cannot append.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any

from psycopg import AsyncConnection, DataError
from psycopg.types.json import Jsonb

from ledger.entries import NO_ENTRIES, Birth, Entries, EvidenceValue, NewDecision, RankedBirth
from ledger.errors import LedgerError

Row = tuple[Any, ...]


class Outcome(StrEnum):
    COMMITTED = "committed"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendedStep:
    id: int
    at: datetime  # aware, UTC, never earlier than the step before
    ranks: Mapping[str, RankedBirth]  # of the births, by key
    decisions: tuple[int, ...]  # ids of the decisions, in their order


async def append_step(
    writer: AsyncConnection[Any],
    kind: str,
    *,
    system: str | None = None,
    policy: str | None = None,
    entries: Entries = NO_ENTRIES,
) -> AppendedStep:
    """Append a step with all that it decides, in one transaction; at most two statements for each kind of entry.

    Births get the next ranks, decisions the next ids, in the order given; a value that is known already stays.
    Raises LedgerError for text that PostgreSQL cannot store.
    """
    try:
        async with writer.transaction():
            cursor = await writer.execute(
                "INSERT INTO step (id, at, kind, system, policy)"
                " SELECT coalesce(max(id), 0) + 1, greatest(clock_timestamp(), max(at)), %s, %s, %s"
                " FROM (SELECT id, at FROM step ORDER BY id DESC LIMIT 1) last RETURNING id, at",
                [kind, system, policy],
            )
            step, at = await anext(cursor)
            ranks = await _append_births(writer, step, entries.births)
            decisions = await _append_decisions(writer, step, entries.decisions)
            await _append_values(writer, entries.values)
            for table, rows in _tables(step, entries):
                await _copy(writer, table, rows)
    except (DataError, UnicodeEncodeError) as fault:  # without its message: it quotes the values of a row
        raise LedgerError(
            "The ledger was given text that PostgreSQL cannot store, such as the character U+0000"
            f" ({type(fault).__name__}): whoever reads it from a source has to leave it out."
        ) from None
    return AppendedStep(id=step, at=at, ranks=ranks, decisions=decisions)


async def append_outcome(
    writer: AsyncConnection[Any], step: int, what: Outcome, counts: Mapping[str, Any] | None = None
) -> None:
    """Say what became of a step; ``counts`` are numbers and texts, what its :Run says besides."""
    said = None if counts is None else Jsonb(dict(counts))
    await writer.execute("INSERT INTO outcome (step, what, counts) VALUES (%s, %s, %s)", [step, what.value, said])


async def open_steps(connection: AsyncConnection[Any]) -> list[int]:
    """Steps without an outcome, ascending: what a writer that died left behind, or one that works now.

    Every writer settles them before it appends its own, so all of them are newer than the newest outcome.
    """
    cursor = await connection.execute(
        "SELECT id FROM step WHERE id > coalesce((SELECT max(step) FROM outcome), 0) ORDER BY id"
    )
    return [row[0] async for row in cursor]


async def _append_births(writer: AsyncConnection[Any], step: int, births: Sequence[Birth]) -> dict[str, RankedBirth]:
    if not births:
        return {}
    first = await _next(writer, "SELECT coalesce(max(rank), 0) + 1 FROM rank")
    ranked = [(birth.key, RankedBirth(birth.birth_id, n, birth.incarnation)) for n, birth in enumerate(births, first)]
    await _copy(writer, "rank (birth_id, rank, step)", ((born.birth_id, born.rank, step) for _, born in ranked))
    rows = ((key, born.birth_id, born.incarnation) for key, born in ranked)
    await _copy(writer, "record_key (key, birth_id, incarnation)", rows)
    return dict(ranked)


async def _append_decisions(
    writer: AsyncConnection[Any], step: int, decisions: Sequence[NewDecision]
) -> tuple[int, ...]:
    if not decisions:
        return ()
    first = await _next(writer, "SELECT coalesce(max(id), 0) + 1 FROM decision")
    given = dict(enumerate(decisions, first))
    rows = ((n, step, d.verdict.value, d.value, d.field, d.undoes) for n, d in given.items())
    await _copy(writer, "decision (id, step, verdict, value, field, undoes)", rows)
    sides = (
        (n, side, birth_id) for n, d in given.items() for side in ("left", "right") for birth_id in getattr(d, side)
    )
    await _copy(writer, "decision_record (decision, side, birth_id)", sides)
    notes = ((n, d.by, d.reason, d.content) for n, d in given.items())
    await _copy(writer, "decision_note (decision, by, reason, content)", notes)
    return tuple(given)


async def _append_values(writer: AsyncConnection[Any], values: Sequence[EvidenceValue]) -> None:
    if values:
        await writer.execute(
            "INSERT INTO evidence_value (value, key, said) SELECT * FROM unnest(%s::uuid[], %s::text[], %s::jsonb[])"
            " ON CONFLICT DO NOTHING",
            [[v.value for v in values], [v.key for v in values], [Jsonb(v.said) for v in values]],
        )


def _tables(step: int, entries: Entries) -> Iterable[tuple[str, Iterable[Row]]]:
    """Table with columns, and rows, of each kind of entry that only has to be written down."""
    yield (
        "record_version (step, birth_id, hash, said)",
        ((step, v.birth_id, v.hash, Jsonb(v.said)) for v in entries.versions),
    )
    yield (
        "presence_delta (step, birth_id, what, source_at, source_version)",
        ((step, p.birth_id, p.what.value, p.source_at, p.source_version) for p in entries.presences),
    )
    yield (
        "evidence_delta (step, birth_id, value, what, source_at)",
        ((step, e.birth_id, e.value, e.what.value, e.source_at) for e in entries.evidence),
    )
    yield "heir_delta (step, birth_id, what, heir)", ((step, h.birth_id, h.what.value, h.heir) for h in entries.heirs)
    yield (
        "membership_delta (step, birth_id, old_gcid, new_gcid, cause)",
        ((step, m.birth_id, m.old_gcid, m.new_gcid, m.cause) for m in entries.memberships),
    )
    yield (
        "link_delta (step, a, b, what, kind, value, decision, stage, reason, inside)",
        (
            (step, k.a, k.b, k.what.value, k.kind, k.value, k.decision, k.stage, k.reason, k.inside)
            for k in entries.links
        ),
    )
    yield (
        "identity_event (step, number, what, gcid, others, records, cause)",
        (
            (step, number, e.what.value, e.gcid, list(e.others), e.records, e.cause)
            for number, e in enumerate(entries.events, start=1)
        ),
    )
    yield "golden_version (step, gcid, said)", ((step, g.gcid, Jsonb(g.said)) for g in entries.goldens)
    yield "erasure (step, key_hash, what)", ((step, e.key_hash, e.what.value) for e in entries.erasures)
    yield "reports.gone (step, kind, key)", ((step, g.kind.value, g.key) for g in entries.gone)
    yield "step_note (step, by, reason)", ((step, n.by, n.reason) for n in [entries.note] if n)
    yield (
        "decision_request (step, subject, key, request)",
        ((step, r.subject, r.key, r.request) for r in [entries.request] if r),
    )
    yield (
        "proposal_verdict (step, what, proposal, by, reason)",
        ((step, "approved", a.proposal, a.by, a.reason) for a in [entries.approval] if a),
    )


async def _copy(writer: AsyncConnection[Any], table: str, rows: Iterable[Row]) -> None:
    """Nothing is sent where there are no rows."""
    remaining = iter(rows)
    if (first := next(remaining, None)) is None:
        return
    async with writer.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
        for row in chain([first], remaining):
            await copy.write_row(row)


async def _next(writer: AsyncConnection[Any], query: str) -> int:
    number: int = (await anext(await writer.execute(query.encode())))[0]
    return number
