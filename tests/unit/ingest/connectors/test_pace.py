import asyncio

from hypothesis import given
from hypothesis import strategies as st

from ingest.connectors.pace import Pace, wait_or


class Clock:
    """Time passes only by waiting, or when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.now += seconds


@given(pages=st.lists(st.tuples(st.integers(0, 5_000), st.floats(0, 10)), min_size=1), rate=st.integers(1, 10_000))
def test_no_more_rows_than_the_rate_and_one_second_in_hand(pages: list[tuple[int, float]], rate: int) -> None:
    async def read() -> None:
        clock, rows = Clock(), 0
        pace = Pace(rate, clock, clock.wait)
        for page, pause in pages:
            await pace.spend(page)
            rows += page
            assert rows <= (clock.now - 100 + 1) * rate + 1e-6
            clock.now += pause

    asyncio.run(read())


async def test_a_source_without_a_rate_is_not_waited_for() -> None:
    clock = Clock()
    await Pace(None, clock, clock.wait).spend(1_000_000)
    assert clock.now == 100


async def test_an_end_ends_the_waiting() -> None:
    stopping = asyncio.Event()
    stopping.set()
    async with asyncio.timeout(5):
        await wait_or(stopping)(3_600)
