"""What systems of reports say of her: sums beside what they were made from, and the reports that she is in."""

import strawberry

from api.projected import projected
from api.types.money import Money, money
from api.types.scalars import DateTime
from graph.projection import Instant, Rows, Value


@strawberry.type(description="What a reporting system summed up of a record or an account: context, never a booking.")
class Aggregate:
    key: str = projected(Value("aggregate.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("aggregate.system"), "The system that summed it up.")
    at: DateTime = projected(Instant("aggregate.at"), "The day that it is of.")
    period: str | None = projected(Value("aggregate.period"), "Over how long, in the system's own words.")
    count: int | None = projected(Value("aggregate.count"), "How many transactions.")
    amount: Money | None = projected(money("aggregate.amount_minor", "aggregate.currency"), "These together.")
    lifetime_value: Money | None = projected(
        money("aggregate.lifetime_value_minor", "aggregate.currency"), "What the system thinks that she is worth."
    )
    segment: str | None = projected(Value("aggregate.segment"), "The system's own segment.")
    updated_at: DateTime | None = projected(Instant("aggregate.updated_at"), "When it was summed up.")
    of: str | None = projected(
        Rows("project_aggregate_subject", one=True), "The key of the record or account that it describes."
    )


@strawberry.type(description="A report that names her; what it says of her stays where it is.")
class Report:
    key: str = projected(Value("report.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("report.system"), "The system that keeps it.")
    at: DateTime = projected(Instant("report.at"), "When it was made.")
    name: str | None = projected(Value("report.name"), "What it is called.")
    type: str | None = projected(Value("report.type"), "The kind of report, as the source names it.")
    period: str | None = projected(Value("report.period"), "The time that it is of, in the source's own words.")
    status: str | None = projected(Value("report.status"), "The source's own status.")
    submitted_at: DateTime | None = projected(Instant("report.submitted_at"), "When an authority got it.")
    updated_at: DateTime | None = projected(Instant("report.updated_at"), "When the source last changed it.")
    about: list[str] = projected(
        Rows("project_report_subjects"), "The keys of her records and accounts that it is about."
    )
