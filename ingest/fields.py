"""Values that link nobody: money and scores. Text and dates are cleaned where the batch is (expressions.py)."""

import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

Scale = Literal["0-1000", "0-100", "0-1"]
SPANS: Mapping[str, int] = {"0-1000": 1000, "0-100": 100, "0-1": 1}
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
    span = SPANS[scale]
    return round(raw * 100 / span, 6) if 0 <= raw <= span else None
