"""The names that invented people may have, and how one person's name is written in different places."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Literal

Gender = Literal["women", "men"]


@dataclass(frozen=True, slots=True)
class Name:
    """A legal name."""

    first: str
    middle: str | None
    last: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for word in (self.first, self.middle, self.last) if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Whose names go together; `own` are given names, `baptised` tells whether a baptised name comes before them."""

    weight: int
    baptised: bool
    own: Mapping[Gender, tuple[str, ...]]
    surnames: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All of names.toml."""

    baptised: Mapping[Gender, tuple[str, ...]]
    communities: tuple[Community, ...]
    nicknames: Mapping[str, tuple[str, ...]]
    misspellings: Mapping[str, tuple[str, ...]]


@cache
def load_lexicon() -> Lexicon:
    data = tomllib.loads(files("samples").joinpath("names.toml").read_text(encoding="utf-8"))
    return Lexicon(
        baptised={"women": tuple(data["baptised"]["women"]), "men": tuple(data["baptised"]["men"])},
        communities=tuple(
            Community(
                weight=one["weight"],
                baptised=one["baptised"],
                own={"women": tuple(one["women"]), "men": tuple(one["men"])},
                surnames=tuple(one["surnames"]),
            )
            for one in data["community"]
        ),
        nicknames={name: tuple(others) for name, others in data["nicknames"].items()},
        misspellings={name: tuple(others) for name, others in data["misspellings"].items()},
    )


def draw_name(rng: Random, gender: Gender) -> Name:
    """A name as one is given: one community's names; a fifth of the people have no middle name."""
    lexicon = load_lexicon()
    communities = lexicon.communities
    community = rng.choices(communities, weights=[one.weight for one in communities])[0]
    if community.baptised:
        first = rng.choice(lexicon.baptised[gender])
        middle = rng.choice(community.own[gender])
    else:
        first = rng.choice(community.own[gender])
        middle = rng.choice(community.own["men"])  # the father's name
    last = rng.choice([name for name in community.surnames if name != middle])
    return Name(first, middle if rng.random() < 0.8 else None, last)
