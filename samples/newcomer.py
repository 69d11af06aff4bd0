"""A person who becomes a customer while everybody watches: invented, or somebody's own choice."""

import re
import secrets
from dataclasses import dataclass, field

from samples.names import Name
from samples.spellings import plus

PREFIXES = re.compile(r"^(?:\+254|00254|254|0)?(?=[17]\d{8}$)")
MOBILE = re.compile(r"7\d{8}|1[01]\d{7}")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
DOCUMENT = re.compile(r"[A-Z0-9-]{5,50}")


def _invent_phone() -> str:
    return plus(f"7{secrets.randbelow(10**8):08d}")


def _invent_national_id() -> str:
    # Above every seeded number, so that she is nobody who is there already.
    return str(46_000_000 + secrets.randbelow(50_000_000))


def _invent_email() -> str:
    return f"amina.otieno.{secrets.token_hex(4)}@mail.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What she tells the branch. Whatever is left out is invented, and different at each call.

    Raises ValueError, in a sentence for the user, for values that no system would take.
    """

    name: str = "Amina Njeri Otieno"
    phone: str = field(default_factory=_invent_phone)
    national_id: str = field(default_factory=_invent_national_id)
    email: str = field(default_factory=_invent_email)

    def __post_init__(self) -> None:
        parse_name(self.name)
        parse_phone(self.phone)
        if not DOCUMENT.fullmatch(self.national_id):
            raise ValueError("The national id must be 5 to 50 capital letters, digits or dashes, such as 28417093.")
        if len(self.email) > 200 or not EMAIL.fullmatch(self.email):
            raise ValueError("The e-mail address must look like name@example.com, with at most 200 characters.")


def parse_name(name: str) -> Name:
    """First, middle and last name from one line; what stands between first and last is the middle name."""
    words = name.split()
    if len(words) < 2:
        raise ValueError("The name must have at least a first and a last name, such as Amina Otieno.")
    first, last, middle = words[0], words[-1], " ".join(words[1:-1])
    if max(map(len, (first, middle, last))) > 100 or len(name) > 200:
        raise ValueError("The name is too long: at most 100 characters for each part and 200 in all.")
    if not all(character.isprintable() for character in name):
        raise ValueError("The name must not contain control characters.")
    return Name(first, middle or None, last)


def parse_phone(phone: str) -> str:
    """The nine national digits of a Kenyan mobile number, however it is written."""
    digits = re.sub(r"[\s()./-]", "", phone)
    number = PREFIXES.sub("", digits)
    if not MOBILE.fullmatch(number):
        raise ValueError("The phone must be a Kenyan mobile number, such as +254712345678 or 0712 345 678.")
    return number
