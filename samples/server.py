"""What the bank asks of a database server, whatever its engine."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from samples.systems import Database
from samples.tables import Table

READER = "wekeza_reader"
SIGNATURE = "wekeza sample bank: "  # how the mark begins by which we know what is ours
STAGING = "wekeza_sample_staging_"  # databases of this name are ours too: half-built ones of a killed run


class BankError(Exception):
    """The server holds something that is not the sample bank's; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be in a database: its tables in load order, and the mark by which it is known."""

    database: Database
    ddl: bytes
    tables: Sequence[Table]
    mark: str

    @property
    def staging(self) -> str:
        return STAGING + self.database.schemas[0]


class Server(Protocol):
    """A server with the administrator's rights. A database appears under its name only when it is complete."""

    def read_mark(self, database: str) -> str | None:
        """The mark without its signature; None where there is no such database. BankError if it is not ours."""

    def ensure_reader(self, password: str | None) -> None:
        """Create the user who may only read, or renew the password."""

    def build(self, content: Content) -> None:
        """Build it under its staging name, which only we use."""

    def publish(self, content: Content) -> None:
        """Put what was built in the place of what was there."""

    def ask(self, database: str, query: str) -> Sequence[Sequence[Any]]:
        """The rows of a query, as the database's own jobs read them."""

    def reader_dsn(self, database: str) -> str: ...

    def writer_dsn(self, database: str) -> str: ...


def foreign(what: str) -> BankError:
    return BankError(
        f"{what} exists on this server and was not created by the sample bank. "
        "Rename or remove it, or give another server."
    )


def reader_password(given: str | None, secret: str | None) -> str:
    """Unless one is given, it is derived from the administrator's, so that whoever opens the bank a second time does
    not lock out a reader who is already at work; on a server without passwords it is a random one.
    """
    if given is not None:
        return given
    return hmac.digest(secret.encode(), READER.encode(), hashlib.sha256).hex() if secret else secrets.token_hex()
