"""AI Copilot: who talks to it, and what it makes of her."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from random import Random

from samples.activity.moments import between
from samples.masters import Master
from samples.records import Record, draw_uuid
from samples.spellings import plus
from samples.tables import Row, Table
from samples.world import World

RECENT = timedelta(days=90)
PREDICTIONS = ("low_balance", "churn", "next_salary")
SAID = "What is on my account, and may my wife Mary see it?"  # never read by anybody
ORDER = (
    "conversations", "conversation_history", "recommendations", "model_predictions", "customer_preferences",
)  # fmt: skip

MASTERS = (
    Master(
        known=0.1,
        ids=lambda rng, number: f"cop-{number:05d}",
        phones={plus: 1},
        empty_phones=0.8,  # it asks for an address, and for a number seldom
        emails=1,
    ),
)


def write_copilot(world: World) -> tuple[Table, ...]:
    rng = world.generator("copilot")
    rows: dict[str, list[Row]] = defaultdict(list)
    for record in world.records["copilot"]:
        for _ in range(rng.randint(1, 3)):
            _write_conversation(rng, record, world, rows)
        if rng.random() < 0.5:
            rows["recommendations"].append(_recommendation(rng, record, world))
        if rng.random() < 0.5:
            rows["model_predictions"].append(_prediction(rng, record, world))
        if rng.random() < 0.6:
            rows["customer_preferences"].append(
                {
                    "customer_ref": record.id,
                    "preferred_language": rng.choice(("en", "sw")),
                    "opt_in_insights": rng.random() < 0.5,
                    "updated_at": between(rng, world.now - RECENT, world.now),
                }
            )
    return tuple(Table(name, rows[name]) for name in ORDER)


def _write_conversation(rng: Random, record: Record, world: World, rows: dict[str, list[Row]]) -> None:
    at, id = between(rng, world.now - RECENT, world.now - timedelta(hours=1)), draw_uuid(rng)
    times = [at + timedelta(seconds=20 * n) for n in range(rng.randint(2, 6))]
    rows["conversations"].append(
        {
            "conversation_id": id,
            "customer_ref": record.id,
            "customer_email": record.email,
            "customer_phone": record.phone or None,
            "channel": rng.choice(("web", "mobile")),
            "started_at": at,
            "last_message_at": times[-1],
        }
    )
    rows["conversation_history"] += [
        {"conversation_id": id, "role": ("user", "assistant")[n % 2], "content": SAID, "created_at": said_at}
        for n, said_at in enumerate(times)
    ]


def _recommendation(rng: Random, record: Record, world: World) -> Row:
    at = between(rng, world.now - RECENT, world.now)
    done = between(rng, at, world.now) if rng.random() < 0.3 else None
    return {
        "id": draw_uuid(rng),
        "customer_ref": record.id,
        "action_type": rng.randint(0, 8),
        "title": "Save a little each month",
        "description": "A savings account would pay her more.",
        "recommended_product": rng.choice(("Savings", "Insurance", None)),
        "confidence_score": Decimal(rng.randint(1, 100)),
        "ai_model_version": "nba-2.1",
        "is_completed": done is not None,
        "outcome": "accepted" if done else None,
        "recommended_date": at,
        "completed_date": done,
        "updated_at": done or at,
    }


def _prediction(rng: Random, record: Record, world: World) -> Row:
    return {
        "id": draw_uuid(rng),
        "customer_ref": record.id,
        "account_number": None,
        "prediction_type": rng.choice(PREDICTIONS),
        "predicted_value": Decimal(rng.randint(0, 10_000)).scaleb(-2),
        "confidence": Decimal(rng.randint(1, 10_000)).scaleb(-4),
        "horizon_days": 30,
        "model_version": "forecast-1.4",
        "created_at": between(rng, world.now - RECENT, world.now),
    }
