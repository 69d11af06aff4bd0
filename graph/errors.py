"""What can go wrong with the graph, and whether trying again may help.

IdentityError
├─ GraphUnavailable   retryable   no connection, server stopping, transient fault
├─ GraphTimeout       retryable   a statement took longer than its limit; the server ended it
├─ TooLarge                       a statement took more memory than its limit; the server ended it
├─ StatementError                 unknown name, wrong parameters, refused by the server (carries the statement's name)
├─ FenceLost                      another writer took over: stop, nothing was written
├─ NotFound                       the record, customer or decision that was named is not there
├─ BadDecision                    a decision that cannot be taken as it was given
│  └─ SamePerson                  who proposed a decision rules on it himself
└─ Conflict                       a decision that contradicts standing ones (carries their ids), or is stale
"""


class IdentityError(Exception):
    """The root: every message is one sentence for a person, without personal data."""

    retryable = False


class GraphUnavailable(IdentityError):
    retryable = True


class GraphTimeout(IdentityError):
    retryable = True


class TooLarge(IdentityError):
    pass


class StatementError(IdentityError):
    pass


class FenceLost(IdentityError):
    pass


class NotFound(IdentityError):
    pass


class BadDecision(IdentityError):
    pass


class SamePerson(BadDecision):
    pass


class Conflict(IdentityError):
    """``chain``: ids of the standing decisions that the refused one contradicts, in the order in which they connect."""

    def __init__(self, message: str, chain: tuple[int, ...]) -> None:
        super().__init__(message)
        self.chain = chain
