"""The sample bank's owner: does what `wekeza ingest grants` asks of the owner of a source whose log is followed."""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from ingest.connectors.slot import followed_tables, slot_name
from ingest.grants import publication_of
from ingest.source import Source
from ingest.table import Table
from samples.bank import Bank

STANDS = (
    "SELECT (SELECT wal_status <> 'lost' FROM pg_replication_slots WHERE slot_name = %(name)s)"
    " AND EXISTS (SELECT FROM pg_publication WHERE pubname = %(name)s)"
)
DROP_SLOT = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"


def publish_bank(bank: Bank, sources: Mapping[str, Source]) -> None:
    """A publication and a slot for each source that is followed, where there is none or it is lost.

    A server of the user's own that keeps no logical log is left alone: its sources are polled.
    """
    for source in sources.values():
        if tables := followed_tables(source):
            name = source.dsn_name_of(tables[0])
            if name in bank.sources:
                _publish(bank.writers[name], str(conninfo_to_dict(bank.sources[name])["user"]), name, tables)


def _publish(writer: str, user: str, dsn_name: str, tables: Sequence[Table]) -> None:
    name = slot_name(user, dsn_name)
    with psycopg.connect(writer, autocommit=True) as owner:
        if owner.execute("SHOW wal_level").fetchone() != ("logical",):
            return
        owner.execute(SQL("ALTER ROLE {} REPLICATION").format(Identifier(user)))
        if owner.execute(STANDS, {"name": name}).fetchone() == (True,):
            return
        owner.execute(DROP_SLOT, [name])
        owner.execute(SQL("DROP PUBLICATION IF EXISTS {}").format(Identifier(name)))
        for statement in publication_of(name, tables):
            owner.execute(statement.encode())
