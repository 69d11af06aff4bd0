"""The two servers' answers to the 360 query, brought into one form so that they can be compared."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

Answer = dict[str, Any]


def of_product(data: Answer) -> Answer:
    customer = data["customer"]
    golden = ("name", "birthDate", "nationalId", "phone", "email")
    risk = customer["risk"]
    return {
        "gcid": customer["gcid"],
        "golden": [customer[field] and customer[field]["value"] for field in golden],
        "party": customer["partyType"].lower(),
        "records": {
            record["key"]: (record["system"], record["fullName"], record["birthDate"], _moment(record["updatedAt"]))
            for record in customer["sourceRecords"]
        },
        "accounts": {node["key"]: _account_of_product(node) for node in _nodes(customer["accounts"])},
        "login": customer["lastLogin"] and _login(customer["lastLogin"]),
        "risk": risk and [(c["source"], c["normalised"], c["level"], _moment(c["at"])) for c in risk["components"]],
    }


def of_peer(data: Answer) -> Answer:
    (customer,) = data["globalCustomers"]
    records = customer["records"]
    logins = [_login(login) for record in records for login in record["logins"]]
    return {
        "gcid": customer["gcid"],
        "golden": [customer[field] for field in ("name", "birth_date", "national_id", "phone", "email")],
        "party": customer["party_type"],
        "records": {
            record["key"]: (record["system"], record["full_name"], record["birth_date"], _moment(record["updated_at"]))
            for record in records
        },
        "accounts": {account["key"]: _account_of_peer(account) for record in records for account in record["accounts"]},
        "login": max(logins, key=lambda login: login[-1], default=None),
        "risk": _latest_scores(score for record in records for score in record["scores"]) or None,
    }


def _account_of_product(account: Answer) -> Answer:
    balance = account["balance"]
    bookings = {
        it["key"]: (
            *(it["reference"], it["type"], it["direction"], it["status"], _moment(it["at"])),
            *(Decimal(it["amount"]["amount"]), it["amount"]["currency"]),
        )
        for it in _nodes(account["transactions"])
    }
    money = balance and (Decimal(balance["amount"]), balance["currency"])
    return {"is": (account["number"], account["product"], account["status"], money), "bookings": bookings}


def _account_of_peer(account: Answer) -> Answer:
    bookings = {
        it["key"]: (
            *(it["reference"], it["type"], it["direction"], it["status"], _moment(it["at"])),
            *(Decimal(it["amount_minor"]) / 100, it["currency"]),
        )
        for it in account["transactions"]
    }
    minor = account["balance_minor"]
    money = None if minor is None else (Decimal(minor) / 100, account["currency"])
    return {"is": (account["number"], account["product"], account["status"], money), "bookings": bookings}


def _latest_scores(scores: Iterable[Answer]) -> list[tuple[Any, ...]]:
    """The latest of each system, by system: what the peer cannot say in its query is picked by its caller."""
    latest: dict[str, tuple[Any, ...]] = {}
    for score in sorted(scores, key=lambda it: _moment(it["at"])):
        latest[score["system"]] = (score["system"], score["score"], score["level"], _moment(score["at"]))
    return [latest[system] for system in sorted(latest)]


def _login(login: Answer) -> tuple[Any, ...]:
    return (login["key"], login["system"], login["channel"], _moment(login["at"]))


def _nodes(connection: Answer) -> list[Answer]:
    return [edge["node"] for edge in connection["edges"]]


def _moment(text: str) -> datetime:
    """Both write UTC; the peer writes nanoseconds."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")
