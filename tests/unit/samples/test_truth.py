import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.truth import Scores, Truth, pairwise_scores

TRUTH = Truth({"a1": "a", "a2": "a", "a3": "a", "b1": "b"})


@pytest.mark.parametrize(
    ("predicted", "scores"),
    [
        ({"a1": "x", "a2": "x", "a3": "x", "b1": "y"}, Scores(1.0, 1.0, 1.0)),
        ({"a1": "x", "a2": "x", "a3": "x", "b1": "x"}, Scores(3 / 6, 1.0, 2 / 3)),
        ({"a1": "x", "a2": "x", "a3": "y", "b1": "y"}, Scores(1 / 2, 1 / 3, 0.4)),
        ({}, Scores(1.0, 0.0, 0.0)),
        # The name of a missing key is nobody's group, and rows that the truth does not know do not count.
        ({"a1": "a2", "live1": "a2", "live2": "a2"}, Scores(1.0, 0.0, 0.0)),
    ],
)
def test_scores_of_cases_counted_by_hand(predicted: dict[str, str], scores: Scores) -> None:
    found = pairwise_scores(predicted, TRUTH)
    assert (found.precision, found.recall, found.f1) == pytest.approx((scores.precision, scores.recall, scores.f1))


def test_without_pairs_nothing_is_wrong() -> None:
    assert pairwise_scores({}, {"a": "a", "b": "b"}) == Scores(1.0, 1.0, 1.0)


labels = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), min_size=1, max_size=30)


@given(labels)
def test_counting_within_groups_equals_comparing_every_pair(drawn: list[tuple[str, str]]) -> None:
    truth = {f"k{n}": person for n, (person, _) in enumerate(drawn)}
    predicted = {f"k{n}": group for n, (_, group) in enumerate(drawn)}
    pairs = list(networkx.complete_graph(list(truth)).edges)
    together = {pair for pair in pairs if predicted[pair[0]] == predicted[pair[1]]}
    same = {pair for pair in pairs if truth[pair[0]] == truth[pair[1]]}
    scores = pairwise_scores(predicted, truth)
    assert scores.precision == (len(together & same) / len(together) if together else 1.0)
    assert scores.recall == (len(together & same) / len(same) if same else 1.0)
