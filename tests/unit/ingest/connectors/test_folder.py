"""Which files of a folder are read: a pure choice, and what a manifest may say."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.records import Position
from ingest.connectors.folder import Drop, Listed, Mark, Seen, choose, unlisted
from ingest.errors import SourceContractError
from ingest.folder import Folder
from tests.unit.ingest.connectors.drops import settled, write_csv

SETTLE = timedelta(seconds=30)
NOW = 1_800_000_000 * 10**9
SUM = "ab" * 32
NAMES = st.sampled_from(["sums_1.csv", "sums_2.csv", "sums_10.csv", "other_1.csv", "sums_1.parquet"])
SEEN = st.builds(
    lambda name, size, age, checksum: Seen(
        path=Path(name), name=name, size=size, changed=NOW - age * 10**9, checksum=checksum
    ),
    NAMES,
    st.integers(0, 3),
    st.integers(-100, 100),
    st.none() | st.sampled_from(["ab" * 8, "cd" * 8]),
)
MARKS = st.dictionaries(
    st.sampled_from([SUM, "cd" * 32]),
    st.builds(Mark, name=NAMES, size=st.integers(0, 3), changed=st.just(NOW), complete=st.booleans()),
)


def seen(name: str, age: float = 60, **said: object) -> Seen:
    return Seen(path=Path(name), name=name, size=1, changed=NOW - int(age * 10**9), **said)  # type: ignore[arg-type]


def chosen(*files: Seen, options: Folder | None = None, **said: object) -> list[str]:
    given_ = {"manifest": {}, "marks": {}, **said}
    return [it.name for it in choose(files, "sums_*.csv", options or Folder(settle="30s"), now=NOW, **given_)]  # type: ignore[arg-type]


@given(st.lists(SEEN), MARKS)
def test_what_is_chosen_is_complete_in_order_and_chosen_again_in_any_order(
    files: list[Seen], marks: dict[str, Mark]
) -> None:
    options = Folder(settle="30s")
    found = choose(files, "sums_*.csv", options, {}, marks, NOW)
    assert [it.name for it in found] == sorted(it.name for it in found)
    assert all(it.name.startswith("sums_") and it.name.endswith(".csv") for it in found)
    assert all(it.checksum or abs(NOW - it.changed) >= 30 * 10**9 for it in found)
    again = choose(files[::-1], "sums_*.csv", options, {}, marks, NOW)
    assert sorted(map(repr, again)) == sorted(map(repr, found))


@given(st.lists(SEEN), MARKS)
def test_nothing_is_chosen_twice_once_all_of_it_was_read_and_archived(
    files: list[Seen], marks: dict[str, Mark]
) -> None:
    read = {it.checksum: it for it in files if it.checksum}.values()
    done = {
        str(it.checksum) * 4: Mark(name=it.name, size=it.size, changed=it.changed, rows=1, complete=True) for it in read
    }
    options = Folder(settle="30s")
    assert choose(list(read), "*", options, {}, done, NOW) == []
    assert len(choose(list(read), "*", options, {}, {}, NOW)) == len(read)


def test_a_file_that_was_changed_just_now_is_left() -> None:
    assert chosen(seen("sums_b.csv"), seen("sums_a.csv"), seen("sums_c.csv", age=5)) == ["sums_a.csv", "sums_b.csv"]
    assert chosen(seen("sums_a.csv", age=-5)) == []
    assert chosen(seen("sums_a.csv", age=-5000)) == ["sums_a.csv"], (
        "a clock that is wrong keeps no file waiting for ever"
    )


def test_with_a_manifest_what_it_does_not_list_is_left_and_what_it_lists_is_not_waited_for() -> None:
    options = Folder(manifest="_manifest.json")
    manifest = {"sums_a.csv": Listed(file="sums_a.csv", sha256=SUM)}
    assert chosen(seen("sums_a.csv", age=1), seen("sums_b.csv"), options=options, manifest=manifest) == ["sums_a.csv"]


def test_an_archived_file_is_read_again_where_the_graph_does_not_know_it_or_it_grew() -> None:
    file = seen("sums_a.csv", checksum=SUM[:16])
    done = Mark(name="sums_a.csv", size=1, changed=NOW, rows=5, complete=True)
    assert chosen(file, marks={SUM: done}) == []
    assert chosen(file) == ["sums_a.csv"]
    assert chosen(file, marks={SUM: Mark(name="sums_a.csv", size=1, changed=NOW, rows=2)}) == ["sums_a.csv"]
    assert chosen(file, marks={SUM: Mark(name="sums_a.csv", size=0, changed=NOW, complete=True)}) == ["sums_a.csv"]


def test_in_a_folder_that_stays_as_it_is_a_read_file_is_known_by_name_size_and_date() -> None:
    file, options = seen("sums_a.csv"), Folder(archive=False)
    done = Mark(name=file.name, size=file.size, changed=file.changed, complete=True)
    assert chosen(file, options=options, marks={SUM: done}) == []
    assert chosen(file, options=options, marks={SUM: Mark(name=file.name, size=2, changed=file.changed)}) == [file.name]


@given(st.text().filter(lambda it: "\x00" not in it), st.integers(0), st.integers(0), st.integers(0), st.booleans())
def test_a_mark_is_its_position(name: str, size: int, changed: int, rows: int, complete: bool) -> None:
    mark = Mark(name=name, size=size, changed=changed, rows=rows, complete=complete)
    assert Mark.of(mark.position) == mark
    assert isinstance(mark.position, Position)


def test_what_a_manifest_lists_is_there_or_was_read() -> None:
    manifest = {"a.csv": Listed(file="a.csv", sha256=SUM), "b.csv": Listed(file="b.csv", sha256="cd" * 32)}
    assert unlisted([seen("b.csv")], manifest, {}) == ["a.csv"]
    assert unlisted([seen("b.csv")], manifest, {SUM: Mark(name="z", size=1, changed=1, complete=True)}) == []


@pytest.mark.parametrize("said", ['{"file": 1', "[1]", '[{"file": "a.csv"}]', '[{"file": "a.csv", "sha256": "short"}]'])
def test_a_manifest_that_cannot_be_read_is_told_and_nothing_is_read(tmp_path: Path, said: str) -> None:
    (tmp_path / "_manifest.json").write_text(said)
    with pytest.raises(SourceContractError, match="not a list of file, sha256 and rows"):
        Drop(tmp_path, Folder(manifest="_manifest.json")).manifest()


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "sub/a.csv", ".."])
def test_no_path_of_a_manifest_leaves_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "_manifest.json").write_text(f'[{{"file": "{name}", "sha256": "{SUM}"}}]')
    with pytest.raises(SourceContractError, match="names a path"):
        Drop(tmp_path, Folder(manifest="_manifest.json")).manifest()


def test_links_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    outside = write_csv(tmp_path / "outside" / "sums_x.csv", [])
    folder = tmp_path / "drop"
    write_csv(folder / "sums_1.csv", [])
    (folder / "sums_2.csv").symlink_to(outside)
    (folder / "sums_3.csv").mkdir()
    os.mkfifo(folder / "sums_4.csv")
    (folder / "archive").symlink_to(outside.parent)
    drop = Drop(folder, Folder())
    assert [it.name for it in drop.files()] == ["sums_1.csv"]
    swapped = Seen(path=folder / "sums_2.csv", name="sums_2.csv", size=1, changed=1)
    with pytest.raises(OSError, match="symbolic links"):
        drop.open(swapped)
    with pytest.raises(SourceContractError, match="archive in its folder is a symbolic link"):
        drop.archive(drop.files()[0], SUM)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    drop = Drop(tmp_path, Folder())
    for text in ("one", "two"):
        (tmp_path / "a.csv").write_text(text)
        drop.archive(drop.files()[0], SUM)
        (tmp_path / "a.csv").write_text(text)
        drop.reject(next(it for it in drop.files() if it.checksum is None), "Why.")
    said = {it.name: it.read_text() for it in tmp_path.rglob("*.csv")}
    assert said == {f"a.{SUM[:16]}.csv": "one", f"a.{SUM[:16]}.2.csv": "two", "a.csv": "one", "a.2.csv": "two"}


@contextmanager
def as_nobody() -> Iterator[None]:
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_what_may_not_be_read_says_so(tmp_path: Path) -> None:
    file = settled(write_csv(tmp_path / "sums_1.csv", []))
    tmp_path.parent.chmod(0o755)
    tmp_path.parent.parent.chmod(0o755)
    drop = Drop(tmp_path, Folder())
    (seen_,) = drop.files()
    file.chmod(0o600)
    tmp_path.chmod(0o755)
    with as_nobody(), pytest.raises(PermissionError):
        drop.open(seen_)
    tmp_path.chmod(0o700)
    with as_nobody(), pytest.raises(PermissionError):
        drop.files()
