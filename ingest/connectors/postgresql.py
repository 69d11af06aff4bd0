"""What is PostgreSQL's own about reading a database: how to connect, and what its errors mean."""

from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, event
from sqlalchemy import types as sql
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from graph.errors import IdentityError
from ingest.connectors.arrow import UNREADABLE
from ingest.connectors.columns import Column, reflected_columns
from ingest.errors import SourceContractError, SourceUnavailable

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
# Even an administrator's session cannot write; a query that hangs ends; dates have one form.
SESSION = (
    f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=5s"
    " -c idle_in_transaction_session_timeout=15min -c DateStyle=ISO"
)


def open_engine(dsn: str, name: str) -> AsyncEngine:
    """An engine without a pool: one connection, as long as the run that uses it.

    ``dsn`` is a libpq URI or ``key=value`` text; ``name`` is what the source's administrator sees. Raises
    SourceUnavailable where the DSN is neither.
    """
    try:
        parameters = conninfo_to_dict(dsn, connect_timeout=CONNECT_SECONDS, application_name=name, options=SESSION)
    except psycopg.ProgrammingError:  # which quotes the DSN
        raise SourceUnavailable(
            "its DSN cannot be read: write postgresql://user:password@host:port/database."
        ) from None
    engine = create_async_engine("postgresql+psycopg://", connect_args=parameters, poolclass=NullPool)
    event.listen(engine.sync_engine, "connect", _read_dates_leniently)
    return engine


def read_columns(connection: Connection, table: str, schema: str | None) -> list[Column]:
    """The columns of a table, with what they hold. Raises NoSuchTableError."""
    return reflected_columns(connection, table, schema, column_type)


def column_type(reflected: Any) -> sql.TypeEngine[Any]:
    """A domain is read as what it is made of."""
    base: sql.TypeEngine[Any] = getattr(reflected, "data_type", reflected)
    return base


def explain(fault: BaseException) -> IdentityError:
    """What a driver's error means to an operator. Its text is left out: it may name people or hold a secret."""
    code = getattr(fault, "sqlstate", None) or ""
    # A connection that fails has no code, only the server's words: they are searched, and where that finds nothing
    # (another language) the sentence is a more general one.
    words = str(fault)
    if code == "42501":
        return SourceContractError("this user may not read it: grant SELECT on it.")
    if code.startswith("42"):
        return SourceContractError(f"it changed while it was read ({code}): correct the source file or try again.")
    if "password authentication failed" in words or "no password supplied" in words:
        return SourceUnavailable("it refuses the user or the password: check them in its DSN.")
    if "database" in words and "does not exist" in words:
        return SourceUnavailable("its server has no such database: check the name in its DSN.")
    if code in {"57014", "55P03"}:
        return SourceUnavailable("it did not answer within the time limit: it is busy, or somebody holds a lock.")
    if isinstance(fault, psycopg.OperationalError):
        return SourceUnavailable("it does not answer: does the server run, and are host and port right in its DSN?")
    return SourceContractError(f"it refuses to be read ({code or type(fault).__name__}).")


def _read_dates_leniently(connection: object, _record: object) -> None:
    """PostgreSQL knows dates that Python does not (infinity, BC, after 9999): one such must not stop a table."""
    adapters = connection.driver_connection.adapters  # type: ignore[attr-defined]  # SQLAlchemy's adapted connection
    adapters.register_loader("date", _DateLoader)
    for name in ("timestamp", "timestamptz"):
        adapters.register_loader(name, _InstantLoader)


class _DateLoader(Loader):
    def load(self, data: Buffer) -> object:
        try:
            return date.fromisoformat(bytes(data).decode())
        except ValueError:
            return UNREADABLE


class _InstantLoader(Loader):
    def load(self, data: Buffer) -> object:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            return UNREADABLE
