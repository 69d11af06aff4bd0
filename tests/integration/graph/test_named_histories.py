"""Histories with a name, of three to seven records, on real stores. Each `settle` checks all laws against a computation
from scratch (tests/integration/graph/histories.py); what is asserted here is what the name says."""

from dataclasses import replace
from datetime import date

import pytest

from graph.errors import Conflict
from graph.explanation import Explanations
from graph.proposals import Different
from graph.resolution.eligibility import Standing
from graph.resolution.explanation import Level
from graph.resolution.model import Verdict
from graph.resolution.policy import Policy
from graph.resolution.reasons import ReasonCode
from graph.what_if import Delete, WhatIf
from tests.integration.graph.histories import SECRET
from tests.integration.graph.story import BORN, ID, MAIL, OTHER_ID, OTHER_PHONE, PHONE, A, B, C, D, E, Story, record
from tests.unit.graph.resolution.worlds import GUARDED


def under(story: Story, **settings: int) -> Policy:
    story.expected.policy = GUARDED.model_copy(update=settings)
    return story.expected.policy


async def test_the_founder_is_deleted_then_the_heir_then_the_founder_returns(story: Story) -> None:
    await story.told(*(record(key, "John Doe", PHONE) for key in (A, B, C)))
    first = story.gcids()["a"]
    await story.gone(A)
    assert set(story.gcids().values()) == {first}
    await story.gone(B)
    assert story.gcids() == {"c": first}
    await story.told(story.expected.last[A])
    assert set(story.gcids().values()) == {first}
    assert story.parts() == {"ac"}


async def test_a_founder_that_returns_under_another_phone_takes_its_id_along(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE), record(B, "John Doe", PHONE))
    first = story.gcids()["a"]
    await story.gone(A)
    assert story.gcids() == {"b": first}
    await story.told(record(A, "John Doe", OTHER_PHONE))
    assert story.gcids() == {"a": first, "b": story.born_as(B)}, "no id is borne twice"


async def test_delete_delete_return_along_a_chain_of_heirs(story: Story) -> None:
    await story.told(*(record(key, "John Doe", PHONE) for key in (A, B, C)))
    first = story.gcids()["a"]
    await story.gone(A)
    await story.gone(B)
    await story.told(story.expected.last[B])
    assert set(story.gcids().values()) == {first}, "the first id's heir is back and answers for it"
    await story.gone(C)
    assert story.gcids() == {"b": first}
    await story.gone(B)
    assert story.gcids() == {}
    assert story.expected.answer(first) is None, "nobody is left: the id is closed"


async def test_an_erased_key_that_was_released_comes_back_unrelated(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE, ID), record(B, "John Doe", PHONE))
    before = story.born_as(A)
    await story.erase(A)
    await story.settle()
    await story.told(record(A, "John Doe", PHONE, ID))
    assert story.parts() == {"b"}, "an erased key is not taken in"
    await story.release_erased(A)
    await story.told(record(A, "John Doe", OTHER_PHONE))
    assert story.born_as(A) != before
    assert story.parts() == {"a", "b"}
    assert story.gcids()["b"] == before, "the erased record's id is carried on by its heir"


async def test_the_third_holder_leaves_and_two_nameless_become_joinable(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE, ID), record(B, None, PHONE, OTHER_ID), record(C, None, PHONE))
    assert story.parts() == {"a", "b", "c"}
    await story.gone(A)
    assert story.parts() == {"bc"}


async def test_two_claimants_stay_apart_when_the_verified_holder_leaves(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE), *(record(key, "John Doe", claims=(PHONE,)) for key in (B, C)))
    assert story.parts() == {"abc"}
    await story.gone(A)
    assert story.parts() == {"b", "c"}
    await story.told(story.expected.last[A])
    assert story.parts() == {"abc"}


async def test_a_rebuild_marks_nothing_where_nothing_is_due(story: Story) -> None:
    """Found by the random histories: a decision that changes nobody is the last step, and leaves nothing due."""
    await story.stand(Standing.RELEASE, *OTHER_PHONE)
    await story.undo(1)
    await story.told(record(A, "John Doe", claims=(OTHER_PHONE,)))
    await story.undo(2)
    await story.settle()
    await story.rebuild()


async def test_a_crowd_of_claims_links_nobody_and_parts_nobody(story: Story) -> None:
    under(story, hub=2)
    await story.told(*(record(key, "John Doe", PHONE) for key in (A, B)), record(C, "John Doe", claims=(PHONE,)))
    assert story.parts() == {"abc"}
    await story.told(*(record(key, "John Doe", claims=(PHONE,)) for key in (D, E)))
    assert story.parts() == {"ab", "c", "d", "e"}
    resolver = story._resolver()
    why = await Explanations(story.stores.client, resolver).why(A, C)
    assert [(it.level, it.reason) for it in why.shared] == [(Level.VALUE, ReasonCode.SHARED_BY_TOO_MANY)]
    what_if = WhatIf(story.stores.client, story.ledger, secret=SECRET, resolver=resolver)
    foreseen = await what_if.preview(Delete(D))
    assert (foreseen.customers_before, foreseen.customers_after) == (4, 1)
    await story.gone(D)
    assert story.parts() == {"abce"}


