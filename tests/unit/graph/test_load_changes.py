from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from neo4j.time import DateTime

from graph.business import AccountRecord, AlertRecord, Reference, RoleRecord
from graph.changes import Changes, Stored, compare, compare_edges
from graph.deliveries import newest
from graph.records import CustomerRecord, Departure, SourceRecord, content_hash

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ACCOUNT = AccountRecord(key="core|account|1", number="0101", owner="core|customer|1", updated_at=DAY)
ALERT = AlertRecord(key="fraud|alert|1", at=DAY, about=(Reference(to="account.number", value="0101"),))


def stored(record: SourceRecord, **more: Any) -> dict[str, Any]:
    """The row that load_stored_* would answer."""
    updated = getattr(record, "updated_at", None)
    return {
        "key": record.key,
        "hash": content_hash(record),
        "updated_at": DateTime.from_native(updated) if updated else None,
        "edges": [],
        **more,
    }


def changes(record: SourceRecord, before: dict[str, Any] | None) -> Changes:
    rows = {record.key: before} if before else {}
    return compare(newest([record]), {type(record): rows}, moved=False)


def test_a_record_that_is_stored_as_it_is_changes_nothing() -> None:
    found = changes(ACCOUNT, stored(ACCOUNT))
    assert not found
    assert (found.created, found.changed) == (0, 0)


def test_a_stub_that_arrives_is_created_and_not_changed() -> None:
    stub: dict[str, Any] = {"key": ACCOUNT.key, "hash": None, "updated_at": None, "edges": []}
    assert (changes(ACCOUNT, stub).created, changes(ACCOUNT, None).created) == (1, 1)


def test_an_older_version_is_ignored_a_newer_one_is_not() -> None:
    before = stored(ACCOUNT)
    assert not changes(replace(ACCOUNT, status="x", updated_at=DAY - timedelta(seconds=1)), before)
    assert changes(replace(ACCOUNT, status="x", updated_at=DAY), before).changed == 1
    assert changes(replace(ACCOUNT, status="x", updated_at=None), before).changed == 1


def test_a_date_that_has_not_come_yet_makes_no_later_version_old() -> None:
    """A source's clock was a year ahead and was put right: what it says since must not wait for that year to pass."""
    before = stored(replace(ACCOUNT, updated_at=DAY + timedelta(days=365)))
    delivered = newest([replace(ACCOUNT, status="x", updated_at=DAY)])
    rows: Stored = {AccountRecord: {ACCOUNT.key: before}}
    assert compare(delivered, rows, moved=False, at=DAY).changed == 1
    assert not compare(delivered, rows, moved=False, at=DAY + timedelta(days=365))
    left = newest([Departure(ACCOUNT.key, DAY, kind=AccountRecord)])
    assert [gone.key for gone in compare(left, rows, moved=False, at=DAY).removed] == [ACCOUNT.key]


def test_a_version_number_decides_before_the_date() -> None:
    told = CustomerRecord(key="core|customer|1", source_version=5, updated_at=DAY)
    before = stored(told, source_version=5, ghost=False)
    late = replace(told, full_name="x", source_version=4, updated_at=DAY + timedelta(days=1))
    assert not changes(late, before)
    assert changes(replace(late, source_version=5), before).changed == 1  # of equals the last arrival


def test_only_who_is_there_can_leave_and_no_earlier_than_he_came() -> None:
    told = CustomerRecord(key="core|customer|1", updated_at=DAY)
    ghost = {"key": told.key, "hash": None, "updated_at": None, "ghost": True}

    def departed(row: dict[str, Any] | None, at: datetime | None = None) -> list[str]:
        delivery = newest([Departure(told.key, at)])
        rows = {told.key: row} if row else {}
        return [left.key for left in compare(delivery, {CustomerRecord: rows}, moved=False).departed]

    assert departed(stored(told, ghost=False)) == departed(stored(told, ghost=False), DAY) == [told.key]
    assert departed(stored(told, ghost=False), DAY - timedelta(seconds=1)) == []
    assert departed(None) == departed(ghost) == departed({**ghost, "ghost": False}) == []


def test_a_ghost_returns_by_a_version_that_is_not_older_than_its_departure() -> None:
    told = CustomerRecord(key="core|customer|1", updated_at=DAY)
    ghost = stored(told, ghost=True) | {"hash": None}
    assert (changes(told, ghost).created, changes(told, ghost).changed) == (0, 1)
    assert not changes(replace(told, updated_at=DAY - timedelta(seconds=1)), ghost)


def test_erased_keys_are_left_out_and_counted() -> None:
    told = CustomerRecord(key="core|customer|1")
    found = compare(newest([told]), {CustomerRecord: {}}, moved=False, erased={told.key})
    assert (bool(found), found.created, found.erased) == (False, 0, 1)


def test_a_moved_position_is_a_change_of_its_own() -> None:
    assert compare(newest([]), {}, moved=True)
    assert not compare(newest([]), {}, moved=False)


@given(st.permutations([(hours, status) for hours in (0, 1, 2) for status in "ab"]))
def test_the_last_updated_version_wins_and_of_equals_the_last_delivered(versions: list[tuple[int, str]]) -> None:
    records = [replace(ACCOUNT, status=status, updated_at=DAY + timedelta(hours=hours)) for hours, status in versions]
    ((item,),) = [list(found.values()) for found in newest(records).records.values()]
    assert item.record == [record for record in records if record.updated_at == DAY + timedelta(hours=2)][-1]


