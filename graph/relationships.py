"""Relationship types that follow from lists: of identifiers one for each kind and way of having a value, of roles one
for each role."""

import re
from collections.abc import Iterable

from graph.business import ROLES
from graph.identifiers import KINDS

HAS, CLAIMS, HAD = "HAS_", "CLAIMS_", "HAD_"  # verified now, unverified now, either of them once


def relationship(kind: str, prefix: str) -> str:
    """HAS_NATIONAL_ID for NationalId."""
    return prefix + re.sub(r"(?<!^)(?=[A-Z])", "_", kind).upper()


def _types(prefixes: Iterable[str]) -> str:
    return ":" + "|".join(relationship(kind, prefix) for prefix in prefixes for kind in KINDS)


OWNS, JOINT = "OWNS", "joint"  # whoever holds an account jointly owns it, too


def role_relationship(role: str) -> str:
    """DIRECTOR_OF for director_of."""
    return role.upper()


# What a statement writes as a comment inside the brackets of a relationship, and the types that it stands for. They are
# spelt out for the planner: an untyped step would walk a customer's every login.
PATTERNS = {
    "/*held*/": _types([HAS]),
    "/*claimed*/": _types([CLAIMS]),
    "/*held or claimed*/": _types([HAS, CLAIMS]),
    "/*held once*/": _types([HAD]),
    "/*declared*/": ":" + "|".join(map(role_relationship, sorted(ROLES))),
    "/*role*/": ":" + "|".join([*map(role_relationship, sorted(ROLES)), OWNS]),
}
