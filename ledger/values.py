"""Identifiers by the keyed hashes under which the chain tables know them."""

from collections.abc import Collection
from typing import Any

from psycopg import AsyncConnection

from ledger.entries import EvidenceValue
from ledger.rows import read_rows


async def known_values(connection: AsyncConnection[Any], values: Collection[str]) -> dict[str, EvidenceValue]:
    """Key and properties of each of these values that was not forgotten."""
    rows = await read_rows(
        connection,
        EvidenceValue,
        "SELECT value, key, said FROM evidence_value WHERE value = ANY(%(values)s::uuid[])",
        values=list(values),
    )
    return {row.value: row for row in rows}
