"""A question that would take too much is ended by the server, which goes on."""

import asyncio

import pytest

from api.errors import ErrorCode, coded
from graph.client import GraphClient
from graph.errors import GraphTimeout, TooLarge

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
