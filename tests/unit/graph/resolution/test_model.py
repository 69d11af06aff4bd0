import pytest

from graph.resolution.model import Decision, Verdict


@pytest.mark.parametrize(
    ("verdict", "left", "right"),
    [
        (Verdict.SAME, "a", "a"),
        (Verdict.SAME, "ab", "c"),
        (Verdict.DIFFERENT, "ab", "bc"),
        (Verdict.DIFFERENT, "", "a"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(verdict: Verdict, left: str, right: str) -> None:
    with pytest.raises(ValueError, match="Decision 1"):
        Decision(id=1, verdict=verdict, left=frozenset(left), right=frozenset(right))
