"""Whom a table of customers knows, which identity keys it holds, and how its users write them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from samples.companies import Company
from samples.people import Person
from samples.records import (
    ID_SLIP_SHARE,
    PLACEHOLDER_PHONE,
    PLACEHOLDER_SHARE,
    Record,
    draw_uuid,
)
from samples.spellings import NameForms, PhoneForms, legal, mistype, plus, write, write_email
from samples.world import World

NewId = Callable[[Random, int], str]  # of the n-th row, counted from 1


def by_uuid(rng: Random, number: int) -> str:
    return draw_uuid(rng)


def by_number(rng: Random, number: int) -> str:
    """An auto-increment column; the fixed people have the numbers below 1,000."""
    return str(1_000 + number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """One table of customers of one system.

    `known` is the share of all people (or companies) that it has a row of. The other shares are of its rows: 0 where
    it has no such column, below 1 where a value may be missing. `document_is_unique` tells of a unique constraint.
    """

    entity: str = "customers"
    of: type[Person] | type[Company] = Person
    known: float
    again: float = 0  # of its people have a second row
    ids: NewId = by_uuid
    names: NameForms | None = None
    nameless: float = 0
    phones: PhoneForms | None = None
    empty_phones: float = 0.02
    second_phones: float = 0
    national_ids: float = 0
    document_is_unique: bool = True
    passports: float = 0  # of its rows hold a passport's number where others have the national id
    emails: float = 0
    birth_dates: float = 0
    genders: float = 0
    registrations: float = 0
    tax_pins: float = 0


def draw_rows_of(rng: Random, system: str, master: Master, world: World) -> Iterator[Record]:
    """The records of one table of customers, in the order of the people or companies."""
    if master.of is Company:
        yield from _draw_companies(rng, system, master, world.companies)
        return
    people = world.people
    taken = {person.national_id for person in people} if master.document_is_unique else set[str]()
    number = 0
    for person in people:
        if rng.random() >= master.known:
            continue
        for _ in range(2 if rng.random() < master.again else 1):
            number += 1
            yield _draw_person(rng, system, master, person, number, taken)


def _draw_person(rng: Random, system: str, master: Master, person: Person, number: int, taken: set[str]) -> Record:
    has = _chance(rng)
    document = _draw_document(rng, master, person, taken) if has(master.national_ids) else None
    return Record(
        system=system,
        entity=master.entity,
        id=master.ids(rng, number),
        person=person.id,
        name=() if has(master.nameless) else write(rng, master.names or {legal: 1}, person.name),
        gender=_gender(person) if has(master.genders) else None,
        national_id=document,
        phone=_draw_phone(rng, master.phones, person, master.empty_phones) if master.phones else None,
        second_phone=_second_phone(rng, master, person),
        email=write_email(rng, person.email) if person.email and has(master.emails) else None,
        birth_date=person.birth_date if has(master.birth_dates) else None,
        passport=person.passport,
    )


def _draw_document(rng: Random, master: Master, person: Person, taken: set[str]) -> str:
    """The national id, with a slip now and then, or a passport: the column does not tell which."""
    if rng.random() < master.passports:
        return person.passport
    if rng.random() >= ID_SLIP_SHARE:
        return person.national_id
    slipped = mistype(rng, person.national_id)
    while slipped in taken:
        slipped = mistype(rng, person.national_id)
    if master.document_is_unique:
        taken.add(slipped)
    return slipped


def _draw_phone(rng: Random, forms: PhoneForms, person: Person, empty: float) -> str:
    """Now and then not there, nobody's, or a relative's or a former one; where it is not there, an empty string."""
    draw = rng.random()
    if draw < empty:
        return ""
    if draw < empty + PLACEHOLDER_SHARE:
        return PLACEHOLDER_PHONE
    number = person.phone
    if person.household_phone and rng.random() < 0.75:
        number = person.household_phone
    elif person.former_phone and rng.random() < 0.5:
        number = person.former_phone
    return write(rng, forms, number)


def _second_phone(rng: Random, master: Master, person: Person) -> str | None:
    if master.phones and person.second_phone and rng.random() < master.second_phones:
        return write(rng, master.phones, person.second_phone)
    return None


def _gender(person: Person) -> str:
    return "Female" if person.gender == "women" else "Male"


def _draw_companies(rng: Random, system: str, master: Master, companies: Sequence[Company]) -> Iterator[Record]:
    has = _chance(rng)
    for number, company in enumerate((one for one in companies if has(master.known)), start=1):
        yield Record(
            system=system,
            entity=master.entity,
            id=master.ids(rng, number),
            person=company.id,
            name=tuple(company.name.split()),
            is_company=True,
            phone=write(rng, master.phones or {plus: 1}, company.phone) if master.phones else None,
            email=company.email if has(master.emails) else None,
            registration=company.registration if has(master.registrations) else None,
            tax_pin=company.tax_pin if has(master.tax_pins) else None,
        )


def _chance(rng: Random) -> Callable[[float], bool]:
    return lambda share: rng.random() < share
