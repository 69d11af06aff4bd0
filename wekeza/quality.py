"""How right the partition is, where the truth is known: the sample bank's seeded people."""

from collections.abc import Mapping

from graph.client import GraphClient
from graph.resolution.components import Components
from ingest.mapping import record_key
from ingest.source import Source
from samples.truth import Scores, pairwise_scores


def keyed(truth: Mapping[str, str], sources: Mapping[str, Source], secret: bytes) -> dict[str, str]:
    """The truth by the keys that an installation gives: where a table hides its ids, the bank cannot know them."""
    hiding = {(name, it.name): (source, it) for name, source in sources.items() for it in source.tables if it.hide}
    found = {}
    for key, person in truth.items():
        system, entity, id = key.split("|", 2)
        place = hiding.get((system, entity))
        found[record_key(*place, id, secret) if place else key] = person
    return found


async def measure_quality(client: GraphClient, truth: Mapping[str, str]) -> dict[str, Scores]:
    """Pairwise precision and recall of the graph as it stands, and of textbook components over the same values."""
    rows = [row for row in await client.read("read_partition") if row["key"] in truth]
    known = {row["key"]: truth[row["key"]] for row in rows}
    plain = Components(known)
    first_holder: dict[str, str] = {}
    for row in rows:
        for value in row["values"]:
            plain.unite(row["key"], first_holder.setdefault(value, row["key"]))
    return {
        "guarded": pairwise_scores({row["key"]: row["gcid"] for row in rows}, known),
        "plain": pairwise_scores({key: plain.find(key) for key in known}, known),
    }
