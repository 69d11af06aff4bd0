"""What is SQL Server's own about reading a database: how to connect, its types, and what its errors mean.

No SQL Server can be had where this is developed: the queries are compiled and looked at, and a real server is asked
only where WEKEZA_TEST_MSSQL names one.
"""

import os
import tempfile
from pathlib import Path
from threading import Lock
from typing import Any

import pymssql
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy import types as sql
from sqlalchemy.dialects import mssql
from sqlalchemy.pool import NullPool

from graph.errors import IdentityError
from ingest.connectors import faults
from ingest.connectors.columns import Column, reflected_columns
from ingest.connectors.urls import read_url, wants_tls

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
# There is no read-only session: the grants see to that. A reader that meets a lock gives up before it is in the way.
SESSION = "SET LOCK_TIMEOUT 5000; SET DEADLOCK_PRIORITY LOW; SET ANSI_WARNINGS ON; SET TEXTSIZE 2147483647;"
SYSTEM_AUTHORITIES = "system"
REFUSED, NO_DATABASE = {18456, 18452, 18470, 18486, 18487, 18488}, {4060, 911, 916}
MAY_NOT, CHANGED = {229, 230, 297, 300}, {207, 208, 4413}
TOO_LATE = {1222, 1205, 20003}
BROKEN = {20002, 20004, 20006, 20009, 20017, 20047}

_secured = Lock()


def open_engine(dsn: str, name: str) -> Engine:
    """An engine without a pool: one connection, as long as the run that uses it, on one thread.

    ``dsn`` is mssql://user:password@host:port/database; ``?ssl=verify`` or ``?ssl_ca=FILE`` ask for TLS with a
    certificate of that host. ``name`` is what the source's administrator sees. Raises SourceUnavailable where the DSN
    is none.
    """
    url = read_url(dsn, {"mssql"}, "mssql://user:password@host:port/database")
    authorities = url.query.get("ssl_ca", SYSTEM_AUTHORITIES) if wants_tls(url) else None
    port = url.port or 1433

    def connect() -> pymssql.Connection:
        arguments: dict[str, Any] = {
            "user": url.username,
            "password": url.password,
            "database": url.database,
            "timeout": ANSWER_SECONDS,
            "login_timeout": CONNECT_SECONDS,
            "appname": name,
            "charset": "UTF-8",
            "read_only": True,
            "conn_properties": SESSION,
        }
        if not authorities:
            return pymssql.connect(server=str(url.host), port=str(port), **arguments)
        with _secured, tempfile.TemporaryDirectory() as directory:
            os.environ["FREETDSCONF"] = str(_configure(Path(directory), str(url.host), port, str(authorities)))
            try:
                return pymssql.connect(server="source", encryption="require", **arguments)
            finally:
                del os.environ["FREETDSCONF"]

    return create_engine("mssql+pymssql://", creator=connect, poolclass=NullPool)


def read_columns(connection: Connection, table: str, schema: str | None) -> list[Column]:
    """The columns of a table, with what they hold. Raises NoSuchTableError."""
    return reflected_columns(connection, table, schema, column_type)


def column_type(reflected: sql.TypeEngine[Any]) -> sql.TypeEngine[Any]:
    """What a column holds, and no work for SQLAlchemy on its values."""
    match reflected:
        case mssql.DATETIMEOFFSET():
            return sql.TIMESTAMP(timezone=True)
        case mssql.MONEY():
            return sql.Numeric(19, 4)
        case mssql.SMALLMONEY():
            return sql.Numeric(10, 4)
        case sql.Float():
            return sql.Double(asdecimal=False)
        case mssql.UNIQUEIDENTIFIER():
            return sql.Uuid()
        case _:
            return reflected


def explain(fault: BaseException) -> IdentityError:
    """What a driver's error means to an operator."""
    code = _number(fault)
    if code in MAY_NOT:
        return faults.not_granted()
    if code in CHANGED:
        return faults.changed(code)
    if code in REFUSED:
        return faults.not_let_in()
    if code in NO_DATABASE:
        return faults.no_database()
    if code in TOO_LATE:
        return faults.too_late()
    if code in BROKEN or code is None:
        return faults.silent()
    return faults.unknown(code)


def _number(fault: BaseException) -> int | None:
    """The server's number, which the driver gives as the first argument, or within a tuple that is the first."""
    first = fault.args[0] if fault.args else None
    if isinstance(first, tuple) and first:
        first = first[0]
    return first if isinstance(first, int) else None


def _configure(directory: Path, host: str, port: int, authorities: str) -> Path:
    """FreeTDS takes what it shall verify from a file alone, by the name of an environment variable."""
    file = directory / "freetds.conf"
    file.write_text(
        f"[source]\n\thost = {host}\n\tport = {port}\n\ttds version = 7.4\n\tencryption = require\n"
        f"\tca file = {authorities}\n\tcheck certificate hostname = yes\n"
    )
    return file
