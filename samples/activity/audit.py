"""What the audit tables keep of what was done to customers elsewhere."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from samples.activity.moments import between
from samples.records import draw_uuid
from samples.rows.audit import action_row, change_row
from samples.rows.risk import derived_id
from samples.tables import Row, Table
from samples.world import World

RECENT = timedelta(days=90)
WATCHED = "core"  # the system whose tables the first log is about


def write_audit(world: World) -> tuple[Table, ...]:
    """Both logs, each in the order in which it was written."""
    rng = world.generator("audit")
    changes = sorted(_draw_changes(rng, world), key=lambda row: str(row["changed_at"]))
    actions = sorted(_draw_actions(rng, world), key=lambda row: str(row["created_at"]))
    return Table("audit_log", changes), Table("audit_logs", actions)


def _draw_changes(rng: Random, world: World) -> Iterator[Row]:
    begin = world.now - 2 * RECENT
    yield change_row(draw_uuid(rng), "database", "INIT", {}, "init-db.sql", begin)
    for record in world.records.get(WATCHED, ()):
        if record.entity == "customers" and rng.random() < 0.3:
            at, teller = between(rng, begin, world.now), f"teller{rng.randint(1, 20)}"
            yield change_row(draw_uuid(rng), "Customers", "UPDATE", {"Id": record.id}, teller, at)


def _draw_actions(rng: Random, world: World) -> Iterator[Row]:
    for user in world.records["risk"]:
        for _ in range(rng.randint(0, 2)):
            at = between(rng, world.now - RECENT, world.now)
            wallet = ("wallet", derived_id("wallet", user.id))
            if user.person.startswith("developer-"):
                yield action_row(draw_uuid(rng), user.id, "api_key.create", None, at)
            elif rng.random() < 0.5:
                yield action_row(draw_uuid(rng), user.id, "wallet.deposit", wallet, at)
            else:
                yield action_row(draw_uuid(rng), user.id, "user.login", None, at)