def test_edges_that_stay_are_left_alone() -> None:
    same = {"type": "OWNS", "start": "core|customer|1", "end": ACCOUNT.key, "role": "holder", "id": "e1"}
    found = compare_edges(changes(replace(ACCOUNT, status="x"), stored(ACCOUNT, edges=[same], number="0101")))
    assert (found.opened, found.deleted) == ([], [])


def test_another_owner_ends_the_former_s_edge() -> None:
    former = {"type": "OWNS", "start": "core|customer|2", "end": ACCOUNT.key, "role": "holder", "id": "e1"}
    found = compare_edges(changes(replace(ACCOUNT, status="x"), stored(ACCOUNT, edges=[former], number="0101")))
    assert [edge.start for edge in found.opened] == ["core|customer|1"]
    assert found.deleted == ["e1"]


def test_a_changed_number_touches_those_who_mean_the_old_and_the_new_one() -> None:
    found = compare_edges(changes(replace(ACCOUNT, number="0202"), stored(ACCOUNT, number="0101")))
    assert found.touched == {
        f"account.number|{system}|{number}" for system in ["*", "core"] for number in ("0101", "0202")
    }


def test_a_reference_that_is_no_longer_made_takes_its_derived_edge_along() -> None:
    rows = [{"type": "REFERS_TO", "start": ALERT.key, "end": "account.number|*|0777", "role": "ABOUT", "id": "e1"}]
    derived = [{"id": "e2", "reference": "account.number|*|0777"}, {"id": "e3", "reference": "account.number|*|0101"}]
    before = stored(replace(ALERT, about=()), edges=rows, derived=derived)
    found = compare_edges(changes(ALERT, before))
    assert found.deleted == ["e1", "e2"]
    assert list(found.references) == ["account.number|*|0101"]
    assert found.touched == {"account.number|*|0777", "account.number|*|0101"}


def removed(record: SourceRecord, before: dict[str, Any] | None, at: datetime | None = None) -> Changes:
    rows = {record.key: before} if before else {}
    departure = Departure(record.key, at, kind=type(record))
    return compare(newest([departure]), {type(record): rows}, moved=False)


def test_what_is_no_customer_leaves_without_a_ghost_and_once() -> None:
    found = removed(ACCOUNT, stored(ACCOUNT, id="n1"))
    assert (bool(found), found.departed, found.removed_ids()) == (True, [], ["n1"])
    stub: dict[str, Any] = {"key": ACCOUNT.key, "id": "n1", "hash": None, "updated_at": None, "edges": []}
    for before in (None, stub):
        assert not removed(ACCOUNT, before)
    assert not removed(ACCOUNT, stored(ACCOUNT, id="n1"), DAY - timedelta(seconds=1))


def test_who_leaves_takes_back_all_that_it_said() -> None:
    """Its edges, what was derived from its references, and what was meant by its number."""
    rows = [
        {"type": "ABOUT", "start": ALERT.key, "end": "fraud|party|a", "role": None, "id": "e1", "far": "n2"},
        {"type": "REFERS_TO", "start": ALERT.key, "end": "account.number|*|0101", "role": "ABOUT", "id": "e2"},
    ]
    derived = [{"id": "e3", "reference": "account.number|*|0101"}]
    found = compare_edges(removed(ALERT, stored(ALERT, id="n1", edges=rows, derived=derived)))
    assert (sorted(found.deleted), found.opened, found.freed) == (["e1", "e2", "e3"], [], {"n2"})
    assert found.touched == {"account.number|*|0101"}
    owned = {"type": "OWNS", "start": "core|customer|1", "end": ACCOUNT.key, "role": "holder", "id": "e1", "far": "n2"}
    found = compare_edges(removed(ACCOUNT, stored(ACCOUNT, id="n1", number="0101", edges=[owned])))
    assert found.touched == {"account.number|*|0101", "account.number|core|0101"}


def test_edges_open_at_what_may_not_have_arrived_and_none_at_whom_was_erased() -> None:
    role = RoleRecord(key="r", type="joint_holder_of", holder="h", account="a")
    found = compare_edges(changes(role, None))
    assert found.expected == {CustomerRecord: {"h"}, AccountRecord: {"a"}}
    without = found.without({"h"})
    assert [(edge.type, edge.start, edge.end) for edge in without.opened] == [("TOWARDS", "r", "a")]
    assert without.expected == {CustomerRecord: set(), AccountRecord: {"a"}}


def test_two_roles_that_say_the_same_are_two_edges_and_the_account_s_own_is_a_third() -> None:
    said = {"type": "OWNS", "start": "h", "end": "a", "role": "joint", "id": "e1"}
    role = RoleRecord(key="r1", type="joint_holder_of", holder="h", account="a")
    plays = {"type": "PLAYS", "start": "h", "end": "r1", "role": None, "id": "e2"}
    towards = {"type": "TOWARDS", "start": "r1", "end": "a", "role": None, "id": "e3"}
    mine = changes(replace(role, since=DAY), stored(role, edges=[plays, towards, said | {"by": "r1"}]))
    found = compare_edges(mine)
    assert (found.opened, found.deleted) == ([], [])
    another = changes(replace(role, since=DAY), stored(role, edges=[plays, towards, said | {"by": "r2"}]))
    assert [edge.by for edge in compare_edges(another).opened] == ["r1"]
