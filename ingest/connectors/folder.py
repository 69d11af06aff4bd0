"""A folder that a system drops files in: which of them are complete and not read yet, and where they go afterwards.

Nothing leaves the folder: no symbolic link is followed, and no path of a manifest is taken for more than a name.
"""

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import Annotated, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from graph.records import Position
from ingest.errors import SourceContractError
from ingest.folder import Folder

ARCHIVE, REJECTED = "archive", "rejected"
ARCHIVED = re.compile(r"(?P<stem>.+)\.(?P<sum>[0-9a-f]{16})(?:\.\d+)?(?P<ending>\.[a-z]+)")
BLOCK = 2**20
MAX_MANIFEST = 16 * 2**20  # bytes
NANOSECONDS = 10**9


class Listed(BaseModel):
    """What a manifest says of one file."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    file: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    rows: Annotated[int, Field(ge=0)] | None = None
    bytes: Annotated[int, Field(ge=0)] | None = None


Manifest = Mapping[str, Listed]  # by name
MANIFEST = TypeAdapter(list[Listed])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it lies there; ``checksum`` is how that of an archived one begins, which its name there says."""

    path: Path
    name: str  # under which it was dropped
    size: int
    changed: int  # nanoseconds since 1970
    checksum: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a file was read: as a position, which stands in the graph under the file's checksum."""

    name: str
    size: int
    changed: int
    rows: int = 0
    complete: bool = False

    @property
    def position(self) -> Position:
        return Position(
            f"{self.size} {self.changed} {self.name}", f"{self.rows} complete" if self.complete else f"{self.rows}"
        )

    @classmethod
    def of(cls, position: Position) -> "Mark":
        size, changed, name = (position.watermark or "0 0 ").split(" ", 2)
        rows, _, complete = position.key.partition(" ")
        return cls(name=name, size=int(size), changed=int(changed), rows=int(rows), complete=bool(complete))


def choose(
    files: Iterable[Seen], pattern: str, options: Folder, manifest: Manifest, marks: Mapping[str, Mark], now: int
) -> list[Seen]:
    """The files of a table that are to be read, by name: those that are complete and not read, whatever their name.

    ``marks`` are by checksum, ``now`` is in nanoseconds. An archived file is read again where the graph does not know
    it, as after a rebuild, or where it grew after it was read. Pure.
    """
    done = [(checksum, mark) for checksum, mark in marks.items() if mark.complete]
    archived = {(checksum[:16], mark.size) for checksum, mark in done}
    kept = set() if options.archive else {(mark.name, mark.size, mark.changed) for _, mark in done}

    def is_due(file: Seen) -> bool:
        if file.checksum is not None:
            return (file.checksum, file.size) not in archived
        if (file.name, file.size, file.changed) in kept:
            return False
        return file.name in manifest if options.manifest else is_settled(file, now, options.settle)

    due = [file for file in files if fnmatchcase(file.name, pattern) and is_due(file)]
    return sorted(due, key=lambda file: (file.name, file.checksum is None, file.changed))


def is_settled(file: Seen, now: int, settle: timedelta) -> bool:
    """Whether it was left alone for so long. A date in the future says that another clock is wrong, not when."""
    return abs(now - file.changed) >= settle.total_seconds() * NANOSECONDS


