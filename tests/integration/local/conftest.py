from pathlib import Path

import pytest

from local.directories import cache_directory
from local.jars import assembled_jars
from local.java import find_java


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
