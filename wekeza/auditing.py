"""The audit chain's signed heads: signed while the service runs, held against the chain by ``wekeza verify audit``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from ledger.audit_heads import HeadFile, load_audit_key, new_audit_key
from ledger.audit_proof import Proof, prove
from ledger.errors import LedgerError
from ledger.ledger import Ledger
from wekeza.keys import audit_key

log = structlog.get_logger()


def heads_of(data: Path) -> HeadFile:
    """Where an installation keeps its signed heads, and the key that signs them."""
    return HeadFile(data / "audit" / "heads.jsonl", load_audit_key(audit_key(data, new_audit_key)))


@asynccontextmanager
async def signing(ledger: Ledger, data: Path, *, every: float) -> AsyncIterator[None]:
    """Sign the head now, every so many seconds while the block runs, and once more when it ends.

    A head that cannot be signed is told in the log and tried again: the rows themselves are in the ledger.
    """
    heads = heads_of(data)
    await _sign(heads, ledger)
    task = asyncio.create_task(_go_on(heads, ledger, every))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await _sign(heads, ledger)


async def prove_chain(dsn: str, data: Path) -> Proof:
    async with Ledger.connect(dsn) as ledger:
        await ledger.migrate()
        return await prove(ledger, heads_of(data))


async def _go_on(heads: HeadFile, ledger: Ledger, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await _sign(heads, ledger)


async def _sign(heads: HeadFile, ledger: Ledger) -> None:
    try:
        await heads.sign(ledger)
    except LedgerError as fault:
        log.warning("audit_head_not_signed", reason=str(fault))
