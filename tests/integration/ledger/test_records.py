from typing import Any

from ledger.decisions import decisions
from ledger.entries import (
    Entries,
    Erasing,
    Erasure,
    EvidenceDelta,
    EvidenceValue,
    Evident,
    GoldenVersion,
    HeirDelta,
    Heirship,
    Presence,
    PresenceDelta,
    RecordVersion,
    Verdict,
)
from ledger.ledger import Ledger
from ledger.names import heirs_of, keys_of, presence_of
from ledger.records import KnownRecord, erased_hashes, forget, forget_erased, known_records, latest_versions
from ledger.steps import Outcome
from ledger.values import known_values
from tests.integration.ledger.told import EMAIL, ID_CARD, PHONE, A, B, C, D, birth, decide, moves, rows_of, tell


async def test_a_key_is_known_by_its_newest_incarnation_and_its_presence(ledger: Ledger) -> None:
    key = birth(A).key
    await tell(ledger, Entries(births=[birth(A), birth(B)]))
    await tell(ledger, Entries(presences=[PresenceDelta(A, Presence.LEFT), PresenceDelta(B, Presence.LEFT)]))
    await tell(ledger, Entries(presences=[PresenceDelta(B, Presence.RETURNED)]))
    await tell(ledger, Entries(presences=[PresenceDelta(B, Presence.LEFT)]), outcome=Outcome.VOID)
    async with ledger.transaction() as connection:
        assert await known_records(connection, [key, birth(B).key, "core|customer|unknown"]) == {
            key: KnownRecord(A, 1, 0, Presence.LEFT),
            birth(B).key: KnownRecord(B, 2, 0, Presence.RETURNED),
        }
    await tell(ledger, Entries(births=[birth(C, 1, key=key)]), outcome=Outcome.VOID)  # ranks hold from void steps too
    async with ledger.transaction() as connection:
        assert await known_records(connection, [key]) == {key: KnownRecord(C, 3, 1, None)}


async def test_the_latest_version_is_of_the_last_committed_step(ledger: Ledger) -> None:
    first, second = RecordVersion(A, "h1", {"name": "Ann"}), RecordVersion(A, "h2", {"name": "Anne"})
    await tell(ledger, Entries(births=[birth(A), birth(B)], versions=[first]))
    await tell(ledger, Entries(versions=[second, RecordVersion(B, "h3", {})]), outcome=Outcome.VOID)
    async with ledger.transaction() as connection:
        assert await latest_versions(connection, [A, B, C]) == {A: first}
    await tell(ledger, Entries(versions=[second]))
    async with ledger.transaction() as connection:
        assert await latest_versions(connection, [A]) == {A: second}


async def test_birth_ids_and_hashes_stand_for_what_was_not_forgotten(ledger: Ledger) -> None:
    value = EvidenceValue(PHONE, "Phone|1", {"kind": "Phone"})
    await tell(ledger, Entries(births=[birth(A), birth(B)], values=[value]))
    await tell(ledger, Entries(presences=[PresenceDelta(B, Presence.LEFT)]))
    async with ledger.transaction() as connection:
        assert await keys_of(connection, [A, C]) == {A: birth(A).key}
        assert await known_values(connection, [PHONE, EMAIL]) == {PHONE: value}
        assert [await presence_of(connection, it) for it in (A, B)] == [None, Presence.LEFT]


async def test_heirs_are_followed_while_they_are_in_force(ledger: Ledger) -> None:
    await tell(ledger, Entries(births=[birth(it) for it in (A, B, C, D)]))
    await tell(ledger, Entries(heirs=[HeirDelta(A, Heirship.NAMED, B), HeirDelta(D, Heirship.NAMED)]))
    await tell(ledger, Entries(heirs=[HeirDelta(B, Heirship.NAMED, C)]))
    await tell(ledger, Entries(heirs=[HeirDelta(A, Heirship.DROPPED)]), outcome=Outcome.VOID)
    async with ledger.transaction() as connection:
        assert await heirs_of(connection, [A, D]) == {A: B, B: C, D: None}
        assert await heirs_of(connection, [C]) == {}
    await tell(ledger, Entries(heirs=[HeirDelta(B, Heirship.DROPPED)]))
    async with ledger.transaction() as connection:
        assert await heirs_of(connection, [A]) == {A: B}


async def test_an_erased_key_may_be_released(ledger: Ledger) -> None:
    async def erased() -> set[str]:
        async with ledger.transaction() as connection:
            return await erased_hashes(connection, [ID_CARD, PHONE])

    await tell(ledger, Entries(erasures=[Erasure(ID_CARD, Erasing.ERASED)]))
    assert await erased() == {ID_CARD}
    await tell(ledger, Entries(erasures=[Erasure(ID_CARD, Erasing.RELEASED)]), outcome=Outcome.VOID)
    assert await erased() == {ID_CARD}
    await tell(ledger, Entries(erasures=[Erasure(ID_CARD, Erasing.RELEASED)]))
    assert await erased() == set()


