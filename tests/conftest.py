"""Fixtures are filed by topic under tests/fixtures and loaded as plugins."""

import pytest

# They assert for the tests that drive them: a failure shall show what differs.
pytest.register_assert_rewrite("tests.integration.graph.histories", "tests.integration.graph.story")

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.servers"]
