"""A source that drops files: each is read once, whatever its name, in pages whose positions say how far.

A file is known by its checksum, under which its position stands in the graph: a run that was killed goes on in the
middle, and the same content again, under whatever name, is loaded no second time. A file that cannot be read is set
aside, and fails its table only after the others were read.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, Self, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import pyarrow as pa
import structlog

from graph.records import Position
from ingest.connectors.folder import NANOSECONDS, Drop, Manifest, Mark, Seen, choose, digest, is_settled, unlisted
from ingest.connectors.pace import Pace, wait_or
from ingest.connectors.page import Page
from ingest.connectors.tabular import BadFile, Tabular, open_tabular
from ingest.errors import SourceContractError, SourceUnavailable
from ingest.expressions import evaluate
from ingest.folder import Folder
from ingest.source import Source
from ingest.table import Table

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


class _Moving(Exception):
    """A file changes while it is read: it is left for the next time."""


class FilesReader:
    """The folders of one source. Use ``async with FilesReader.connect(...)``."""

    def __init__(self, source: Source, dsns: Mapping[str, str], pace: Pace) -> None:
        self._source = source
        self._dsns = dsns
        self._pace = pace

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, source: Source, dsns: Mapping[str, str], stopping: asyncio.Event | None = None
    ) -> AsyncIterator[Self]:
        """``dsns`` by the source's names for them; ``stopping`` ends waiting for a source that is read slowly."""
        yield cls(source, dsns, Pace(source.rows_per_second, asyncio.get_running_loop().time, wait_or(stopping)))

    def pages(
        self, entity: Table, since: Position | None, size: int, *, stored: Position | None = None
    ) -> AsyncGenerator[Page, None]:
        """All files, as if none had been read."""
        return self.parts(entity, {}, size)

    async def parts(
        self, entity: Table, known: Mapping[str, Position], size: int, since: date | None = None
    ) -> AsyncGenerator[Page, None]:
        """The rows of all files that are complete and not read to their end; ``known`` positions are by checksum.

        Files that were last written on the day ``since`` or later are read again from their beginning.

        Raises SourceUnavailable where the folder cannot be read, and at the end SourceContractError for the files that
        could not.
        """
        marks = {checksum: Mark.of(position) for checksum, position in known.items()}
        if since:
            begin = datetime.combine(since, clock.min, ZoneInfo(self._source.place_of(entity).timezone)).timestamp()
            marks = {checksum: mark for checksum, mark in marks.items() if mark.changed < begin * NANOSECONDS}
        with self._explained():
            drop = self._drop(entity.place)
            files, manifest = await asyncio.to_thread(lambda: (drop.files(), drop.manifest()))
        listed = {name: it for name, it in manifest.items() if fnmatchcase(name, entity.table)}
        faults = [f"{name!r} is listed in its manifest and not there." for name in unlisted(files, listed, marks)]
        for file in choose(files, entity.table, drop.options, manifest, marks, time.time_ns()):
            try:
                async for page in self._pages(entity, drop, file, manifest, marks, size):
                    yield page
            except BadFile as fault:
                faults.append(f"{file.name!r}: {fault}")
                log.warning("file_rejected", system=self._source.name, table=entity.name, file=file.name)
            except _Moving:
                log.info("file_changes", system=self._source.name, table=entity.name, file=file.name)
            except OSError as fault:
                faults.append(f"{file.name!r} may not be read or moved ({type(fault).__name__}): let wekeza do both.")
        if faults:
            raise SourceContractError(f"{self._source.title}, file {' File '.join(faults)}")

    async def keys(self, entity: Table, size: int) -> AsyncGenerator[pa.Table, None]:
        """Files tell only what there is: a source file that asks for more is refused when it is read."""
        for _ in ():
            yield pa.table({})
        raise SourceContractError(f"{self._source.title}: files do not tell which rows there are no longer.")

    async def schema(self, entity: Table) -> pa.Schema:
        """The declared columns of the newest file. Raises SourceContractError if one is gone, or there is no file."""
        return await self._newest(entity, lambda found: self._schema(entity, found))

    async def undeclared(self, entity: Table) -> tuple[str, ...]:
        """Columns of the newest file that the source file neither reads nor ignores."""
        known = {*entity.columns, *entity.ignore}
        return await self._newest(entity, lambda found: tuple(name for name in found.names if name not in known))

    async def tables(self, place: str | None = None) -> tuple[str, ...]:
        """The patterns by which files of the folder are known, and the names of those that are not."""
        patterns = [it.table for it in self._source.tables if it.place == place] + [*self._source.ignore.tables]
        with self._explained():
            files = await asyncio.to_thread(self._drop(place).files)
        names = {file.name for file in files if not self._is_manifest(place, file)}
        return tuple(sorted({next((it for it in patterns if fnmatchcase(name, it)), name) for name in names}))

    async def _pages(
        self, entity: Table, drop: Drop, file: Seen, manifest: Manifest, marks: dict[str, Mark], size: int
    ) -> AsyncGenerator[Page, None]:
        """One file from where it was read to; then it is moved, also if all of it was read before."""
        with closing(await asyncio.to_thread(_open, drop, file)) as opened:
            try:
                checksum = await asyncio.to_thread(digest, opened)
                mark = marks.get(checksum) or Mark(name=file.name, size=file.size, changed=file.changed)
                if mark.complete:
                    self._tell_again(entity, file, mark)
                else:
                    found, total = await asyncio.to_thread(self._open_rows, entity, file, opened, checksum, manifest)
                    async for rows, reached in _rows(found, entity, mark.rows, size):
                        mark = replace(mark, rows=reached, complete=reached >= total)
                        yield Page(rows=rows, position=mark.position, fresh=_fresh(file, len(rows)), part=checksum)
                        await self._pace.spend(len(rows))
                    marks[checksum] = mark
            except BadFile as fault:
                await asyncio.to_thread(_reject, drop, file, opened, str(fault))
                raise
            if not drop.is_unchanged(file, opened):
                raise _Moving
        await asyncio.to_thread(drop.archive, file, checksum)

    def _open_rows(
        self, entity: Table, file: Seen, opened: BinaryIO, checksum: str, manifest: Manifest
    ) -> tuple[Tabular, int]:
        """The file's rows and how many they are. Raises BadFile where it is not as its manifest or its table says."""
        listed = manifest.get(file.name) if file.checksum is None else None
        if listed and (listed.sha256 != checksum or listed.bytes not in (None, file.size)):
            if not is_settled(file, time.time_ns(), self._options(entity.place).settle):
                raise _Moving  # it is still arriving, behind its manifest
            raise BadFile("its checksum is not the one in its manifest: deliver both again.")
        zone = ZoneInfo(self._source.place_of(entity).timezone)
        found = open_tabular(file.name, opened, file.size, entity.dialect, zone)
        schema = self._schema(entity, found)
        try:
            evaluate(entity.expressions, schema.empty_table(), zone.key, entity.choice)
        except SourceContractError as fault:
            raise BadFile(str(fault)) from None
        total = found.count()
        if listed and listed.rows not in (None, total):
            raise BadFile(f"it has {total:,} rows, and {listed.rows:,} by its manifest: deliver both again.")
        return found, total

    def _schema(self, entity: Table, found: Tabular) -> pa.Schema:
        wrong = [name for name in entity.columns if found.names.count(name) != 1]
        if wrong:
            said = ", ".join(f"{name!r} {'twice' if name in found.names else 'lost'}" for name in wrong)
            raise BadFile(
                f"a column of it is renamed, dropped or there twice ({said}): have it delivered as before, or correct "
                f"[[table]] {entity.name!r} in ingest/sources/{self._source.name}.toml."
            )
        return found.schema(tuple(entity.columns))

    async def _newest(self, entity: Table, ask: Callable[[Tabular], T]) -> T:
        def look() -> T:
            drop = self._drop(entity.place)
            files = [file for file in drop.files() if fnmatchcase(file.name, entity.table)]
            if not files:
                raise SourceContractError(f"no file {entity.table!r} has arrived in its folder yet.")
            file = max(files, key=lambda file: (file.name, file.changed))
            zone = ZoneInfo(self._source.place_of(entity).timezone)
            with closing(drop.open(file)) as opened:
                try:
                    return ask(open_tabular(file.name, opened, file.size, entity.dialect, zone))
                except BadFile as fault:
                    raise SourceContractError(f"file {file.name!r}: {fault}") from None

        with self._explained():
            return await asyncio.to_thread(look)

    def _tell_again(self, entity: Table, file: Seen, mark: Mark) -> None:
        """Say so if it is another file with the same content, and not the same one that could not be moved before."""
        if file.checksum is None and (mark.name, mark.changed) != (file.name, file.changed):
            told = {"system": self._source.name, "table": entity.name, "file": file.name}
            log.warning("file_again", **told, same_as=mark.name, why="its content was loaded before, and is not again")

    def _drop(self, place: str | None) -> Drop:
        name = f"{self._source.name}_{place}" if place else self._source.name
        if name not in self._dsns:
            raise SourceUnavailable(f"it has no DSN: give WEKEZA_SOURCES__{name.upper()} one.")
        return Drop(folder_of(self._dsns[name]), self._options(place))

    def _options(self, place: str | None) -> Folder:
        found = self._source.places[place].folder if place else self._source.folder
        assert found is not None  # noqa: S101 - a source file is refused without it
        return found

    def _is_manifest(self, place: str | None, file: Seen) -> bool:
        return file.name == self._options(place).manifest

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What is wrong with the folder itself, as one sentence that names the system."""
        title = self._source.title
        try:
            yield
        except FileNotFoundError:
            raise SourceUnavailable(f"{title}: its folder is not there: make it, or correct its DSN.") from None
        except PermissionError:
            raise SourceUnavailable(f"{title}: its folder may not be read: let wekeza read and write it.") from None
        except OSError as fault:
            raise SourceUnavailable(f"{title}: its folder cannot be read ({type(fault).__name__}).") from None
        except (SourceContractError, SourceUnavailable) as fault:
            raise type(fault)(f"{title}: {fault}") from None


def folder_of(dsn: str) -> Path:
    """The folder that ``file:///folder`` names. Raises SourceUnavailable."""
    try:
        parts = urlsplit(dsn)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise SourceUnavailable("its DSN cannot be read: write file:///folder.")
    return Path(unquote(parts.path))


