"""Pure functions over many tasks, in processes of their own where that pays."""

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

PROCESSES = 2
WORTHWHILE = 100_000  # records from which on two more processes win back the second that they take to start


class Spread(Protocol):
    """``map``, here or elsewhere: answers come in the order of the tasks."""

    def __call__(self, work: Callable[[Task], Answer], tasks: Iterable[Task], /) -> Iterator[Answer]: ...


@contextmanager
def open_workers(records: int) -> Iterator[Spread]:
    """Processes that are spawned, not forked: a fork would copy the locks of DuckDB's threads."""
    processes = min(PROCESSES, os.cpu_count() or 1)
    if records < WORTHWHILE or processes == 1:
        yield map
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_prepare) as executor:
        executor.submit(_start)  # they start while the file is being worked on
        try:
            yield executor.map
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


def _start() -> None:
    """The first task is what makes the executor start its processes."""


def _prepare() -> None:
    """What the rule makes is freed by counting references; looking for cycles costs a third of the time."""
    gc.disable()
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """Nobody else would end a worker whose parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
