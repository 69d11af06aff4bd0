"""Rule 4 on bare conflict graphs: components are letters, conflicts and links are pairs of letters."""

from collections.abc import Iterable

import pytest

from graph.records import PartyType
from graph.resolution.components import Components
from graph.resolution.conflicts import Conflicts, Rivals, Stance
from graph.resolution.stages import settle

NEUTRAL = Stance(PartyType.UNKNOWN, frozenset())


def settled(links: str, conflicts: str) -> set[str]:
    """The parts with more than one component."""
    letters = sorted({letter for letter in links + conflicts if letter != " "})
    pairs = [(frozenset(pair[0]), frozenset(pair[1])) for pair in conflicts.split()]
    rivals = Rivals(Conflicts(dict.fromkeys(letters, NEUTRAL), pairs), Components(letters))
    after = settle({(min(pair), max(pair)) for pair in links.split()}, rivals)
    return {"".join(part) for part in map(tuple, after.parts().values()) if len(part) > 1}


@pytest.mark.parametrize(
    ("links", "conflicts", "united"),
    [
        pytest.param("ab bc", "", {"abc"}, id="nobody conflicts"),
        pytest.param("ab", "ab", set(), id="a: two in conflict"),
        pytest.param("ab cd", "ac bd", {"ab", "cd"}, id="a conflict outside the piece does not count"),
        pytest.param(
            "ab bx xc cd", "ac ad bc bd", {"ab", "cd"}, id="b: equal foes unite, the neutral between joins none"
        ),
        pytest.param("ab cd bc", "bc ad", {"ab", "cd"}, id="a: a refused link makes no piece"),
        pytest.param("xy yz zw qm mx", "xw yw zq", {"xy"}, id="b: equal foes stay united where their group does not"),
        pytest.param("ab an bn am cm", "ac bc", {"abn"}, id="d: two links to one result are to one result"),
        pytest.param("an bn", "ab", set(), id="d: neutral between two"),
        pytest.param("an nm bm", "ab", {"mn"}, id="d: a cluster between two stays together"),
        pytest.param("an nm bx", "ab", {"amn", "bx"}, id="pieces apart"),
        pytest.param("an nx xb ap", "ab", {"ap", "nx"}, id="d: one joins, a cluster of two does not"),
        pytest.param("bc an nb", "ab ac ae be", {"bc"}, id="e is not in the piece, so b and c have equal foes"),
        pytest.param("bc an nb em ma", "ab ac ae be", {"bc"}, id="c: a group without conflict unites"),
        pytest.param("bc ce an nb", "ab ac ae be", set(), id="c: a group with a conflict does not"),
        pytest.param("bc ce an nb pb", "ab ac ae be", {"bp"}, id="c and d: its parts are still results"),
    ],
)
def test_what_unites(links: str, conflicts: str, united: Iterable[str]) -> None:
    assert settled(links, conflicts) == united
