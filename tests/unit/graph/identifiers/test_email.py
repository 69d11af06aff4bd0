import pytest

from graph.identifiers.email import mask, normalise


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Jane.Doe@Example.COM", "jane.doe@example.com"),
        ("JANE+bank@mail.co.ke", "jane+bank@mail.co.ke"),
        ("jose\u0301@example.com", "jos\u00e9@example.com"),
        ("jane@B\u00dcCHER.example.com", "jane@b\u00fccher.example.com"),
        ("AAbb@VIF.local", "aabb@vif.local"),
        ("Staff@wekeza.TEST", "staff@wekeza.test"),
    ],
)
def test_case_and_composition_do_not_matter(written: str, address: str) -> None:
    assert normalise(written, "KE") == address


def test_dots_and_tags_stay_because_dropping_them_is_guessing() -> None:
    assert len({normalise(a, None) for a in ("jane.doe@gmail.com", "janedoe@gmail.com", "janedoe+1@gmail.com")}) == 3


@pytest.mark.parametrize(
    "written",
    [
        "jane",
        "jane@",
        "@mail.com",
        "jane@mail",
        "a@b@c.com",
        "jane doe@mail.com",
        ".test",
        "x.local",
        "Jane <jane@mail.com>",
        f"{'x' * 65}@mail.com",
        f"x@{'y' * 250}.com",
        "jane@mail.invalid",
    ],
)
def test_what_is_no_address_is_invalid(written: str) -> None:
    assert normalise(written, "KE") is None


def test_a_mask_keeps_two_letters() -> None:
    assert mask("jane.doe@example.com") == "j***@e***"
