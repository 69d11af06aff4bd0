"""Advisory file locks, which the kernel opens when the last process that holds them is gone."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_SECONDS = 0.05


@contextmanager
def locked(path: Path, *, patience: float | None = None) -> Iterator[int]:
    """Hold the lock on a file, which is created if need be; yields its descriptor, to be handed to child processes.

    Waits up to `patience` seconds for another holder, or as long as it takes.

    Raises:
        BlockingIOError: another process holds the lock and kept it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if patience is None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        else:
            _lock_within(descriptor, patience)
        yield descriptor
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock on an existing file."""
    try:
        with locked(path, patience=0):
            return False
    except BlockingIOError:
        return True


def _lock_within(descriptor: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(POLL_SECONDS)
