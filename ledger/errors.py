"""What can go wrong with the ledger, and whether trying again may help.

LedgerError
├─ LedgerUnavailable   retryable   no connection, server stopping, a broken line
├─ LockLost            retryable   the session that held an advisory lock is gone: stop, somebody else may hold it
├─ SchemaTooNew                    a newer version of this program has been here
├─ WrongSecret                     the ledger was made with another installation secret
├─ BadDump                         a file that is no dump of a ledger, is cut off or was changed
└─ LedgerNotEmpty                  a dump is only restored into an empty ledger
"""


class LedgerError(Exception):
    """The root: every message is one sentence for a person, without personal data."""

    retryable = False


class LedgerUnavailable(LedgerError):
    retryable = True


class LockLost(LedgerError):
    retryable = True


class SchemaTooNew(LedgerError):
    pass


class WrongSecret(LedgerError):
    pass


class BadDump(LedgerError):
    pass


class LedgerNotEmpty(LedgerError):
    pass
