"""The answer of ``GET /customer/{gcid}`` on a screen: who she is, then each list as a table."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wekeza.screen import Screen

FIELDS = ("name", "birthDate", "nationalId", "phone", "email")


def short(key: str) -> str:
    """A key of the graph for people: the system and its own id."""
    system, _, source_id = key.split("|", 2)
    return f"{system} {source_id}"


def _second(instant: str | None) -> str | None:
    """An ISO instant to the second."""
    return instant and re.sub(r"(\.\d+)?(Z|[+-]00:00)$", "", instant).replace("T", " ")


def _money(money: Mapping[str, str] | None) -> str | None:
    return f"{money['amount']} {money['currency']}" if money else None


def _shorts(keys: Iterable[str]) -> str:
    return ", ".join(map(short, keys))


# Where a list is in the answer, and its columns: heading, where the value is in an entry, how it is spelt.
Spelling = Callable[[Any], Any]
TABLES: Mapping[str, tuple[tuple[str, str, Spelling], ...]] = {
    "sourceRecords": (("source record", "key", short), ("name there", "fullName", str)),
    "identifiers": (("identifier", "kind", str), ("value", "value", str), ("held by", "heldBy", len)),
    "accounts.items": (
        ("account", "number", str),
        ("system", "system", str),
        ("status", "status", str),
        ("balance", "balance", _money),
    ),
    "transactions.items": (
        ("transaction", "reference", str),
        ("at", "at", _second),
        ("type", "type", str),
        ("amount", "amount", _money),
        ("to", "counterparty", str),
        ("channel", "channel", str),
    ),
    "devices": (("device", "key", short), ("system", "operatingSystem", str), ("last seen", "lastSeenAt", _second)),
    "alerts.items": (
        ("alert at", "at", _second),
        ("level", "level", str),
        ("score", "score", float),
        ("reason", "reason", str),
        ("about", "about", _shorts),
    ),
    "risk.components": (
        ("risk by", "source", str),
        ("raw", "rawScore", float),
        ("scale", "rawScale", str),
        ("of 100", "normalised", float),
        ("at", "at", _second),
    ),
    "quarantined": (("refused", "a", short), ("with", "b", short), ("share", "kind", str), ("because", "reason", str)),
    "freshness": (("system", "system", str), ("state", "state", str), ("last read", "lastRead", _second)),
}


def show_overview(answer: Mapping[str, Any], screen: Screen) -> None:
    screen.say(f"GET /customer/{answer['gcid']} answers:")
    golden = [(field, answer[field]) for field in FIELDS if answer.get(field)]
    screen.table(("", "value", "as said by"), [(name, it["value"], short(it["source"])) for name, it in golden])
    last, risk = answer.get("lastLogin"), answer.get("risk")
    screen.facts(
        {
            "balance": ", ".join(f"{it['total']} {it['currency']}" for it in answer["balances"]),
            "last login": f"{_second(last['at'])} by {last['channel']}" if last else None,
            "risk": f"{risk['fraudScore']:.0f} of 100, {risk['level']}" if risk else None,
        }
    )
    for place, columns in TABLES.items():
        if rows := _at(answer, place):
            screen.table(
                [heading for heading, _, _ in columns],
                [[_cell(row[name], spell) for _, name, spell in columns] for row in rows],
            )


def _at(answer: Mapping[str, Any], place: str) -> list[Mapping[str, Any]]:
    found: Any = answer
    for name in place.split("."):
        found = (found or {}).get(name)
    return found or []


def _cell(value: Any, spell: Spelling) -> Any:
    return None if value is None else spell(value)
