from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree

import pytest

from local.directories import (
    UNFINISHED,
    cache_directory,
    data_directory,
    finished_or_remade,
    private,
    remove_abandoned,
    workplace,
)
from local.errors import LocalError
from local.locks import is_locked, locked


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "a cache"
    monkeypatch.setenv("WEKEZA_CACHE", str(directory))
    return directory


def test_own_variables_come_before_the_standard_ones() -> None:
    standard = {"XDG_CACHE_HOME": "/c", "XDG_DATA_HOME": "/d"}
    own = {"WEKEZA_CACHE": "/own/c", "WEKEZA_DATA": "/own/d"}
    assert (cache_directory(standard), data_directory(standard)) == (Path("/c/wekeza"), Path("/d/wekeza"))
    assert (cache_directory(standard | own), data_directory(standard | own)) == (Path("/own/c"), Path("/own/d"))
    assert cache_directory({}) == Path.home() / ".cache" / "wekeza"
    assert data_directory({}) == Path.home() / ".local" / "share" / "wekeza"


def test_a_run_leaves_its_data_and_nothing_else(tmp_path: Path, cache: Path) -> None:
    with workplace(tmp_path / "my data") as place:
        (place.run / "x").touch()
        (place.data / "kept").touch()
        assert place.run.stat().st_mode & 0o777 == 0o700
        assert place.data.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in (cache / "runs").iterdir()) == ["lock"]
    assert (tmp_path / "my data" / "kept").exists()


def test_a_run_without_a_data_directory_leaves_no_data() -> None:
    with workplace() as place:
        (place.data / "x").touch()
    assert not place.data.exists()


def test_the_data_directory_belongs_to_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.directories.LOCK_PATIENCE_SECONDS", 0)
    with workplace(tmp_path / "data"):
        with pytest.raises(LocalError, match="Another run is using the data directory"), workplace(tmp_path / "data"):
            pytest.fail("two runs share the data")
        with workplace():
            pass  # one on other data may run beside it
    with workplace(tmp_path / "data"):
        pass


def test_only_what_dead_runs_left_is_removed(tmp_path: Path) -> None:
    for name in ("run-dead", "run-living", "run-stillborn", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "run-dead" / "lock").touch()
    with locked(tmp_path / "run-living" / "lock"):
        remove_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} - {"a cache"} == {"run-living", "other"}


def test_nobody_looks_for_dead_runs_while_one_ends(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half removed it has no lock of its own any more: another run would take it for dead and remove it, too."""
    held = []

    def remove(run: Path) -> None:
        held.append(is_locked(cache / "runs" / "lock"))
        rmtree(run)

    monkeypatch.setattr("local.directories.shutil.rmtree", remove)
    with workplace():
        pass
    assert held == [True]


def test_a_lock_is_open_after_its_block(tmp_path: Path) -> None:
    with locked(tmp_path / "lock"):
        assert is_locked(tmp_path / "lock")
    assert not is_locked(tmp_path / "lock")


def test_a_directory_is_filled_once(tmp_path: Path) -> None:
    for expected in (True, False):
        with finished_or_remade(tmp_path / "store") as fresh:
            assert fresh is expected
            (tmp_path / "store" / "x").touch()
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["x"]


def test_a_directory_whose_filling_was_cut_short_is_filled_anew(tmp_path: Path) -> None:
    with ExitStack() as killed:
        killed.enter_context(finished_or_remade(tmp_path / "store"))
        (tmp_path / "store" / "deep").mkdir()
        (tmp_path / "store" / "half").touch()
        killed.pop_all()  # as after a kill, nobody finishes
    with finished_or_remade(tmp_path / "store") as fresh:
        assert fresh
        assert [path.name for path in (tmp_path / "store").iterdir()] == [UNFINISHED]
    assert list((tmp_path / "store").iterdir()) == []


def test_a_directory_that_someone_else_filled_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "precious").touch()
    with finished_or_remade(tmp_path / "store") as fresh:
        assert not fresh
    assert (tmp_path / "store" / "precious").exists()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match=r"file/data cannot be made .* WEKEZA_DATA"):
        private(tmp_path / "file" / "data")
