"""The directory that a run spills to is gone when the run is, or when the next one begins."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from graph.bulk.spill import PREFIX, open_spill

RUN = "from graph.bulk.spill import open_spill\nwith open_spill() as path: print(path, flush=True), input()"


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_it_is_gone_at_the_end(temporary: Path) -> None:
    with open_spill() as spill:
        (spill / "block").write_text("x")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(temporary: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        left = Path(run.stdout.readline().decode().strip())
        (left / "block").write_text("x")
        with open_spill() as spill:
            assert set(temporary.iterdir()) == {left, spill}, "of a run that is alive nothing is taken"
        run.kill()
    assert left.exists()
    with open_spill() as spill:
        assert list(temporary.iterdir()) == [spill]


def test_what_is_no_directory_of_a_run_is_left_alone(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "dear").write_text("x")
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    (temporary / f"{PREFIX}file").write_text("x")
    with open_spill():
        assert (elsewhere / "dear").exists()
    assert {path.name for path in temporary.iterdir()} == {"elsewhere", f"{PREFIX}link", f"{PREFIX}file"}
