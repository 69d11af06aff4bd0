"""From what the file says to identifier values and who holds them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from graph.bulk.columns import IDENTIFIERS, each_identifier
from graph.bulk.plain import placeholder_pattern
from graph.bulk.tables import Tables, add_table, ask, count, rows_of
from graph.identifiers import KINDS, normalise
from graph.identifiers.name_birth import NAME_BIRTH
from graph.identifiers.placeholders import load_placeholders
from graph.records import IdentifierValue
from graph.resolution.derived import derive
from graph.resolution.policy import Policy

PLAIN: Mapping[str, str] = {
    "NationalId": "plain_document(raw)",
    "Passport": "plain_passport(raw)",
    "TaxPin": "plain_tax_pin(raw, country)",
    "Phone": "plain_phone(raw, country)",
    "Email": "plain_email(raw)",
}
_WRITTEN = """
create or replace temp view written as
    select rowid::integer as rank, coalesce(verified, true) as verified, coalesce(country, '') as country,
        {raws} as raw
    from record
"""
_DOMAINS = "select distinct domain(raw) as written from written where is_plain_address(raw)"
_SAID = "create table said as select *, {plain} as value from written where raw is not null"
_ODD = "select distinct raw, country from said where value is null and trim(raw) <> ''"
# A number that only its issuing country makes unique is another number in each.
_TOLD = """
create table told as
    select rank, verified, value, if($by_country, country, '') as country from said where value is not null
    union all
    select rank, verified, answer.value, if($by_country, country, '') from said join answer using (raw, country)
    where said.value is null and answer.value is not null
"""
_INVALID = (
    "select count(*) from said join answer using (raw, country) where said.value is null and answer.value is null"
)
_PEOPLE = """
select profile, any_value(full_name) as full_name, any_value(birth_date) as birth_date
from named join record on rank = record.rowid where name is not null and birth_date is not null group by profile
"""
_DERIVED = """
create table told as select rank, true as verified, value, '' as country from named join answer using (profile)
"""
_DISTINCT = """
create table found as
    select value, country, count(*) as said, value in $values or regexp_full_match(value, $pattern) as placeholder
    from told group by value, country
"""
# One record's own value matters only if it tells that record from others.
_VALUE = """
insert into value
    select nextval('value_ids'), concat_ws('|', $kind, nullif(country, ''), value), $kind, nullif(country, ''),
        placeholder
    from found where said > 1 or $exclusive
"""
_HOLDING = """
insert into holding
    select rank, value.value, bool_or(verified)
    from told join value
        on value.kind = $kind and value.key = concat_ws('|', $kind, nullif(told.country, ''), told.value)
    group by all
"""
_TABLES = """
create table value (value integer, key varchar, kind varchar, country varchar, placeholder boolean);
create table holding (rank integer, value integer, verified boolean);
create sequence value_ids;
"""

_ANSWER = pa.schema({"raw": pa.string(), "country": pa.string(), "value": pa.string()})
_SITE = pa.schema({"written": pa.string(), "normal": pa.string()})
_DERIVED_ANSWER = pa.schema({"profile": pa.int32(), "value": pa.string()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """``invalid`` fields, by how often they stand in the file; ``values`` and ``placeholders``, each once."""

    values: int
    invalid: int
    placeholders: int


def gather_values(tables: Tables, policy: Policy) -> Counted:
    """Makes the tables ``value`` and ``holding`` of the kinds that the policy counts on."""
    tables.execute(_TABLES)
    counts = [_gather_kind(tables, kind, policy) for kind in _kinds(policy)]
    return Counted(
        values=sum(it.values for it in counts),
        invalid=sum(it.invalid for it in counts),
        placeholders=sum(it.placeholders for it in counts),
    )


def _kinds(policy: Policy) -> Iterator[str]:
    counted = {*policy.exclusive, *(kind for stage in policy.stages for kind in stage)}
    return (kind for kind in (*IDENTIFIERS.values(), NAME_BIRTH.name) if kind in counted)


def _gather_kind(tables: Tables, kind: str, policy: Policy) -> Counted:
    invalid = 0
    if KINDS[kind].derived:
        _derive(tables)
    else:
        invalid = _normalise(tables, kind)
    placeholders = load_placeholders()[kind]
    tables.execute(_DISTINCT, {"values": sorted(placeholders.values), "pattern": placeholder_pattern(placeholders)})
    tables.execute(_VALUE, {"kind": kind, "exclusive": kind in policy.exclusive})
    tables.execute(_HOLDING, {"kind": kind})
    counted = Counted(
        values=count(tables, "select count(*) from found"),
        invalid=invalid,
        placeholders=count(tables, "select count(*) from found where placeholder"),
    )
    tables.execute("drop table told; drop table found")
    return counted


def _normalise(tables: Tables, kind: str) -> int:
    """Makes the table ``told`` of one column; answers how many of its fields are invalid."""
    column = next(column for column, name in IDENTIFIERS.items() if name == kind)
    tables.execute(_WRITTEN.format(raws=each_identifier(tables, column)))
    if kind == "Email":
        _ask_domains(tables)
    tables.execute(_SAID.format(plain=PLAIN[kind]))
    odd = ask(tables, _ODD)
    answers = [
        (raw, country, found.value if isinstance(found, IdentifierValue) else None)
        for raw, country in zip(odd["raw"].to_pylist(), odd["country"].to_pylist(), strict=True)
        if (found := normalise(kind, raw, country or None)) is not None
    ]
    add_table(tables, "answer", rows_of(_ANSWER, answers))
    tables.execute(_TOLD, {"by_country": KINDS[kind].by_country})
    invalid = count(tables, _INVALID)
    tables.execute("drop table said; drop table answer")
    return invalid


def _ask_domains(tables: Tables) -> None:
    """The normal form of each domain; a plain address has no other secrets. Makes the table ``site``."""
    written = ask(tables, _DOMAINS)["written"].to_pylist()
    found = ((domain, normalise("Email", f"x@{domain}", None)) for domain in written)
    normal = [(domain, it.value.rpartition("@")[2]) for domain, it in found if isinstance(it, IdentifierValue)]
    add_table(tables, "site", rows_of(_SITE, normal))


def _derive(tables: Tables) -> None:
    """Makes the table ``told`` of what the policy derives from names and birth dates."""
    people = ask(tables, _PEOPLE).to_pylist()
    answers = [
        (person["profile"], it.value) for person in people for it in derive(person["full_name"], person["birth_date"])
    ]
    add_table(tables, "answer", rows_of(_DERIVED_ANSWER, answers))
    tables.execute(_DERIVED)
    tables.execute("drop table answer")
