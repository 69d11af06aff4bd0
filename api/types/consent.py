"""Whom she lets look at her data: consents, and the partners that they were given to."""

from enum import Enum

import strawberry

from api.projected import projected
from api.types.scalars import DateTime
from graph.projection import Expression, Instant, Rows, Value


@strawberry.enum(description="What a consent is at the moment of asking, by its dates.")
class ConsentState(Enum):
    ACTIVE = strawberry.enum_value("active", description="The partner may see what it allows.")
    EXPIRED = strawberry.enum_value("expired", description="Its time is over, whatever its source still says.")
    REVOKED = strawberry.enum_value("revoked", description="She took it back.")


@strawberry.type(description="A company whose software may ask for customers' data.")
class Partner:
    key: str = projected(Value("partner.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("partner.system"), "The system that admits it.")
    name: str | None = projected(Value("partner.name"), "Its name.")
    client_id: str | None = projected(Value("partner.client_id"), "The id under which its software comes.")
    scopes: str | None = projected(Value("partner.scopes"), "What it may ever be allowed, with spaces between.")
    created_at: DateTime | None = projected(Instant("partner.created_at"), "Since when it is admitted.")
    updated_at: DateTime | None = projected(Instant("partner.updated_at"), "When the source last changed it.")


@strawberry.type(description="A customer lets a partner see some of her data.")
class Consent:
    key: str = projected(Value("consent.key"), "system|entity|id of the source's row.")
    system: str = projected(Value("consent.system"), "The system that keeps it.")
    state: ConsentState = projected(
        Expression(
            "project_consent_state",
            {"expires": "consent.expires_at", "revoked": "consent.revoked_at", "status": "consent.status"},
        ),
        "What it is now.",
    )
    status: str | None = projected(Value("consent.status"), "The source's own status, which may be late.")
    scopes: str | None = projected(Value("consent.scopes"), "What it allows, with spaces between.")
    at: DateTime = projected(Instant("consent.at"), "When she gave it.")
    expires_at: DateTime | None = projected(Instant("consent.expires_at"), "When its time is over.")
    revoked_at: DateTime | None = projected(Instant("consent.revoked_at"), "When she took it back.")
    updated_at: DateTime | None = projected(Instant("consent.updated_at"), "When the source last changed it.")
    partner: Partner | None = projected(
        Rows("project_consent_partner", "Partner", one=True), "To whom; null if the source does not tell who that is."
    )
