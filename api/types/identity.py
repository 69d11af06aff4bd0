"""Who she is and why: her records, their values, and the links that were accepted and refused."""

from enum import Enum

import strawberry

from api.projected import projected
from api.types.activity import marked
from api.types.scalars import Date, DateTime
from graph.projection import Expression, Inline, Instant, Rows, Value
from graph.records import PartyType


@strawberry.enum(description="The kinds of values that can link records.")
class IdentifierKind(Enum):
    """The names in ``graph.identifiers.KINDS``, spelled out because callers depend on them."""

    NATIONAL_ID = "NationalId"
    PASSPORT = "Passport"
    TAX_PIN = "TaxPin"
    DRIVING_LICENCE = "DrivingLicence"
    COMPANY_REGISTRATION = "CompanyRegistration"
    DOCUMENT = "Document"
    PHONE = "Phone"
    EMAIL = "Email"
    NAME_BIRTH = "NameBirth"


strawberry.enum(PartyType, description="What kind of party a record is about.")


def _hidden(masked: str) -> Expression:
    """An identifier's stored masked form."""
    return Expression("project_hidden_value", {"masked": masked})


def _year(day: str) -> Expression:
    """All that is shown of a masked day."""
    return Expression("project_hidden_day", {"day": day})


@strawberry.type(description="Something else that a source says about her, as the source says it.")
class Attribute:
    name: str = projected(Value("name"), "The name that the source's mapping gives it.", historised=True)
    value: str | None = projected(Value("value"), "The value as text.", historised=True)


@strawberry.type(description="A value that is none of its kind, as it was typed in: it links nobody.")
class InvalidValue:
    kind: str = projected(Value("kind"), "What kind of value it was meant to be.")
    value: str = projected(Value("raw"), "What was typed in.")


@strawberry.type(description="One customer row of one source system, as that system says it.")
class SourceRecord:
    key: str = projected(Value("record.key"), "system|entity|id of the source's row.", historised=True)
    system: str = projected(Value("record.system"), "The system that holds it.", historised=True)
    entity: str = projected(Value("record.entity"), "The source's table or kind of row.", historised=True)
    full_name: str | None = projected(Value("record.full_name"), "The name as the source writes it.", historised=True)
    birth_date: Date | None = projected(
        Instant("record.birth_date"),
        "The date of birth that it gives.",
        masked=_year("record.birth_date"),
        historised=True,
    )
    party_type: PartyType = projected(Value("record.party_type"), "Person, company or unknown.", historised=True)
    created_at: DateTime | None = projected(
        Instant("record.created_at"), "When the source made it, by its own clock.", historised=True
    )
    updated_at: DateTime | None = projected(
        Instant("record.updated_at"), "When the source last changed it, by its own clock.", historised=True
    )
    member_since: DateTime | None = projected(Instant("membership.valid_from"), "Since when we hold it to be hers.")
    invalid: list[InvalidValue] = projected(
        Rows("project_record_invalid", "InvalidValue"), "Values of hers that are none, in the source's order."
    )
    attributes: list[Attribute] = projected(
        Rows("project_record_attributes", "Attribute"),
        "What else the source says about her, by name: what comes from columns that the role may see.",
        historised=True,
    )


@strawberry.type(description="A value that her records hold: what links them, or why it does not.")
class Identifier:
    kind: IdentifierKind = projected(Value("identifier.kind"), "What kind of value it is.", historised=True)
    value: str = projected(
        Value("identifier.value"), "The normal form.", masked=_hidden("identifier.masked"), historised=True
    )
    masked: str = projected(Value("identifier.masked"), "A form that is fit to show.", historised=True)
    country: str | None = projected(
        Value("identifier.country"), "Who issued it, for kinds that a country issues.", historised=True
    )
    placeholder: bool = projected(
        marked("identifier.placeholder"), "A filler that many type in; links nobody.", historised=True
    )
    suppressed: bool = projected(
        Expression("project_presence", {"value": "identifier.suppressed"}), "Whether it is kept from linking."
    )
    suppressed_reason: str | None = projected(Value("identifier.suppressed"), "Why it does not link, as a code.")
    held_by: list[str] = projected(
        Rows("project_identifier_holders"), "The keys of her records that hold it.", historised=True
    )


@strawberry.type(description="A link that was accepted: two of her records share a value.")
class Link:
    a: str = projected(Value("from_record.key"), "The key of one record; a < b.", historised=True)
    b: str = projected(Value("to_record.key"), "The key of the other record.", historised=True)
    kind: str = projected(Value("link.kind"), "The kind of the value that they share.", historised=True)
    identifier: str | None = projected(Value("evidence.masked"), "The value that they share, masked.", historised=True)
    stage: str | None = projected(Value("link.stage"), "The stage of the policy that accepted it.", historised=True)
    since: DateTime = projected(Instant("link.valid_from"), "Since when it holds.", historised=True)


@strawberry.type(description="A link that was refused: two records share a value and yet stay apart.")
class QuarantinedLink:
    a: str = projected(Value("one_record.key"), "The key of one record; a < b.", historised=True)
    b: str = projected(Value("other_record.key"), "The key of the other record.", historised=True)
    kind: str = projected(Value("refused.kind"), "The kind of the value that they share.", historised=True)
    identifier: str | None = projected(Value("disputed.masked"), "The value that they share, masked.", historised=True)
    reason: str = projected(Value("refused.reason"), "Why it was refused, as a code.", historised=True)
    inside: bool = projected(
        marked("refused.inside"), "Whether both records are hers all the same, by way of other links.", historised=True
    )
    since: DateTime = projected(Instant("refused.valid_from"), "Since when it is refused.", historised=True)


@strawberry.type(description="A value of the golden record, and where it comes from.")
class GoldenText:
    value: str = projected(Value("value"), "The value.", historised=True)
    source: str | None = projected(Value("source"), "The key of the record that it was taken from.", historised=True)
    updated_at: DateTime | None = projected(Instant("updated_at"), "When that record last changed.", historised=True)


@strawberry.type(description="An identifier of the golden record, and where it comes from.")
class GoldenIdentifier:
    value: str = projected(Value("value"), "The normal form.", masked=_hidden("masked"), historised=True)
    masked: str | None = projected(Value("masked"), "A form that is fit to show.", historised=True)
    source: str | None = projected(Value("source"), "The key of the record that it was taken from.", historised=True)
    updated_at: DateTime | None = projected(Instant("updated_at"), "When that record last changed.", historised=True)


@strawberry.type(description="The date of birth of the golden record, and where it comes from.")
class GoldenDate:
    value: Date = projected(Instant("value"), "The day.", masked=_year("value"), historised=True)
    source: str | None = projected(Value("source"), "The key of the record that it was taken from.", historised=True)
    updated_at: DateTime | None = projected(Instant("updated_at"), "When that record last changed.", historised=True)


def golden(type_: str, name: str) -> Inline:
    """A value of the golden record with its provenance; null where nobody knows it."""
    stored = {"value": "", "masked": "_masked", "source": "_source", "updated_at": "_updated_at"}
    return Inline(type_, {operand: f"customer.{name}{end}" for operand, end in stored.items()}, needs=("value",))
