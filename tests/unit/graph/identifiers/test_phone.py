import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import normalise as normalise_identifier
from graph.identifiers.phone import normalise, parse
from graph.records import InvalidValue


@pytest.mark.parametrize(
    "written",
    [
        "+254 712 345 678",
        "+254-712-345678",
        "+254712345678",
        "0712345678",
        "0712-345-678",
        "0712 345 678",
        "(0712) 345.678",
        "254712345678",
        "254 712 345 678",
        "00254712345678",
        "00 254 712 345 678",
        "000254712345678",
        "712345678",
        "+254 (0) 712 345 678",
        "\u00a00712\u2011345\u2011678",
        "\uff0b\uff12\uff15\uff14712345678",
    ],
)
def test_every_written_form_of_one_kenyan_mobile(written: str) -> None:
    assert normalise(written.strip(), "KE") == "+254712345678"


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("0112345678", "KE", "+254112345678"),
        ("020 2222222", "KE", "+254202222222"),
        ("+255 712 345 678", "KE", "+255712345678"),
        ("0044 20 7946 0958", "KE", "+442079460958"),
        ("0712 345 678", "TZ", "+255712345678"),
        ("+254712345678", None, "+254712345678"),
    ],
)
def test_other_ranges_and_countries(written: str, country: str | None, number: str) -> None:
    assert normalise(written, country) == number


@pytest.mark.parametrize(
    "written",
    [
        "0712345",
        "07123456789",
        "0912345678",
        "255712345678",  # another country without its plus
        "0712ABCDEF",
        "0712345678 ext 5",
        "0712345678/0722345678",
        "0712345678;0722345678",
        "++254712345678",
        "+",
        "-",
        "unknown",
    ],
)
def test_what_is_no_number_is_invalid(written: str) -> None:
    assert normalise_identifier("Phone", written, "KE") == InvalidValue(kind="Phone", raw=written)


def test_a_national_form_without_a_country_is_invalid() -> None:
    assert normalise("0712345678", None) is None


@given(
    st.from_regex(r"(\+254|254|0|)(7[0-9]|1[0-9])[0-9]{6,8}", fullmatch=True)
    | st.from_regex(r"[+0-9]{4,14}", fullmatch=True)
)
def test_the_fast_path_answers_as_phonenumbers_does(digits: str) -> None:
    international = f"+{digits[2:]}" if digits.startswith("00") and not digits.startswith("000") else digits
    expected = parse(international, "KE") if "+" not in international[1:] else None
    assert normalise(digits, "KE") == expected


@pytest.mark.parametrize("operator", ["7", "1"])
def test_the_fast_path_knows_every_kenyan_range(operator: str) -> None:
    for prefix in range(100):
        digits = f"0{operator}{prefix:02}345678"
        assert normalise(digits, "KE") == parse(digits, "KE"), digits
