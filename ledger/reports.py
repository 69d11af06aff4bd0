"""The relational copy, written: rows are staged, merged into their tables where they differ, and the position is moved.

All of it is one transaction of the caller's. Whose something is, and what records say, the ledger knows by itself;
accounts, transactions, sightings and scores come from the graph.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, LiteralString, Self

from psycopg import AsyncConnection
from psycopg.sql import SQL, Composed, Identifier

from ledger.entries import CopiedKind

Row = tuple[Any, ...]
PAGE = 10_000  # rows that are staged at once, or keys that are asked about


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the copy; its first column is its key. A staged row without ``told`` says that the key is gone."""

    name: LiteralString
    columns: tuple[LiteralString, ...]
    told: LiteralString

    @property
    def key(self) -> Identifier:
        return Identifier(self.columns[0])

    @property
    def target(self) -> Identifier:
        return Identifier("reports", self.name)

    @property
    def staged(self) -> Identifier:
        return Identifier(f"staged_{self.name}")

    def list(self, prefix: LiteralString = "") -> Composed:
        """The columns, separated by commas."""
        return SQL(", ").join([SQL(prefix) + Identifier(column) for column in self.columns])


MEMBERSHIP = Table("membership", ("record", "gcid"), "gcid")
RECORD = Table(
    "record",
    ("record", "system", "source_id", "national_id", "phone", "email", "full_name", "created_at"),
    "system",
)
IDENTITY = (MEMBERSHIP, RECORD)
BUSINESS = {
    CopiedKind.ACCOUNT: Table(
        "account",
        (
            *("key", "owner", "role", "system", "number", "product", "status", "balance", "available", "currency"),
            *("opened_at", "authoritative"),
        ),
        "system",
    ),
    CopiedKind.TRANSACTION: Table(
        "transaction",
        (
            *("key", "account", "system", "reference", "type", "direction", "amount", "currency", "status"),
            *("description", "at"),
        ),
        "system",
    ),
    CopiedKind.SIGHTING: Table("sighting", ("key", "transaction", "channel", "at"), "at"),
    CopiedKind.SCORE: Table("score", ("key", "record", "system", "at", "score", "level"), "system"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the copy has come, and the newest step that is settled; ``graph`` is None if nothing was copied yet."""

    graph: str | None
    step: int
    newest: int


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows that were written, and that were taken away."""

    written: int = 0
    removed: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(self.written + other.written, self.removed + other.removed)


async def read_standing(connection: AsyncConnection[Any]) -> Standing:
    """Steps without an outcome are newer than any that has one, so they are copied once they have it."""
    cursor = await connection.execute(
        "SELECT graph, step, coalesce((SELECT max(step) FROM outcome), 0) FROM reports.position"
    )
    return Standing(*await anext(cursor))


async def lock_copy(connection: AsyncConnection[Any]) -> None:
    """Wait until nobody else copies; held until the transaction ends."""
    await connection.execute("SELECT FROM reports.position FOR UPDATE")


async def move(connection: AsyncConnection[Any], graph: str, step: int) -> None:
    """The copy is of this graph, up to this step."""
    await connection.execute("UPDATE reports.position SET graph = %s, step = %s, at = now()", [graph, step])
    await connection.execute("DELETE FROM reports.gone WHERE step <= %s", [step])


async def windows(connection: AsyncConnection[Any], after: int, upto: int) -> list[tuple[int, int]]:
    """The steps that loaded something, cut where a page of records is full: each from one (not in it) to another."""
    cursor = await connection.execute(
        """
        SELECT max(id) FROM (
            SELECT id, div(sum((counts->>'created')::bigint + (counts->>'changed')::bigint) OVER before, %s)
            FROM step JOIN outcome ON outcome.step = step.id
            WHERE step.id > %s AND step.id <= %s AND kind = 'load' AND what = 'committed'
            WINDOW before AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ) told (id, page)
        GROUP BY page ORDER BY page NULLS FIRST
        """,
        [PAGE, after, upto],
    )
    return list(pairwise([after, *[row[0] async for row in cursor]]))


async def births(connection: AsyncConnection[Any], after: int, upto: int) -> AsyncIterator[list[str]]:
    """Records that arrived for the first time in these steps, in pages."""
    async with connection.cursor(name="births") as cursor:
        await cursor.execute(_BIRTHS, {"after": after, "upto": upto})
        while rows := await cursor.fetchmany(PAGE):
            yield [row[0] for row in rows]


async def open_stage(connection: AsyncConnection[Any], table: Table) -> None:
    """A place for rows of the table, until the transaction ends."""
    query = SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS TABLE {} WITH NO DATA")
    await connection.execute(query.format(table.staged, table.target))


async def stage(connection: AsyncConnection[Any], table: Table, rows: Iterable[Row]) -> None:
    """Take rows, with the columns of the table, into its stage; each key once."""
    query = SQL("COPY {} ({}) FROM STDIN").format(table.staged, table.list())
    async with connection.cursor() as cursor, cursor.copy(query) as copy:
        for row in rows:
            await copy.write_row(row)


async def stage_identity(connection: AsyncConnection[Any], after: int, upto: int) -> None:
    """What committed steps changed in memberships and in what records say."""
    given = {"after": after, "upto": upto}
    await connection.execute(_MEMBERSHIPS, given)
    await connection.execute(_RECORDS, given)


async def stage_gone(connection: AsyncConnection[Any], after: int, upto: int) -> None:
    """The keys that committed steps took out of the graph."""
    for kind, table in BUSINESS.items():
        query = SQL(
            "INSERT INTO {} (key) SELECT DISTINCT key FROM reports.gone JOIN committed USING (step)"
            " WHERE kind = %s AND step > %s AND step <= %s"
        )
        await connection.execute(query.format(table.staged), [kind.value, after, upto])


async def merge(connection: AsyncConnection[Any], table: Table) -> Merged:
    """Bring what is staged into the table. Rows that are there already, as they are, are not written."""
    removed = await connection.execute(
        SQL(
            "DELETE FROM {target} USING {staged} staged WHERE staged.{key} = {target}.{key} AND staged.{told} IS NULL"
        ).format(target=table.target, staged=table.staged, key=table.key, told=Identifier(table.told))
    )
    values = SQL(", ").join(SQL("{0} = EXCLUDED.{0}").format(Identifier(column)) for column in table.columns[1:])
    written = await connection.execute(
        SQL(
            "INSERT INTO {target} AS it ({columns}) SELECT {columns} FROM {staged} WHERE {told} IS NOT NULL"
            " ON CONFLICT ({key}) DO UPDATE SET {values} WHERE ({ours}) IS DISTINCT FROM ({theirs})"
        ).format(
            target=table.target,
            staged=table.staged,
            columns=table.list(),
            told=Identifier(table.told),
            key=table.key,
            values=values,
            ours=table.list("it."),
            theirs=table.list("EXCLUDED."),
        )
    )
    return Merged(written.rowcount, removed.rowcount)


async def unstaged(connection: AsyncConnection[Any], table: Table) -> AsyncIterator[list[str]]:
    """Keys of the table that are not staged, in pages: who staged everything asks whether they are gone."""
    await connection.execute(SQL("ANALYZE {}").format(table.staged))
    query = SQL("SELECT {key} FROM {target} it WHERE NOT EXISTS (SELECT FROM {staged} s WHERE s.{key} = it.{key})")
    async with connection.cursor(name="unstaged") as cursor:
        await cursor.execute(query.format(key=table.key, target=table.target, staged=table.staged))
        while rows := await cursor.fetchmany(PAGE):
            yield [row[0] for row in rows]


async def remove(connection: AsyncConnection[Any], table: Table, keys: Sequence[str]) -> int:
    query = SQL("DELETE FROM {} WHERE {}::text = ANY(%s)").format(table.target, table.key)
    return (await connection.execute(query, [list(keys)])).rowcount


async def remove_unstaged(connection: AsyncConnection[Any], table: Table) -> int:
    """Take away all rows that are not staged."""
    await connection.execute(SQL("ANALYZE {}").format(table.staged))
    query = SQL("DELETE FROM {target} it WHERE NOT EXISTS (SELECT FROM {staged} s WHERE s.{key} = it.{key})")
    return (await connection.execute(query.format(key=table.key, target=table.target, staged=table.staged))).rowcount


async def differing(connection: AsyncConnection[Any], table: Table) -> int:
    """Rows of the table that are not staged as they are, and the other way round."""
    query = SQL("SELECT count(*) FROM (({here} EXCEPT {there}) UNION ALL ({there} EXCEPT {here})) differing").format(
        here=SQL("SELECT {} FROM {}").format(table.list(), table.target),
        there=SQL("SELECT {} FROM {} WHERE {} IS NOT NULL").format(table.list(), table.staged, Identifier(table.told)),
    )
    count: int = (await anext(await connection.execute(query)))[0]
    return count


_BIRTHS = """
SELECT DISTINCT birth_id FROM record_version JOIN committed USING (step)
WHERE step > %(after)s AND step <= %(upto)s AND NOT EXISTS (
    SELECT FROM record_version earlier JOIN committed USING (step)
    WHERE earlier.birth_id = record_version.birth_id AND step <= %(after)s
)
"""

# The last word of these steps on each record; no customer: it has left.
_MEMBERSHIPS = """
INSERT INTO staged_membership
SELECT DISTINCT ON (birth_id) birth_id, new_gcid
FROM membership_delta JOIN committed USING (step)
WHERE step > %(after)s AND step <= %(upto)s
ORDER BY birth_id, step DESC
"""

# What the records say now of which these steps tell something; one that has left, or was forgotten, says nothing.
# Of several values of a kind one is taken: verified before claimed, then by the source's order, as edges have them.
_RECORDS = """
INSERT INTO staged_record
SELECT touched.birth_id,
       split_part(key, '|', 1),
       substring(key FROM '^[^|]*[|][^|]*[|](.*)$'),
       one->>'NationalId', one->>'Phone', one->>'Email',
       said->>'full_name',
       (said->'created_at'->>'instant')::timestamptz
FROM (
    SELECT birth_id FROM record_version WHERE step > %(after)s AND step <= %(upto)s
    UNION
    SELECT birth_id FROM presence_delta WHERE step > %(after)s AND step <= %(upto)s
) touched
LEFT JOIN LATERAL (
    SELECT what FROM presence_delta JOIN committed USING (step)
    WHERE presence_delta.birth_id = touched.birth_id ORDER BY step DESC LIMIT 1
) presence ON true
LEFT JOIN LATERAL (
    SELECT said FROM record_version JOIN committed USING (step)
    WHERE record_version.birth_id = touched.birth_id AND coalesce(what, 'returned') = 'returned'
    ORDER BY step DESC LIMIT 1
) version ON true
LEFT JOIN record_key ON record_key.birth_id = touched.birth_id AND said IS NOT NULL
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(kind, value) AS one FROM (
        SELECT DISTINCT ON (kind) kind, value FROM (
            SELECT it->>'kind' AS kind, it->>'value' AS value, min(place) AS place,
                   bool_or(coalesce((it->>'verified')::boolean, true)) AS verified
            FROM jsonb_array_elements(said->'identifiers') WITH ORDINALITY AS told (it, place)
            GROUP BY it->>'kind', it->>'value', it->>'country'
        ) each
        ORDER BY kind, verified DESC, place
    ) first
) identifiers ON true
"""
