"""Whether a delivery was loaded before."""

import pyarrow as pa
import pytest

from graph.records import Position
from ingest.connectors.page import Delivery, Page
from ingest.source import load_sources

TABLE = load_sources()["core"].tables[0]
HERE = Position("a", "05")


@pytest.mark.parametrize(
    ("own", "stored", "known"),
    [
        (HERE, None, False),
        (HERE, Position("a", "04"), False),
        (HERE, Position("a", "05"), True),
        (HERE, Position("a", "06"), True),
        (HERE, Position("b", "06"), False),  # of another history
        (None, Position("a", "06"), False),  # a part of a transaction
    ],
)
def test_what_is_not_ahead_of_the_stored_position_is_known(
    own: Position | None, stored: Position | None, *, known: bool
) -> None:
    page = Page(rows=pa.table({}), position=own)
    assert Delivery(table=TABLE, page=page, ordered=True).is_known(stored) is known
    assert not Delivery(table=TABLE, page=page).is_known(stored)
