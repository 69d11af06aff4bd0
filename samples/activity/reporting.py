"""Reports that were made, and whom they are about: customers and accounts of other systems."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from samples.activity.analytics import FIRST_CORE, SUMMED, nights
from samples.records import draw_uuid
from samples.tables import Row, Table
from samples.world import World

TEMPLATES = (("Customer statement", "statement"), ("Large transactions", "compliance"), ("Portfolio", "management"))
REGULATORY = (("CTR", "accepted"), ("STR", "submitted"), ("KYC", "draft"))
REPORTS_A_NIGHT = 8
SUBJECTS = 4  # at most, of one report


def write_reporting(world: World) -> tuple[Table, ...]:
    rng = world.generator("reporting")
    begin = _night(world.now - timedelta(days=400))
    templates = [_template_row(name, type_, begin) for name, type_ in TEMPLATES]
    generated, regulatory, subjects = list[Row](), list[Row](), list[Row]()
    for day in nights(world.now):
        at = _night(datetime.combine(day, time()))
        for _ in range(REPORTS_A_NIGHT):
            row = _generated_row(rng, rng.choice(templates), at)
            generated.append(row)
            subjects += _draw_subjects(rng, str(row["id"]), world)
        for type_, status in REGULATORY:
            filed = _regulatory_row(rng, type_, status, at)
            regulatory.append(filed)
            subjects += _draw_subjects(rng, str(filed["report_id"]), world) if type_ == "STR" else []
    return (
        Table("report_templates", templates),
        Table("generated_reports", generated),
        Table("regulatory_reports", regulatory),
        Table("report_subjects", subjects),
    )


def _draw_subjects(rng: Random, report: str, world: World) -> Iterator[Row]:
    """A few customers, each of any of the systems, and accounts of the first core; each once."""
    accounts = list(dict.fromkeys(booking.account.id for _, booking in world.bookings))
    drawn: set[tuple[str, str, str]] = set()
    for _ in range(rng.randint(1, SUBJECTS)):
        system, entity, title = rng.choice(SUMMED)
        known = [record.id for record in world.records[system] if record.entity == entity]
        if known:
            drawn.add((title, "customer", rng.choice(known)))
        if accounts and rng.random() < 0.5:
            drawn.add((FIRST_CORE, "account", rng.choice(accounts)))
    for title, subject, ref in sorted(drawn):
        yield {"report_id": report, "source_system": title, "subject": subject, "subject_ref": ref}


def _template_row(name: str, type_: str, at: datetime) -> Row:
    id = str(uuid5(NAMESPACE_URL, f"wekeza-sample-bank/reporting/{name}"))
    return {"id": id, "name": name, "report_type": type_, "default_format": 2, "is_active": True, "created_at": at}


def _generated_row(rng: Random, template: Row, at: datetime) -> Row:
    id = draw_uuid(rng)
    return {
        "id": id,
        "report_template_id": template["id"],
        "report_name": f"{template['name']}; {at:%d.%m.%Y}",  # the delimiter of the file that it is written to
        "generated_date": at,
        "format": 2,
        "file_path": f"/reports/{id}.csv",
        "file_size_bytes": rng.randint(1_000, 100_000),
        "parameters": None,
        "generated_by_user_id": None,
        "record_count": rng.randint(1, 500),
        "is_downloaded": rng.random() < 0.5,
        "downloaded_at": None,
        "created_at": at,
        "updated_at": None,
    }


def _regulatory_row(rng: Random, type_: str, status: str, at: datetime) -> Row:
    return {
        "report_id": draw_uuid(rng),
        "period": f"{at:%Y-%m}",
        "type": type_,
        "status": status,
        "content": "{}",
        "generated_at": at,
        "submitted_at": None if status == "draft" else at + timedelta(minutes=30),
    }


def _night(at: datetime) -> datetime:
    """One in the night, UTC without a zone: the night before is what most reports are of."""
    return datetime.combine(at.astimezone(UTC).date() if at.tzinfo else at.date(), time(1))
