"""docker-compose.yml cannot be run here, so it is checked: against the compose schema, and against what it names."""

import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT
from wekeza.cli import app
from wekeza.settings import Settings

COMPOSE = ROOT / "docker-compose.yml"


def test_compose_file_follows_the_compose_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_schema_check_would_find_a_mistake(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "healthchecks:"), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(broken)]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_compose_names_real_settings_and_commands() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    fields = {f"WEKEZA_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"^\s+(WEKEZA_[A-Z_]+):", text, re.MULTILINE)) <= fields
    commands = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    known = commands | {group.name for group in app.registered_groups}
    assert {words.split(",")[0] for words in re.findall(r"^ {4}command: \[(.+)\]$", text, re.MULTILINE)} <= known


def test_image_copies_only_what_exists() -> None:
    copied = re.findall(r"^COPY (\S+) ", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [path for path in copied if not (ROOT / path).exists()] == []