async def test_different_on_any_pair_of_a_merged_customer_restores_both_ids(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE), record(B, "John Doe", PHONE))
    await story.told(record(C, "John Doe", OTHER_PHONE), record(D, "John Doe", OTHER_PHONE))
    apart = story.gcids()
    await story.told(record(B, "John Doe", PHONE, MAIL), record(C, "John Doe", OTHER_PHONE, MAIL))
    assert story.parts() == {"abcd"}
    for left, right in ((A, C), (A, D), (B, C), (D, B)):
        await story.decide(Verdict.DIFFERENT, *await story._steward().sides_of(left, right))
        await story.settle()
        assert story.gcids() == apart
        await story.undo(max(story.expected.judged))
        await story.settle()
        assert story.parts() == {"abcd"}
    await story.gone(B)
    await story.decide(Verdict.DIFFERENT, *await story._steward().sides_of(A, D))
    await story.settle()
    assert story.gcids() == {key: apart[key] for key in "acd"}


async def test_a_key_that_was_given_to_somebody_else_is_somebody_else(story: Story) -> None:
    hers = replace(record(A, "Mary Wanjiku", PHONE, ID), birth_date=BORN)
    await story.told(hers, record(B, "Mary Wanjiku", PHONE))
    first = story.gcids()["a"]
    await story.gone(A)
    await story.told(replace(record(A, "Peter Otieno", OTHER_PHONE), birth_date=date(1970, 5, 5)))
    assert story.gcids()["b"] == first
    assert story.gcids()["a"] == story.born_as(A) != first


async def test_an_old_version_that_is_delivered_again_splits_nobody(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE), record(B, "John Doe", OTHER_PHONE))
    await story.told(record(B, "John Doe", PHONE))
    assert story.parts() == {"ab"}
    await story.redeliver(story.past[B][0])
    await story.settle()
    assert story.parts() == {"ab"}
    await story.gone(B)
    await story.redeliver(story.past[B][1])
    await story.settle()
    assert story.parts() == {"a"}, "nor does it bring back who has left"


async def test_decisions_that_contradict_are_refused_along_their_chain(story: Story) -> None:
    await story.told(*(record(key, "John Doe") for key in (A, B, C, D)))
    await story.same(A, B)
    await story.same(B, C)
    with pytest.raises(Conflict) as refused:
        await story._steward().decide(Different(frozenset({C}), frozenset({A})), by="tests", reason="they are not")
    assert set(refused.value.chain) == {1, 2}
    await story.settle()
    assert story.parts() == {"abc", "d"}


async def test_a_contradiction_that_a_deletion_hides_is_refused_and_comes_back_with_the_record(story: Story) -> None:
    await story.told(*(record(key, "John Doe") for key in (A, B, C)))
    await story.same(A, B)
    await story.same(B, C)
    await story.gone(B)
    assert story.parts() == {"a", "c"}
    await story.decide(Verdict.DIFFERENT, frozenset({A}), frozenset({C}))
    assert {d.verdict for d in story.expected.judged.values()} == {Verdict.SAME}, "dormant decisions count"
    await story.told(story.expected.last[B])
    assert story.parts() == {"abc"}


async def test_a_same_of_two_without_values_ends_with_their_common_partner(story: Story) -> None:
    await story.told(record(A, None), record(B, "John Doe", ID), record(C, None))
    await story.same(A, B)
    await story.same(B, C)
    assert story.parts() == {"abc"}
    await story.gone(B)
    assert story.parts() == {"a", "c"}
    await story.told(story.expected.last[B])
    assert story.parts() == {"abc"}


async def test_a_suppressed_dummy_national_id_vetoes_nobody(story: Story) -> None:
    dummy = ("NationalId", "98765432")
    await story.told(record(A, "John Doe", PHONE, dummy), record(B, "John Doe", PHONE, ID))
    assert story.parts() == {"a", "b"}
    await story.stand(Standing.SUPPRESS, *dummy)
    await story.settle()
    assert story.parts() == {"ab"}
    await story.undo(1)
    await story.settle()
    assert story.parts() == {"a", "b"}


async def test_a_value_crosses_the_cap_in_both_directions(story: Story) -> None:
    under(story, cap=3)
    names = ("John Doe", "Mary Wanjiku", "Peter Otieno", "Alice Kamau")
    await story.told(record(A, names[0], PHONE), record(B, names[0], PHONE), record(C, names[1], PHONE))
    assert story.parts() == {"ab", "c"}
    await story.told(record(D, names[2], PHONE), record(E, names[3], PHONE))
    assert story.parts() == {"a", "b", "c", "d", "e"}
    await story.gone(E)
    assert story.parts() == {"ab", "c", "d"}
