"""The README is what a new user follows to the letter, so what it names must be there."""

import json
import re

from graphql import build_schema, parse, validate
from typer.main import get_command

from tests.architecture.tree import ROOT
from wekeza.cli import app, ingest

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_line_says_what_a_bare_machine_needs() -> None:
    assert "git make python3-venv" in README.splitlines()[0]


def test_the_query_for_the_law_is_the_one_in_cypher() -> None:
    shown = re.search(r"```cypher\n(.*?)\n```", README, re.DOTALL)
    law = ROOT / "cypher" / "read_linked_equals_memberships.cypher"
    assert shown is not None
    assert shown[1] == law.read_text(encoding="utf-8").strip()


def test_the_first_query_is_valid() -> None:
    body = re.search(r"<<'JSON'\n(.*?)\nJSON", README, re.DOTALL)
    assert body is not None
    schema = build_schema((ROOT / "api" / "schema.graphql").read_text(encoding="utf-8"))
    assert validate(schema, parse(json.loads(body[1])["query"])) == []


def test_the_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", README)) <= targets
    named = set(re.findall(r"(?:`|^)wekeza ([a-z-]+)", README, re.MULTILINE))
    assert named <= get_command(app).commands.keys()  # type: ignore[attr-defined]  # the root is a group
    assert {command.name for command in ingest.registered_commands} == {
        "grants",
        "list",
        "check",
        "contracts",
        "once",
        "replay",
        "run",
    }
