from datetime import date
from typing import Any

import pytest

from graph.births import is_somebody_else
from graph.identifiers import normalise
from graph.records import CustomerRecord, IdentifierValue


def national_id(raw: str, country: str = "KE", *, verified: bool = True) -> IdentifierValue:
    value = normalise("NationalId", raw, country, verified=verified)
    assert isinstance(value, IdentifierValue)
    return value


def person(name: str | None = "Jane Wanjiru", born: int | None = 1990, *ids: IdentifierValue) -> CustomerRecord:
    return CustomerRecord(
        key="core|customer|1", full_name=name, birth_date=date(born, 5, 17) if born else None, identifiers=ids
    )


ID, OTHER_ID = national_id("12345678"), national_id("87654321")
OTHER_NAME = "Peter Otieno"


@pytest.mark.parametrize(
    ("last", "now", "other"),
    [
        (person(), person(OTHER_NAME, 1971), True),
        (person("Jane Wanjiru", 1990, ID), person(OTHER_NAME, 1990, OTHER_ID), True),
        (person("Jane Wanjiru", None, ID), person(OTHER_NAME, None, OTHER_ID), True),
        (person(), person(OTHER_NAME, 1990), False),  # married, perhaps
        (person(), person(OTHER_NAME, None), False),
        (person(), person("Wanjiru Jane", 1971), False),
        (person(), person("Jane Wanjiru", 1971, OTHER_ID), False),
        (person("Jane Wanjiru", 1990, ID), person("Jane Wanjiru", 1971, OTHER_ID), False),
        (person(None), person(OTHER_NAME, 1971), False),
        (person("Jane Wanjiru", None, ID), person(OTHER_NAME, None, OTHER_ID, ID), False),
        (person("Jane Wanjiru", None, ID), person(OTHER_NAME, None, national_id("87654321", "UG")), False),
        (person("Jane Wanjiru", None, ID), person(OTHER_NAME, None, national_id("87654321", verified=False)), False),
        (person("Jane Wanjiru", None, ID), person(OTHER_NAME, None, national_id("00000000")), False),
    ],
)
def test_somebody_else_contradicts_by_name_and_besides(last: CustomerRecord, now: CustomerRecord, other: bool) -> None:
    assert is_somebody_else(last, now) is other
    assert is_somebody_else(now, last) is other


def test_nobody_is_somebody_else_than_himself() -> None:
    said: Any = person("Jane Wanjiru", 1990, ID)
    assert not is_somebody_else(said, said)
