"""A question that would take too much is ended by the server, which goes on."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from neo4j import AsyncDriver, AsyncGraphDatabase, Query

from api.errors import ErrorCode, coded
from graph.client import GraphClient, Row
from graph.errors import GraphTimeout, GraphUnavailable, StatementError, TooLarge

HEAVY = "UNWIND range(1, 50000000) AS n WITH collect(n + ' of many') AS many RETURN size(many) AS size"
LONG = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(a + b) AS number"


async def test_more_memory_than_one_may_have(graph: GraphClient) -> None:
    with pytest.raises(TooLarge, match="more memory") as caught:
        await graph.read_text(HEAVY, {}, name="a question", timeout=60.0)
    told = coded(caught.value)
    assert told is not None
    assert (told.code, "ask for less" in str(told)) == (ErrorCode.BAD_USER_INPUT, True)
    assert await graph.read("read_ready")


async def test_more_time_than_one_may_have(graph: GraphClient) -> None:
    long = [graph.read_text(LONG, {}, name="a question", timeout=1.0) for _ in range(3)]
    answers = await asyncio.gather(*long, return_exceptions=True)
    assert [type(answer) for answer in answers] == [GraphTimeout] * 3
    assert await graph.read("read_ready")


class Listening(GraphClient):
    """The real client, which remembers what it sent."""

    def __init__(self, driver: AsyncDriver) -> None:
        super().__init__(driver)
        self.sent: list[str] = []

    async def _read(self, query: Query, given: Mapping[str, Any]) -> list[Row]:
        self.sent.append(query.text)
        return await super()._read(query, given)


async def test_a_text_is_planned_once_for_all_and_for_those_who_waited_in_vain(driver: AsyncDriver) -> None:
    client, text = Listening(driver), "MATCH (n:SourceCustomer {key: $key}) RETURN count(n) AS number"

    async def plan(limit: float) -> None:
        await client.plan(text, {"key": "nobody's"}, name="a question", timeout=limit)

    with pytest.raises(GraphTimeout, match="still plans"):
        await plan(0.0)
    await asyncio.gather(*(plan(60.0) for _ in range(8)))
    await plan(0.0)
    assert [sent.split()[0] for sent in client.sent] == ["EXPLAIN"]


async def test_what_cannot_be_planned_is_told_and_tried_again(driver: AsyncDriver) -> None:
    client = Listening(driver)
    for _ in range(2):
        with pytest.raises(StatementError, match="refused a question"):
            await client.plan("MATCH (n RETURN n", {}, name="a question", timeout=60.0)
    assert len(client.sent) == 2


async def test_after_an_outage_everything_is_planned_anew() -> None:
    async with AsyncGraphDatabase.driver("bolt://127.0.0.1:1") as nobody_there:
        client = Listening(nobody_there)
        client._planned.add("RETURN 1")
        with pytest.raises(GraphUnavailable):
            await client.read_text("RETURN 1", {}, name="a question")
        with pytest.raises(GraphUnavailable):
            await client.plan("RETURN 1", {}, name="a question", timeout=60.0)
        assert client.outages == 2
