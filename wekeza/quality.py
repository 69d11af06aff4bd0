"""How right the partition is, where the truth is known: the sample bank's seeded people."""

from collections.abc import Mapping

from graph.client import GraphClient
from graph.resolution.components import Components
from samples.truth import Scores, pairwise_scores


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
