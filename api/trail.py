"""What one request reads of people, until it is in the audit chain: no answer leaves before."""

from collections.abc import Iterable, Iterator
from typing import Any

from api.errors import ApiError, ErrorCode
from api.tokens import Caller
from ledger.audit import AuditEntry, Operation
from ledger.auditor import Auditor
from ledger.errors import LedgerError

UNAUDITED = "The audit log does not answer, and nobody's data are shown without it: try again."


class Trail:
    """Every reader of people notes whom it has read; who sends the answer appends first."""

    def __init__(self, auditor: Auditor, caller: Caller, purpose: str | None) -> None:
        self._auditor = auditor
        self._caller = caller
        self._purpose = purpose
        self.operation = Operation.QUERY
        self._fields: dict[str, None] = {}  # as ordered sets
        self._gcids: dict[str, None] = {}

    def note(self, field: str, gcids: Iterable[str]) -> None:
        """``field`` is the root field that has read these customers."""
        self._fields[field] = None
        self._gcids |= dict.fromkeys(gcids)

    async def append(self) -> None:
        """Append what was noted since the last time, if anything was. Raises ApiError UNAVAILABLE."""
        if not self._fields:
            return
        entry = self._entry(self.operation, self._fields, self._gcids)
        self._fields, self._gcids = {}, {}
        await self._write(entry)

    async def append_refusal(self, places: Iterable[str]) -> None:
        """Append that these fields were asked for and refused. Raises ApiError UNAVAILABLE."""
        await self._write(self._entry(Operation.REFUSAL, dict.fromkeys(places)))

    def _entry(self, operation: Operation, fields: Iterable[str], gcids: Iterable[str] = ()) -> AuditEntry:
        return AuditEntry(
            subject=self._caller.subject,
            role=self._caller.role.value,
            operation=operation,
            fields=tuple(fields),
            gcids=tuple(gcids),
            purpose=self._purpose,
        )

    async def _write(self, entry: AuditEntry) -> None:
        try:
            await self._auditor.append(entry)
        except LedgerError as fault:
            raise ApiError(ErrorCode.UNAVAILABLE, UNAUDITED) from fault


def people_in(answer: Any) -> Iterator[str]:
    """The ids of all customers that an answer of the graph speaks of, however deep; selections always ask for them."""
    if isinstance(answer, dict):
        if gcid := answer.get("gcid"):
            yield gcid
        for below in answer.values():
            if isinstance(below, dict | list):
                yield from people_in(below)
    elif isinstance(answer, list):
        for item in answer:
            yield from people_in(item)
