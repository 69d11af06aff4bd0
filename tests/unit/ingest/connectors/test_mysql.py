import pytest
from asyncmy.errors import OperationalError, ProgrammingError

from ingest.connectors.mysql import explain, open_engine
from ingest.errors import SourceContractError, SourceUnavailable


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (1045, SourceUnavailable, "refuses the user or the password"),
        (1049, SourceUnavailable, "no such database"),
        (1142, SourceContractError, "grant SELECT"),
        (1054, SourceContractError, "changed while it was read"),
        (1205, SourceUnavailable, "time limit"),
        (1969, SourceUnavailable, "time limit"),
        (3024, SourceUnavailable, "time limit"),
        (1040, SourceUnavailable, "no connection left"),
        (2013, SourceUnavailable, "does the server run"),
        (1064, SourceContractError, "1064"),
    ],
)
def test_a_drivers_error_says_what_to_do_and_repeats_nothing(code: int, kind: type[Exception], words: str) -> None:
    found = explain(OperationalError(code, "Duplicate entry '0722000101'"))
    assert type(found) is kind
    assert words in str(found)
    assert "0722" not in str(found)


def test_an_error_without_a_number_is_a_broken_line() -> None:
    assert "does not answer" in str(explain(ProgrammingError("gone")))


@pytest.mark.parametrize(
    "dsn",
    [
        "nonsense hush",
        "postgresql://u:hush@h/d",
        "mysql:///hush",
        "mysql://u:hush@h/d?ssl_mode=x",
        "mysql://u:hush@h:port/d",
        "mysql://u:hush@h/d?ssl_ca=/nowhere.pem",
    ],
)
def test_a_dsn_that_cannot_be_used_is_not_repeated(dsn: str) -> None:
    with pytest.raises(SourceUnavailable, match="DSN") as raised:
        open_engine(dsn, "test")
    assert "hush" not in str(raised.value)
