"""The 360 query over HTTP, from the API process as `wekeza serve` runs it and from the peer, on one Neo4j.

Once on the sample bank as ingest leaves it, once on a graph of 200,000 records and 2,000,000 transactions.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from itertools import chain, cycle, islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import NamedTuple

from neo4j import AsyncGraphDatabase

from bench.answers import of_peer, of_product
from bench.apollo import PEER, missing_programs, serving_apollo
from bench.client import Client
from bench.place import emptied
from bench.rounds import COMPARED, Result, compared, interleave, load_average
from wekeza.rounds import run_round
from wekeza.screen import Screen
from wekeza.settings import Settings
from wekeza.site import Site, new_token, serving
from wekeza.wiring import connect

HERE = Path(__file__).parent
CUSTOMERS = 500
LARGE = 50_000  # customers of the large graph
FILLED = 250  # of them in one transaction
CHECKED = 20
WARM_UP = 240  # requests: both servers and Neo4j compile what is run often
ALONE = 150  # requests of one client a round
TOGETHER = 480  # requests of all clients a round
CLIENTS = 16
ROUNDS = 3


class Server(NamedTuple):
    url: str
    query: str
    token: str


async def measure_reading(site: Site, screen: Screen) -> AsyncIterator[Result]:
    """Raises LocalError where the peer cannot be installed or started."""
    settings = await emptied(site, "reading")
    async with connect(settings) as parts:
        await run_round(parts)
    async for result in _beside_the_peer(site, settings, screen, await _pick_customers(site)):
        yield result


async def measure_service(site: Site, screen: Screen) -> AsyncIterator[Result]:
    """Raises LocalError where the peer cannot be installed or started."""
    settings = await emptied(site, "service")
    async with connect(settings):  # makes the constraints and indexes
        await _fill(site)
    gcids = [f"aaaaaaaa-0000-8000-8000-{n:012d}" for n in range(0, LARGE, LARGE // (4 * CUSTOMERS))]
    async for result in _beside_the_peer(site, settings, screen, gcids):
        yield result


async def _beside_the_peer(
    site: Site, settings: Settings, screen: Screen, gcids: Sequence[str]
) -> AsyncIterator[Result]:
    if missing := missing_programs():
        screen.say(f"Reading is not measured: its peer needs {' and '.join(missing)}.")
        return
    settings = settings.model_copy(update={"requests_per_second": 1e6})  # all clients have one token
    loaded = Site(settings=settings, servers=site.servers, bank=site.bank, api_url=site.api_url)
    with serving(loaded, ingest=False) as api, serving_apollo(site, screen) as peer:
        yield await _compare(_servers(api.url, new_token(settings.data), peer), gcids)


def _servers(api_url: str, token: str, peer_url: str) -> dict[str, Server]:
    """By name; the peer is last."""
    return {
        "wekeza": Server(f"{api_url}/graphql", (HERE / "customer.graphql").read_text(encoding="utf-8"), token),
        "@neo4j/graphql": Server(
            peer_url, (PEER / "customer.graphql").read_text(encoding="utf-8"), "none is asked for"
        ),
    }


async def _compare(servers: Mapping[str, Server], gcids: Sequence[str]) -> Result:
    sizes = await _check_answers(servers, gcids[:CHECKED])
    for server in servers.values():
        await _burst(server, gcids, CLIENTS, WARM_UP)
    alone: dict[str, list[list[float]]] = {name: [] for name in servers}

    async def ask_alone(name: str, _: int) -> float:
        times, _seconds = await _burst(servers[name], gcids, 1, ALONE)
        alone[name].append(times)
        return median(times)

    async def ask_together(name: str, _: int) -> float:
        _times, seconds = await _burst(servers[name], gcids, CLIENTS, TOGETHER)
        return TOGETHER / seconds

    p50 = await interleave({name: partial(ask_alone, name) for name in servers}, ROUNDS)
    p90 = {name: [quantiles(times, n=10)[-1] for times in rounds] for name, rounds in alone.items()}
    rate = await interleave({name: partial(ask_together, name) for name in servers}, ROUNDS)
    bodies = ", ".join(f"{name} {size:,.0f}" for name, size in sizes.items())
    return Result(
        title=f"360 query of {len(gcids)} customers; {CHECKED} answers were equal; bytes on average: {bodies}",
        columns=COMPARED,
        rows=[
            *compared("1 client: p50 ms", p50, ".2f"),
            *compared("1 client: p90 ms", p90, ".2f"),
            *compared(f"{CLIENTS} clients: requests/s", rate),
        ],
        load=load_average(),
    )


async def _check_answers(servers: Mapping[str, Server], gcids: Sequence[str]) -> dict[str, float]:
    """The mean size of the answers. Raises AssertionError where the two do not say the same."""
    sizes = dict.fromkeys(servers, 0.0)
    for gcid in gcids:
        said = []
        for (name, server), read in zip(servers.items(), (of_product, of_peer), strict=True):
            client = await Client.connect(server.url, server.query, server.token)
            answer = await client.ask(gcid)
            await client.close()
            sizes[name] += len(answer) / len(gcids)
            said.append(read(json.loads(answer)["data"]))
        assert said[0] == said[1], f"The answers about customer {gcid} differ."
    return sizes


async def _burst(server: Server, gcids: Sequence[str], clients: int, requests: int) -> tuple[list[float], float]:
    """Milliseconds of each request, and seconds in all; each client asks anew as soon as it has its answer."""
    rest = islice(cycle(gcids), requests)
    connected = [await Client.connect(server.url, server.query, server.token) for _ in range(clients)]

    async def ask(client: Client) -> list[float]:
        return [await client.timed(gcid) for gcid in rest]

    begun = perf_counter()
    times = await asyncio.gather(*(ask(client) for client in connected))
    seconds = perf_counter() - begun
    for client in connected:
        await client.close()
    return list(chain.from_iterable(times)), seconds


async def _fill(site: Site) -> None:
    neo4j = site.servers.neo4j
    text = (HERE / "bank.cypher").read_text(encoding="utf-8")
    async with AsyncGraphDatabase.driver(neo4j.uri, auth=(neo4j.user, neo4j.password)) as driver:
        for start in range(0, LARGE, FILLED):
            await driver.execute_query(text, {"from": start, "count": FILLED})


async def _pick_customers(site: Site) -> list[str]:
    neo4j = site.servers.neo4j
    async with AsyncGraphDatabase.driver(neo4j.uri, auth=(neo4j.user, neo4j.password)) as driver:
        text = (HERE / "customers.cypher").read_text(encoding="utf-8")
        records = (await driver.execute_query(text, limit=CUSTOMERS)).records
    return [record["gcid"] for record in records]