PERSONAL = ("record_key", "record_version", "evidence_value", "golden_version", "decision_note")


async def test_to_forget_deletes_personal_rows_and_leaves_the_chain(ledger: Ledger) -> None:
    await tell(
        ledger,
        Entries(
            births=[birth(A), birth(B)],
            versions=[RecordVersion(A, "h", {"name": "Ann"}), RecordVersion(B, "h", {"name": "Ann"})],
            values=[EvidenceValue(PHONE, "Phone|1", {}), EvidenceValue(EMAIL, "Email|1", {})],
            evidence=[
                EvidenceDelta(A, PHONE, Evident.HELD),
                EvidenceDelta(A, EMAIL, Evident.HELD),
                EvidenceDelta(B, EMAIL, Evident.CLAIMED),
            ],
            decisions=[
                decide(Verdict.SAME, left=[A], right=[B]),
                decide(Verdict.CORRECT, left=[A], field="name", content="Ann"),
            ],
        ),
        Entries(evidence=[EvidenceDelta(B, EMAIL, Evident.ENDED)]),
    )
    chain = await _tables(ledger, exclude=PERSONAL)
    async with ledger.transaction() as connection:
        await forget(connection, [A])
    assert await _tables(ledger, exclude=PERSONAL) == chain
    assert {row[0] for row in (await _tables(ledger))["record_key"]} == {f"({birth(B).key},{B},0)"}
    assert {row[0] for row in (await _tables(ledger))["evidence_value"]} == {f"({EMAIL},Email|1,{{}})"}
    async with ledger.transaction() as connection:
        assert set(await latest_versions(connection, [A, B])) == {B}
        told = {(it.by, it.reason, it.content) for it in await decisions(connection)}
        assert told == {("jane", "(erased)", None)}
        await forget(connection, [B])  # the last who had the e-mail address, though it left it
    assert (await _tables(ledger))["evidence_value"] == []


async def test_an_erased_record_is_forgotten_once_it_has_left_its_customer(ledger: Ledger) -> None:
    async def known() -> set[str]:
        async with ledger.transaction() as connection:
            await forget_erased(connection)
            return set(await known_records(connection, [birth(A).key, birth(B).key]))

    joined = moves((A, None, A), (B, None, A)).memberships
    await tell(ledger, Entries(births=[birth(A), birth(B)]), Entries(memberships=joined))
    await tell(ledger, Entries(presences=[PresenceDelta(A, Presence.ERASED)]), outcome=None)
    assert await known() == {birth(A).key, birth(B).key}, "a step without outcome may become void"
    await tell(ledger, Entries(presences=[PresenceDelta(A, Presence.ERASED), PresenceDelta(B, Presence.LEFT)]))
    assert await known() == {birth(A).key, birth(B).key}, "what its customer says now is still its own word"
    await tell(ledger, moves((A, A, None), (B, A, None)))
    assert await known() == {birth(B).key}


async def test_to_forget_takes_what_customers_said_while_the_record_was_theirs(ledger: Ledger) -> None:
    def says(**golden: str) -> list[GoldenVersion]:
        return [GoldenVersion(gcid, {"status": "current", "said": said}) for gcid, said in golden.items()]

    def of(**golden: str) -> dict[str, str]:
        return {{"a": A, "b": B}[name]: said for name, said in golden.items()}

    await tell(ledger, Entries(births=[birth(A), birth(B)]))  # 1
    for entries, golden in (
        (moves((A, None, A), (B, None, B)), of(a="alone", b="B alone")),  # 2
        (moves((B, B, A)), of(a="both", b="merged")),  # 3
        (Entries(), of(a="B moved house")),  # 4
        (moves((A, A, None)), {}),  # 5: A says nothing new without its first record
        (Entries(), of(a="B moved again")),  # 6
    ):
        await tell(ledger, Entries(memberships=entries.memberships, goldens=says(**golden)))
    async with ledger.transaction() as connection:
        await forget(connection, [A])
        rows = await connection.execute(
            "SELECT step, said->>'said' FROM golden_version WHERE said->>'status' = 'current'"
        )
        assert {tuple(row) async for row in rows} == {
            *((2, None), (2, "B alone"), (3, None), (3, "merged"), (4, "B moved house"), (6, "B moved again"))
        }


async def _tables(ledger: Ledger, exclude: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    async with ledger.transaction() as connection:
        names = await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'wekeza'")
        tables = [row[0] async for row in names if row[0] not in exclude]
        return {table: await rows_of(connection, table) for table in tables}
