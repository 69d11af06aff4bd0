"""Who is what to whom: roles between customers, and towards accounts, with the row that says so."""

from enum import Enum

import strawberry

from api.projected import projected
from api.types.scalars import DateTime
from graph.projection import Expression, Instant, Rows, Value


@strawberry.enum(description="What one customer can be to another, or to an account.")
class RelationshipType(Enum):
    """The names in ``graph.business.ROLES``, spelled out because callers depend on them."""

    DIRECTOR_OF = "director_of"
    SIGNATORY_OF = "signatory_of"
    GUARANTEES = "guarantees"
    NEXT_OF_KIN_OF = "next_of_kin_of"
    JOINT_HOLDER_OF = "joint_holder_of"
    RELATED_TO = "related_to"


@strawberry.type(description="One end of a relationship.")
class Party:
    key: str = projected(Value("party.key"), "The key of the record, or of the account.")
    system: str = projected(Value("party.system"), "The system that holds it.")
    gcid: strawberry.ID | None = projected(
        Value("who.gcid"), "The customer of that record, or the holder of that account; null while none is known."
    )
    name: str | None = projected(Value("who.name"), "That customer's name.")


@strawberry.type(description="A role that she has, or that somebody has towards her or her accounts.")
class Relationship:
    key: str = projected(Value("role.key"), "system|entity|id of the row that says so.")
    system: str = projected(Value("role.system"), "The system that says so.")
    type: RelationshipType = projected(Value("role.type"), "What the holder of the role is.")
    role: str | None = projected(Value("role.role"), "The source's own word for it.")
    since: DateTime | None = projected(Instant("role.since"), "Since when, as the source tells.")
    until: DateTime | None = projected(Instant("role.until"), "Until when, as the source tells.")
    updated_at: DateTime | None = projected(Instant("role.updated_at"), "When the source last changed it.")
    current: bool = projected(Expression("project_role_current", {"until": "role.until"}), "Whether it is not over.")
    hers: bool = projected(Expression("project_role_hers"), "Whether it is she who has the role.")
    holder: Party | None = projected(
        Rows("project_role_holder", "Party", one=True), "Who has the role; null while that record has not arrived."
    )
    towards: list[Party] = projected(
        Rows("project_role_towards", "Party"), "Towards whom, or towards which account, by key."
    )


@strawberry.type(description="Who may dispose of an account, and which row says so.")
class Holder:
    key: str = projected(Value("holder.key"), "The key of the record.")
    gcid: strawberry.ID | None = projected(Value("whose.gcid"), "Its customer; null while its resolution is due.")
    name: str | None = projected(Value("whose.name"), "That customer's name.")
    role: str | None = projected(Value("held_as"), "holder, joint or signatory.")
    evidence: str | None = projected(
        Value("holds.role_key"), "The key of the row that gives the role; null if the account's own row does."
    )
