"""Open Banking: who has an account there, what she pays, and which partner she lets look at it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random

from samples.activity.moments import between
from samples.masters import Master
from samples.records import Record, draw_uuid
from samples.rows.risk import utc
from samples.spellings import plus, short
from samples.tables import Row, Table
from samples.world import World

RECENT = timedelta(days=90)
PARTNERS = ("Pesa Planner", "Soko Books", "Jamii Credit")
READER = "identity-graph"  # the client that the product comes as
SCOPES = ("accounts:read", "balances:read", "payments:write")
ORDER = (
    "oauth_clients", "customers", "accounts", "transactions", "payments", "consents", "api_access_logs",
)  # fmt: skip

MASTERS = (
    Master(known=0.3, names={short: 1}, phones={plus: 1}, empty_phones=0.25, emails=1, birth_dates=0.4),
)  # fmt: skip


def client_id(partner: str) -> str:
    return partner.lower().replace(" ", "-")


def write_openbanking(world: World) -> tuple[Table, ...]:
    rng = world.generator("openbanking")
    rows: dict[str, list[Row]] = defaultdict(list)
    begin = world.now - timedelta(days=800)
    for name in (*PARTNERS, READER):
        rows["oauth_clients"].append(
            {
                "id": draw_uuid(rng),
                "client_id": client_id(name),
                "client_secret": "$2b$12$" + "." * 53,
                "name": name,
                "redirect_uris": [f"https://{client_id(name)}.example.com/callback"],
                "scopes": list(SCOPES),
                "created_at": utc(begin),
                "updated_at": utc(begin),
            }
        )
    taken: set[str] = set()
    for number, record in enumerate(world.records["openbanking"], start=1):
        email = record.email if record.email and record.email not in taken else f"ob{number}@no-email.example.com"
        taken.add(email)
        _write_customer(rng, record, number, email, world, rows)
    return tuple(Table(name, rows[name]) for name in ORDER)


def _write_customer(
    rng: Random, record: Record, number: int, email: str, world: World, rows: dict[str, list[Row]]
) -> None:
    created = between(rng, world.now - timedelta(days=700), world.now - RECENT)
    rows["customers"].append(
        {
            "id": record.id,
            "customer_number": f"CUST{number:03d}",
            "first_name": record.name[0],
            "last_name": record.name[-1],
            "email": email,
            "phone": record.phone or None,
            "date_of_birth": record.birth_date,
            "kyc_status": "verified" if record.phone else "pending",
            "created_at": utc(created),
            "updated_at": utc(between(rng, created, world.now)),
        }
    )
    account = _write_account(rng, record, number, world, rows)
    _write_payments(rng, number, account, world, rows)
    _write_consents(rng, record, world, rows)


def _write_account(rng: Random, record: Record, number: int, world: World, rows: dict[str, list[Row]]) -> str:
    """An account with what came in so far; answers its id."""
    account, balance = draw_uuid(rng), Decimal(0)
    times = sorted(between(rng, world.now - RECENT, world.now) for _ in range(rng.randint(1, 4)))
    bookings: list[Row] = []
    for n, at in enumerate(times):
        amount = Decimal(rng.randint(1_000, 900_000)).scaleb(-2)
        balance += amount
        bookings.append(
            {
                "id": draw_uuid(rng),
                "transaction_ref": f"TXN{number:06d}{n}",
                "account_id": account,
                "transaction_type": "credit",
                "amount": amount,
                "currency": "KES",
                "description": "Incoming transfer",
                "status": "completed",
                "transaction_date": utc(at),
                "created_at": utc(at),
            }
        )
    rows["accounts"].append(
        {
            "id": account,
            "account_number": f"{1_000_000_000 + number}",
            "customer_id": record.id,
            "account_type": rng.choice(("savings", "current")),
            "currency": "KES",
            "balance": balance,
            "available_balance": balance,
            "status": "active",
            "created_at": utc(times[0]),
            "updated_at": utc(times[-1]),
        }
    )
    rows["transactions"] += bookings
    return account


def _write_payments(rng: Random, number: int, account: str, world: World, rows: dict[str, list[Row]]) -> None:
    ours: Sequence[str] = [str(row["account_number"]) for row in rows["accounts"]]
    for n in range(rng.randint(0, 2)):
        at = between(rng, world.now - RECENT, world.now - timedelta(hours=1))
        done = rng.random() < 0.8
        rows["payments"].append(
            {
                "id": draw_uuid(rng),
                "payment_ref": f"PAY{number:06d}{n}",
                "source_account_id": account,
                # to somebody of ours, or to another bank
                "destination_account_number": rng.choice(ours)
                if rng.random() < 0.5
                else f"77{rng.randrange(10**8):08d}",
                "amount": Decimal(rng.randint(100, 90_000)).scaleb(-2),
                "currency": "KES",
                "reference": f"Invoice {n + 1}",
                "description": None,
                "status": "completed" if done else "pending",
                "risk_score": Decimal(rng.randint(0, 99)).scaleb(-2),
                "idempotency_key": draw_uuid(rng),
                "completed_at": utc(at + timedelta(minutes=2)) if done else None,
                "created_at": utc(at),
                "updated_at": utc(at),  # completing it moves completed_at alone
            }
        )


def _write_consents(rng: Random, record: Record, world: World, rows: dict[str, list[Row]]) -> None:
    """Running ones, revoked ones, and some whose time is over though their status does not say so."""
    for partner in PARTNERS:
        if rng.random() >= 0.4:
            continue
        granted = between(rng, world.now - timedelta(days=300), world.now - timedelta(days=1))
        expires = granted + timedelta(days=rng.choice((30, 90, 365)))
        revoked = between(rng, granted, min(expires, world.now)) if rng.random() < 0.25 else None
        consent = {
            "consent_id": draw_uuid(rng),
            "customer_id": record.id,
            "client_id": client_id(partner),
            "scopes": list(SCOPES[: rng.randint(1, 3)]),
            "status": "revoked" if revoked else "active",
            "created_at": utc(granted),
            "expires_at": utc(expires),
            "revoked_at": revoked and utc(revoked),
            "updated_at": utc(revoked or granted),
        }
        rows["consents"].append(consent)
        for _ in range(rng.randint(0, 2)):
            rows["api_access_logs"].append(
                {
                    "client_id": consent["client_id"],
                    "customer_id": record.id,
                    "consent_id": consent["consent_id"],
                    "endpoint": "/v1/accounts",
                    "http_method": "GET",
                    "status_code": 200,
                    "latency_ms": rng.randint(5, 400),
                    "created_at": utc(between(rng, granted, min(revoked or expires, world.now))),
                }
            )
