"""One `Record` for every customer row, and those of the first three systems, with forms, slips and stale numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random
from uuid import UUID

from samples.people import Person, draw_phone
from samples.spellings import NAME_FORMS, PHONE_FORMS, mistype, write, write_email

FIRST = ("comprehensive", "mobile", "fraud")  # they share one generator and know each other's rows

KNOWN_SHARE: Mapping[str, float] = {"comprehensive": 0.62, "mobile": 0.60, "fraud": 0.35}
ENROLLED_TWICE_SHARE = 0.03  # of the mobile users enrolled again instead of recovering the old profile
NAMELESS_SHARE = 0.10
ID_SLIP_SHARE = 0.015
EMPTY_PHONE_SHARE: Mapping[str, float] = {"comprehensive": 0.02, "mobile": 0.01, "fraud": 0.12}
PLACEHOLDER_SHARE = 0.01
FRAUD_ID_SHARE = 0.7

PEOPLE_PER_AGENT = 400
SMALLEST_AGENT, LARGEST_AGENT = 12, 80  # customers enrolled on one agent's own phone

PLACEHOLDER_PHONE, PLACEHOLDER_EMAIL, PLACEHOLDER_NATIONAL_ID = "0700000000", "test@example.com", "00000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A person or a company as one system wrote it down, column contents verbatim.

    `entity` is the name of its table in the source file, `id` the source's primary key as text. `name` is the words in
    the system's order, empty where it knows none. `person` is the truth, whose row it is: never written to a source.
    """

    system: str
    entity: str = "customers"
    id: str
    person: str  # or company: the ids of both differ
    name: tuple[str, ...]
    is_company: bool = False
    gender: str | None = None
    national_id: str | None = None
    phone: str | None = None
    second_phone: str | None = None
    email: str | None = None
    birth_date: date | None = None
    passport: str | None = None
    registration: str | None = None  # of a company
    tax_pin: str | None = None
    of: str | None = None  # the id of the customer's row in the same system through whom or for whom it was made
    on: str | None = None  # a signatory: the id of the business

    @property
    def key(self) -> str:
        return record_key(self.system, self.entity, self.id)

    @property
    def full_name(self) -> str:
        return " ".join(self.name)


def record_key(system: str, entity: str, id: str) -> str:
    """The name of a source record everywhere in the truth: `system|entity|id`."""
    return f"{system}|{entity}|{id}"


def draw_records(rng: Random, people: Sequence[Person]) -> list[Record]:
    """The records of the first three systems, person by person; no person is without one."""
    known = {person.id: _draw_systems(rng) for person in people}
    agents = _draw_agents(rng, people, known)
    spoiled_ids = {person.national_id for person in people}
    customer_refs = (f"CUST_{n:05d}" for n in count(1000))
    records: list[Record] = []
    for person in people:
        core: Record | None = None
        for system in known[person.id]:
            phone = _draw_phone(rng, system, person, agents.get((person.id, system)))
            if system == "comprehensive":
                core = _core_record(rng, person, phone, spoiled_ids)
                records.append(core)
            elif system == "mobile":
                records.extend(_mobile_records(rng, person, phone, core))
            else:
                records.append(_fraud_record(rng, person, phone, next(customer_refs)))
    return records


def draw_uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _draw_systems(rng: Random) -> tuple[str, ...]:
    known = tuple(system for system in FIRST if rng.random() < KNOWN_SHARE[system])
    return known or ("comprehensive",)


