"""Whom the Risk Modules know, in two engines: the wallet platform's users, and web users by their scores."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from random import Random

from samples.activity.moments import between
from samples.masters import Master
from samples.records import Record, draw_uuid
from samples.rows.risk import (
    alert_row,
    api_key_row,
    credit_activity_row,
    credit_score_row,
    transaction_row,
    user_row,
    wallet_row,
)
from samples.rows.web import risk_score_row
from samples.spellings import legal, plus, short
from samples.tables import Row, Table
from samples.world import World

RECENT = timedelta(days=90)
PEOPLE_PER_DEVELOPER = 40
STAFF = ("admin", "compliance", "operations")
ALERTS = ("large_transaction", "structuring", "sanctions_match")
REJECTED_SHARE = 0.1  # of requests for credit, outright: they have no score
ORDER = (
    "users", "wallets", "transactions", "aml_alerts", "credit_scores", "credit_activity_logs", "api_keys",
)  # fmt: skip

MASTERS = (
    Master(
        entity="users",
        known=0.25,
        names={legal: 50, short: 50},
        phones={plus: 100},
        empty_phones=0.4,
        emails=0.95,
    ),
)


def draw_developers(rng: Random, known: Sequence[Record], world: World) -> list[Record]:
    """Of the platform's own seed: nothing but an address, and names that other people bear too."""
    names = rng.sample(world.people, max(1, len(world.people) // PEOPLE_PER_DEVELOPER))
    return [
        Record(
            system="risk",
            entity="users",
            id=draw_uuid(rng),
            person=f"developer-{number}",
            name=short(person.name),
            email=f"{person.name.first}.{person.name.last}{number}@wekeza.dev".lower()
            .replace("'", "")
            .replace(" ", ""),
        )
        for number, person in enumerate(names, start=1)
    ]


def write_risk(world: World) -> tuple[Table, ...]:
    """All rows of both databases that are the Risk Modules'."""
    rng = world.generator("risk")
    rows: dict[str, list[Row]] = defaultdict(list)
    taken: set[str] = set()
    for number, user in enumerate(world.records["risk"], start=1):
        email = user.email if user.email and user.email.lower() not in taken else f"user{number}@example.com"
        taken.add(email.lower())
        _write_user(rng, user, email, world, rows)
    for role in STAFF:
        staff = Record(system="risk", entity="users", id=draw_uuid(rng), person=role, name=(role.capitalize(), "Desk"))
        rows["users"].append(user_row(staff, f"{role}@wekeza.example.com", role, "individual", world.now - RECENT))
    scores = Table("risk_scores", list(_draw_scores(rng, world)), database="dfs")
    return *(Table(name, rows[name]) for name in ORDER), scores


def _write_user(rng: Random, user: Record, email: str, world: World, rows: dict[str, list[Row]]) -> None:
    created_at = between(rng, world.now - timedelta(days=700), world.now - RECENT)
    if user.person.startswith("developer-"):
        rows["users"].append(user_row(user, email, "partner", "startup", created_at))
        rows["api_keys"].append(api_key_row(user.id, f"wk_test_{rng.getrandbits(96):024x}", created_at))
        return
    rows["users"].append(user_row(user, email, "user", rng.choice(("individual", "freelancer", "sme")), created_at))
    currency = rng.choice(("KES", "USD", "EUR", "GBP"))
    balance, at = Decimal(0), created_at
    for at in sorted(between(rng, created_at, world.now) for _ in range(rng.randint(1, 3))):
        amount, id = Decimal(rng.randint(100, 500_000)).scaleb(-2), draw_uuid(rng)
        balance += amount
        rows["transactions"].append(transaction_row(id, user.id, "deposit", amount, currency, at))
        rows["credit_activity_logs"].append(credit_activity_row(user.id, id, amount.scaleb(-4), at))
        if rng.random() < 0.1:
            severity, status = rng.choice(("low", "medium", "high")), rng.choice(("pending", "resolved"))
            rows["aml_alerts"].append(alert_row(id, rng.choice(ALERTS), severity, status, at))
    rows["wallets"].append(wallet_row(user.id, currency, balance, created_at, at))
    rows["credit_scores"].append(credit_score_row(user.id, Decimal(rng.randint(300, 850)), at))


def _draw_scores(rng: Random, world: World) -> Iterator[Row]:
    """Of web users who asked for credit, in the web's own database."""
    ids = count(1)
    for user in world.records["web"]:
        if user.entity == "users" and rng.random() < 0.3:
            score = 0 if rng.random() < REJECTED_SHARE else rng.randint(300, 650)
            yield risk_score_row(next(ids), user.id, score, between(rng, world.now - RECENT, world.now))
