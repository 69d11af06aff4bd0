"""What is MySQL's and MariaDB's own about reading a database: how to connect, its types, and what its errors mean."""

import ssl
from collections.abc import Mapping
from typing import Any

from asyncmy.errors import MySQLError
from sqlalchemy import URL, Connection, event, text
from sqlalchemy import types as sql
from sqlalchemy.exc import DBAPIError, NoSuchTableError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from graph.errors import IdentityError
from ingest.connectors import faults
from ingest.connectors.columns import Column
from ingest.connectors.session import ABANDON
from ingest.connectors.urls import read_url, wants_tls
from ingest.errors import SourceUnavailable

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60  # without a byte from the server: it hangs
LOCK_SECONDS = 5
# A whole read is one statement here, and its rows wait while we load them: the limit is the server's guard, not ours.
STATEMENT_SECONDS = 3600
# TIMESTAMP is stored in UTC and shown in the session's zone, so it comes in UTC; DATETIME is as somebody wrote it.
SESSION = (
    "SET SESSION TRANSACTION READ ONLY",
    f"SET SESSION time_zone = '+00:00', lock_wait_timeout = {LOCK_SECONDS}, net_write_timeout = {STATEMENT_SECONDS}",
)
LIMITS = {
    True: f"SET SESSION max_statement_time = {STATEMENT_SECONDS}",  # MariaDB's
    False: f"SET SESSION max_execution_time = {STATEMENT_SECONDS * 1000}",
}
COLUMNS = text(
    "SELECT column_name AS name, data_type AS type, column_type AS spelled, numeric_precision AS digits,"
    " numeric_scale AS decimals, is_nullable AS nullable FROM information_schema.columns"
    " WHERE table_schema = coalesce(:schema, database()) AND table_name = :table ORDER BY ordinal_position"
)
REFUSED, NO_DATABASE = {1045, 1698, 1130}, {1049, 1044}
NO_TABLE = 1146
MAY_NOT, CHANGED = {1142, 1143, 1370}, {1054, NO_TABLE, 1356, 1412}
TOO_LATE, BUSY = {1205, 1969, 3024, 1213}, {1040, 1203, 1226}
BROKEN = {1053, 1927, 2003, 2006, 2013, 2055}


def open_engine(dsn: str, name: str) -> AsyncEngine:
    """An engine without a pool: one connection, as long as the run that uses it.

    ``dsn`` is mysql://user:password@host:port/database; ``?ssl=verify`` or ``?ssl_ca=FILE`` ask for TLS with a
    certificate of that host. ``name`` is what the source's administrator sees. Raises SourceUnavailable where the DSN
    is none.
    """
    url = read_url(dsn, {"mysql", "mariadb"}, "mysql://user:password@host:port/database")
    secure = _verification(url)
    engine = create_async_engine(
        url.set(drivername="mysql+asyncmy", query={}),
        poolclass=NullPool,
        execution_options={ABANDON: True},
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": ANSWER_SECONDS,
            "charset": "utf8mb4",
            "program_name": name,
            **({"ssl": secure} if secure else {}),
        },
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def read_columns(connection: Connection, table: str, schema: str | None) -> list[Column]:
    """The columns that this user may read, with what they hold. Raises NoSuchTableError.

    SQLAlchemy would ask SHOW CREATE TABLE, which a user who may read only some columns may not.
    """
    found = connection.execute(COLUMNS, {"table": table, "schema": schema}).mappings().all()
    if not found:
        name = ".".join(f"`{part}`" for part in (schema, table) if part)
        try:
            connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 0")  # noqa: S608 - a source file's name
        except DBAPIError as fault:
            if _code(fault.orig) == NO_TABLE:
                raise NoSuchTableError(table) from None
            raise
    return [Column(it["name"], _column_type(dict(it)), it["nullable"] == "YES") for it in found]


def _column_type(said: Mapping[str, Any]) -> sql.TypeEngine[Any]:
    match said["type"], said["spelled"]:
        case _, "tinyint(1)":
            return sql.Boolean()
        case _, "bit(1)":
            return Flag()
        case "bit", _:
            return Bits()
        case "bigint", spelled if "unsigned" in spelled:
            return sql.Numeric(20, 0)
        case "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year", _:
            return sql.BigInteger()
        case "float" | "double", _:
            return sql.Double()
        case "decimal", _:
            return sql.Numeric(said["digits"], said["decimals"])
        case "timestamp", _:
            return sql.TIMESTAMP(timezone=True)
        case "datetime", _:
            return sql.DateTime()
        case "date", _:
            return sql.Date()
        case _:  # closed lists are the source file's, JSON stays as it was written
            return sql.Text()


class Flag(sql.Boolean):
    """BIT(1), which the driver gives as a byte."""

    def result_processor(self, dialect: object, coltype: object) -> Any:
        return lambda value: None if value is None else any(value)


class Bits(sql.BigInteger):
    """BIT(n), which the driver gives as bytes."""

    def result_processor(self, dialect: object, coltype: object) -> Any:
        return lambda value: None if value is None else int.from_bytes(value, "big")


def explain(fault: BaseException) -> IdentityError:
    """What a driver's error means to an operator."""
    code = _code(fault)
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
    if code in BUSY:
        return SourceUnavailable("it has no connection left for this user: it is busy, or grant one more.")
    if "certificate verify failed" in str(fault).lower():
        return faults.not_vouched_for("ssl_ca")
    if code in BROKEN or not isinstance(code, int):
        return faults.silent()
    return faults.unknown(code)


def _code(fault: BaseException | None) -> object:
    return fault.args[0] if isinstance(fault, MySQLError) and fault.args else None


def _verification(url: URL) -> ssl.SSLContext | None:
    """What the certificate is verified by; None where the DSN asks for no TLS."""
    if not wants_tls(url):
        return None
    authorities = url.query.get("ssl_ca")
    try:
        return ssl.create_default_context(cafile=str(authorities) if authorities else None)
    except (OSError, ssl.SSLError):
        raise SourceUnavailable("the file that ssl_ca names in its DSN holds no certificates.") from None


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT version()")
    ((version,),) = cursor.fetchall()
    for statement in (*SESSION, LIMITS["mariadb" in version.lower()]):
        cursor.execute(statement)
    cursor.close()
