"""Rows that became no record, kept until they do: stored as the source has them, and mapped again on demand."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import structlog

from graph.limits import fits
from graph.records import Batch, SourceRecord
from graph.resolution.global_ids import key_hash
from ingest.connectors.messages import hear_again, is_message
from ingest.connectors.page import Poison
from ingest.declared import DataClass, Retention
from ingest.errors import SourceContractError
from ingest.mapping import Mapped, map_rows
from ingest.rejections import Reason, Rejection
from ingest.source import Source
from ingest.table import Table
from ledger.dead_letters import (
    DeadLetter,
    drop_letters,
    drop_letters_of,
    drop_old_letters,
    keep_letters,
    letters_of,
    read_letters,
)
from ledger.ledger import Ledger
from ledger.records import erased_hashes

PAGE = 1_000  # letters that are mapped at once
MAX_LETTERS = 100_000  # of a table: more say no more about what is wrong with it

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many letters of one table became records, and how many stay."""

    table: str
    loaded: int
    kept: int


@dataclass(slots=True)
class Letterbox:
    """The dead letters of one source; ``known`` is how many each table has, so that those without cost nothing."""

    ledger: Ledger
    source: Source
    secret: bytes
    known: dict[str, int] = field(default_factory=dict)

    async def open(self, retention: Retention) -> None:
        """Forget the letters that are too old, and see which tables have others."""
        tables = [table.name for table in self.source.tables]
        ages = {table.name: min(retention[it] for it in _classes(table)) for table in self.source.tables}
        async with self.ledger.transaction() as connection:
            await drop_old_letters(connection, self.source.name, ages)
            self.known = await letters_of(connection, self.source.name, tables, MAX_LETTERS)

    async def keep(self, table: Table, rows: pa.Table, rejections: Sequence[Rejection]) -> None:
        """Store rejected rows, as long as there is room, but of those whose keys were erased."""
        fitting = rejections[: self._room_for(table, len(rejections))]
        await self._keep(table, [_letter(self.source, table, rows, rejection) for rejection in fitting])

    async def keep_poison(self, table: Table, poison: Sequence[Poison]) -> None:
        """The same for what is no row."""
        fitting = poison[: self._room_for(table, len(poison))]
        packed = ((it, _packed(it.content)) for it in fitting)
        await self._keep(table, [_letter_of(self.source, table, it.reason, "", it.key, row) for it, row in packed])

    def _room_for(self, table: Table, letters: int) -> int:
        room = MAX_LETTERS - self.known.get(table.name, 0)
        if room < letters:
            log.warning("dead_letters_full", system=self.source.name, table=table.name, not_kept=letters - room)
        return room

    async def _keep(self, table: Table, letters: Sequence[DeadLetter]) -> None:
        async with self.ledger.transaction() as connection:
            hashes = {str(key_hash(self.secret, it.key)): it.key for it in letters if it.key}
            erased = {hashes[found] for found in await erased_hashes(connection, list(hashes))} if hashes else set()
            kept = await keep_letters(connection, [it for it in letters if it.key not in erased])
        self.known[table.name] = self.known.get(table.name, 0) + kept

    async def drop(self, table: Table, records: Sequence[SourceRecord]) -> None:
        """Forget the letters of records that have arrived now."""
        tellers = {it.name for it in self.source.tables if it.key_entity == table.key_entity}
        if records and not tellers.isdisjoint(self.known):
            async with self.ledger.transaction() as connection:
                await drop_letters_of(connection, [record.key for record in records])


def reject_unfit(mapped: Mapped) -> Mapped:
    """The records that the stores can hold; the others are rejections too."""
    unfit = {n for n, record in enumerate(mapped.records) if not fits(record)}
    if not unfit:
        return mapped
    rejections = [
        Rejection(reason=Reason.UNFIT, field="", row=mapped.rows[n], key=mapped.records[n].key) for n in sorted(unfit)
    ]
    kept = [n for n in range(len(mapped.records)) if n not in unfit]
    return Mapped(
        records=tuple(mapped.records[n] for n in kept),
        rejections=(*mapped.rejections, *rejections),
        issues=mapped.issues,
        rows=tuple(mapped.rows[n] for n in kept),
    )


async def replay(
    source: Source, table: Table, ledger: Ledger, load: Callable[[Batch], Awaitable[object]], secret: bytes
) -> Replayed:
    """Map the dead letters of a table again, by its file as it is now, and load what becomes a record.

    Raises SourceContractError where the file needs a column that the letters do not have.
    """
    loaded = kept = 0
    after = b""
    while True:
        async with ledger.transaction() as connection:
            letters = await read_letters(connection, source.name, table.name, after, PAGE)
        if not letters:
            return Replayed(table=table.name, loaded=loaded, kept=kept)
        after = letters[-1].digest
        told = [(letter, row) for letter in letters if (row := _row(table, letter)) is not None]
        done = await _load_again(source, table, load, secret, told) if told else []
        async with ledger.transaction() as connection:
            await drop_letters(connection, source.name, table.name, done)
        loaded, kept = loaded + len(done), kept + len(letters) - len(done)


async def _load_again(
    source: Source,
    table: Table,
    load: Callable[[Batch], Awaitable[object]],
    secret: bytes,
    told: Sequence[tuple[DeadLetter, pa.Table]],
) -> list[bytes]:
    """Answers the digests of the letters whose rows are records now."""
    mapped = reject_unfit(map_rows(source, table, _joined(table, [row for _, row in told]), secret))
    if mapped.records:
        await load(Batch(system=source.name, table=table.name, records=mapped.records, position=None))
    rejected = {rejection.row for rejection in mapped.rejections}
    return [letter.digest for n, (letter, _) in enumerate(told) if n not in rejected]


def _classes(table: Table) -> Collection[DataClass]:
    """What a letter may hold: a message that nobody can read may hold anything."""
    return {*table.columns.values(), *(("pii",) if table.events else ())}


def _letter(source: Source, table: Table, rows: pa.Table, rejection: Rejection) -> DeadLetter:
    content = _packed(rows.select(list(table.columns)).slice(rejection.row, 1))
    return _letter_of(source, table, rejection.reason, rejection.field, rejection.key, content)


def _letter_of(source: Source, table: Table, reason: Reason, field: str, key: str | None, content: bytes) -> DeadLetter:
    return DeadLetter(
        system=source.name,
        table=table.name,
        reason=reason,
        field=field,
        key=key,
        digest=hashlib.blake2b(content, digest_size=16).digest(),
        content=content,
    )


def _packed(row: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, row.schema) as stream:
        stream.write_table(row.combine_chunks())
    return bytes(sink.getvalue())


def _row(table: Table, letter: DeadLetter) -> pa.Table | None:
    """A letter's row; None of a message that is none yet."""
    content = pa.ipc.open_stream(letter.content).read_all()
    return hear_again(table, content) if is_message(content) else content


def _joined(table: Table, rows: Sequence[pa.Table]) -> pa.Table:
    """The rows of letters, which may be older than a column or have it in another type."""
    try:
        return pa.concat_tables(rows, promote_options="permissive").select(list(table.columns))
    except (pa.ArrowException, KeyError) as fault:
        raise SourceContractError(
            f"The dead letters of table {table.name!r} do not have the columns that its file reads now "
            f"({type(fault).__name__}): they stay until they are read again at their source."
        ) from None
