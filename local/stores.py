"""Neo4j's store on disk, and a second one that is made beside it and then takes its place.

In force is what is in `neo4j`. A second store grows in `neo4j.second`; when it is whole, one rename to `neo4j.ready`
puts it in force: whatever happens after that, whoever comes next finishes the exchange. So no moment is without a
store, and none has half of one.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_FORCE = "neo4j"
SECOND = "neo4j.second"
READY = "neo4j.ready"
FORMER = "neo4j.former"


@contextmanager
def second_store(data: Path) -> Iterator[str]:
    """The name under which a second store may be filled; put in force when the block ends without an error.

    Its server must have ended by then. What an earlier attempt left is removed first, and what this one leaves too.
    """
    finish_exchange(data)
    _remove(data / SECOND)
    try:
        yield SECOND
        (data / SECOND).rename(data / READY)
    finally:
        _remove(data / SECOND)
    finish_exchange(data)


def finish_exchange(data: Path) -> None:
    """Give a store that is ready the name of the one in force, and only then remove that one."""
    in_force, ready, former = data / IN_FORCE, data / READY, data / FORMER
    if ready.exists():
        if in_force.exists():
            _remove(former)
            in_force.rename(former)
        ready.rename(in_force)
    _remove(former)


def _remove(directory: Path) -> None:
    if directory.exists():
        shutil.rmtree(directory)
