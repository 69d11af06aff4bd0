"""Work in other processes gives what work here gives."""

import multiprocessing
import os

import pytest

from graph.bulk.workers import WORTHWHILE, open_workers


def process_of(_: int) -> int:
    return os.getpid()


def test_answers_come_in_the_order_of_the_tasks_from_other_processes() -> None:
    with open_workers(WORTHWHILE) as spread:
        assert list(spread(abs, range(-50, 0))) == list(range(50, 0, -1))
        assert (os.cpu_count() or 1) == 1 or os.getpid() not in set(spread(process_of, range(9)))
    assert multiprocessing.active_children() == []


def test_what_is_small_stays_here() -> None:
    with open_workers(WORTHWHILE - 1) as spread:
        assert set(spread(process_of, range(9))) == {os.getpid()}


def test_a_failure_ends_the_workers() -> None:
    with pytest.raises(ZeroDivisionError), open_workers(WORTHWHILE) as spread:
        list(spread(divmod_by_zero, [1]))
    assert multiprocessing.active_children() == []


def divmod_by_zero(number: int) -> int:
    return number // 0
