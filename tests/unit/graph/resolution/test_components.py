import random

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph.resolution.components import Components

NODES = "abcdefgh"
EDGES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=12)


@given(EDGES)
def test_parts_are_the_connected_components(edges: list[tuple[str, str]]) -> None:
    components = Components(NODES)
    joined = [components.unite(a, b) for a, b in edges]
    graph: nx.Graph[str] = nx.Graph(edges)
    graph.add_nodes_from(NODES)
    assert {frozenset(part) for part in components.parts().values()} == set(
        map(frozenset, nx.connected_components(graph))
    )
    assert sum(joined) == len(NODES) - len(components.parts())


@given(EDGES, st.randoms(use_true_random=False))
def test_neither_roots_nor_parts_depend_on_order(edges: list[tuple[str, str]], chance: random.Random) -> None:
    first, second = Components(NODES), Components(reversed(NODES))
    for a, b in edges:
        first.unite(a, b)
    chance.shuffle(edges)
    for a, b in edges:
        second.unite(b, a)
    assert first.parts() == second.parts()
    assert all(root == min(part) for root, part in first.parts().items())


def test_unite_all() -> None:
    components = Components()
    components.unite_all("abc")
    components.unite_all("")
    components.unite_all("d")
    assert components.parts() == {"a": ["a", "b", "c"], "d": ["d"]}
    assert "d" in components
    assert "e" not in components
