"""Values that link nobody: money, scores, and ids behind keyed hashes. The batch is cleaned in expressions.py."""

import hmac
import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from graph.records import source_key

# From no risk to the most: of a credit score the high end is safe.
Scale = Literal["0-1000", "0-100", "0-1", "1-25", "850-300", "650-300"]
MIN_CARD, MAX_CARD = 12, 19  # digits of a card's number
MAX_MINOR = 2**63 - 1  # the graph's integers have 64 bits


@cache
def decimals_by_currency() -> Mapping[str, int]:
    """ISO 4217 code -> decimals of its minor unit."""
    text = (Path(__file__).parent / "currencies.toml").read_text(encoding="utf-8")
    return {code: int(decimals) for decimals, codes in tomllib.loads(text).items() for code in codes.split()}


def to_minor_units(amount: Decimal, decimals: int) -> tuple[int | None, bool]:
    """Integer minor units and whether they are exact; None where the graph has no room for them.

    Half a unit goes to the even neighbour, which favours nobody.
    """
    scaled = amount.scaleb(decimals)
    minor = int(scaled.to_integral_value(ROUND_HALF_EVEN))
    return (minor, minor == scaled) if abs(minor) <= MAX_MINOR else (None, True)


def to_percent(raw: float, scale: str) -> float | None:
    """A risk score on 0–100, high is risky; None where ``raw`` is not on its scale."""
    none, most = map(float, scale.split("-"))
    risk = (raw - none) / (most - none)
    return abs(round(risk * 100, 6)) if 0 <= risk <= 1 else None  # abs, because the safe end of 850-300 is -0.0


def hide_card(number: str, secret: bytes) -> tuple[str | None, str | None]:
    """The last four digits of a card's number and its keyed hash; of a number that is masked already only the former.

    Keyed, because all the numbers of one bank can be hashed in minutes.
    """
    plain = "".join(number.split()).replace("-", "")
    last_four = plain[-4:] if plain[-4:].isdecimal() and len(plain) >= MIN_CARD else None
    if not (last_four and plain.isdecimal() and len(plain) <= MAX_CARD):
        return last_four, None
    return last_four, hmac.digest(secret, plain.encode(), "sha256")[:16].hex()


def hide_id(system: str, entity: str, id: str, secret: bytes) -> str:
    """A keyed hash in the place of an id that is a phone number or the like; another one for each entity's ids.

    The same in every run of one installation, so that the record stays the same, and other records find it.
    """
    return hmac.digest(secret, source_key(system, entity, id).encode(), "sha256")[:16].hex()
