"""Fixtures are filed by topic under tests/fixtures and loaded as plugins."""

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.servers"]
