from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.resolution.global_ids import birth_id, founders, key_hash, present_heir, value_id

SECRET = b"installation"


@given(st.binary(min_size=1), st.text(), st.integers(0, 5))
def test_a_birth_id_is_a_version_8_uuid_and_always_the_same(secret: bytes, key: str, incarnation: int) -> None:
    found = birth_id(secret, key, incarnation)
    assert (found.version, found.variant) == (8, RFC_4122)
    assert found == birth_id(secret, key, incarnation)


def test_a_birth_id_depends_on_secret_key_and_incarnation() -> None:
    found = {
        birth_id(SECRET, "s|c|1"),
        birth_id(b"x", "s|c|1"),
        birth_id(SECRET, "s|c|2"),
        birth_id(SECRET, "s|c|1", 1),
    }
    assert len(found) == 4


def test_a_birth_id_is_the_same_on_every_machine_and_in_every_release() -> None:
    assert str(birth_id(SECRET, "core|customer|1")) == "175c570b-274a-8836-af42-c0cab5cf2878"


def test_a_secret_is_needed_and_incarnations_are_counted() -> None:
    with pytest.raises(ValueError, match="secret"):
        birth_id(b"", "s|c|1")
    with pytest.raises(ValueError, match="incarnation"):
        birth_id(SECRET, "s|c|1", -1)


def test_a_record_its_key_and_a_value_of_one_text_have_nothing_in_common() -> None:
    found = {birth_id(SECRET, "s|c|1"), value_id(SECRET, "s|c|1"), key_hash(SECRET, "s|c|1"), value_id(b"x", "s|c|1")}
    assert len(found) == 4
    assert value_id(SECRET, "s|c|1") == value_id(SECRET, "s|c|1")


def test_the_founder_is_the_lowest_rank_among_members_and_their_ghosts() -> None:
    groups = [("a", "b"), ("c",), ("d", "e")]
    ranks = {"a": 5, "b": 3, "c": 4, "d": 7, "e": 6, "ghost": 1, "elder": 0, "closed": -1, "elsewhere": -2}
    heirs = {"ghost": "c", "elder": "ghost", "closed": None, "elsewhere": "z"}
    assert founders(groups, ranks) == ("b", "c", "e")
    assert founders(groups, ranks, heirs) == ("b", "elder", "e")


def test_a_merge_undone_gives_back_the_two_ids() -> None:
    ranks = {"a": 1, "b": 2, "c": 3}
    apart = founders([("a", "b"), ("c",)], ranks)
    assert founders([("a", "b", "c")], ranks) == ("a",)
    assert founders([("a", "b"), ("c",)], ranks) == apart == ("a", "c")


def test_heirs_are_followed_to_a_present_record_or_to_none() -> None:
    heirs = {"x": "y", "y": "z", "w": None, "v": "w"}
    assert [present_heir(ghost, heirs) for ghost in "xywv"] == ["z", "z", None, None]
    with pytest.raises(ValueError, match="circle"):
        present_heir("x", {"x": "y", "y": "x"})