def _draw_agents(
    rng: Random, people: Sequence[Person], known: Mapping[str, tuple[str, ...]]
) -> dict[tuple[str, str], str]:
    """(person, system) -> the agent's number that stands where the customer's own should.

    An agent enrols in one system: every second one opens core accounts, the others install the app.
    """
    taken = {person.phone for person in people} | {person.second_phone for person in people if person.second_phone}
    agents: dict[tuple[str, str], str] = {}
    for agent in range(max(1, len(people) // PEOPLE_PER_AGENT)):
        system = FIRST[agent % 2]
        customers = [person for person in people if system in known[person.id]]
        # The first agent is the busiest, so that every bank has a number above any sensible cap.
        size = LARGEST_AGENT if agent == 0 else rng.randint(SMALLEST_AGENT, LARGEST_AGENT)
        number = draw_phone(rng, taken)
        for customer in rng.sample(customers, min(size, len(customers) // 2)):
            agents[customer.id, system] = number
    return agents


def _draw_phone(rng: Random, system: str, person: Person, agent: str | None) -> str | None:
    """The number as this system holds it: now and then not hers, not valid or not there."""
    if agent:
        return write(rng, PHONE_FORMS[system], agent)
    if rng.random() < EMPTY_PHONE_SHARE[system]:
        return None
    if system != "comprehensive" and rng.random() < PLACEHOLDER_SHARE:
        return PLACEHOLDER_PHONE
    number = person.phone
    if person.household_phone and rng.random() < 0.75:
        number = person.household_phone
    elif person.former_phone and rng.random() < 0.5:
        number = person.former_phone
    elif person.second_phone and system == "mobile" and rng.random() < 0.3:
        number = person.second_phone
    return write(rng, PHONE_FORMS[system], number)


def _core_record(rng: Random, person: Person, phone: str | None, taken_ids: set[str]) -> Record:
    """Core knows most: names apart, a document number (unique by constraint), a birth date."""
    national_id = person.national_id
    if rng.random() < ID_SLIP_SHARE:
        while national_id in taken_ids:
            national_id = mistype(rng, person.national_id)
        taken_ids.add(national_id)
    second = person.second_phone if rng.random() < 0.6 else None
    return Record(
        system="comprehensive",
        id=draw_uuid(rng),
        person=person.id,
        name=write(rng, NAME_FORMS["comprehensive"], person.name),
        gender="Female" if person.gender == "women" else "Male",
        national_id=national_id,
        phone=phone or "",  # the column is NOT NULL, and quick creation stores an empty string
        second_phone=write(rng, PHONE_FORMS["comprehensive"], second) if second else None,
        email=person.email,
        birth_date=person.birth_date if rng.random() < 0.9 else None,
    )


def _mobile_records(rng: Random, person: Person, phone: str | None, core: Record | None) -> list[Record]:
    first = _mobile_record(rng, person, phone or "", core)
    if rng.random() >= ENROLLED_TWICE_SHARE:
        return [first]
    again = write(rng, PHONE_FORMS["mobile"], person.second_phone or person.phone)
    return [first, _mobile_record(rng, person, again, None)]


def _mobile_record(rng: Random, person: Person, phone: str, core: Record | None) -> Record:
    nameless = rng.random() < NAMELESS_SHARE
    email = write_email(rng, person.email) if person.email and rng.random() < 0.6 else None
    if email is None and rng.random() < PLACEHOLDER_SHARE:
        email = PLACEHOLDER_EMAIL
    return Record(
        system="mobile",
        entity="users",
        id=draw_uuid(rng),
        person=person.id,
        # The column is NOT NULL, so the app stores a running number where nobody typed a name.
        name=("Customer", str(rng.randint(1, 999))) if nameless else write(rng, NAME_FORMS["mobile"], person.name),
        phone=phone,
        email=email,
        of=core.id if core and rng.random() < 0.3 else None,
    )


def _fraud_record(rng: Random, person: Person, phone: str | None, customer_ref: str) -> Record:
    national_id = person.national_id if rng.random() < FRAUD_ID_SHARE else None
    if national_id and rng.random() < ID_SLIP_SHARE:
        national_id = mistype(rng, national_id)
    elif national_id is None and rng.random() < 2 * PLACEHOLDER_SHARE:
        national_id = PLACEHOLDER_NATIONAL_ID
    return Record(
        system="fraud",
        id=customer_ref,
        person=person.id,
        name=() if rng.random() < NAMELESS_SHARE else write(rng, NAME_FORMS["fraud"], person.name),
        national_id=national_id,
        phone=phone,
        email=write_email(rng, person.email) if person.email and rng.random() < 0.4 else None,
    )
