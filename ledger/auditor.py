"""Group commit for the audit chain: what arrives while one batch is being written goes together in the next.

So many readers cost few transactions, nobody waits for more than two of them, and an answer leaves only when its row
is on the ledger's disk.
"""

import asyncio
from dataclasses import dataclass, field

from ledger.audit import AuditEntry, append_entries
from ledger.errors import LedgerUnavailable
from ledger.ledger import Ledger

PATIENCE_SECONDS = 3.0
QUEUE = 2_000  # entries that may wait; more means that the ledger does not keep up


@dataclass(slots=True, eq=False)
class _Batch:
    entries: list[AuditEntry] = field(default_factory=list)
    written: asyncio.Task[None] | None = None


class Auditor:
    """Appends for one process; several processes, each with its own, make one chain."""

    def __init__(self, ledger: Ledger, *, patience: float = PATIENCE_SECONDS, queue: int = QUEUE) -> None:
        self._ledger = ledger
        self._patience = patience
        self._queue = queue
        self._gathering = _Batch()
        self._turn = asyncio.Lock()
        self.waiting = 0  # entries that are not appended yet
        self.appended = 0  # since this process began

    async def append(self, entry: AuditEntry) -> None:
        """Return when the entry is durable.

        Raises LedgerUnavailable where the ledger does not answer in time or too many wait; the entry may still be
        appended then: who is refused an answer may be in the chain, who got one always is.
        """
        if self.waiting >= self._queue:
            raise LedgerUnavailable("The audit chain does not keep up with what is read.")
        batch = self._gathering
        batch.entries.append(entry)
        self.waiting += 1
        if batch.written is None:
            batch.written = asyncio.create_task(self._write(batch))
            batch.written.add_done_callback(_hear)
        try:
            async with asyncio.timeout(self._patience):
                await asyncio.shield(batch.written)  # for all of them: it goes on if one caller goes away
        except TimeoutError as fault:
            raise LedgerUnavailable("The audit chain took too long.") from fault

    async def _write(self, batch: _Batch) -> None:
        """Wait for the batch before, close this one, and write it."""
        try:
            async with self._turn:
                self._gathering = _Batch()
                async with asyncio.timeout(self._patience), self._ledger.transaction() as connection:
                    await append_entries(connection, batch.entries)
        except TimeoutError as fault:
            raise LedgerUnavailable("The audit chain took too long.") from fault
        else:
            self.appended += len(batch.entries)
        finally:
            self.waiting -= len(batch.entries)


def _hear(written: asyncio.Task[None]) -> None:
    """A failure is told to whoever still waits; if nobody does, it is not an error that was overlooked."""
    if not written.cancelled():
        written.exception()
