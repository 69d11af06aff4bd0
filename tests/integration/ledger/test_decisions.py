from collections.abc import Sequence

import pytest

from ledger.decisions import decisions, same_closure
from ledger.entries import Entries, NewDecision, Verdict
from ledger.ledger import Ledger
from ledger.steps import Outcome
from tests.integration.ledger.told import EMAIL, PHONE, A, B, C, D, E, Rows, birth, decide, tell


@pytest.fixture
async def born(ledger: Ledger) -> Ledger:
    await tell(ledger, Entries(births=[birth(one) for one in (A, B, C, D, E)]))
    return ledger


async def take(ledger: Ledger, *given: NewDecision, outcome: Outcome = Outcome.COMMITTED) -> None:
    for one in given:
        await tell(ledger, Entries(decisions=[one]), outcome=outcome)


async def standing(ledger: Ledger) -> list[int]:
    async with ledger.transaction() as connection:
        return [decision.id for decision in await decisions(connection)]


async def undone(ledger: Ledger) -> Rows:
    async with ledger.transaction() as connection:
        return {(it.id, it.undone_by) for it in await decisions(connection, standing_only=False)}


def same(left: str, right: str) -> NewDecision:
    return decide(Verdict.SAME, left=[left], right=[right])


def undo(decision: int) -> NewDecision:
    return decide(Verdict.UNDO, undoes=decision)


async def test_a_decision_is_told_as_it_was_made(born: Ledger) -> None:
    await take(born, decide(Verdict.DIFFERENT, left=[C, A], right=[B]), decide(Verdict.SUPPRESS, value=PHONE))
    await take(born, decide(Verdict.CORRECT, left=[A], field="name", content="Zoë"))
    async with born.transaction() as connection:
        apart, suppress, correct = await decisions(connection)
    assert (apart.verdict, apart.left, apart.right) == (Verdict.DIFFERENT, (A, C), (B,))
    assert (apart.step, apart.by, apart.reason, apart.undone_by) == (2, "jane", "seen the papers", None)
    assert apart.at.utcoffset() is not None
    assert (suppress.verdict, suppress.value, suppress.left) == (Verdict.SUPPRESS, PHONE, ())
    assert (correct.field, correct.content, correct.left) == ("name", "Zoë", (A,))


async def test_an_undo_that_is_undone_revives(born: Ledger) -> None:
    await take(born, same(A, B))
    assert await standing(born) == [1]
    await take(born, undo(1))
    assert await standing(born) == [2]
    await take(born, undo(2))
    assert await standing(born) == [1, 3]
    assert await undone(born) == {(1, None), (2, 3), (3, None)}
    await take(born, undo(3))
    assert await standing(born) == [2, 4]
    await take(born, undo(4), undo(1))
    assert await standing(born) == [3, 5, 6]
    assert await undone(born) == {(1, 6), (2, 3), (3, None), (4, 5), (5, None), (6, None)}


async def test_the_last_standing_word_on_a_value_is_the_last_told(born: Ledger) -> None:
    async def last_word() -> Verdict:
        async with born.transaction() as connection:
            return (await decisions(connection, values=[PHONE]))[-1].verdict

    await take(born, decide(Verdict.SUPPRESS, value=PHONE), decide(Verdict.RELEASE, value=PHONE))
    assert await last_word() is Verdict.RELEASE
    await take(born, undo(2))
    assert await last_word() is Verdict.SUPPRESS
    await take(born, undo(3))
    assert await last_word() is Verdict.RELEASE


async def test_what_was_not_committed_was_not_decided(born: Ledger) -> None:
    await take(born, same(A, B))
    await take(born, undo(1), same(B, C), outcome=Outcome.VOID)
    await take(born, undo(3))
    assert await standing(born) == [1, 4]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"ids": [2, 4]}, [2, 4]),
        ({"birth_ids": [A]}, [1]),
        ({"birth_ids": [D, B]}, [1, 2, 3]),
        ({"values": [PHONE]}, [4]),
        ({"birth_ids": [A], "values": [EMAIL, PHONE]}, [1, 4, 5]),
        ({"birth_ids": []}, []),
    ],
)
async def test_those_about_some_records_or_values(
    born: Ledger, asked: dict[str, Sequence[str]], answer: list[int]
) -> None:
    await take(born, same(A, B), same(B, C), decide(Verdict.DIFFERENT, left=[C], right=[D, E]))
    await take(born, decide(Verdict.SUPPRESS, value=PHONE), decide(Verdict.RELEASE, value=EMAIL))
    async with born.transaction() as connection:
        assert [it.id for it in await decisions(connection, **asked)] == answer  # type: ignore[arg-type]  # by name


async def test_a_closure_follows_standing_sames_and_takes_every_difference_along(born: Ledger) -> None:
    apart = decide(Verdict.DIFFERENT, left=[C], right=[E])
    await take(
        born, same(A, B), same(B, C), same(D, E), apart, decide(Verdict.CORRECT, left=[A], field="f"), same(C, D)
    )
    await take(born, undo(6))

    async def closure(*seeds: str) -> list[int]:
        async with born.transaction() as connection:
            return [it.id for it in await same_closure(connection, seeds)]

    assert await closure(A) == [1, 2, 4]
    assert await closure(E) == [3, 4]
    assert await closure(A, D) == [1, 2, 3, 4]
    await take(born, undo(7))  # C and D are the same again
    assert await closure(A) == [1, 2, 3, 4, 6]
    await take(born, undo(4), undo(2))
    assert await closure(A) == [1]
