"""Plain spellings in SQL: what nearly everybody writes, normalised a column at a time.

Each macro answers the normal form of a plain spelling and null for anything else, which then goes through
`graph.identifiers.normalise` or `canonical_name`. That both ways agree is a law that the tests hold; a spelling that
is left out here is only slower.
"""

from collections.abc import Iterable

from graph.bulk.tables import Tables
from graph.identifiers.placeholders import Placeholders
from graph.resolution.names import vocabulary

# The guards look at what was written, not at its lower case: the lower case of the Kelvin sign is an ASCII letter.
_IDENTIFIERS = r"""
create macro plain_document(raw) as
    case when regexp_full_match(raw, '[0-9A-Za-z -]{1,64}')
         and regexp_full_match(translate(raw, ' -', ''), '[A-Za-z]{0,4}[0-9]{4,20}[A-Za-z]{0,4}')
         then upper(translate(raw, ' -', '')) end;
create macro plain_passport(raw) as
    case when length(plain_document(raw)) between 5 and 9 then plain_document(raw) end;
create macro plain_tax_pin(raw, country) as
    case when country = 'KE' and regexp_full_match(plain_document(raw), '[AP][0-9]{9}[A-Z]')
         then plain_document(raw) end;
create macro plain_phone(raw, country) as
    case when country = 'KE' and length(raw) <= 64
         and regexp_full_match(translate(raw, ' -().', ''), '(?:\+254|254|0)?(?:7[0-9]{2}|1[01][0-8])[0-9]{6}')
         then '+254' || right(translate(raw, ' -().', ''), 9) end;
create macro is_plain_address(raw) as
    length(raw) <= 200 and regexp_full_match(raw, '[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@[A-Za-z0-9.-]+')
    and position('@' in raw) <= 60;
create macro plain_local(raw) as case when is_plain_address(raw) then lower(split_part(raw, '@', 1)) end;
create macro domain(raw) as lower(split_part(raw, '@', 2));
create macro plain_email(raw) as plain_local(raw) || '@' || (select normal from site where written = domain(raw));
"""
# Spaces are doubled so that of two titles in a row each has its own on both sides.
_NAMES = r"""
create macro is_plain_name(raw) as regexp_full_match(raw, '[A-Za-z .,''`-]{1,256}');
create macro untitled(raw) as regexp_replace(
    '  ' || replace(translate(lower(raw), '.,-''`', '   '), ' ', '  ') || '  ', getvariable('titles'), '', 'g');
create macro tokens(raw) as list_sort(list_filter(string_split(untitled(raw), ' '), lambda token: token <> '')[1:8]);
create macro tidy_name(raw) as array_to_string(tokens(raw), ' ');
create macro is_stand_in(name) as regexp_full_match(name, getvariable('stand_ins'));
"""
_REFERENCE, _DIGIT = r"\1", "([0-9])"


def make_macros(tables: Tables) -> None:
    """Defines ``plain_<kind>``; for names ``is_plain_name``, ``tidy_name``, ``is_stand_in``."""
    tables.execute(_IDENTIFIERS)
    words = vocabulary()
    stand_in = _alternatives(words.placeholders)
    tables.execute("set variable titles = $pattern", {"pattern": f" ({_alternatives(words.titles)}) "})
    tables.execute("set variable stand_ins = $pattern", {"pattern": f"|({stand_in})( ({stand_in}))*"})
    tables.execute(_NAMES)


def placeholder_pattern(placeholders: Placeholders) -> str:
    """One pattern for all patterns of the kind.

    DuckDB's expressions have no back-references, so a repeated digit is spelled out for each of the ten.
    """
    return "|".join(f"({pattern})" for one in placeholders.patterns for pattern in _spelled_out(one.pattern))


def _spelled_out(pattern: str) -> Iterable[str]:
    if _REFERENCE not in pattern:
        return [pattern]
    return [pattern.replace(_DIGIT, digit).replace(_REFERENCE, digit) for digit in "0123456789"]


def _alternatives(tokens: Iterable[str]) -> str:
    return "|".join(sorted(token for token in tokens if token.isascii() and token.isalpha()))
