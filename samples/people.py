"""People who exist only in the sample bank, with what is true about each: every record is drawn from them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from samples.names import Gender, Name, draw_name

HOUSEHOLD_SHARE = 0.08  # of all people share a number with one other of the family
FAMILY_NAME_SHARE = (
    0.4  # of those pairs have the same last name: wives keep theirs, sons take a given name of the father
)
RECYCLED_SHARE = 0.03  # of all people gave up a number that the operator then gave to somebody else
SECOND_PHONE_SHARE = 0.15
EMAIL_SHARE = 0.8
OLDEST = date(1945, 1, 1)
YOUNGEST = date(2006, 12, 31)

# Reserved by RFC 2606: mail to an invented person can never reach a real one.
EMAIL_DOMAINS = ("mail.example.com", "post.example.org", "inbox.example.net", "office.example.com")

# Numbers of the placeholders and of the fixed people must not be anybody else's.
RESERVED_PHONES = frozenset({"700000000", "712345678", "723456789", "734567890", "722904518"})
RESERVED_NATIONAL_IDS = frozenset(
    {"00000000", "12345678", "23456789", "34567890", "87654321", "11223344", "28417093"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The truth about one person.

    Phones are the nine national digits. `household_phone` is a relative's number that she lives on, `former_phone` one
    that she gave up and that belongs to somebody else now.
    """

    id: str
    gender: Gender
    name: Name
    birth_date: date
    national_id: str
    phone: str
    second_phone: str | None = None
    household_phone: str | None = None
    former_phone: str | None = None
    email: str | None = None

    @property
    def passport(self) -> str:
        """Not drawn, so that whoever has one changes nobody's other values."""
        return f"AK{int(self.id[1:]):07d}"


def draw_people(rng: Random, count: int) -> list[Person]:
    """`count` people: individuals first, then who shares a number, then whose number was given away."""
    phones, national_ids, emails = set(RESERVED_PHONES), set(RESERVED_NATIONAL_IDS), set[str]()
    people = [_draw_person(rng, f"P{n:06d}", phones, national_ids, emails) for n in range(1, count + 1)]
    order = rng.sample(range(count), count)
    households, recycled = round(count * HOUSEHOLD_SHARE / 2), round(count * RECYCLED_SHARE)
    _form_households(rng, people, order[: 2 * households])
    _recycle_phones(people, order[2 * households : 2 * (households + recycled)])
    return people


def draw_phone(rng: Random, taken: set[str]) -> str:
    """A Kenyan mobile number that nobody has yet; it is added to `taken`."""
    while True:
        prefix = "7" if rng.random() < 0.85 else rng.choice(("100", "101", "102", "106", "110", "111", "112", "115"))
        number = prefix + "".join(rng.choices("0123456789", k=9 - len(prefix)))
        if number not in taken:
            taken.add(number)
            return number


def _draw_person(rng: Random, id: str, phones: set[str], national_ids: set[str], emails: set[str]) -> Person:
    gender: Gender = "women" if rng.random() < 0.5 else "men"
    name = draw_name(rng, gender)
    return Person(
        id=id,
        gender=gender,
        name=name,
        birth_date=OLDEST + timedelta(days=rng.randrange((YOUNGEST - OLDEST).days)),
        national_id=_draw_national_id(rng, national_ids),
        phone=draw_phone(rng, phones),
        second_phone=draw_phone(rng, phones) if rng.random() < SECOND_PHONE_SHARE else None,
        email=_draw_email(rng, name, emails) if rng.random() < EMAIL_SHARE else None,
    )


def _draw_national_id(rng: Random, taken: set[str]) -> str:
    """Seven digits for the older cards, eight for the others."""
    while True:
        low, high = (1_000_000, 9_999_999) if rng.random() < 0.15 else (10_000_000, 45_000_000)
        number = str(rng.randint(low, high))
        if number not in taken:
            taken.add(number)
            return number


def _draw_email(rng: Random, name: Name, taken: set[str]) -> str:
    first, last = (word.lower().replace("'", "").replace(" ", "") for word in (name.first, name.last))
    local = rng.choice((f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first}"))
    domain = rng.choice(EMAIL_DOMAINS)
    email = f"{local}@{domain}"
    while email in taken:
        email = f"{local}{rng.randint(1, 9999)}@{domain}"
    taken.add(email)
    return email


def _form_households(rng: Random, people: list[Person], members: list[int]) -> None:
    """Pairs of a head, whose number it is, and a spouse or grown child who lives on it."""
    for head_at, other_at in zip(members[::2], members[1::2], strict=True):
        head, other = people[head_at], people[other_at]
        name = other.name
        if rng.random() < FAMILY_NAME_SHARE:
            name = Name(name.first, name.middle, head.name.last)
        people[other_at] = replace(other, name=name, household_phone=head.phone)


def _recycle_phones(people: list[Person], members: list[int]) -> None:
    """Pairs of a person who gave a number up and a stranger who has it now."""
    for before_at, now_at in zip(members[::2], members[1::2], strict=True):
        people[before_at] = replace(people[before_at], former_phone=people[now_at].phone)
