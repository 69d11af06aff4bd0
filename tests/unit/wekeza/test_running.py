import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from wekeza.running import NotRunning, Running, announced, find_running, with_stores
from wekeza.settings import Settings


def running(**changes: object) -> Running:
    given = {
        "neo4j_uri": "bolt://127.0.0.1:7687",
        "neo4j_user": "neo4j",
        "neo4j_password": "p",
        "database_url": "postgresql://x",
        "api_url": "http://127.0.0.1:8000",
        "sources": {"mobile": "postgresql://m"},
    }
    return Running(**(given | changes))  # type: ignore[arg-type]  # a table of fields


def test_a_second_terminal_finds_what_the_first_started(tmp_path: Path) -> None:
    with announced(tmp_path, running()):
        assert find_running(tmp_path) == running()
        assert (tmp_path / "running.json").stat().st_mode & 0o777 == 0o600
        settings = with_stores(Settings(data=tmp_path, sources={"mobile": SecretStr("mine")}))
    assert settings.neo4j_uri == "bolt://127.0.0.1:7687"
    assert settings.sources["mobile"].get_secret_value() == "mine"
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_killed_run_is_ignored(tmp_path: Path) -> None:
    with announced(tmp_path, running(started=1.0)):
        assert find_running(tmp_path) is None


def test_a_file_of_another_process_with_the_pid_is_ignored(tmp_path: Path) -> None:
    with announced(tmp_path, running()):
        content = json.loads((tmp_path / "running.json").read_text(encoding="utf-8"))
        (tmp_path / "running.json").write_text(json.dumps(content | {"pid": 2**22 + 1}), encoding="utf-8")
        assert find_running(tmp_path) is None


def test_without_servers_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="make up"):
        with_stores(Settings(data=tmp_path))


def test_given_servers_are_used_as_they_are(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, neo4j_uri="bolt://mine")
    assert with_stores(settings) is settings
