"""Proving the audit chain: against itself, and against the heads that were signed while it grew."""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.audit import NOTHING_YET, ROWS, AuditRow, Head, hash_of
from ledger.audit_heads import BadHead, HeadFile, SignedHead
from ledger.ledger import Ledger
from ledger.rows import stream_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``fault`` names the first row that is wrong; None: the chain is whole as far as can be known."""

    rows: int  # that are as they were appended
    signed: int  # of these, how many a signed head vouches for
    fault: str | None = None


class Prover:
    """Takes the rows in order, then `end`; keeps nothing of them. Pure."""

    def __init__(self, heads: Iterator[SignedHead]) -> None:
        self._heads = heads
        self._due = next(heads, None)  # the head to hold against the chain next
        self._kept = self._due is not None
        self.head = NOTHING_YET
        self.signed = 0

    def take(self, row: AuditRow) -> str | None:
        """What is wrong: with the rows before, as far as heads vouch for them, or with this one."""
        expected = self.head.id + 1
        if fault := self._compare():
            return fault
        if row.id != expected:
            return f"row {expected} is missing."
        if row.previous != self.head.hash:
            return f"row {row.id} does not follow the row before it: one of the two was changed."
        if row.hash != hash_of(row):
            return f"row {row.id} was changed."
        self.head = Head(row.id, row.hash)
        return None

    def end(self) -> str | None:
        """What is wrong once all rows were taken."""
        if fault := self._compare():
            return fault
        if self._due is not None:
            return (
                f"row {self.head.id + 1} is missing, and what followed: {self._due.head.id} was the last row when that "
                f"was signed at {self._due.at}."
            )
        if self.head.id and not self._kept:
            return (
                f"row 1 and all after it may be others than they were: no signed head of {self.head.id} rows is kept."
            )
        return None

    def _compare(self) -> str | None:
        """Hold the last row against the heads that were signed when it was the last."""
        while self._due is not None and self._due.head.id <= self.head.id:
            if self._due.head != self.head:
                return (
                    f"row {self.signed + 1}, or one after it up to row {self._due.head.id}, is not the one of old: the "
                    f"head that was signed at {self._due.at} says otherwise."
                )
            self.signed = self._due.head.id
            self._due = next(self._heads, None)
        return None


async def prove(ledger: Ledger, heads: HeadFile) -> Proof:
    """Read the whole chain once, in bounded memory, and stop at the first row that is wrong."""
    size = heads.size()  # before the rows: a head that is signed meanwhile belongs to rows that are not looked at
    prover = None
    try:
        prover = Prover(heads.read(size))
        fault = None
        async with ledger.snapshot() as connection:
            async for row in stream_rows(connection, AuditRow, f"{ROWS} ORDER BY id"):
                if fault := prover.take(row):
                    break
        fault = fault or prover.end()
    except BadHead as bad:
        fault = str(bad)
    rows, signed = (prover.head.id, prover.signed) if prover else (0, 0)
    return Proof(rows=rows, signed=signed, fault=fault)
