"""The bank's inventory as the source files tell it: for the service, for the command line and for docs/sources.md."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from api.inventory import System
from ingest.declared import DataClass
from ingest.expressions import columns_in
from ingest.source import Source

TITLE = """# The sources

Written by `wekeza ingest list --markdown` from the files in `ingest/sources/`; how each is doing now is told by
`wekeza ingest list`, by GraphQL (`sources`) and by the metrics. A schema is *real* (the system's own), *nearest* (that
of the system most like it that has one) or *proposed* (by us, because there is none).
"""
COLUMNS = (
    "no.", "system", "category", "database", "engine", "purpose", "pattern", "writes", "read", "data", "schema",
)  # fmt: skip


def describe(source: Source) -> System:
    """What its file says, in the words of the inventory."""
    places = [source, *source.places.values()]
    origin = source.origin
    return System(
        name=source.name,
        title=source.title,
        number=source.number,
        category=source.category,
        purpose=source.purpose,
        databases=tuple(it.database for it in places),
        engines=tuple(it.engine for it in places),
        pattern=" + ".join(source.patterns),
        writes=source.writes,
        every=source.every,
        data_classes=tuple(sorted({it for table in source.tables for it in table.columns.values()})),
        schema_state=origin.state,
        schema_place="/".join(filter(None, (origin.repository, origin.path))) or None,
        attributes={place: tuple(sorted(found)) for place, found in _classes(source).items()},
        entities=tuple(dict.fromkeys(table.key_entity for table in source.tables if table.kind == "customer")),
        expected={(table.name, name): share for table in source.tables for name, share in table.expect.items()},
    )


def _classes(source: Source) -> dict[tuple[str, str], set[DataClass]]:
    """Of each attribute of the records of an entity, whichever table tells it."""
    found: defaultdict[tuple[str, str], set[DataClass]] = defaultdict(set)
    for table in source.tables:
        for name, sql in table.attributes.items():
            found[table.key_entity, name].update(table.columns[column] for column in columns_in(sql))
    return found


def inventory(sources: Iterable[Source]) -> list[System]:
    """By the inventory's numbers."""
    return sorted(map(describe, sources), key=lambda system: system.number)


def to_markdown(systems: Iterable[System]) -> str:
    """docs/sources.md."""
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *map(_row, systems)]
    return TITLE + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(system: System) -> Sequence[str]:
    return (
        str(system.number),
        f"{system.title} (`{system.name}`)",
        system.category,
        ", ".join(f"`{database}`" for database in system.databases),
        ", ".join(dict.fromkeys(system.engines)),
        system.purpose,
        system.pattern,
        system.writes,
        f"every {system.every.total_seconds():.0f} s",
        ", ".join(system.data_classes),
        system.schema_state + (f": `{system.schema_place}`" if system.schema_place else ""),
    )
