import pytest

from ledger.errors import LedgerError, LedgerUnavailable, LockLost, SchemaTooNew, WrongSecret
from ledger.ledger import place


@pytest.mark.parametrize(
    "dsn", ["postgresql://jane:pa55word@db.bank:5433/ledger", "host=db.bank port=5433 dbname=ledger password=pa55word"]
)
def test_a_place_tells_no_password(dsn: str) -> None:
    assert place(dsn) == "db.bank:5433/ledger"


@pytest.mark.parametrize("dsn", ["mysql://jane:pa55word@db.bank/ledger", "postgresql://jane:pa55word@db:port:x/y?z"])
def test_an_address_of_something_else_is_refused_without_repeating_it(dsn: str) -> None:
    with pytest.raises(LedgerError, match="DATABASE_URL") as caught:
        place(dsn)
    assert "pa55word" not in str(caught.value)


def test_what_may_be_tried_again() -> None:
    errors = (LedgerUnavailable, LockLost, SchemaTooNew, WrongSecret, LedgerError)
    assert [error.retryable for error in errors] == [True, True, False, False, False]