def _open(drop: Drop, file: Seen) -> BinaryIO:
    try:
        return drop.open(file)
    except FileNotFoundError:
        raise _Moving from None


def _reject(drop: Drop, file: Seen, opened: BinaryIO, why: str) -> None:
    """A file that somebody writes is left: it may be well when he is done."""
    if not drop.is_unchanged(file, opened):
        raise _Moving
    drop.reject(file, why)


async def _rows(found: Tabular, entity: Table, skip: int, size: int) -> AsyncGenerator[tuple[pa.Table, int], None]:
    """Pages of rows and how many rows of the file they reach to; of a file without rows one that is empty."""
    pages = found.rows(tuple(entity.columns), skip, size)
    page, reached = await asyncio.to_thread(next, pages, None), skip
    if page is None:
        yield found.schema(tuple(entity.columns)).empty_table(), reached
    while page is not None:
        reached += page.num_rows
        yield page, reached
        page = await asyncio.to_thread(next, pages, None)


def _fresh(file: Seen, rows: int) -> pa.ChunkedArray:
    """Each row is as old as its file."""
    at = pa.scalar(EPOCH + timedelta(microseconds=file.changed // 1_000), pa.timestamp("us", tz="UTC"))
    return pa.chunked_array([pa.repeat(at, rows)])
