from pathlib import Path

import pytest

from local.directories import cache_directory
from local.jars import assembled_jars
from local.java import find_java


@pytest.fixture(scope="session")
def jars() -> Path:
    """Neo4j's jars, assembled before; a cache of a test's own links to them."""
    return assembled_jars(cache_directory(), find_java(), lambda _: None)
