"""The sample bank on a PostgreSQL server: three source databases, filled, and a role that may only read them."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from types import MappingProxyType
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from samples.collisions import NEGATIVE_CONTROL, SHOWCASE
from samples.population import draw_truth, populate
from samples.tables import Table
from samples.truth import Truth

DATABASES: Mapping[str, str] = MappingProxyType(
    {"comprehensive": "wekeza_banking_comprehensive", "mobile": "MobileBanking", "fraud": "FraudDetection"}
)
READER = "wekeza_reader"
VERSION = 1  # raise it whenever the same seed gives other rows
SIGNATURE = "wekeza sample bank: "  # how the comment begins by which we know what is ours
STAGING = "wekeza_sample_staging_"  # databases of this name are ours too: half-built ones of a killed run


class BankError(Exception):
    """The server holds something that is not the sample bank's; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What a bank was made from: equal markers, equal rows."""

    people: int
    seed: int
    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Three live sources: DSN by system, for the product (read-only) and for the bank's own people (writers).

    `truth` covers the seeded rows. `showcase` is one person's three record keys, `negative_control` the record keys
    of two people who share a phone and must stay apart. The DSNs hold passwords: they are left out of the repr.
    """

    sources: Mapping[str, str] = field(repr=False)
    writers: Mapping[str, str] = field(repr=False)
    truth: Truth = field(repr=False)
    showcase: tuple[str, ...] = tuple(record.key for record in SHOWCASE)
    negative_control: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NEGATIVE_CONTROL)


def create_bank(admin_dsn: str, *, people: int = 2000, seed: int = 7, reader_password: str | None = None) -> Bank:
    """Build the three databases anew and return the bank.

    A database appears under its name only when it is complete. Raises BankError, and changes nothing, if one of the
    names is taken by a database that the sample bank did not create; psycopg.OperationalError if there is no server.
    """
    marker = Marker(people=people, seed=seed)
    population = populate(people, seed, datetime.now(UTC))
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        for database in DATABASES.values():
            _refuse_foreign(admin, database)
        password = _ensure_reader(admin, reader_password)
        for system in DATABASES:
            _build(admin, admin_dsn, system, population.tables[system], marker)
        for system, database in DATABASES.items():
            _drop(admin, database)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(rename.format(sql.Identifier(STAGING + system), sql.Identifier(database)))
    return _bank(admin_dsn, password, population.truth)


def open_bank(admin_dsn: str, *, reader_password: str | None = None) -> Bank | None:
    """The bank that is on the server, rows written since included; None if there is none of this version.

    The truth is drawn again from the seed. Raises BankError if a name is taken by somebody else's database.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        for database in DATABASES.values():
            _refuse_foreign(admin, database)
        markers = {_read_marker(admin, database) for database in DATABASES.values()}
        marker = markers.pop()
        if markers or marker is None or marker.version != VERSION:
            return None
        password = _ensure_reader(admin, reader_password)
    return _bank(admin_dsn, password, draw_truth(marker.people, marker.seed))


def _bank(admin_dsn: str, reader_password: str, truth: Truth) -> Bank:
    reader = {"user": READER, "password": reader_password}
    return Bank(
        sources={system: _dsn(admin_dsn, dbname=database, **reader) for system, database in DATABASES.items()},
        writers={system: _dsn(admin_dsn, dbname=database) for system, database in DATABASES.items()},
        truth=truth,
    )


def _comment(admin: psycopg.Connection, database: str) -> str | None:
    """The comment on a database, '' where it has none, None where there is no such database."""
    query = "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = %s"
    row = admin.execute(query, (database,)).fetchone()
    return None if row is None else str(row[0])


def _refuse_foreign(admin: psycopg.Connection, database: str) -> None:
    comment = _comment(admin, database)
    if comment is not None and not comment.startswith(SIGNATURE):
        raise BankError(
            f'Database "{database}" exists on this server and was not created by the sample bank. '
            "Rename or remove it, or give another server."
        )


def _read_marker(admin: psycopg.Connection, database: str) -> Marker | None:
    comment = _comment(admin, database)
    return Marker(**json.loads(comment.removeprefix(SIGNATURE))) if comment else None


def _ensure_reader(admin: psycopg.Connection, password: str | None) -> str:
    """Create the role or renew its password, and return the password.

    Unless one is given, it is derived from the administrator's, so that whoever opens the bank a second time does not
    lock out a reader who is already at work; on a server without passwords it is a random one.
    """
    name = sql.Identifier(READER)
    query = "SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = %s"
    row = admin.execute(query, (READER,)).fetchone()
    if row is not None and not row[0].startswith(SIGNATURE):
        raise BankError(
            f'Role "{READER}" exists on this server and was not created by the sample bank. '
            "Rename or remove it, or give another server."
        )
    secret = admin.info.password
    if password is None:
        password = (
            hmac.digest(secret.encode(), READER.encode(), hashlib.sha256).hex() if secret else secrets.token_hex()
        )
    with admin.transaction():
        if row is None:
            admin.execute(sql.SQL("CREATE ROLE {}").format(name))
            admin.execute(sql.SQL("COMMENT ON ROLE {} IS {}").format(name, SIGNATURE + "reads, never writes"))
        admin.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, password))
        admin.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name))
    return password


def _build(admin: psycopg.Connection, admin_dsn: str, system: str, tables: Sequence[Table], marker: Marker) -> None:
    """One complete, marked database under its staging name."""
    staging = STAGING + system
    _drop(admin, staging)
    # Template and collation are named so that every server gives the same: rows sort by bytes, as Python sorts text.
    create = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    admin.execute(sql.SQL(create).format(sql.Identifier(staging)))
    comment = SIGNATURE + json.dumps(asdict(marker))
    admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(staging), comment))
    with psycopg.connect(_dsn(admin_dsn, dbname=staging)) as target:
        target.execute(files("samples").joinpath("schemas", f"{system}.sql").read_bytes())
        for table in tables:
            _copy(target, table)
        _grant_reading(target, staging)
        target.commit()
        target.autocommit = True
        target.execute("ANALYZE")


def _copy(target: psycopg.Connection, table: Table) -> None:
    if not table.rows:
        return
    columns = sql.SQL(", ").join(map(sql.Identifier, table.rows[0]))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    with target.cursor() as cursor, cursor.copy(statement) as copy:
        for row in table.rows:
            copy.write_row(tuple(row.values()))


def _grant_reading(target: psycopg.Connection, database: str) -> None:
    reader = sql.Identifier(READER)
    target.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    target.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    target.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), reader))
    target.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(reader))
    target.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(reader))


def _drop(admin: psycopg.Connection, database: str) -> None:
    """FORCE, because a reader may still be connected to the bank that is being replaced."""
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _dsn(admin_dsn: str, **changes: str) -> str:
    """The same server as a URL, with other parts; a socket directory goes into the query."""
    parts = {name: str(value) for name, value in conninfo_to_dict(admin_dsn).items() if value is not None} | changes
    user, password = quote(parts.pop("user", ""), safe=""), quote(parts.pop("password", ""), safe="")
    database = quote(parts.pop("dbname", ""), safe="")
    login = f"{user}:{password}" if password else user
    host = "" if parts.get("host", "/").startswith("/") else parts.pop("host")
    address = f"[{host}]" if ":" in host else host
    if host and "port" in parts:
        address += f":{parts.pop('port')}"
    rest = f"?{urlencode(parts, quote_via=quote)}" if parts else ""
    return f"postgresql://{login}@{address}/{database}{rest}"
