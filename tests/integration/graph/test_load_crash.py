"""A loader that dies at any named point of a step: the next one settles, and the graph is as if nothing had been."""

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.load import Loader
from graph.resolution.policy import Policy
from graph.steps import settle_open_steps
from ledger.ledger import Ledger
from tests.integration.graph.bank import CORE, SECRET, SYSTEMS, batch, load_all
from tests.integration.graph.snapshot import Snapshot, snapshot


class Killed(Exception):
    pass


class Crash:
    """Raises when ``point`` is reached for the ``countdown``-th time."""

    def __init__(self, point: str, countdown: int) -> None:
        self.point, self.countdown = point, countdown

    def __call__(self, point: str) -> None:
        self.countdown -= point == self.point
        if point == self.point and self.countdown == 0:
            raise Killed


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Snapshot]:
    return {}


@pytest.mark.parametrize("countdown", [1, 2, 3])
@pytest.mark.parametrize("point", ["never", "appended", "applied", "committed"])
async def test_after_a_crash_the_reloaded_graph_is_the_same(
    graph: GraphClient,
    ledger: Ledger,
    policy: Policy,
    driver: AsyncDriver,
    undisturbed: dict[str, Snapshot],
    point: str,
    countdown: int,
) -> None:
    """Also ranks and birth ids, which a void step has given already."""
    dying = Loader(graph, ledger, secret=SECRET, policy=policy, on_point=Crash(point, countdown))
    died = False
    try:
        await load_all(dying)
    except Killed:
        died = True
    assert died == (point != "never")
    await load_all(Loader(graph, ledger, secret=SECRET, policy=policy))
    await settle_open_steps(graph, ledger)
    found = await snapshot(driver)
    assert found == undisturbed.setdefault("first", found)
    async with ledger.transaction() as connection:
        rows = await connection.execute("SELECT what FROM step LEFT JOIN outcome ON step = id WHERE what = 'void'")
        voids = [row[0] async for row in rows]
    assert len(voids) == (point in ("appended", "applied"))


async def test_a_step_that_was_committed_is_not_loaded_twice(
    graph: GraphClient, ledger: Ledger, policy: Policy
) -> None:
    dying = Loader(graph, ledger, secret=SECRET, policy=policy, on_point=Crash("committed", 1))
    with pytest.raises(Killed):
        await dying.load(batch(*CORE, at="1"))
    report = await Loader(graph, ledger, secret=SECRET, policy=policy).load(batch(*CORE, at="1"))
    assert report.step is None
    assert report.unchanged == len(SYSTEMS["core"])
