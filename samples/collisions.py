"""People who are in every bank, whatever its seed: those who must stay apart, and one who must come together.

The shipped seed data of different systems gives one phone to different people. `ID12345678` and `12345678` are two
people, not one document written twice: whoever strips the letters merges them.
"""

from collections.abc import Mapping
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from samples.records import Record


def _fixed_uuid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"wekeza-sample-bank/{name}"))


SHOWCASE: tuple[Record, ...] = (
    Record(
        system="comprehensive",
        id=_fixed_uuid("core/catherine"),
        person="catherine-mwangi",
        name=("Catherine", "Wanjiru", "Mwangi"),
        gender="Female",
        national_id="28417093",
        phone="+254722904518",
        email="catherine.mwangi@mail.example.com",
        birth_date=date(1990, 8, 14),
    ),
    Record(
        system="mobile",
        entity="users",
        id=_fixed_uuid("mobile/catherine"),
        person="catherine-mwangi",
        name=("Cate", "Mwangi"),
        phone="0722 904 518",
        email="Catherine.Mwangi@mail.example.com",
    ),
    Record(
        system="fraud",
        id="CUST_00001",
        person="catherine-mwangi",
        name=("MWANGI", "CATHERINE", "W"),
        national_id="28417093",
        phone="254722904518",
    ),
)

CORE_HOLDERS: tuple[Record, ...] = tuple(
    Record(
        system="comprehensive",
        id=_fixed_uuid(f"core/{first}"),
        person=f"{first}-{last}".lower(),
        name=(first, last),
        gender=gender,
        national_id=national_id,
        phone=phone,
        email=f"{first}.{last}@example.com".lower(),
        birth_date=birth_date,
    )
    for first, last, gender, national_id, phone, birth_date in (
        ("Alice", "Johnson", "Female", "ID12345678", "+254712345678", date(1985, 3, 12)),
        ("Bob", "Williams", "Male", "ID23456789", "+254723456789", date(1979, 11, 2)),
        ("Carol", "Brown", "Female", "ID34567890", "+254734567890", date(1992, 6, 25)),
    )
)

MOBILE_HOLDERS: tuple[Record, ...] = tuple(
    Record(
        system="mobile",
        entity="users",
        id=_fixed_uuid(f"mobile/{person}"),
        person=person,
        name=name,
        phone=phone,
        email=email,
    )
    for person, name, phone, email in (
        ("john-doe", ("John", "Doe"), "0712345678", "john@email.com"),
        ("jane-smith", ("Jane", "Smith"), "0723456789", None),
        ("michael-johnson", ("Michael", "Johnson"), "0734567890", None),
    )
)

FRAUD_HOLDERS: tuple[Record, ...] = tuple(
    Record(system="fraud", id=ref, person=person, name=name, national_id=national_id, phone=phone, email=email)
    for ref, person, name, national_id, phone, email in (
        ("CUST_00002", "john-doe", ("John", "Doe"), "12345678", "0712345678", "john.doe@example.com"),
        ("CUST_00003", "jane-smith", ("Jane", "Smith"), "23456789", "0723456789", None),
        ("CUST_00004", "michael-johnson", ("Mike", "Johnson"), "34567890", "0734567890", None),
        ("CUST_00005", "alice-wanjiku", ("Alice", "Wanjiku"), "87654321", "254723456789", None),
        ("CUST_00006", "peter-kamau", ("Peter", "Kamau"), "11223344", "254734567890", None),
    )
)

# The daily batch gives the same numbers to new customers every day.
DAILY_HOLDERS: tuple[Record, ...] = tuple(
    Record(
        system="core",
        id=_fixed_uuid(f"core/daily/{day}/{n}"),
        person=f"realtime-{day}-{n}",
        name=("Realtime", f"Customer {n}"),
        national_id=f"RTID{day}{n:04d}",
        phone=f"+254744{n:06d}",
        email=f"realtime.customer.{day}.{n:04d}@example.com",
    )
    for day in (20260311, 20260312)
    for n in (1, 2, 3)
)

FIXED_RECORDS = SHOWCASE + CORE_HOLDERS + MOBILE_HOLDERS + FRAUD_HOLDERS + DAILY_HOLDERS

NEGATIVE_CONTROL: Mapping[str, tuple[str, ...]] = {
    "Alice Johnson": tuple(record.key for record in FIXED_RECORDS if record.person == "alice-johnson"),
    "John Doe": tuple(record.key for record in FIXED_RECORDS if record.person == "john-doe"),
}
