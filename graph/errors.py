"""What can go wrong with the graph, and whether trying again may help.

IdentityError
├─ GraphUnavailable   retryable   no connection, server stopping, transient fault
├─ GraphTimeout       retryable   a statement took longer than its limit; the server ended it
├─ StatementError                 unknown name, wrong parameters, refused by the server (carries the statement's name)
└─ FenceLost                      another writer took over: stop, nothing was written
"""


class IdentityError(Exception):
    """The root: every message is one sentence for a person, without personal data."""

    retryable = False


class GraphUnavailable(IdentityError):
    retryable = True


class GraphTimeout(IdentityError):
    retryable = True


class StatementError(IdentityError):
    pass


class FenceLost(IdentityError):
    pass
