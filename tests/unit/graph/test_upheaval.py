import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.events import Change
from graph.upheaval import Limit, Quota, Upheaval, bereft

KEYS, IDS = list("abcdef"), ["g1", "g2", "g3"]
MEMBERSHIPS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(IDS))


def test_a_split_takes_records_from_the_customer_that_parts() -> None:
    change = Change(old={"a": "g1", "b": "g1"}, new={"a": "g1", "b": "g2"})
    assert bereft(change) == {"g1"}


def test_a_merger_of_those_who_were_there_takes_the_records_of_the_id_that_ends() -> None:
    change = Change(old={"a": "g1", "b": "g2"}, new={"a": "g1", "b": "g1"})
    assert bereft(change) == {"g2"}


def test_what_a_new_record_brings_together_takes_nothing_from_anybody() -> None:
    change = Change(old={"a": "g1", "b": "g2"}, new={"a": "g1", "b": "g1", "c": "g1"})
    assert bereft(change) == set()


def test_a_new_record_elsewhere_does_not_excuse_a_split() -> None:
    change = Change(old={"a": "g1", "b": "g1"}, new={"a": "g1", "b": "g2", "c": "g1"})
    assert bereft(change) == {"g1"}


@given(MEMBERSHIPS)
def test_first_memberships_and_unchanged_ones_take_nothing(memberships: dict[str, str]) -> None:
    assert bereft(Change(old={}, new=memberships)) == set()
    assert bereft(Change(old=memberships, new=memberships)) == set()


@given(MEMBERSHIPS, MEMBERSHIPS)
def test_who_loses_records_had_them(old: dict[str, str], new: dict[str, str]) -> None:
    change = Change(old=old, new=new)
    assert bereft(change) <= {old[key] for key in old.keys() & new.keys() if old[key] != new[key]}


def test_a_quota_adds_up_and_names_what_is_allowed() -> None:
    quota = Quota(Limit(share=0.01, least=1), customers=200)
    quota.take(Change(old={"a": "g1", "b": "g1"}, new={"a": "g1", "b": "n1"}))
    quota.take(Change(old={"a": "g1", "b": "g1"}, new={"a": "g1", "b": "n1"}))
    quota.take(Change(old={"c": "g2", "d": "g2"}, new={"c": "g2", "d": "n2"}))
    with pytest.raises(Upheaval, match="from 3 or more of 200 customers, and 2 are allowed"):
        quota.take(Change(old={"e": "g3", "f": "g3"}, new={"e": "g3", "f": "n3"}))
