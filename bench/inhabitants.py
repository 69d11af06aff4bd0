"""Who exists in an invented population, and what is true about each: people, their families, companies, old numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from samples.names import Gender, Name, draw_name
from samples.people import EMAIL_DOMAINS, OLDEST, YOUNGEST, draw_phone

DIRECTORS_PHONE = 0.6  # of companies whose director's number is all that a bank has
TRADES = ("Traders", "Hardware", "Agrovet", "Transporters", "Supplies", "Investments", "Pharmacy", "Contractors")
FORMS = ("Ltd", "Limited", "Enterprises", "Company Ltd")


class Phenomenon(StrEnum):
    """What makes a record hard, as it is written beside the record and counted by."""

    HOUSEHOLD_PHONE = "household phone"
    HOUSEHOLD_EMAIL = "household e-mail"
    RECYCLED_PHONE = "recycled phone"
    AGENT_PHONE = "agent's phone"
    PLACEHOLDER = "placeholder"
    ID_SLIP = "slip in a national id"
    BIRTH_SLIP = "slip in a birth date"
    NAME_VARIANT = "name variant"
    MARRIAGE = "marriage"
    TWINS = "twins"
    COMPANY = "company"
    NAMELESS = "nameless"
    UNVERIFIED = "unverified"
    CORRECTION = "correction"
    DELETION = "deletion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How common each difficulty is: shares of the people or companies (above the line) and of the records (below)."""

    household_phone: float = 0.08
    household_email: float = 0.03
    family_name: float = 0.4  # of the people who live on a relative's contacts have also the relative's last name
    recycled: float = 0.03
    married: float = 0.02
    twins: float = 0.004
    companies: float = 0.03

    agent: float = 0.02
    placeholder: float = 0.02
    dummy: float = 0.004  # a value that everybody knows to be nobody's, and no list does
    id_slip: float = 0.015
    birth_slip: float = 0.015
    name_variant: float = 0.3
    nameless: float = 0.10
    unverified: float = 0.01
    corrected: float = 0.02
    deleted: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person, or a company, which has no gender and no national id. Phones are nine national digits.

    ``home_phone`` and ``home_email`` are a relative's or a director's, ``former_phone`` belongs to somebody else now.
    """

    id: str
    name: Name
    tax_pin: str
    phones: tuple[str, ...] = ()
    email: str | None = None
    gender: Gender | None = None
    birth_date: date | None = None
    national_id: str | None = None
    passport: str | None = None
    maiden_name: Name | None = None
    home_phone: str | None = None
    home_email: str | None = None
    former_phone: str | None = None
    twin: bool = False

    @property
    def company(self) -> bool:
        return self.gender is None


class Registry:
    """Gives out numbers and addresses that nobody has yet."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def phone(self) -> str:
        return draw_phone(self._rng, self._taken)

    def national_id(self) -> str:
        return self._new(lambda: str(self._rng.randint(10_000_000, 45_000_000)))

    def after(self, national_id: str) -> str | None:
        """The next number, as a twin has it; None if it is somebody's."""
        return self.claim(str(int(national_id) + 1))

    def claim(self, value: str) -> str | None:
        if value in self._taken:
            return None
        self._taken.add(value)
        return value

    def passport(self) -> str:
        return self._new(lambda: f"AK{self._rng.randint(0, 9_999_999):07d}")

    def tax_pin(self, first: str) -> str:
        return self._new(lambda: f"{first}{self._rng.randint(0, 999_999_999):09d}{self._rng.choice('ABCDEFGHJKLMNP')}")

    def email(self, name: Name) -> str:
        first, last = (
            "".join(char for char in word.casefold() if "a" <= char <= "z") for word in (name.first, name.last)
        )
        site = self._rng.choice(EMAIL_DOMAINS)
        local = self._rng.choice((f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first}"))
        if found := self.claim(f"{local}@{site}"):
            return found
        return self._new(lambda: f"{local}{self._rng.randint(1, 99_999)}@{site}")

    def _new(self, draw: Callable[[], str]) -> str:
        while True:
            if found := self.claim(draw()):
                return found


def draw_parties(rng: Random, people: int, shares: Shares) -> list[Party]:
    """``people`` persons and, beside them, their companies. The same arguments give the same parties."""
    registry = Registry(rng)
    persons = [_draw_person(rng, registry, f"P{number:07d}", shares) for number in range(people)]
    order = rng.sample(range(people), people)
    cuts = [round(people * share / 2) * 2 for share in (shares.twins, shares.household_phone, shares.household_email)]
    twins, phones, emails = ([order.pop() for _ in range(cut)] for cut in cuts)
    _make_twins(rng, registry, persons, twins)
    _make_households(rng, persons, phones, shares, by_email=False)
    _make_households(rng, persons, emails, shares, by_email=True)
    recycled = [order.pop() for _ in range(2 * round(people * shares.recycled))]
    for before, now in zip(recycled[::2], recycled[1::2], strict=True):
        persons[before] = replace(persons[before], former_phone=persons[now].phones[0])
    directors = rng.sample(persons, round(people * shares.companies))
    return persons + [
        _found_company(rng, registry, f"C{number:07d}", director) for number, director in enumerate(directors)
    ]


def _draw_person(rng: Random, registry: Registry, id: str, shares: Shares) -> Party:
    gender: Gender = "women" if rng.random() < 0.5 else "men"
    name = draw_name(rng, gender)
    married = gender == "women" and rng.random() < 2 * shares.married
    return Party(
        id=id,
        name=name,
        maiden_name=Name(name.first, name.middle, draw_name(rng, "men").last) if married else None,
        gender=gender,
        birth_date=OLDEST + timedelta(days=rng.randrange((YOUNGEST - OLDEST).days)),
        national_id=registry.national_id(),
        passport=registry.passport() if rng.random() < 0.15 else None,
        tax_pin=registry.tax_pin("A"),
        phones=tuple(registry.phone() for _ in range(2 if rng.random() < 0.15 else 1)),
        email=registry.email(name) if rng.random() < 0.8 else None,
    )


def _make_twins(rng: Random, registry: Registry, persons: list[Party], members: Sequence[int]) -> None:
    """Registered one after the other: neighbouring numbers, one birth date and last name, half of them one phone."""
    for one, other in zip(members[::2], members[1::2], strict=True):
        first, second = persons[one], persons[other]
        assert first.national_id is not None
        persons[one] = replace(first, twin=True)
        persons[other] = replace(
            second,
            name=Name(second.name.first, second.name.middle, first.name.last),
            maiden_name=None,
            birth_date=first.birth_date,
            national_id=registry.after(first.national_id) or second.national_id,
            home_phone=first.phones[0] if rng.random() < 0.5 else None,
            twin=True,
        )


def _make_households(
    rng: Random, persons: list[Party], members: Sequence[int], shares: Shares, *, by_email: bool
) -> None:
    """Pairs of a head and somebody who lives on the head's phone or reads the head's mail."""
    for head_at, other_at in zip(members[::2], members[1::2], strict=True):
        head, other = persons[head_at], persons[other_at]
        if rng.random() < shares.family_name:
            other = replace(other, name=Name(other.name.first, other.name.middle, head.name.last))
        if by_email:
            persons[other_at] = replace(other, home_email=head.email)
        else:
            persons[other_at] = replace(other, home_phone=head.phones[0])


def _found_company(rng: Random, registry: Registry, id: str, director: Party) -> Party:
    named = director.name.last if rng.random() < 0.4 else draw_name(rng, "men").last
    name = Name(named, rng.choice(TRADES), rng.choice(FORMS))
    return Party(
        id=id,
        name=name,
        tax_pin=registry.tax_pin("P"),
        phones=(registry.phone(),),
        email=registry.email(name) if rng.random() < 0.6 else None,
        home_phone=director.phones[0] if rng.random() < DIRECTORS_PHONE else None,
    )
