"""Fixtures are filed by topic under tests/fixtures and loaded as plugins."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Whatever is landed is tried with the same examples everywhere; `make test-nightly` draws new ones.
settings.register_profile(
    "same", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
if "TEST_HISTORIES" not in os.environ:
    settings.load_profile("same")

# They assert for the tests that drive them: a failure shall show what differs.
pytest.register_assert_rewrite("tests.integration.graph.histories", "tests.integration.graph.story")

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.servers"]
