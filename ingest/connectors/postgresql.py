"""What is PostgreSQL's own about reading a database: how to connect, and what its errors mean."""

from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.string import TextLoader
from sqlalchemy import Connection, event
from sqlalchemy import types as sql
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from graph.errors import IdentityError
from ingest.connectors import faults
from ingest.connectors.columns import Column, reflected_columns
from ingest.connectors.session import PATIENCE
from ingest.errors import SourceUnavailable

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
ANSWER_SECONDS = STATEMENT_SECONDS + 15  # by then the server has ended the statement, unless the line hangs
# Even an administrator's session cannot write; a query that hangs ends; dates have one form.
SESSION = (
    f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=5s"
    " -c idle_in_transaction_session_timeout=15min -c DateStyle=ISO -c TimeZone=UTC"
)
AS_TEXT = (
    "date", "time", "timetz", "timestamp", "timestamptz", "interval", "numeric", "uuid", "json", "jsonb", "inet",
    "cidr",
)  # fmt: skip


def parameters(dsn: str, name: str) -> dict[str, Any]:
    """How to connect: ``dsn`` is a libpq URI or ``key=value`` text; ``name`` is what the source's administrator sees.

    Raises SourceUnavailable where the DSN is neither.
    """
    try:
        return conninfo_to_dict(dsn, connect_timeout=CONNECT_SECONDS, application_name=name, options=SESSION)
    except psycopg.ProgrammingError:  # which quotes the DSN
        raise SourceUnavailable(
            "its DSN cannot be read: write postgresql://user:password@host:port/database."
        ) from None


def open_engine(dsn: str, name: str) -> AsyncEngine:
    """An engine without a pool: one connection, as long as the run that uses it."""
    engine = create_async_engine(
        "postgresql+psycopg://",
        connect_args=parameters(dsn, name),
        poolclass=NullPool,
        execution_options={PATIENCE: ANSWER_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _read_as_text)
    return engine


def read_columns(connection: Connection, table: str, schema: str | None) -> list[Column]:
    """The columns of a table, with what they hold. Raises NoSuchTableError."""
    return reflected_columns(connection, table, schema, column_type)


def column_type(reflected: Any) -> sql.TypeEngine[Any]:
    """A domain is read as what it is made of."""
    base: sql.TypeEngine[Any] = getattr(reflected, "data_type", reflected)
    return base


def explain(fault: BaseException) -> IdentityError:
    """What a driver's error means to an operator."""
    code = getattr(fault, "sqlstate", None) or ""
    # A connection that fails has no code, only the server's words: they are searched, and where that finds nothing
    # (another language) the sentence is a more general one.
    words = str(fault)
    if code == "42501":
        return faults.not_granted()
    if code.startswith("42"):
        return faults.changed(code)
    if "password authentication failed" in words or "no password supplied" in words:
        return faults.not_let_in()
    if "certificate verify failed" in words or "root certificate" in words:
        return faults.not_vouched_for("sslrootcert")
    if "database" in words and "does not exist" in words:
        return faults.no_database()
    if code in {"57014", "55P03"}:
        return faults.too_late()
    if isinstance(fault, psycopg.OperationalError):
        return faults.silent()
    return faults.unknown(code or type(fault).__name__)


def read_as_text(adapters: AdaptersMap) -> None:
    """Arrow reads a column of these from text many times faster than Python makes a value of each.

    PostgreSQL also knows dates and numbers that Python does not (infinity, BC, after 9999, NaN): one such must not stop
    a table.
    """
    for name in AS_TEXT:
        adapters.register_loader(name, TextLoader)


def _read_as_text(connection: object, _record: object) -> None:
    read_as_text(connection.driver_connection.adapters)  # type: ignore[attr-defined]  # SQLAlchemy's adapted connection
