"""The peer that configures itself: GoldenMatch without a word of configuration, on the same normalised values."""

import logging
from collections.abc import Sequence

import goldenmatch
import pyarrow as pa

from bench.contestants import Groups
from graph.records import CustomerRecord
from graph.resolution.names import canonical_name

COLUMNS = {"NationalId": "national_id", "Phone": "phone", "Email": "email"}


def by_goldenmatch(records: Sequence[CustomerRecord]) -> Groups:
    """It gets the columns with which it does best: given passports and tax numbers too, it finds one pair in a hundred.

    It chooses within a budget of time, so that its answer depends on the machine.
    """
    logging.getLogger("goldenmatch").setLevel(logging.ERROR)
    found = goldenmatch.dedupe_df(pa.Table.from_pylist([_row(record) for record in records]))
    return {
        records[place].key: f"goldenmatch {cluster}"
        for cluster, members in found.clusters.items()
        for place in members["members"]
    }


def _row(record: CustomerRecord) -> dict[str, str | None]:
    """One value a column, because it takes no lists: the first that is no placeholder."""
    values: dict[str, str | None] = dict.fromkeys(COLUMNS.values())
    for it in reversed(record.identifiers):
        if it.kind in COLUMNS and not it.placeholder:
            values[COLUMNS[it.kind]] = it.value
    return {
        "full_name": canonical_name(record.full_name),
        "birth_date": record.birth_date.isoformat() if record.birth_date else None,
        **values,
    }
