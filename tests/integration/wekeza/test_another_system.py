"""One more system is one source file and one folder of data: no code, no list, no setting of its own."""

import json
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from graph.client import GraphClient
from graph.resolution.policy import load_policy
from ledger.ledger import Ledger
from samples.bank import create_bank
from tests.unit.ingest.rows import read_folder
from wekeza.rounds import run_round
from wekeza.settings import Settings, known_sources
from wekeza.wiring import Parts

DATABASE = "wekeza_savings_club"
FILE = """
name = "savings"
title = "Savings Club"
number = 17
category = "partner"
purpose = "members and their shares"
database = "wekeza_savings_club"
engine = "postgresql"
pattern = "database"
writes = "daily"
origin = { state = "proposed" }
country = "KE"
timezone = "Africa/Nairobi"
trust = 0.4
accounts = "authoritative"
every = "1h"
overlap = "1m"

[[table]]
name = "members"
kind = "customer"
from = "members"
key = "number"
watermark = "changed"
columns = { number = "operational", name = "pii", mobile = "pii", changed = "operational" }
map = { full_name = '"name"', updated_at = '"changed"' }
identifiers = { Phone = '"mobile"' }

[[table]]
name = "shares"
kind = "account"
from = "shares"
key = "id"
columns = { id = "operational", member = "operational", worth = "financial" }
map = { number = '''concat('SC', "id")''', balance = '"worth"', currency = "'KES'" }
keys = { owner = { entity = "members", id = '"member"' } }
"""
ROWS = {
    "members": [{"number": "1", "name": "Amina Otieno", "mobile": "0722000101", "changed": "2024-01-01 12:00:00"}],
    "shares": [{"id": "7", "member": "1", "worth": "12.50"}],
}
EXPECTED = {
    "members": {
        "records": [
            {
                "key": "savings|members|1",
                "party_type": "unknown",
                "full_name": "Amina Otieno",
                "identifiers": [
                    {
                        "kind": "Phone",
                        "value": "+254722000101",
                        "raw": "0722000101",
                        "verified": True,
                        "placeholder": False,
                        "masked": "***0101",
                    }
                ],
                "updated_at": "2024-01-01T09:00:00+00:00",
            }
        ],
        "rejections": [],
        "issues": {},
    },
    "shares": {
        "records": [
            {
                "key": "savings|shares|7",
                "number": "SC7",
                "owner": "savings|members|1",
                "role": "holder",
                "balance_minor": 1250,
                "currency": "KES",
                "authoritative": True,
            }
        ],
        "rejections": [],
        "issues": {},
    },
}
TABLES = (
    "CREATE TABLE members (number int PRIMARY KEY, name text, mobile text, changed timestamp)",
    "CREATE TABLE shares (id int PRIMARY KEY, member int, worth numeric(12, 2))",
)


def fill(admin_dsn: str, name: str, phone: str) -> str:
    """The club's database with one member; answers its DSN."""
    database = sql.Identifier(DATABASE)
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(database))
    dsn = make_conninfo(admin_dsn, dbname=DATABASE)
    with psycopg.connect(dsn) as club:
        for statement in TABLES:
            club.execute(statement)
        club.execute("INSERT INTO members VALUES (1, %s, %s, now())", [name, phone])
        club.execute("INSERT INTO shares VALUES (7, 1, 12.50)")
    return dsn


async def test_a_file_and_a_folder_are_enough(
    graph: GraphClient, ledger: Ledger, postgres_admin_dsn: str, tmp_path: Path
) -> None:
    files, data = tmp_path / "sources", tmp_path / "data" / "savings"
    files.mkdir()
    data.mkdir(parents=True)
    (files / "savings.toml").write_text(FILE, encoding="utf-8")
    (data / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    (data / "expected.json").write_text(json.dumps(EXPECTED), encoding="utf-8")
    bank = create_bank(postgres_admin_dsn, people=20, systems=("mobile",))
    key, name, phone = await known_user(bank.sources["mobile"])
    dsns = {**bank.sources, "savings": fill(postgres_admin_dsn, name, phone)}
    settings = Settings(data=tmp_path, source_files=files, sources={name: SecretStr(dsn) for name, dsn in dsns.items()})
    sources = known_sources(settings)
    found, expected = read_folder(sources["savings"], data)
    assert found == expected

    policy, secret = load_policy("guarded"), b"the tests' own, which names their records"
    parts = Parts(settings=settings, client=graph, ledger=ledger, policy=policy, secret=secret, sources=sources)
    done = await run_round(parts)
    assert {it.system: (it.error, it.rejected) for it in done.sources} == {"mobile": (None, 0), "savings": (None, 0)}
    together = {row["key"]: row["gcid"] for row in await graph.read("read_partition")}
    assert together["savings|members|1"] == together[key]
    assert [report.loaded for report in (await run_round(parts)).sources] == [0, 0]


async def known_user(dsn: str) -> tuple[str, str, str]:
    """Key, name and phone of a user of the mobile app who gave all that."""
    async with await psycopg.AsyncConnection.connect(dsn) as source:
        query = """
            SELECT 'mobile|users|' || "Id", "FullName", "PhoneNumber" FROM "MobileUsers"
            WHERE "PhoneNumber" <> '' AND "FullName" NOT LIKE 'Customer %' ORDER BY "Id" LIMIT 1
        """
        row = await (await source.execute(query)).fetchone()
    assert row is not None
    return row[0], row[1], row[2]
