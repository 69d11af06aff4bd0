"""What the relational copy holds, told from the database's own catalogue, and who may read it."""

from typing import Any

from psycopg import AsyncConnection

ROLE = "wekeza_reports"
GRANTS = """\
CREATE ROLE wekeza_reports NOLOGIN; -- unless it is there
GRANT USAGE ON SCHEMA reports TO wekeza_reports;
GRANT SELECT ON reports.customer_360, reports.account_360, reports.transaction_360, reports.risk_profile
    TO wekeza_reports;"""


async def may_be_read(connection: AsyncConnection[Any]) -> bool:
    """Whether there is a role that may read the views; the migration makes one where it is allowed to."""
    cursor = await connection.execute(
        "SELECT coalesce(has_schema_privilege(to_regrole(%s), 'reports', 'USAGE')"
        " AND has_table_privilege(to_regrole(%s), 'reports.customer_360', 'SELECT'), false)",
        [ROLE, ROLE],
    )
    granted: bool = (await anext(cursor))[0]
    return granted


async def describe(connection: AsyncConnection[Any]) -> str:
    """The text of docs/data-model.md."""
    columns: dict[tuple[str, str], list[str]] = {}
    async for view, said, kind, words in await connection.execute(_VIEWS):
        name, _, meaning = words.partition(": ")
        columns.setdefault((view, said), []).append(f"| `{name}` | {kind} | {meaning} |\n")
    views = "".join(
        f"\n## `{view}`\n\n{said}\n\n| column | type | meaning |\n|---|---|---|\n{''.join(rows)}"
        for (view, said), rows in columns.items()
    )
    tables = [f"| `{table}` | {said} |\n" async for table, said in await connection.execute(_TABLES)]
    return f"{_HEAD}{views}{_UNDERNEATH}{''.join(tables)}"


_HEAD = """\
# The relational copy

*Written by `wekeza reports model` from the comments in the database: change those, in a migration, and run it again.*

What the graph says, for reports that want tables: schema `reports` in the ledger's PostgreSQL. It is derived. Each
poll, each decision and a rebuild bring it up to date; `wekeza reports refresh --from-nothing` compares all of it with
the graph, `wekeza verify` says whether they differ. It holds personal data in full: the views may be read by the role
`wekeza_reports`, and by nobody else.

```sql
GRANT wekeza_reports TO somebody;
SELECT GlobalCustomerId, sum(Balance) FROM reports.account_360 WHERE Authoritative AND Currency = 'KES' GROUP BY 1;
```

Names are not quoted: `GlobalCustomerId` and `globalcustomerid` are one.
"""

_UNDERNEATH = """
## Underneath

The views join these tables. Nothing but `membership` says whose an account or a booking is: two customers who become
one are a few rows of it, whatever they have.

| table | rows |
|---|---|
"""

_VIEWS = """
SELECT relname, obj_description(view.oid, 'pg_class'), format_type(atttypid, atttypmod),
       col_description(view.oid, attnum)
FROM pg_class view JOIN pg_attribute ON attrelid = view.oid
WHERE relnamespace = 'reports'::regnamespace AND relkind = 'v'
ORDER BY relname, attnum
"""

_TABLES = """
SELECT relname, obj_description(oid, 'pg_class') FROM pg_class
WHERE relnamespace = 'reports'::regnamespace AND relkind = 'r'
ORDER BY relname
"""
