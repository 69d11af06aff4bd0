"""Where a run spills what does not fit into memory: a directory of its own that does not outlive it for long."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

PREFIX = "wekeza-spill-"


class _Held(NamedTuple):
    """A directory with the lock on it, which the kernel takes from whoever dies."""

    path: Path
    descriptor: int

    def close(self) -> None:
        """Removes the directory and only then lets go of it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.descriptor)


@contextmanager
def open_spill() -> Iterator[Path]:
    """A new directory, removed at the end; whoever is killed leaves it to the next run, which removes it here."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if stale := _hold(left):
            stale.close()
    with closing(_make()) as held:
        yield held.path


def _make() -> _Held:
    while True:
        held = _hold(Path(tempfile.mkdtemp(prefix=PREFIX)))
        if held is not None:  # else another run has found it before it was locked, and removed it
            return held


def _hold(path: Path) -> _Held | None:
    """None if somebody else has it, or if it is gone."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.stat()
        except OSError:
            os.close(descriptor)
            raise
        return _Held(path, descriptor)
    return None
