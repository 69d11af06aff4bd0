"""What would be if something were otherwise: computed on real servers, and nothing is written."""

from typing import Any

import pytest
from neo4j import AsyncDriver

from graph.client import GraphClient
from graph.components import Overlay
from graph.resolution.eligibility import Eligibility
from graph.resolution.model import Decision, Verdict
from graph.resolution.reasons import ReasonCode
from graph.resolve import Resolver
from ledger.ledger import Ledger
from tests.integration.graph.branch import OTHER_PHONE, PHONE, A, B, Branch, C, john
from tests.integration.graph.populations import SECRET, held
from tests.unit.graph.resolution.worlds import GUARDED, LOW, PLAIN, record


@pytest.fixture
def branch(graph: GraphClient, ledger: Ledger, driver: AsyncDriver) -> Branch:
    return Branch(graph, ledger, driver)


async def everything(branch: Branch) -> tuple[Any, ...]:
    query = "MATCH (n) RETURN count(n) AS nodes, sum(COUNT { (n)-->() }) AS edges, max(n.epoch) AS epoch"
    return tuple((await branch.driver.execute_query(query)).records[0].values())


async def test_a_look_at_a_decision_says_what_it_would_do_and_writes_nothing(branch: Branch) -> None:
    await branch.say(john(A, PHONE), record(B, "Mary Wanjiku", OTHER_PHONE), john(C, PHONE))
    before = await everything(branch)
    supposed = Decision(id=99, verdict=Verdict.SAME, left=frozenset({A}), right=frozenset({B}))
    outlook = await branch.resolver.look([A], Overlay(decisions=(supposed,)))
    assert await everything(branch) == before
    assert set(outlook.region.records) == {A, B, C}
    await branch.judge(99, "same", [A], [B])
    assert outlook.conclusion.view.memberships == {
        f"s|customer|{key}": gcid for key, gcid in (await branch.gcids()).items()
    }
    assert [event.what for event in outlook.events] == ["merged"]


async def test_a_look_at_a_departure_names_the_heir(branch: Branch) -> None:
    await branch.say(john(A, PHONE), john(B, PHONE))
    outlook = await branch.resolver.look([A], Overlay(departed=frozenset({A})))
    assert outlook.conclusion.view.heirs == {A: B}
    await branch.leave(A)
    assert outlook.conclusion.view.memberships == {B: (await branch.gcids())["b"]}


async def test_a_look_at_a_suppression_finds_all_whom_it_would_part(branch: Branch) -> None:
    await branch.say(john(A, PHONE), john(B, PHONE), john(C, PHONE))
    suppose = Overlay(eligibility={PHONE.key: Eligibility(ReasonCode.STEWARD_SUPPRESSED)})
    outlook = await branch.resolver.look([A], suppose)
    assert len(set(outlook.conclusion.view.memberships.values())) == 3
    assert not await branch.resolver.look([A])


async def test_a_survey_under_another_policy_is_what_adopting_it_comes_to(branch: Branch) -> None:
    names = ("John Doe", "Mary Wanjiku", "Peter Otieno", "Alice Kamau", "Grace Njeri", "Jane Achieng")
    keys = [f"s|customer|{number}" for number in range(len(names))]
    await branch.say(*(record(key, name, PHONE) for key, name in zip(keys, names, strict=True)), john(A, PHONE))
    before = await everything(branch)
    supposed: dict[str, str] = {}
    strict = GUARDED.model_copy(update=LOW)
    for policy in (strict, PLAIN):
        supposed = {}
        async for outlook in branch.resolver.survey(Overlay(policy=policy)):
            assert not supposed.keys() & outlook.conclusion.view.memberships.keys()
            supposed |= outlook.conclusion.view.memberships
        assert await everything(branch) == before
        assert len(set(supposed.values())) == (7 if policy is strict else 1)
    plain = Resolver(branch.graph, branch.ledger, secret=SECRET, policy=PLAIN, trust={})
    assert await plain.policy_changed()
    await plain.resolve()
    assert set(supposed.items()) == (await held(branch.driver)).memberships
    assert not await plain.policy_changed()
