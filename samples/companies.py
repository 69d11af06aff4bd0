"""Companies that exist only in the sample bank, and who runs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from samples.people import EMAIL_DOMAINS, Person, draw_phone

PEOPLE_PER_COMPANY = 40
FEWEST = 5
DIRECTORS_PHONE_SHARE = 0.3  # of companies are reached at a director's own number
FIRST_WORDS = ("Baraka", "Mavuno", "Tumaini", "Savannah", "Nuru", "Upendo", "Simba", "Jamii", "Pwani", "Kilele")
LAST_WORDS = ("Hardware", "Fresh Produce", "Traders", "Tours", "Electronics", "Logistics", "Millers", "Pharmacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The truth about one company; `directors` are people, the first of them its contact."""

    id: str
    name: str
    registration: str
    tax_pin: str
    phone: str  # nine national digits
    email: str
    directors: tuple[Person, ...]


def draw_companies(rng: Random, people: Sequence[Person]) -> list[Company]:
    """One for every forty people, at least five; a small bank's people run several."""
    taken = {person.phone for person in people} | {person.second_phone for person in people if person.second_phone}
    count = max(FEWEST, len(people) // PEOPLE_PER_COMPANY)
    names = [f"{first} {last}" for last in LAST_WORDS for first in FIRST_WORDS]
    return [
        _draw_company(rng, n, names[(n - 1) % len(names)] + " II" * ((n - 1) // len(names)), people, taken)
        for n in range(1, count + 1)
    ]


def _draw_company(rng: Random, number: int, name: str, people: Sequence[Person], taken: set[str]) -> Company:
    directors = tuple(rng.sample(people, min(len(people), rng.randint(1, 3))))
    own = draw_phone(rng, taken)
    slug = name.lower().replace(" ", "-")
    return Company(
        id=f"C{number:05d}",
        name=name,
        registration=f"PVT-{number:06d}",
        tax_pin=f"P{51_000_000 + number:09d}Z",
        phone=directors[0].phone if rng.random() < DIRECTORS_PHONE_SHARE else own,
        email=f"{slug}@{rng.choice(EMAIL_DOMAINS)}",
        directors=directors,
    )
