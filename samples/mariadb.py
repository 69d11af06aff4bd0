"""The sample bank's databases on a MariaDB (or MySQL) server, and a user who may only read them.

The driver is asynchronous and the bank is not, nor may it disturb a loop that runs here: each task has a thread.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import asyncmy

from samples.server import READER, Content, foreign, reader_password
from samples.tables import Table

MARKS = "wekeza_sample_bank"  # one row in each of our databases: MySQL has no comments on databases
BATCH = 1_000  # rows in one statement
NAMED = "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s"
TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
Task = Callable[[Any], Coroutine[Any, Any, Any]]


class MariadbServer:
    """The DSN (mysql://user:password@host:port/) is an administrator's. OSError or MySQLError if there is no server."""

    def __init__(self, admin_dsn: str) -> None:
        said = urlsplit(admin_dsn)
        self._address = f"{said.hostname}:{said.port or 3306}"
        self._login = f"{said.username or ''}:{said.password or ''}"
        self._parameters = {
            "host": said.hostname,
            "port": said.port or 3306,
            "user": unquote(said.username or ""),
            "password": unquote(said.password or ""),
            "autocommit": True,
            "charset": "utf8mb4",
        }
        self._password = ""

    def read_mark(self, database: str) -> str | None:
        async def read(cursor: Any) -> str | None:
            if not await _ask(cursor, NAMED, database):
                return None
            if (MARKS,) not in await _ask(cursor, TABLES, database):
                raise foreign(f'Database "{database}"')
            marks = await _ask(cursor, f"SELECT mark FROM `{database}`.{MARKS}")  # noqa: S608 - our own names
            return str(marks[0][0]) if marks else ""

        return self._run(read)  # type: ignore[no-any-return]

    def ensure_reader(self, password: str | None) -> None:
        """MySQL has no comments on users: the name is ours, and nothing is granted to it but our own databases."""
        self._password = reader_password(password, self._parameters["password"])  # type: ignore[arg-type]

        async def ensure(cursor: Any) -> None:
            await cursor.execute(f"CREATE USER IF NOT EXISTS '{READER}'@'%%' IDENTIFIED BY %s", (self._password,))
            await cursor.execute(f"ALTER USER '{READER}'@'%%' IDENTIFIED BY %s", (self._password,))

        self._run(ensure)

    def build(self, content: Content) -> None:
        async def build(cursor: Any) -> None:
            await _create(cursor, content.staging)
            await cursor.execute(f"USE `{content.staging}`")
            for statement in content.ddl.decode().split(";\n"):
                if statement.strip():
                    await cursor.execute(statement)
            for table in content.tables:
                await _insert(cursor, table)
            await cursor.execute(f"CREATE TABLE {MARKS} (mark VARCHAR(500) NOT NULL)")
            await cursor.execute(f"INSERT INTO {MARKS} VALUES (%s)", (content.mark,))  # noqa: S608

        self._run(build)

    def publish(self, content: Content) -> None:
        """All tables in one statement, which is atomic: nobody sees a part of them."""
        name, staging = content.database.name, content.staging

        async def publish(cursor: Any) -> None:
            await _create(cursor, name)
            moves = [f"`{staging}`.`{it}` TO `{name}`.`{it}`" for (it,) in await _ask(cursor, TABLES, staging)]
            await cursor.execute(f"RENAME TABLE {', '.join(moves)}")
            await cursor.execute(f"DROP DATABASE `{staging}`")
            pattern = name.replace("_", r"\_")
            await cursor.execute(f"GRANT SELECT ON `{pattern}`.* TO '{READER}'@'%'")

        self._run(publish)

    def ask(self, database: str, query: str) -> Sequence[Sequence[Any]]:
        async def ask(cursor: Any) -> list[tuple[Any, ...]]:
            await cursor.execute(f"USE `{database}`")
            return await _ask(cursor, query)

        return self._run(ask)  # type: ignore[no-any-return]

    def reader_dsn(self, database: str) -> str:
        return f"mysql://{READER}:{quote(self._password, safe='')}@{self._address}/{database}"

    def writer_dsn(self, database: str) -> str:
        return f"mysql://{self._login}@{self._address}/{database}"

    def _run(self, task: Task) -> Any:
        async def run() -> Any:
            async with asyncmy.connect(**self._parameters) as connection, connection.cursor() as cursor:
                return await task(cursor)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(run())).result()


async def _ask(cursor: Any, query: str, *values: object) -> list[tuple[Any, ...]]:
    await cursor.execute(query, values)
    return list(await cursor.fetchall())


async def _create(cursor: Any, database: str) -> None:
    """Empty. Texts compare without case there, as MySQL's do by default."""
    await cursor.execute(f"DROP DATABASE IF EXISTS `{database}`")
    await cursor.execute(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")


async def _insert(cursor: Any, table: Table) -> None:
    if not table.rows:
        return
    columns = ", ".join(f"`{name}`" for name in table.rows[0])
    places = ", ".join(["%s"] * len(table.rows[0]))
    statement = f"INSERT INTO `{table.name}` ({columns}) VALUES ({places})"  # noqa: S608 - our own names
    await cursor.execute("START TRANSACTION")
    for start in range(0, len(table.rows), BATCH):
        await cursor.executemany(statement, [tuple(row.values()) for row in table.rows[start : start + BATCH]])
    await cursor.execute("COMMIT")
