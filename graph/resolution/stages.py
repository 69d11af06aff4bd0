"""Rule 4: what unites in a stage, given the links between the components as they stand. No order is used anywhere."""

from collections.abc import Iterable, Mapping

from graph.resolution.components import Components
from graph.resolution.conflicts import Rivals

ComponentLink = tuple[str, str]
Foes = Mapping[str, frozenset[str]]


def settle(links: Iterable[ComponentLink], rivals: Rivals) -> Components:
    """The components after the stage, over the roots that the links name.

    A candidate link is accepted if its ends are together afterwards. If not, it was refused for the conflict of its
    two ends, or else as ambiguous.
    """
    after, pieces = Components(), Components()
    kept = [link for link in links if rivals.reason(*link) is None]  # (a)
    for a, b in kept:
        pieces.unite(a, b)
    linked: dict[str, list[ComponentLink]] = {}
    for link in kept:
        linked.setdefault(pieces.find(link[0]), []).append(link)
    for piece in linked.values():
        _settle_piece(piece, rivals.foes({root for link in piece for root in link}), after)
    return after


def _settle_piece(links: list[ComponentLink], foes: Foes, after: Components) -> None:
    for a, b in links:  # (b)
        if foes[a] == foes[b]:
            after.unite(a, b)
    if any(foes.values()):
        _unite_groups(links, foes, after)
        _join_clusters(links, foes, after)


def _unite_groups(links: list[ComponentLink], foes: Foes, after: Components) -> None:
    """(c): a group of components, each in conflict with somebody, unites if no two are in conflict with each other."""
    groups = Components()
    for a, b in links:
        if foes[a] and foes[b]:
            groups.unite(a, b)
    for group in groups.parts().values():
        if not any(foes[root].intersection(group) for root in group):
            after.unite_all(group)


def _join_clusters(links: list[ComponentLink], foes: Foes, after: Components) -> None:
    """(d): a cluster of neutral components joins the one result that it is linked to; of several, it joins none."""
    results: dict[str, set[str]] = {}
    for link in links:
        for neutral, other in (link, link[::-1]):
            if not foes[neutral] and foes[other]:
                results.setdefault(after.find(neutral), set()).add(after.find(other))
    for cluster, found in results.items():
        if len(found) == 1:
            after.unite(cluster, *found)
