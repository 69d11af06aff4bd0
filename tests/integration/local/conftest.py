import os
import shutil
from pathlib import Path

import pytest

from local.directories import cache_directory
from local.jars import assembled_jars
from local.java import find_java
from local.mariadb import unpacked_mariadb


@pytest.fixture(scope="session")
def jars() -> Path:
    return assembled_jars(cache_directory(), find_java(), lambda _: None)


@pytest.fixture
def cache(tmp_path: Path, jars: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, below a private directory and with a space in its path, that has the jars already."""
    directory = tmp_path / "a cache"
    directory.mkdir()
    (directory / jars.name).symlink_to(jars)
    monkeypatch.setenv("WEKEZA_CACHE", str(directory))
    return directory


@pytest.fixture
def cache_with_mariadb(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("WEKEZA_CACHE")
    unpacked = unpacked_mariadb(cache_directory(), lambda _: None)
    monkeypatch.setenv("WEKEZA_CACHE", str(cache))
    shutil.copytree(
        unpacked, cache / unpacked.name, copy_function=os.link
    )  # a link in place of a directory is followed
    return cache
