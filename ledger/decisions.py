"""Stewards' decisions as the ledger remembers them, and which of them stand.

A decision stands unless a standing *undo* undoes it; so an *undo* of an *undo* revives what was undone. Of the standing
words on a value, or on a field, the last decides. Only committed steps count.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from ledger.entries import Verdict
from ledger.rows import read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision with its note; ``left`` and ``right`` are birth ids, sorted. It stands if ``undone_by`` is None."""

    id: int
    step: int
    at: datetime
    verdict: Verdict
    left: tuple[str, ...]
    right: tuple[str, ...]
    value: str | None
    field: str | None
    content: str | None
    by: str
    reason: str
    undoes: int | None
    undone_by: int | None  # the standing undo, the last of several


_DECISIONS = """
SELECT id, step, at, verdict, value, field, content, by, reason, undoes, undone_by,
       ARRAY(SELECT birth_id FROM decision_record WHERE decision = id AND side = 'left' ORDER BY 1) AS "left",
       ARRAY(SELECT birth_id FROM decision_record WHERE decision = id AND side = 'right' ORDER BY 1) AS "right"
FROM decision
JOIN committed USING (step)
JOIN decision_note ON decision_note.decision = decision.id
CROSS JOIN LATERAL undone_by(id)
"""
_STANDING = " AND undone_by IS NULL"
_IN_ORDER = " ORDER BY id"


async def decisions(
    connection: AsyncConnection[Any],
    ids: Collection[int] | None = None,
    birth_ids: Collection[str] | None = None,
    values: Collection[str] | None = None,
    standing_only: bool = True,
) -> list[Decision]:
    """All, or those with one of these ids, about one of these records or about one of these values; in id order."""
    wanted = {"ids": ids, "birth_ids": birth_ids, "values": values}
    given = {name: list(these) for name, these in wanted.items() if these is not None}
    filters = " OR ".join(_FILTERS[name] for name in given) or "true"
    standing = _STANDING if standing_only else ""
    return await read_rows(connection, _decision, f"{_DECISIONS} WHERE ({filters}) {standing} {_IN_ORDER}", **given)


_FILTERS = {
    "ids": "id = ANY(%(ids)s)",
    "birth_ids": "id = ANY(ARRAY(SELECT decision FROM decision_record WHERE birth_id = ANY(%(birth_ids)s::uuid[])))",
    "values": "value = ANY(%(values)s::uuid[])",
}


async def same_closure(connection: AsyncConnection[Any], birth_ids: Collection[str]) -> list[Decision]:
    """Every standing *same* that these records reach over standing *sames*, and every standing *different* that
    names a record so reached, or one of these; in id order."""
    query = _SAME_CLOSURE + _DECISIONS + _IN_CLOSURE + _STANDING + _IN_ORDER
    return await read_rows(connection, _decision, query, birth_ids=list(birth_ids))


_SAME_CLOSURE = """
WITH RECURSIVE reached (birth_id) AS (
    SELECT unnest(%(birth_ids)s::uuid[])
    UNION
    SELECT other.birth_id
    FROM reached
    JOIN decision_record mine ON mine.birth_id = reached.birth_id
    JOIN decision ON decision.id = mine.decision AND verdict = 'same'
    JOIN committed USING (step)
    JOIN decision_record other ON other.decision = decision.id
    WHERE undone_by(decision.id) IS NULL
)
"""
_IN_CLOSURE = """
WHERE verdict IN ('same', 'different')
AND id = ANY(ARRAY(SELECT decision FROM decision_record JOIN reached USING (birth_id)))
"""


def _decision(verdict: str, left: list[str], right: list[str], **rest: Any) -> Decision:
    return Decision(verdict=Verdict(verdict), left=tuple(left), right=tuple(right), **rest)
