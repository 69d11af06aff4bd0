"""Who groups records: the rule under a policy, and textbook components by two libraries."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

import networkx as nx
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.records import CustomerRecord
from graph.resolution.derived import with_derived
from graph.resolution.model import Evidence, Member, Resolution
from graph.resolution.policy import load_policy
from graph.resolution.population import gather_evidence, resolve_population

Groups = Mapping[str, str | int]  # record → its group


def judge(policy_name: str, records: Sequence[CustomerRecord]) -> tuple[Resolution, tuple[Evidence, ...]]:
    """What the rule says of the records, and of what evidence."""
    policy = load_policy(policy_name)
    known = [with_derived(record, policy) for record in records]
    members = [
        Member(key=it.key, rank=rank, name=it.full_name, birth_date=it.birth_date, party_type=it.party_type)
        for rank, it in enumerate(known)
    ]
    evidence = gather_evidence(known, policy)
    return resolve_population(members, evidence, (), policy), evidence


def by_rule(policy_name: str, records: Sequence[CustomerRecord]) -> Groups:
    return groups_of(judge(policy_name, records)[0])


def groups_of(said: Resolution) -> Groups:
    return {key: group[0] for group in said.groups for key in group}


def by_networkx(records: Sequence[CustomerRecord]) -> Groups:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(record.key for record in records)
    first: dict[str, str] = {}
    for record in records:
        graph.add_edges_from((record.key, first.setdefault(key, record.key)) for key in _values(record))
    return {key: number for number, part in enumerate(nx.connected_components(graph)) for key in part}


def by_scipy(records: Sequence[CustomerRecord]) -> Groups:
    first: dict[str, int] = {}
    edges = [(at, first.setdefault(key, at)) for at, record in enumerate(records) for key in _values(record)]
    left, right = np.array(edges).T
    size = len(records)
    _, labels = connected_components(coo_array((np.ones(len(edges)), (left, right)), shape=(size, size)))
    return {record.key: int(label) for record, label in zip(records, labels, strict=True)}


def _values(record: CustomerRecord) -> Iterator[str]:
    return (it.key for it in record.identifiers if it.verified and not it.placeholder)


CONTESTANTS: Mapping[str, Callable[[Sequence[CustomerRecord]], Groups]] = MappingProxyType(
    {
        "guarded": partial(by_rule, "guarded"),
        "plain": partial(by_rule, "plain"),
        "scipy": by_scipy,
        "networkx": by_networkx,
    }
)
