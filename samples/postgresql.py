"""The sample bank's databases on a PostgreSQL server, and a role that may only read them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from samples.server import READER, SIGNATURE, Content, foreign, reader_password
from samples.tables import Table

END_FOLLOWERS = "SELECT pg_terminate_backend(active_pid, %s) FROM pg_replication_slots WHERE database = %s AND active"
END_MILLISECONDS = 10_000


class PostgresServer(AbstractContextManager["PostgresServer"]):
    """Open for as long as it is entered; psycopg.OperationalError if there is no server."""

    def __init__(self, admin_dsn: str) -> None:
        self._dsn = admin_dsn
        self._admin = psycopg.connect(admin_dsn, autocommit=True)
        self._password = ""

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._admin.close()

    def __enter__(self) -> Self:
        return self

    def read_mark(self, database: str) -> str | None:
        query = "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = %s"
        row = self._admin.execute(query, (database,)).fetchone()
        if row is not None and not row[0].startswith(SIGNATURE):
            raise foreign(f'Database "{database}"')
        return None if row is None else str(row[0]).removeprefix(SIGNATURE)

    def ensure_reader(self, password: str | None) -> None:
        name = sql.Identifier(READER)
        query = "SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = %s"
        row = self._admin.execute(query, (READER,)).fetchone()
        if row is not None and not row[0].startswith(SIGNATURE):
            raise foreign(f'Role "{READER}"')
        self._password = reader_password(password, self._admin.info.password)
        with self._admin.transaction():
            if row is None:
                self._admin.execute(sql.SQL("CREATE ROLE {}").format(name))
                self._admin.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(name, SIGNATURE + "reads, never writes"))
            self._admin.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, self._password))
            self._admin.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name))

    def build(self, content: Content) -> None:
        self._drop(content.staging)
        # Template and collation are named so that every server gives the same: rows sort by bytes, as Python sorts
        # text.
        create = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        staging = sql.Identifier(content.staging)
        self._admin.execute(sql.SQL(create).format(staging))
        self._admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(staging, SIGNATURE + content.mark))
        with psycopg.connect(self._url(dbname=content.staging)) as target:
            target.execute(content.ddl)
            for table in content.tables:
                _copy(target, table)
            _grant_reading(target, content.staging)
            target.commit()
            target.autocommit = True
            target.execute("ANALYZE")

    def publish(self, content: Content) -> None:
        self._drop(content.database.name)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        self._admin.execute(rename.format(sql.Identifier(content.staging), sql.Identifier(content.database.name)))

    def ask(self, database: str, query: str) -> Sequence[Sequence[Any]]:
        with psycopg.connect(self._url(dbname=database)) as source:
            return source.execute(query.encode()).fetchall()

    def reader_dsn(self, database: str) -> str:
        return self._url(dbname=database, user=READER, password=self._password)

    def writer_dsn(self, database: str) -> str:
        return self._url(dbname=database)

    def _drop(self, database: str) -> None:
        """FORCE, because a reader may still be connected to the bank that is being replaced. Who follows its log is not
        ended by that, and would be back at once.
        """
        name = sql.Identifier(database)
        if self._admin.execute("SELECT FROM pg_database WHERE datname = %s", (database,)).rowcount:
            self._admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            self._admin.execute(END_FOLLOWERS, (END_MILLISECONDS, database))
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _url(self, **changes: str) -> str:
        """The same server as a URL, with other parts; a socket directory goes into the query."""
        said = conninfo_to_dict(self._dsn).items()
        parts = {name: str(value) for name, value in said if value is not None} | changes
        user, password = quote(parts.pop("user", ""), safe=""), quote(parts.pop("password", ""), safe="")
        database = quote(parts.pop("dbname", ""), safe="")
        login = f"{user}:{password}" if password else user
        host = "" if parts.get("host", "/").startswith("/") else parts.pop("host")
        address = f"[{host}]" if ":" in host else host
        if host and "port" in parts:
            address += f":{parts.pop('port')}"
        rest = f"?{urlencode(parts, quote_via=quote)}" if parts else ""
        return f"postgresql://{login}@{address}/{database}{rest}"


def _copy(target: psycopg.Connection, table: Table) -> None:
    if not table.rows:
        return
    columns = sql.SQL(", ").join(map(sql.Identifier, table.rows[0]))
    name = sql.Identifier(*filter(None, (table.schema, table.name)))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)
    with target.cursor() as cursor, cursor.copy(statement) as copy:
        for row in table.rows:
            copy.write_row(tuple(row.values()))


def _grant_reading(target: psycopg.Connection, database: str) -> None:
    """On every schema of the database, for a system may keep its tables beside another's."""
    reader = sql.Identifier(READER)
    target.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    target.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), reader))
    query = r"SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'"
    for (name,) in target.execute(query).fetchall():
        schema = sql.Identifier(name)
        target.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(schema))
        target.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, reader))
        target.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema, reader))
