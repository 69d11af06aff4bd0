"""What change data capture needs of a PostgreSQL: a publication that says what leaves, a slot that keeps what is new.

Both are the owner's: `ingest.grants` prints the script. Here they are looked at, and what is wrong becomes a sentence.
They bear the name of who asks and for what, so that two systems on one server, or two installations that read the same
one, each by a user of its own, have a slot each.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, Self, cast

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.rows import dict_row

from ingest.connectors import postgresql
from ingest.connectors.cursor import key_columns
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.source import Source
from ingest.table import Table

PLUGIN = "pgoutput"
OLDEST = 15  # the first version whose publications name columns
MAX_NAME = 63
SERVER = (
    "SELECT current_setting('wal_level') AS wal_level, current_setting('max_slot_wal_keep_size') AS keeps,"
    " current_setting('server_version_num')::int / 10000 AS version,"
    " pg_is_in_recovery() AS standby,"
    " (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user) AS replicates"
)
SLOT = (
    "SELECT plugin, database = current_database() AS here, wal_status = 'lost' AS lost,"
    " (confirmed_flush_lsn - '0/0')::bigint AS confirmed,"
    " (pg_current_wal_lsn() - confirmed_flush_lsn)::bigint AS behind"
    " FROM pg_replication_slots WHERE slot_name = %s"
)
PUBLISHED = (
    "SELECT p.schemaname, p.tablename, p.attnames::text[], CASE c.relreplident WHEN 'f' THEN p.attnames::text[]"
    " ELSE ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid"
    " AND a.attnum = ANY(i.indkey) WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary"
    " WHEN 'i' THEN i.indisreplident ELSE false END) END"
    " FROM pg_publication_tables p"
    " JOIN pg_class c ON c.oid = format('%%I.%%I', p.schemaname, p.tablename)::regclass WHERE p.pubname = %s"
)
CREATE = "SELECT pg_create_logical_replication_slot(%s, %s)"
DROP = "SELECT pg_drop_replication_slot(%s)"


@dataclass(frozen=True, slots=True)
class Published:
    """Which columns of a table are sent, and which of them tell a row that is changed or deleted."""

    columns: frozenset[str]
    identity: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """``confirmed``: the position in the log from which it would go on; ``behind``: bytes that the server keeps."""

    confirmed: int
    behind: int


def slot_name(user: str, dsn_name: str) -> str:
    """Of the slot and of the publication of a user who reads under this name of a DSN."""
    name = user if user == f"wekeza_{dsn_name}" else f"{user}_{dsn_name}"
    return re.sub("[^a-z0-9_]", "_", name.lower())[:MAX_NAME]


def followed_tables(source: Source) -> tuple[Table, ...]:
    """Those in the place that is read by change data capture; a source has one such place at most."""
    return tuple(table for table in source.tables if source.place_of(table).pattern == "cdc")


def can_tell_ends(table: Table, identity: frozenset[str]) -> bool:
    """Whether what is sent of a row that was there before says which records it was."""
    made_of = {table.key, *key_columns(table.model_copy(update={"where": None}))}
    return made_of <= identity


class Catalogue:
    """An ordinary connection to the source's server, for what its catalogue says."""

    def __init__(self, source: Source, connection: AsyncConnection[Any], dsn_name: str, schema: str) -> None:
        self._source = source
        self.connection = connection
        self.name = slot_name(connection.info.user, dsn_name)
        self.schema = schema  # of the tables that name none

    @classmethod
    async def of(cls, source: Source, connection: AsyncConnection[Any], dsn_name: str) -> Self:
        cursor = await connection.execute("SELECT coalesce(current_schema(), 'public')")
        row = await cursor.fetchone()
        assert row is not None  # noqa: S101 - it is one row
        return cls(source, connection, dsn_name, row[0])

    async def check_server(self) -> list[str]:
        """Remarks. Raises SourceContractError where the server cannot send its log to this user."""
        said = await self._one(SERVER)
        if said["version"] < OLDEST:
            self._refuse(f"PostgreSQL {said['version']} publishes no columns, version {OLDEST} does: poll it instead.")
        if said["standby"]:
            self._refuse("its DSN leads to a standby, whose log is not followed: name the primary.")
        if said["wal_level"] != "logical":
            self._refuse(
                f"its log is not one to follow (wal_level is {said['wal_level']}): "
                "its owner sets wal_level = logical and restarts the server."
            )
        if not said["replicates"]:
            self._refuse(f"this user may not follow its log: its owner runs {self._script()}.")
        if said["keeps"] == "-1":
            return [
                f"{self._source.title}: max_slot_wal_keep_size is -1, so a long absence of ours fills its disk with "
                "log: its owner sets a limit, such as 10GB"
            ]
        return []

    async def check_publication(self) -> list[str]:
        """Remarks. Raises SourceContractError where a declared table or column is not published."""
        published = await self._published()
        if not published:
            self._refuse(f"it has no publication {self.name!r}: its owner runs {self._script()}.")
        remarks = []
        for table in followed_tables(self._source):
            found = published.get((table.schema_name or self.schema, table.table))
            missing = sorted({*table.columns} - (found.columns if found else frozenset()))
            if found is None or missing:
                what = f"the columns {', '.join(missing)} of table" if found else "table"
                self._refuse(
                    f"its publication {self.name!r} lacks {what} {table.table!r}: "
                    f"its owner alters it to what {self._script()} says."
                )
            elif not can_tell_ends(table, found.identity):
                how = "by the scan of its keys" if table.deletes else "by nobody"
                remarks.append(
                    f"{self._source.title}, table {table.name!r}: the log does not say which of its records end, that "
                    f"is told {how}; with REPLICA IDENTITY FULL and all columns published it would be"
                )
        return remarks

    async def find_slot(self, *, manage: bool) -> Slot:
        """The slot; with ``manage`` a missing or lost one is made anew. Raises SourceContractError without one."""
        found = await self._slot()
        if manage and (found is None or found["lost"]):
            if found:
                await self.connection.execute(DROP, [self.name])
            await self.connection.execute(CREATE, [self.name, PLUGIN])
            found = await self._slot()
        if found is None:
            self._refuse(f"it has no replication slot {self.name!r}: its owner runs {self._script()}.")
        if found["plugin"] != PLUGIN or not found["here"]:
            self._refuse(
                f"its replication slot {self.name!r} is another database's or of another plugin than {PLUGIN}: "
                f"its owner drops it and runs {self._script()}."
            )
        if found["lost"]:
            raise self.lost()
        return Slot(confirmed=found["confirmed"], behind=max(found["behind"], 0))

    async def domains(self) -> dict[int, int]:
        """OIDs: domain -> what it is made of, as the answer to a query would say."""
        cursor = await self.connection.execute(
            "WITH RECURSIVE d AS (SELECT oid, typbasetype AS base FROM pg_type WHERE typtype = 'd'"
            " UNION ALL SELECT d.oid, t.typbasetype FROM d JOIN pg_type t ON t.oid = d.base WHERE t.typtype = 'd')"
            " SELECT d.oid::int8, d.base::int8 FROM d JOIN pg_type t ON t.oid = d.base WHERE t.typtype <> 'd'"
        )
        return dict(await cursor.fetchall())

    def lost(self) -> SourceContractError:
        return SourceContractError(
            f"{self._source.title}: its replication slot {self.name!r} is lost, for the server could not keep the log "
            f"any longer (max_slot_wal_keep_size): its owner runs SELECT pg_drop_replication_slot('{self.name}'); and "
            f"SELECT pg_create_logical_replication_slot('{self.name}', '{PLUGIN}'); its tables are then read again as "
            "a whole. Until then they are polled."
        )

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What goes wrong with the slot, as a sentence."""
        try:
            yield
        except errors.ObjectInUse as fault:
            raise SourceUnavailable(
                f"{self._source.title}: its replication slot {self.name!r} is in use by another process. Where that is "
                "another installation, give this one a user of its own; where it is a line of ours that broke, it is "
                "free as soon as the server notices."
            ) from fault
        except errors.ObjectNotInPrerequisiteState as fault:
            raise self.lost() from fault
        except errors.UndefinedObject as fault:
            raise SourceContractError(
                f"{self._source.title}: its publication {self.name!r} was not there when the slot's oldest change was "
                f"made: its owner drops the slot with SELECT pg_drop_replication_slot('{self.name}'); and runs "
                f"{self._script()}."
            ) from fault
        except psycopg.Error as fault:
            known = postgresql.explain(fault)
            raise type(known)(f"{self._source.title}, replication: {known}") from fault

    async def _published(self) -> Mapping[tuple[str, str], Published]:
        cursor = await self.connection.execute(PUBLISHED, [self.name])
        rows = await cursor.fetchall()
        return {
            (space, name): Published(frozenset(columns), frozenset(identity)) for space, name, columns, identity in rows
        }

    async def _slot(self) -> dict[str, Any] | None:
        async with self.connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(SLOT, [self.name])
            return await cursor.fetchone()

    async def _one(self, query: Any) -> dict[str, Any]:
        async with self.connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query)
            return cast(dict[str, Any], await cursor.fetchone())

    def _script(self) -> str:
        return f"what `wekeza ingest grants {self._source.name}` prints"

    def _refuse(self, sentence: str) -> NoReturn:
        raise SourceContractError(f"{self._source.title}: {sentence}")
