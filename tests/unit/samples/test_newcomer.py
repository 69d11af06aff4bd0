import pytest

from samples.names import Name
from samples.newcomer import NewPerson, parse_name, parse_phone


def test_invented_people_differ_at_each_call() -> None:
    people = [NewPerson() for _ in range(20)]
    assert len({person.phone for person in people}) == 20
    assert len({person.national_id for person in people}) == 20
    assert len({person.email for person in people}) == 20


@pytest.mark.parametrize(
    "phone",
    [
        "+254712345678",
        "0712 345 678",
        "254712345678",
        "00254712345678",
        "+254-712-345678",
        "712345678",
        "+254 (712) 345678",
    ],
)
def test_every_written_form_of_a_phone_is_understood(phone: str) -> None:
    assert parse_phone(phone) == "712345678"


@pytest.mark.parametrize(
    "phone", ["", "hello", "0812345678", "+255712345678", "071234567", "07123456789", "0120000000"]
)
def test_what_is_no_kenyan_mobile_is_refused_in_a_sentence(phone: str) -> None:
    with pytest.raises(ValueError, match="The phone must be a Kenyan mobile number"):
        NewPerson(phone=phone)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "at least a first and a last name"),
        ({"name": "Amina"}, "at least a first and a last name"),
        ({"name": f"{'A' * 101} Otieno"}, "too long"),
        ({"name": "Amina Oti\x00eno"}, "control characters"),
        ({"national_id": ""}, "The national id must be"),
        ({"national_id": "12 34"}, "The national id must be"),
        ({"email": "amina"}, "The e-mail address must look like"),
        ({"email": "amina@example"}, "The e-mail address must look like"),
        ({"email": f"{'a' * 200}@example.com"}, "The e-mail address must look like"),
    ],
)
def test_values_that_no_system_would_take_are_refused(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        NewPerson(**values)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Amina Otieno", Name("Amina", None, "Otieno")),
        ("  Amina   Njeri Otieno ", Name("Amina", "Njeri", "Otieno")),
        ("Mary Anne Njeri Ng'ang'a", Name("Mary", "Anne Njeri", "Ng'ang'a")),
    ],
)
def test_a_name_is_taken_apart(line: str, name: Name) -> None:
    assert parse_name(line) == name
