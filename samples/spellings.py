"""How systems write the same name, phone, e-mail address or document number: forms and slips.

A phone is passed around as its nine national digits (`712345678`); only here it takes a written form.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import TypeVar

from samples.names import Name, load_lexicon

What = TypeVar("What")
Written = TypeVar("Written")
PhoneForm = Callable[[str], str]
NameForm = Callable[[Name], tuple[str, ...]]
PhoneForms = Mapping[PhoneForm, int]  # form -> its weight
NameForms = Mapping[NameForm, int]


def plus(number: str) -> str:
    return f"+254{number}"


def plus_dashed(number: str) -> str:
    return f"+254-{number[:3]}-{number[3:]}"


def plus_spaced(number: str) -> str:
    return f"+254 {number[:3]} {number[3:6]} {number[6:]}"


def bare(number: str) -> str:
    return f"254{number}"


def double_zero(number: str) -> str:
    return f"00254{number}"


def local(number: str) -> str:
    return f"0{number}"


def local_spaced(number: str) -> str:
    return f"0{number[:3]} {number[3:6]} {number[6:]}"


PHONE_FORMS: Mapping[str, PhoneForms] = {
    "comprehensive": {plus: 85, plus_dashed: 5, plus_spaced: 5, double_zero: 5},
    "mobile": {local_spaced: 60, local: 30, plus: 10},
    "fraud": {bare: 80, double_zero: 10, plus_dashed: 10},
}


def write(rng: Random, forms: Mapping[Callable[[What], Written], int], what: What) -> Written:
    """A name or a number in one of the forms that a system's users type."""
    form = rng.choices(list(forms), weights=list(forms.values()))[0]
    return form(what)


def legal(name: Name) -> tuple[str, ...]:
    return name.words


def short(name: Name) -> tuple[str, ...]:
    return (name.first, name.last)


def reversed_order(name: Name) -> tuple[str, ...]:
    return (name.last, name.first)


def initial(name: Name) -> tuple[str, ...]:
    return (f"{name.first[0]}.", name.last)


def middle_initial(name: Name) -> tuple[str, ...]:
    return (name.first, name.middle[0], name.last) if name.middle else short(name)


def upper(name: Name) -> tuple[str, ...]:
    return tuple(word.upper() for word in name.words)


def upper_reversed(name: Name) -> tuple[str, ...]:
    """`MWANGI CATHERINE W`: the family name first and what fits the old column behind it."""
    words = (name.last, name.first, name.middle[0]) if name.middle else reversed_order(name)
    return tuple(word.upper() for word in words)


def lower(name: Name) -> tuple[str, ...]:
    return tuple(word.lower() for word in short(name))


def own_names(name: Name) -> tuple[str, ...]:
    """`Grace Wanjiku`: the names she is called by, without the family name."""
    return (name.first, name.middle) if name.middle else short(name)


def familiar(name: Name) -> tuple[str, ...]:
    nicknames = load_lexicon().nicknames.get(name.first)
    return (nicknames[0], name.last) if nicknames else short(name)


def misheard(name: Name) -> tuple[str, ...]:
    misspellings = load_lexicon().misspellings
    return tuple(misspellings.get(word, (word,))[0] for word in short(name))


NAME_FORMS: Mapping[str, NameForms] = {
    "comprehensive": {legal: 80, short: 16, upper: 4},
    "mobile": {short: 46, legal: 12, reversed_order: 8, initial: 5, lower: 5, familiar: 12, misheard: 8, own_names: 4},
    "fraud": {upper_reversed: 40, upper: 20, short: 15, legal: 10, middle_initial: 8, misheard: 7},
}


def write_email(rng: Random, email: str) -> str:
    """The address as typed on a phone or by a clerk: a fifth with other letter case."""
    return rng.choice((email.upper(), email.title(), email.capitalize())) if rng.random() < 0.2 else email


def mistype(rng: Random, digits: str) -> str:
    """One slip of the finger: two neighbours exchanged, or one digit changed. Never the same digits again."""
    at = rng.randrange(len(digits) - 1)
    if digits[at] != digits[at + 1] and rng.random() < 0.5:
        return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    other = rng.choice([digit for digit in "123456789" if digit != digits[at]])
    return digits[:at] + other + digits[at + 1 :]
