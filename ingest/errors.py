"""What can go wrong on the way in, and whether trying again may help.

IdentityError (graph/errors.py)
├─ ConfigError                      a source file is wrong: lists all problems of all files at once
├─ SourceUnavailable    retryable   a source is down, refuses us or broke off
└─ SourceContractError              a source answers, but not with what its file declares: a column or a table is gone

A row that cannot be used is no exception but a value (rejections.py). No message holds a password or a person's data.
"""

from graph.errors import IdentityError


class ConfigError(IdentityError):
    pass


class SourceUnavailable(IdentityError):
    retryable = True


class SourceContractError(IdentityError):
    pass
