"""The scenarios that others publish, on real stores."""

from tests.integration.graph.story import ID, OTHER_ID, OTHER_PHONE, PHONE, A, B, C, Story, record


async def test_an_update_reverses_an_earlier_change(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE), record(B, "John Doe", OTHER_PHONE))
    before = story.gcids()
    await story.told(record(B, "John Doe", PHONE))
    assert story.parts() == {"ab"}
    await story.told(record(B, "John Doe", OTHER_PHONE))
    assert story.gcids() == before


async def test_an_over_merged_record_detaches(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE, ID), record(B, "John Doe", PHONE), record(C, "John Doe", PHONE))
    assert story.parts() == {"abc"}
    await story.told(record(C, "John Doe", PHONE, OTHER_ID))
    assert "a" not in next(part for part in story.parts() if "c" in part)


async def test_a_contested_newcomer_stays_pending(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE, ID), record(B, "John Doe", PHONE, OTHER_ID))
    before = story.gcids()
    await story.told(record(C, "John Doe", PHONE))
    assert story.parts() == {"a", "b", "c"}
    assert {key: story.gcids()[key] for key in "ab"} == before


async def test_an_operators_mistake_is_undone_and_every_id_is_back(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE, ID), record(B, "Mary Wanjiku", OTHER_PHONE, OTHER_ID))
    before = story.gcids()
    await story.same(A, B)
    assert story.parts() == {"ab"}
    await story.undo(1)
    await story.settle()
    assert story.gcids() == before


async def test_a_decision_survives_a_reload_and_a_rebuild(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE, ID), record(B, "Mary Wanjiku", OTHER_PHONE, OTHER_ID))
    await story.same(A, B)
    before = story.gcids()
    await story.rebuild()
    await story.told(*story.expected.records.values())
    assert story.gcids() == before
    assert story.parts() == {"ab"}
    await story.check_the_past()


async def test_erasing_the_bridge_restores_both_ids(story: Story) -> None:
    await story.told(record(A, "John Doe", PHONE), record(C, "John Doe", OTHER_PHONE))
    before = story.gcids()
    await story.told(record(B, "John Doe", PHONE, OTHER_PHONE))
    assert story.parts() == {"abc"}
    await story.erase(B)
    await story.settle()
    assert story.gcids() == before
    await story.check_the_past()
