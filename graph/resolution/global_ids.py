"""Names for customers: birth ids of records, and the founder whose birth id a customer carries (its GCID)."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from uuid import UUID

_VERSION_8, _VARIANT = 0x8, 0b10  # RFC 9562: custom content under the standard layout


def birth_id(secret: bytes, key: str, incarnation: int = 0) -> UUID:
    """The id of a record for ever: a version 8 UUID from an HMAC-SHA256 of its key.

    Keyed by the installation's ``secret``, because some sources' keys are phone numbers and an unkeyed hash of those
    can be reversed by trying them all. A record that comes back as somebody else is the next ``incarnation``.
    Raises ``ValueError`` for an empty secret or a negative incarnation.
    """
    if not secret:
        raise ValueError("The secret for birth ids is empty; set it once per installation and never change it.")
    if incarnation < 0:
        raise ValueError(f"An incarnation is counted from 0, not {incarnation}.")
    return _keyed(secret, f"{incarnation}|{key}")


def value_id(secret: bytes, key: str) -> UUID:
    """What the ledger's chain calls an identifier, whose own key is personal; ``key`` is `IdentifierValue.key`."""
    return _keyed(secret, f"value|{key}")


def key_hash(secret: bytes, key: str) -> UUID:
    """What the ledger's chain calls the key of a record that was erased."""
    return _keyed(secret, f"key|{key}")


def _keyed(secret: bytes, text: str) -> UUID:
    digest = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | _VERSION_8 << 76
    number = number & ~(0b11 << 62) | _VARIANT << 62
    return UUID(int=number)


def founders(
    groups: Sequence[Sequence[str]], ranks: Mapping[str, int], heirs: Mapping[str, str | None] | None = None
) -> tuple[str, ...]:
    """The founder of each group: the lowest rank among its members and the ghosts whose heir is a member.

    ``ranks`` names every member and every ghost of ``heirs``, which tells each ghost's heir (None: it has none). An
    heir that left is followed to its own; ghosts whose chain ends outside the groups are somebody else's. The GCID
    of a group is its founder's birth id. Raises ``ValueError`` if heirs lead in a circle.
    """
    group_of = {key: number for number, group in enumerate(groups) for key in group}
    best = [min((ranks[key], key) for key in group) for group in groups]
    for ghost in heirs or {}:
        number = group_of.get(present_heir(ghost, heirs or {}) or "")
        if number is not None:
            best[number] = min(best[number], (ranks[ghost], ghost))
    return tuple(key for _, key in best)


def present_heir(ghost: str, heirs: Mapping[str, str | None]) -> str | None:
    """The record at the end of the ghost's chain of heirs: the first that did not leave; None if the id is closed."""
    seen = {ghost}
    heir = heirs[ghost]
    while heir is not None and heir in heirs:
        if heir in seen:
            raise ValueError("Heirs lead in a circle: the ledger names a record as its own successor.")
        seen.add(heir)
        heir = heirs[heir]
    return heir
