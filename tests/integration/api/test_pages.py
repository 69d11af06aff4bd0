"""Paging: nothing twice, nothing missed, made-up cursors refused."""

import base64
from typing import Any

import orjson
import pytest

from api.pages import encode_cursor
from tests.integration.api.conftest import AMINA, Api

PAGE = """query($gcid: ID!, $first: Int!, $after: String) {
  customer(gcid: $gcid) { transactions(first: $first, after: $after) {
    edges { cursor node { key } } pageInfo { hasNextPage endCursor } } } }"""


async def page(api: Api, first: int, after: str | None = None) -> dict[str, Any]:
    found = (await api.data(PAGE, gcid=AMINA, first=first, after=after))["customer"]["transactions"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("first", [1, 2, 3, 200])
async def test_walking_pages_meets_each_transaction_once(api: Api, first: int) -> None:
    keys, after, more = [], None, True
    while more:
        found = await page(api, first, after)
        assert len(found["edges"]) <= first
        keys += [edge["node"]["key"] for edge in found["edges"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    # two of them have the same time, down to the millisecond
    assert keys == ["core|transaction|3", "core|transaction|1", "core|transaction|2"]


async def test_each_account_pages_on_its_own(api: Api) -> None:
    query = """query($gcid: ID!) { customer(gcid: $gcid) { accounts(first: 2) {
      edges { node { key transactions(first: 1) { edges { node { key } } pageInfo { hasNextPage } } } }
      pageInfo { hasNextPage endCursor } } } }"""
    found = (await api.data(query, gcid=AMINA))["customer"]["accounts"]
    assert found["pageInfo"]["hasNextPage"] is True
    assert [
        (
            edge["node"]["key"],
            [t["node"]["key"] for t in edge["node"]["transactions"]["edges"]],
            edge["node"]["transactions"]["pageInfo"]["hasNextPage"],
        )
        for edge in found["edges"]
    ] == [
        ("core|account|10", ["core|transaction|3"], True),
        ("core|account|11", ["core|transaction|2"], False),
    ]
    rest = """query($gcid: ID!, $after: String) { customer(gcid: $gcid) { accounts(after: $after) {
      edges { node { key } } pageInfo { hasNextPage } } } }"""
    found = (await api.data(rest, gcid=AMINA, after=found["pageInfo"]["endCursor"]))["customer"]["accounts"]
    assert found == {"edges": [{"node": {"key": "mobile|account|1"}}], "pageInfo": {"hasNextPage": False}}


async def test_search_pages_by_score(api: Api) -> None:
    query = """query($after: String) { searchCustomers(text: "wanjiru otieno", first: 1, after: $after) {
      edges { node { name { value } } } pageInfo { hasNextPage endCursor } } }"""
    names, after = set(), None
    for _ in range(2):
        found = (await api.data(query, after=after))["searchCustomers"]
        names |= {edge["node"]["name"]["value"] for edge in found["edges"]}
        after = found["pageInfo"]["endCursor"]
    assert names == {"Amina Wanjiru", "Brian Ötieno"}
    assert found["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%%%",
        "a" * 2_000,
        base64.b64encode(b"not json").decode(),
        encode_cursor([]),
        encode_cursor(["core|account|10"]),  # of another connection
        encode_cursor(["yesterday", "core|transaction|1"]),
        encode_cursor(["2026-02-01T08:00:00", "core|transaction|1"]),  # no zone
        encode_cursor([1, 2]),
        encode_cursor(["2026-02-01T08:00:00Z", None]),
        base64.b64encode(orjson.dumps({"at": 1})).decode(),
    ],
)
async def test_a_cursor_that_is_not_ours_is_refused(api: Api, cursor: str) -> None:
    assert await api.code(PAGE, gcid=AMINA, first=1, after=cursor) == "BAD_USER_INPUT"
    assert api.graph.statements == []


@pytest.mark.parametrize("first", [0, -1, 201, 100_000])
async def test_a_page_has_1_to_200(api: Api, first: int) -> None:
    assert await api.code(PAGE, gcid=AMINA, first=first) == "BAD_USER_INPUT"
    assert api.graph.statements == []


async def test_pages_in_pages_are_bounded_together(api: Api) -> None:
    query = """query($gcid: ID!) { customer(gcid: $gcid) { accounts(first: 200) { edges { node {
      transactions(first: 200) { edges { node { key } } } } } } } }"""
    assert await api.code(query, gcid=AMINA) == "BAD_USER_INPUT"
    assert api.graph.statements == []
