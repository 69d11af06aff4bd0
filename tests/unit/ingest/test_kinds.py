"""Every field of every record class can be mapped, or is computed: nothing of a record is forgotten."""

from dataclasses import fields
from typing import get_args

import pytest

from graph.records import SourceRecord
from ingest.kinds import COMPUTED, KINDS, MINOR


def test_every_record_class_has_a_kind() -> None:
    assert {kind.record for kind in KINDS.values()} == set(get_args(SourceRecord))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_field_is_mapped_or_computed(name: str) -> None:
    kind = KINDS[name]
    written = {"number"} if name == "card" else set()  # of which a card has the last four digits and a hash
    mappable = {*kind.fields, *kind.keys, *kind.references}
    assert {item.name.removesuffix(MINOR) for item in fields(kind.record)} - COMPUTED == mappable - written
