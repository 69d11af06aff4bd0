"""Who writes the records of an invented bank: what each system knows, how it writes names, what it gets wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from types import MappingProxyType

from bench.inhabitants import Party, Phenomenon, Shares
from graph.records import PartyType
from samples.names import Name
from samples.spellings import (
    familiar,
    initial,
    legal,
    middle_initial,
    misheard,
    mistype,
    own_names,
    reversed_order,
    short,
    upper_reversed,
    write_email,
)

COUNTRY = "KE"
RECORDS_EACH = (20, 25, 23, 15, 9, 5, 3)  # percent of the people whom 1, 2, … 7 systems know
OWN_PHONE = 0.3  # of the records of somebody who lives on a relative's number have her own all the same
PLACEHOLDERS = (("national_id", "00000000"), ("phone", "0700000000"), ("email", "noemail@bank.example.com"))
DUMMIES = (
    ("national_id", "20000001"),
    ("national_id", "34567891"),
    ("phone", "0712000111"),
    ("email", "cs@kazi.co.ke"),
)

NameForm = Callable[[Name], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The share of its records that have each field, and the ways in which its people write names."""

    known: Mapping[str, float]
    forms: tuple[NameForm, ...]
    by_guests: bool = False  # what nobody has verified comes from here


SYSTEMS: Mapping[str, System] = MappingProxyType(
    {
        "core": System(
            known={"national_id": 0.97, "phone": 0.95, "email": 0.6, "birth_date": 0.95, "tax_pin": 0.5}, forms=(legal,)
        ),
        "mobile": System(
            known={"national_id": 0.7, "phone": 1.0, "email": 0.3, "birth_date": 0.3}, forms=(short, reversed_order)
        ),
        "cards": System(
            known={"national_id": 0.85, "phone": 0.95, "email": 0.7, "birth_date": 0.6, "passport": 0.3},
            forms=(upper_reversed, middle_initial),
        ),
        "loans": System(
            known={"national_id": 0.95, "phone": 0.95, "email": 0.5, "birth_date": 0.7, "tax_pin": 0.6},
            forms=(legal, short),
        ),
        "web": System(known={"phone": 0.9, "email": 0.95, "birth_date": 0.2}, forms=(short, own_names), by_guests=True),
        "insurance": System(
            known={"national_id": 0.7, "phone": 0.9, "email": 0.6, "birth_date": 0.8, "passport": 0.5}, forms=(legal,)
        ),
        "crm": System(
            known={"national_id": 0.3, "phone": 0.95, "email": 0.7, "birth_date": 0.1}, forms=(short, initial)
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one system holds, as it wrote it; ``party`` (the truth) and ``phenomena`` no system knows."""

    record: str
    party: str
    phenomena: frozenset[Phenomenon] = frozenset()
    national_id: str | None = None
    passport: str | None = None
    tax_pin: str | None = None
    phone: tuple[str, ...] = ()
    email: str | None = None
    full_name: str | None = None
    birth_date: date | None = None
    country: str = COUNTRY
    party_type: str = PartyType.UNKNOWN
    verified: bool = True


class Clerk:
    """Writes records, and makes the mistakes."""

    def __init__(self, rng: Random, agents: Sequence[str], shares: Shares) -> None:
        self._rng, self._agents, self._shares = rng, agents, shares

    def write_all(self, party: Party) -> list[Row]:
        known = self._rng.choices(range(1, len(RECORDS_EACH) + 1), weights=RECORDS_EACH)[0]
        return [self._write(party, name) for name in self._rng.sample(list(SYSTEMS), known)]

    def _write(self, party: Party, system_name: str) -> Row:
        system = SYSTEMS[system_name]
        row = Row(record=f"{system_name}-{party.id}", party=party.id)
        row = self._write_documents(row, party, system)
        row = self._write_contacts(row, party, system)
        row = self._write_name(row, party, system)
        return self._spoil(row, system)

    def _happens(self, share: float) -> bool:
        return self._rng.random() < share

    def _knows(self, system: System, field: str) -> bool:
        return self._happens(system.known.get(field, 0))

    def _write_documents(self, row: Row, party: Party, system: System) -> Row:
        row = replace(
            row,
            national_id=party.national_id if self._knows(system, "national_id") else None,
            passport=party.passport if self._knows(system, "passport") else None,
            tax_pin=party.tax_pin if self._knows(system, "tax_pin") else None,
            birth_date=party.birth_date if self._knows(system, "birth_date") else None,
        )
        if party.company:
            kind = PartyType.COMPANY if self._happens(0.6) else PartyType.UNKNOWN
            return marked(replace(row, party_type=kind), Phenomenon.COMPANY)
        row = replace(row, party_type=PartyType.PERSON if self._happens(0.5) else PartyType.UNKNOWN)
        if party.twin:
            row = marked(row, Phenomenon.TWINS)
        if row.national_id and self._happens(self._shares.id_slip):
            row = marked(replace(row, national_id=mistype(self._rng, row.national_id)), Phenomenon.ID_SLIP)
        if row.birth_date and self._happens(self._shares.birth_slip):
            row = marked(replace(row, birth_date=self._mistyped(row.birth_date)), Phenomenon.BIRTH_SLIP)
        return row

    def _mistyped(self, day: date) -> date:
        if day.day <= 12 and day.day != day.month:
            return day.replace(month=day.day, day=day.month)
        return day.replace(year=day.year + self._rng.choice((-10, -1, 1, 10)), day=min(day.day, 28))

    def _write_contacts(self, row: Row, party: Party, system: System) -> Row:
        phones: tuple[str, ...] = ()
        if self._knows(system, "phone"):
            phones = party.phones if self._happens(0.3) else party.phones[:1]
            if party.home_phone and not self._happens(OWN_PHONE):
                phones = (party.home_phone,)
                row = row if party.company else marked(row, Phenomenon.HOUSEHOLD_PHONE)
            elif party.former_phone and self._happens(0.5):
                phones, row = (party.former_phone,), marked(row, Phenomenon.RECYCLED_PHONE)
        if self._happens(self._shares.agent):
            phones, row = (self._agent(),), marked(row, Phenomenon.AGENT_PHONE)
        email = party.email if self._knows(system, "email") else None
        if party.home_email and self._knows(system, "email") and not self._happens(OWN_PHONE):
            email, row = party.home_email, marked(row, Phenomenon.HOUSEHOLD_EMAIL)
        return replace(
            row,
            phone=tuple(self._rng.choice(("+254{}", "254{}", "0{}")).format(phone) for phone in phones),
            email=write_email(self._rng, email) if email else None,
        )

    def _agent(self) -> str:
        """The busiest enrols twice as many people as the average one."""
        return self._agents[int(len(self._agents) * self._rng.random() ** 2)]

    def _write_name(self, row: Row, party: Party, system: System) -> Row:
        if self._happens(self._shares.nameless):
            stands_in = None if self._happens(0.7) else f"Customer {self._rng.randrange(10**6)}"
            return marked(replace(row, full_name=stands_in), Phenomenon.NAMELESS)
        name = party.name
        if party.maiden_name:
            row = marked(row, Phenomenon.MARRIAGE)
            name = party.maiden_name if self._happens(0.5) else name
        if party.company:
            return replace(
                row, full_name=" ".join(legal(name) if self._happens(0.8) else (name.first, name.middle or ""))
            )
        form = self._rng.choice(system.forms)
        words = form(name)
        if self._happens(self._shares.name_variant):
            words, row = self._vary(name, words), marked(row, Phenomenon.NAME_VARIANT)
        return replace(row, full_name=" ".join(words))

    def _vary(self, name: Name, words: tuple[str, ...]) -> tuple[str, ...]:
        """A nickname, another order, an initial, a known or an arbitrary misspelling, an accent, a dropped name."""
        how = self._rng.choices(("form", "garbled", "accent", "dropped"), weights=(60, 20, 10, 10))[0]
        if how == "form":
            return self._rng.choice((familiar, reversed_order, initial, misheard, own_names, short))(name)
        if how == "dropped":
            return tuple(self._rng.sample(words, max(1, len(words) - 1)))
        at = self._rng.randrange(len(words))
        change = self._garble if how == "garbled" else _accent
        return (*words[:at], change(words[at]), *words[at + 1 :])

    def _garble(self, word: str) -> str:
        """One letter doubled, left out, exchanged with its neighbour, or another vowel."""
        if len(word) < 4:
            return word
        at = self._rng.randrange(1, len(word) - 1)
        return self._rng.choice(
            (
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + self._rng.choice("aeiou") + word[at + 1 :],
            )
        )

    def _spoil(self, row: Row, system: System) -> Row:
        for share, choices in ((self._shares.placeholder, PLACEHOLDERS), (self._shares.dummy, DUMMIES)):
            if self._happens(share):
                row = marked(_written(row, *self._rng.choice(choices)), Phenomenon.PLACEHOLDER)
        if system.by_guests and self._happens(self._shares.unverified * len(SYSTEMS)):
            row = marked(replace(row, verified=False), Phenomenon.UNVERIFIED)
        return row


def marked(row: Row, *phenomena: Phenomenon) -> Row:
    return replace(row, phenomena=row.phenomena | set(phenomena))


def _written(row: Row, column: str, value: str) -> Row:
    if column == "phone":
        return replace(row, phone=(value,))
    return replace(row, national_id=value) if column == "national_id" else replace(row, email=value)


def _accent(word: str) -> str:
    return word.replace("e", "é", 1) if "e" in word else word.replace("a", "â", 1)
