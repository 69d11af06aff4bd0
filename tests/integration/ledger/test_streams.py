"""How far a source was heard that remembers it too."""

import pytest

from ledger.ledger import Ledger
from ledger.sources import Poll, SourceState, record_poll, source_statuses
from ledger.streams import Stream, leave_stream, record_stream, stream_of, streams


async def test_the_last_word_on_a_stream_counts_and_who_leaves_says_so(ledger: Ledger) -> None:
    async with ledger.transaction() as connection:
        assert await stream_of(connection, "core") is None
        await record_stream(connection, "core", history="a", reached="1", behind=10)
        await record_stream(connection, "risk", history="b", reached="5", behind=0)
        await record_stream(connection, "core", history="a", reached="2", behind=3)
        assert await stream_of(connection, "core") == Stream(
            system="core", history="a", reached="2", behind=3, live=True
        )
        await leave_stream(connection, "core")
    assert [(it.system, it.reached, it.live) for it in await streams(ledger)] == [
        ("core", "2", False),
        ("risk", "5", True),
    ]


@pytest.mark.parametrize(
    ("then", "state", "error"),
    [
        (Poll(system="core", state=SourceState.OK, pushed=True), SourceState.HELD, "accept it"),
        (Poll(system="core", state=SourceState.DOWN, error="away", pushed=True), SourceState.DOWN, "away"),
        (Poll(system="core", state=SourceState.OK), SourceState.OK, None),
    ],
)
async def test_what_is_pushed_does_not_settle_what_a_person_must_accept(
    ledger: Ledger, then: Poll, state: SourceState, error: str | None
) -> None:
    await record_poll(ledger, Poll(system="core", state=SourceState.HELD, error="accept it"))
    await record_poll(ledger, then)
    (status,) = await source_statuses(ledger)
    assert (status.state, status.last_error) == (state, error)