class Drop:
    """A folder on this machine. All of it is blocking; OSError where the folder or a file cannot be read."""

    def __init__(self, path: Path, options: Folder) -> None:
        self._path = path
        self.options = options

    def files(self) -> list[Seen]:
        """What lies in the folder and in its archive, without links, folders and what is no file."""
        return [*_seen(self._path), *(_seen_in(self._path / ARCHIVE) if self.options.archive else ())]

    def manifest(self) -> Manifest:
        """Empty until there is one, and where the source file names none."""
        if self.options.manifest is None:
            return {}
        try:
            with self._open(self._path / self.options.manifest) as file:
                said = file.read(MAX_MANIFEST + 1)
        except FileNotFoundError:
            return {}
        try:
            if len(said) > MAX_MANIFEST:
                raise ValueError
            listed = MANIFEST.validate_json(said)
        except (ValidationError, ValueError):
            raise SourceContractError(
                f"its manifest {self.options.manifest!r} is not a list of file, sha256 and rows as JSON: "
                "nothing is read until it is."
            ) from None
        if any("/" in it.file or it.file in (".", "..") for it in listed):
            raise SourceContractError(
                f"its manifest {self.options.manifest!r} names a path, and only names of files in the folder itself "
                "are read: nothing is read until it does not."
            )
        return {it.file: it for it in listed}

    def open(self, file: Seen) -> BinaryIO:
        return self._open(file.path)

    def is_unchanged(self, file: Seen, opened: BinaryIO) -> bool:
        """Whether the opened file is still as it was seen, and still the one of its name."""
        try:
            there, now = file.path.lstat(), os.fstat(opened.fileno())
        except FileNotFoundError:
            return False
        return (now.st_size, now.st_mtime_ns, now.st_ino) == (file.size, file.changed, there.st_ino)

    def archive(self, file: Seen, checksum: str) -> None:
        """Move what was read, or nothing in a folder that stays as it is."""
        if self.options.archive and file.checksum != checksum[:16]:
            dot = file.name.rindex(".")
            self._move(file, ARCHIVE, f"{file.name[:dot]}.{checksum[:16]}", file.name[dot:])

    def reject(self, file: Seen, why: str) -> None:
        """Set aside what cannot be read, with the reason beside it; of a folder that stays as it is nothing."""
        if self.options.archive:
            dot = file.name.rindex(".")
            kept = self._move(file, REJECTED, file.name[:dot], file.name[dot:])
            kept.with_name(f"{kept.name}.reason.txt").write_text(f"{why}\n", encoding="utf-8")

    def _move(self, file: Seen, folder: str, stem: str, ending: str) -> Path:
        """Within the file system, and over nothing that is there but an empty file that we made in its place."""
        target = self._path / folder
        target.mkdir(mode=0o700, exist_ok=True)
        if target.is_symlink():
            raise SourceContractError(f"{folder} in its folder is a symbolic link: make it a folder.")
        for number in count(1):
            name = f"{stem}{ending}" if number == 1 else f"{stem}.{number}{ending}"
            try:
                (target / name).touch(exist_ok=False)
            except FileExistsError:
                continue
            return file.path.replace(target / name)
        raise AssertionError  # there is always a further number

    @staticmethod
    def _open(path: Path) -> BinaryIO:
        """Not through a symbolic link, and without waiting for the other end of what is no file."""
        opened = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            opened.close()
            raise FileNotFoundError(path)
        return opened


def digest(opened: BinaryIO) -> str:
    """SHA-256 of all of it."""
    opened.seek(0)
    found = hashlib.sha256()
    while block := opened.read(BLOCK):
        found.update(block)
    return found.hexdigest()


def unlisted(files: Collection[Seen], manifest: Manifest, marks: Mapping[str, Mark]) -> list[str]:
    """The files that a manifest lists, and that are neither there nor read."""
    there = {file.name for file in files}
    read = {checksum for checksum, mark in marks.items() if mark.complete}
    return sorted(name for name, it in manifest.items() if name not in there and it.sha256 not in read)


def _seen(folder: Path) -> Iterable[Seen]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.isprintable() and "." in entry.name and entry.is_file(follow_symlinks=False):
                found = entry.stat(follow_symlinks=False)
                yield Seen(path=Path(entry.path), name=entry.name, size=found.st_size, changed=found.st_mtime_ns)


def _seen_in(archive: Path) -> Iterable[Seen]:
    """Archived files under the names that they were dropped under."""
    if archive.is_symlink() or not archive.is_dir():
        return
    for file in _seen(archive):
        if file.size and (
            found := ARCHIVED.fullmatch(file.name)
        ):  # an empty one is the place of a move that was killed
            yield Seen(
                path=file.path,
                name=found["stem"] + found["ending"],
                size=file.size,
                changed=file.changed,
                checksum=found["sum"],
            )
