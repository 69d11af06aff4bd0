"""A second store takes the first one's place at one moment: before it the old one is in force, after it the new one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.stores import FORMER, IN_FORCE, READY, SECOND, finish_exchange, second_store


class Killed(BaseException):
    """What no handler catches."""


def store(data: Path, name: str, said: str) -> Path:
    directory = data / name
    directory.mkdir()
    (directory / "said").write_text(said)
    return directory


def stores(data: Path) -> dict[str, str]:
    return {directory.name: (directory / "said").read_text() for directory in data.iterdir()}


def test_a_second_store_replaces_the_first(tmp_path: Path) -> None:
    store(tmp_path, IN_FORCE, "old")
    with second_store(tmp_path) as name:
        store(tmp_path, name, "new")
        assert stores(tmp_path) == {IN_FORCE: "old", SECOND: "new"}
    assert stores(tmp_path) == {IN_FORCE: "new"}


def test_a_lost_store_is_replaced_too(tmp_path: Path) -> None:
    with second_store(tmp_path) as name:
        store(tmp_path, name, "new")
    assert stores(tmp_path) == {IN_FORCE: "new"}


def test_what_fails_leaves_the_first_alone(tmp_path: Path) -> None:
    store(tmp_path, IN_FORCE, "old")
    store(tmp_path, SECOND, "of an attempt that was killed")
    with pytest.raises(Killed):
        _fill_and_fail(tmp_path)
    assert stores(tmp_path) == {IN_FORCE: "old"}


@pytest.mark.parametrize("renames", range(4))
def test_a_kill_at_any_moment_of_the_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: int) -> None:
    """Killed after so many renames; the next run ends what was begun."""
    store(tmp_path, IN_FORCE, "old")
    monkeypatch.setattr(Path, "rename", _killed_after(renames, Path.rename))
    try:
        with second_store(tmp_path) as name:
            store(tmp_path, name, "new")
    except Killed:
        assert renames < 3
    monkeypatch.undo()
    finish_exchange(tmp_path)
    assert stores(tmp_path) == {IN_FORCE: "new" if renames else "old"}


@pytest.mark.parametrize(
    "left",
    [
        {IN_FORCE: "old", READY: "new"},
        {IN_FORCE: "old", READY: "new", FORMER: "half removed"},
        {FORMER: "old", READY: "new"},
        {IN_FORCE: "new", FORMER: "old"},
    ],
)
def test_whatever_a_kill_left_the_new_one_is_in_force(tmp_path: Path, left: dict[str, str]) -> None:
    for name, said in left.items():
        store(tmp_path, name, said)
    finish_exchange(tmp_path)
    assert stores(tmp_path) == {IN_FORCE: "new"}


def _fill_and_fail(data: Path) -> None:
    with second_store(data) as name:
        assert stores(data) == {IN_FORCE: "old"}
        store(data, name, "new")
        raise Killed


def _killed_after(times: int, rename: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    done = 0

    def renamed(source: Path, target: Path) -> Path:
        nonlocal done
        if done == times:
            raise Killed
        done += 1
        return rename(source, target)

    return renamed
