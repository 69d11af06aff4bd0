import psycopg
import pytest

from ingest.connectors.postgresql import explain, open_engine
from ingest.errors import SourceContractError, SourceUnavailable


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (psycopg.OperationalError('FATAL: password authentication failed for user "x"'), SourceUnavailable, "password"),
        (psycopg.OperationalError('FATAL: database "x" does not exist'), SourceUnavailable, "no such database"),
        (psycopg.OperationalError("connection refused"), SourceUnavailable, "does the server run"),
        (psycopg.errors.QueryCanceled(), SourceUnavailable, "time limit"),
        (psycopg.errors.InsufficientPrivilege(), SourceContractError, "grant SELECT"),
        (psycopg.errors.UndefinedColumn(), SourceContractError, "changed while it was read"),
        (psycopg.errors.InvalidTextRepresentation(), SourceContractError, "22P02"),
    ],
)
def test_a_drivers_error_says_what_to_do(fault: psycopg.Error, kind: type[Exception], words: str) -> None:
    found = explain(fault)
    assert type(found) is kind
    assert words in str(found)


def test_only_what_may_pass_is_tried_again() -> None:
    assert (SourceUnavailable.retryable, SourceContractError.retryable) == (True, False)


def test_a_dsn_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(SourceUnavailable) as raised:
        open_engine("password=hush hush", "test")
    assert "hush" not in str(raised.value)
