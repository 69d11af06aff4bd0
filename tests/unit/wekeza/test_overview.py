from importlib import resources
from typing import Any

import pytest
from rich.console import Console

from wekeza.overview import FIELDS, TABLES, show_overview
from wekeza.screen import Screen

SOURCE = "comprehensive|customers|7"
EMPTY: dict[str, Any] = {"gcid": "G", "balances": [], "lastLogin": None, "risk": None}


def show(answer: dict[str, Any]) -> str:
    screen = Screen()
    screen.console = Console(width=160, record=True, file=None, quiet=True)
    with screen.console.capture() as said:
        screen.console.quiet = False
        show_overview(answer, screen)
    return said.get()


def test_what_is_not_known_is_left_out() -> None:
    assert "last login" in show(EMPTY)
    assert "source record" not in show(EMPTY)


@pytest.mark.parametrize("field", FIELDS)
def test_a_golden_field_names_its_source(field: str) -> None:
    said = show(EMPTY | {field: {"value": "a value", "source": SOURCE}})
    assert "a value" in said
    assert "comprehensive 7" in said


def test_each_list_is_a_table_with_values_a_person_reads() -> None:
    said = show(
        EMPTY
        | {
            "accounts": {"items": [{"number": "N1", "system": "s", "status": None, "balance": MONEY}]},
            "alerts": {"items": [{"at": AT, "level": "high", "score": 91.0, "reason": "r", "about": [SOURCE]}]},
            "freshness": [{"system": "mobile", "state": "DOWN", "lastRead": None}],
        }
    )
    for shown in ("N1", "12.50 KES", "2026-11-21 13:07:44", "91.00", "comprehensive 7", "DOWN", "–"):
        assert shown in said


MONEY = {"amount": "12.50", "currency": "KES"}
AT = "2026-11-21T13:07:44.177455Z"


def test_every_column_is_in_the_document_that_rest_answers_with() -> None:

    asked = (resources.files("api") / "documents" / "customer_overview.graphql").read_text(encoding="utf-8")
    assert [name for columns in TABLES.values() for _, name, _ in columns if name not in asked] == []
