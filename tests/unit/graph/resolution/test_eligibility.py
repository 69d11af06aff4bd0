from operator import attrgetter

import pytest

from graph.resolution.eligibility import Standing, count_people, judge_value
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from tests.unit.graph.resolution.worlds import GUARDED, PLAIN

TOO_MANY = ReasonCode.SHARED_BY_TOO_MANY


@pytest.mark.parametrize(
    ("kind", "holders", "people", "reason"),
    [
        ("Phone", 1000, 50, None),
        ("Phone", 60, 51, TOO_MANY),
        ("Phone", 1001, 1, TOO_MANY),
        ("Email", 51, 51, TOO_MANY),
        ("NationalId", 100, 100, None),
        ("NationalId", 101, 101, TOO_MANY),
        ("Document", 1001, 1, TOO_MANY),
    ],
)
def test_cap_and_hub(kind: str, holders: int, people: int, reason: ReasonCode | None) -> None:
    assert judge_value(kind, holders=holders, people=people, placeholder=False, policy=GUARDED) is reason
    assert judge_value(kind, holders=holders, people=people, placeholder=False, policy=PLAIN) is None


@pytest.mark.parametrize("policy", [PLAIN, GUARDED], ids=attrgetter("name"))
def test_a_placeholder_and_a_suppressed_value(policy: Policy) -> None:
    assert judge_value("Phone", holders=1, people=1, placeholder=True, policy=policy) is ReasonCode.PLACEHOLDER
    suppressed = judge_value("Phone", holders=1, people=1, placeholder=False, policy=policy, standing=Standing.SUPPRESS)
    assert suppressed is ReasonCode.STEWARD_SUPPRESSED


@pytest.mark.parametrize(
    ("holders", "people", "placeholder", "reason"),
    [(200, 200, False, None), (2, 2, True, None), (1001, 1, False, TOO_MANY)],
)
def test_a_release_overrides_placeholder_and_cap_but_not_the_hub(
    holders: int, people: int, placeholder: bool, reason: ReasonCode | None
) -> None:
    released = judge_value(
        "Phone", holders=holders, people=people, placeholder=placeholder, policy=GUARDED, standing=Standing.RELEASE
    )
    assert released is reason


def test_people_are_distinct_canonical_names_and_each_nameless_holder() -> None:
    assert count_people(["John Doe", "DOE, John", "Mr John Doe", "Jon Doe", None, "", "Customer 17"]) == 5
    assert count_people([]) == 0
