"""A random world costs a database of its own: `make check` tries a few, `make test-nightly` many (TEST_WORLDS)."""

import os

WORLDS = int(os.environ.get("TEST_WORLDS", "10"))
