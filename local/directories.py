"""Where things are on disk: one cache and one data directory per user, one private directory per run."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError
from local.locks import is_locked, locked

APPLICATION = "wekeza"
UNFINISHED = "unfinished"
# A run that was killed leaves its servers a moment to end, and they hold its lock until then.
LOCK_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where one run keeps its things: `data` may outlive it, `run` never does; `locks` are held while servers live."""

    data: Path
    run: Path
    locks: tuple[int, ...]


def cache_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """WEKEZA_CACHE, or the user's cache directory by the XDG rule (standard library only, for the preflight)."""
    return _user_directory(environment, "WEKEZA_CACHE", "XDG_CACHE_HOME", ".cache")


def data_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """WEKEZA_DATA, or the user's data directory by the XDG rule."""
    return _user_directory(environment, "WEKEZA_DATA", "XDG_DATA_HOME", ".local/share")


@contextmanager
def workplace(data: Path | None = None) -> Iterator[Place]:
    """Take the data directory for one run, or a temporary one when none is named, and make a directory for the run.

    The run directory has mode 0700 and is removed at the end; what killed runs left behind is removed at the start.

    Raises:
        LocalError: a directory cannot be made, or another run is using the data directory.
    """
    with _run_directory(private(cache_directory() / "runs", "WEKEZA_CACHE")) as (run, run_lock):
        if data is None:
            yield Place(private(run / "data"), run, (run_lock,))
            return
        path = private(data.absolute(), "WEKEZA_DATA")
        with _exclusive(path) as data_lock:
            yield Place(path, run, (run_lock, data_lock))


@contextmanager
def finished_or_remade(directory: Path) -> Iterator[bool]:
    """Fill a directory once: yields whether it has to be filled, which is so if an earlier attempt was cut short.

    A mark is there from before the first file until after the last. Only a directory with the mark is emptied, so one
    with real data never is.
    """
    mark = private(directory) / UNFINISHED
    fresh = mark.exists() or not any(directory.iterdir())
    if fresh:
        mark.touch()
        _empty(directory, but=mark)
    yield fresh
    mark.unlink(missing_ok=True)


def private(directory: Path, variable: str = "WEKEZA_DATA") -> Path:
    """Make a directory that only this user can read, with its parents.

    Raises:
        LocalError: it cannot be made or written; names the environment variable that chooses another.
    """
    advice = f"Name another directory with {variable}."
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(f"The directory {directory} cannot be made ({error.strerror}). {advice}") from None
    if not os.access(directory, os.W_OK | os.X_OK, effective_ids=True):
        raise LocalError(f"The directory {directory} belongs to another user. {advice}")
    return directory


@contextmanager
def _run_directory(runs: Path) -> Iterator[tuple[Path, int]]:
    with ExitStack() as held:
        # between making a directory and locking it, nobody may take it for an abandoned one
        with locked(runs / "lock"):
            remove_abandoned(runs)
            run = Path(tempfile.mkdtemp(prefix="run-", dir=runs))
            lock = held.enter_context(locked(run / "lock"))
        try:
            yield run, lock
        finally:
            # while it is removed its lock is gone, so that others would take it for an abandoned one
            with locked(runs / "lock"):
                shutil.rmtree(run)


def remove_abandoned(runs: Path) -> None:
    """Remove the directories of runs that no longer live: their locks are open."""
    for run in runs.glob("run-*"):
        lock = run / "lock"
        if not lock.exists() or not is_locked(lock):
            shutil.rmtree(run)


@contextmanager
def _exclusive(data: Path) -> Iterator[int]:
    with ExitStack() as held:
        try:
            lock = held.enter_context(locked(data / "lock", patience=LOCK_PATIENCE_SECONDS))
        except BlockingIOError:
            advice = "Stop it, or name another directory with WEKEZA_DATA."
            raise LocalError(f"Another run is using the data directory {data}. {advice}") from None
        yield lock


def _empty(directory: Path, *, but: Path) -> None:
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != but:
            entry.unlink()


def _user_directory(environment: Mapping[str, str], own: str, standard: str, fallback: str) -> Path:
    if named := environment.get(own):
        return Path(named).expanduser().absolute()
    base = environment.get(standard)
    return (Path(base) if base else Path("~", fallback).expanduser()) / APPLICATION
