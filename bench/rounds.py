"""Rounds in which contestants take turns, so that what disturbs the machine disturbs all of them."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 3
COMPARED = ("what", "who", "median", "ratio to the last", "each round")

Turn = Callable[[int], Awaitable[float]]  # the number of the round → what was measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A table: what was measured, of whom, in rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    load: float = 0.0  # the machine's load average over a minute when it was done


async def interleave(turns: Mapping[str, Turn], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """One turn of each contestant a round; who begins changes from round to round."""
    measured: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds):
        order = list(turns) if number % 2 == 0 else list(turns)[::-1]
        for name in order:
            measured[name].append(await turns[name](number))
    return measured


def compared(what: str, measured: Mapping[str, Sequence[float]], spell: str = ",.0f") -> list[tuple[str, ...]]:
    """A row per contestant: what, who, median, its ratio to the last one's (the peer's), every round."""
    *_, peer = measured
    base = median(measured[peer])
    return [
        (what, name, f"{median(values):{spell}}", f"{median(values) / base:.2f}", spelled(values, spell))
        for name, values in measured.items()
    ]


def spelled(values: Sequence[float], spell: str = ",.0f") -> str:
    return "  ".join(f"{value:{spell}}" for value in values)


def load_average() -> float:
    return os.getloadavg()[0]
