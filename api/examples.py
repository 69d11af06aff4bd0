"""Answers as OpenAPI shows them: an invented person."""

from typing import Any

_HEAD: dict[str, Any] = {
    "gcid": "6f0a51b2-5c4e-8d2a-9a51-0f6f3f1c2d77",
    "requestedId": "91c3d7f0-33aa-8f01-b6a4-6a3b1c0d9e12",
}
_PROVENANCE = {"source": "comprehensive|customer|1042", "updatedAt": "2026-03-01T08:15:00Z"}
_MONEY = {"amount": "12500.50", "currency": "KES"}
_FRESHNESS = [
    {"system": "comprehensive", "state": "OK", "lastRead": "2026-03-01T09:00:12Z", "lag": 2.4, "contributes": True},
    {"system": "mobile", "state": "DOWN", "lastRead": "2026-03-01T08:41:40Z", "lag": 1.9, "contributes": True},
]
_ACCOUNT = {
    "key": "comprehensive|account|77",
    "system": "comprehensive",
    "number": "1100000042",
    "product": "Savings",
    "status": "Active",
    "currency": "KES",
    "openedAt": "2024-05-02T00:00:00Z",
    "authoritative": True,
    "role": "holder",
    "owner": "comprehensive|customer|1042",
    "balance": _MONEY,
    "available": _MONEY,
}
_TRANSACTION = {
    "key": "comprehensive|transaction|9001",
    "system": "comprehensive",
    "account": "comprehensive|account|77",
    "reference": "TXN-9001",
    "type": "Transfer",
    "direction": "debit",
    "status": "Completed",
    "description": "Rent",
    "at": "2026-03-01T08:59:30Z",
    "channel": "mobile",
    "counterparty": "1100000077",
    "amount": {"amount": "850.00", "currency": "KES"},
    "sightings": [],
}
_ALERT = {
    "key": "fraud|alert|17",
    "system": "fraud",
    "type": "UnusualAmount",
    "level": "High",
    "status": "Open",
    "decision": None,
    "reason": "Ten times her usual amount",
    "score": 82.0,
    "rawScore": 820.0,
    "rawScale": "0-1000",
    "at": "2026-03-01T08:59:41Z",
    "updatedAt": None,
    "about": ["comprehensive|transaction|9001"],
}
_COMPONENT = {
    "source": "fraud",
    "rawScore": 640.0,
    "rawScale": "0-1000",
    "normalised": 64.0,
    "level": "Medium",
    "at": "2026-03-01T08:59:41Z",
}
_RISK = {"fraudScore": 64.0, "level": "Medium", "lastUpdated": "2026-03-01T08:59:41Z", "components": [_COMPONENT]}
_LOAN = {
    "key": "comprehensive|loan|3",
    "system": "comprehensive",
    "number": "LN-0003",
    "product": "Personal",
    "status": "Active",
    "borrower": "comprehensive|customer|1042",
    "account": "comprehensive|account|77",
    "openedAt": "2025-07-01T00:00:00Z",
    "maturesAt": "2027-07-01T00:00:00Z",
    "principal": {"amount": "300000.00", "currency": "KES"},
    "outstanding": {"amount": "187250.00", "currency": "KES"},
}
_CARD = {
    "key": "comprehensive|card|5",
    "system": "comprehensive",
    "lastFour": "4242",
    "type": "Debit",
    "status": "Active",
    "issuedAt": "2025-01-10T00:00:00Z",
    "expiresAt": "2029-01-31T00:00:00Z",
    "holder": "comprehensive|customer|1042",
    "account": "comprehensive|account|77",
}
_RELATIONSHIP = {
    "key": "comprehensive|kin|8",
    "system": "comprehensive",
    "type": "NEXT_OF_KIN_OF",
    "role": "mother",
    "current": True,
    "hers": False,
    "since": None,
    "until": None,
    "holder": {
        "key": "comprehensive|customer|1043",
        "gcid": "3d1f77aa-91f4-8c10-b0f3-52a1c80e7b64",
        "name": "Grace Odhiambo",
    },
    "towards": [{"key": "comprehensive|customer|1042", "gcid": _HEAD["gcid"], "name": "Achieng Odhiambo"}],
}
_CASE = {
    "key": "comprehensive|case|2",
    "system": "comprehensive",
    "number": "CASE-0002",
    "category": "Dispute",
    "priority": "Normal",
    "status": "Open",
    "at": "2026-03-01T10:12:00Z",
    "closedAt": None,
    "about": ["comprehensive|transaction|9001"],
}
_BALANCES = [{"currency": "KES", "total": "12500.50"}]


def _page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "next": None}


ACCOUNTS = _HEAD | {"balances": _BALANCES, "accounts": _page(_ACCOUNT), "freshness": _FRESHNESS}
TRANSACTIONS = _HEAD | {"transactions": _page(_TRANSACTION), "freshness": _FRESHNESS}
RISK = _HEAD | {
    "risk": _RISK | {"components": [_COMPONENT | {"model": "rules 3"}]},
    "alerts": _page(_ALERT),
    "freshness": _FRESHNESS,
}
HOLDINGS = _HEAD | {
    "loans": _page(_LOAN),
    "cards": _page(_CARD),
    "relationships": _page(_RELATIONSHIP),
    "cases": _page(_CASE),
    "freshness": _FRESHNESS,
}
OVERVIEW = (
    _HEAD
    | {
        "previousIds": ["91c3d7f0-33aa-8f01-b6a4-6a3b1c0d9e12"],
        "status": "CURRENT",
        "since": "2026-02-11T10:00:00Z",
        "partyType": "PERSON",
    }
    | {
        "name": {"value": "Achieng Odhiambo"} | _PROVENANCE,
        "birthDate": {"value": "1990-04-12"} | _PROVENANCE,
        "nationalId": {"value": "29874561", "masked": "***61"} | _PROVENANCE,
        "phone": {"value": "+254700000042", "masked": "+254***0042"} | _PROVENANCE,
        "email": {"value": "achieng@example.org", "masked": "a***@example.org"} | _PROVENANCE,
        "balances": _BALANCES,
        "sourceRecords": [],
        "identifiers": [],
        "links": [],
        "quarantined": [],
        "accounts": _page(_ACCOUNT),
        "transactions": _page(_TRANSACTION),
        "lastLogin": {
            "key": "mobile|login|5",
            "system": "mobile",
            "at": "2026-03-01T08:58:00Z",
            "channel": "mobile",
            "device": None,
        },
        "devices": [],
        "risk": _RISK,
        "alerts": _page(_ALERT),
        "freshness": _FRESHNESS,
    }
)
