import pytest

from graph.identifiers import normalise
from graph.records import IdentifierValue, InvalidValue


def test_its_normal_form_shows_nothing() -> None:
    found = normalise("NameBirth", "1980-05-01 JN WNJK", "KE")
    assert isinstance(found, IdentifierValue)
    assert (found.key, found.masked) == ("NameBirth|1980-05-01 JN WNJK", "***")


@pytest.mark.parametrize(
    "raw",
    [
        "1980-05-01 WNJK JN",  # the codes ascend, or one pair would have two values
        "1980-02-30 JN WNJK",
        "1980-05-01 JN",
        "1980-05-01  JN WNJK",
        "Jane Wanjiku",
    ],
)
def test_nothing_else_is_one(raw: str) -> None:
    assert normalise("NameBirth", raw, "KE") == InvalidValue(kind="NameBirth", raw=raw)
