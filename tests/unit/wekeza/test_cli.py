import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.tokens import load_verification_key, verification_key, verify_token
from ingest.source import load_sources
from tests.architecture.tree import ROOT
from wekeza import cli
from wekeza.settings import Settings


@dataclass(frozen=True, slots=True)
class Answer:
    code: int | str | None
    out: str
    err: str


Wekeza = Callable[..., Answer]


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment that says nothing but where the data are, on a wide screen."""
    for name in list(os.environ):
        if name.startswith(("WEKEZA_", "NEO4J_", "DATABASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WEKEZA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def wekeza(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Wekeza]:
    """``wekeza("ingest", "list")`` runs the whole command line, up to its exit."""
    handler = signal.getsignal(signal.SIGTERM)

    def run(*words: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["wekeza", *words])
        with pytest.raises(SystemExit) as raised:
            cli.main()
        return Answer(raised.value.code, *capsys.readouterr())

    yield run
    signal.signal(signal.SIGTERM, handler)


def test_settings_lists_every_variable_and_hides_secrets(wekeza: Wekeza, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEKEZA_SECRET", "hunter2" * 8)
    monkeypatch.setenv("WEKEZA_SOURCES__MOBILE", "postgresql://reader:hunter2@host/db")
    answer = wekeza("settings")
    rows = {line.split()[0] for line in answer.out.splitlines() if line.strip()}
    assert answer.code == 0
    assert {cli.variable_of(name) for name in Settings.model_fields} <= rows
    assert {"NEO4J_URI", "DATABASE_URL", "WEKEZA_POLICY"} <= rows
    assert "hunter2" not in answer.out


def test_ingest_list_names_every_source_and_which_are_on(wekeza: Wekeza, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEKEZA_SOURCES__MOBILE", "postgresql://m")
    answer = wekeza("ingest", "list")
    assert answer.code == 0
    rows = {words[1]: words for line in answer.out.splitlines() if (words := line.split()) and words[0].isdigit()}
    assert {name for name, words in rows.items() if "off" in words} == load_sources().keys() - {"mobile"}
    assert "mobile" in rows


def test_ingest_list_prints_the_committed_inventory(wekeza: Wekeza) -> None:
    assert wekeza("ingest", "list", "--markdown").out == (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def test_token_prints_a_token_for_the_role_and_nothing_else(wekeza: Wekeza, data: Path) -> None:
    answer = wekeza("token", "--role", "analyst", "--hours", "1")
    [token] = answer.out.splitlines()
    key = verification_key((data / "signing-key.pem").read_text(encoding="ascii"))
    assert verify_token(load_verification_key(key), token).role == "analyst"
    assert answer.code == 0


def test_an_unknown_setting_is_one_sentence(wekeza: Wekeza, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEKEZA_POLL_SECOND", "10")
    assert wekeza("settings") == Answer(
        1,
        "",
        "wekeza: These settings are wrong:\n"
        "  - WEKEZA_POLL_SECOND is not a setting: the names are listed by `wekeza settings`\n",
    )


def test_without_servers_a_command_says_how_to_start_them(wekeza: Wekeza, data: Path) -> None:
    assert wekeza("customer", "--name", "Amina Otieno") == Answer(
        1, "", f"wekeza: No sample bank runs for {data}: start one with `make demo` or `make up`.\n"
    )


def test_ctrl_c_is_130_without_a_traceback(wekeza: Wekeza, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> Settings:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "read_settings", interrupted)
    answer = wekeza("settings")
    assert (answer.code, answer.out) == (130, "")
    assert "Traceback" not in answer.err


def test_help_names_every_command(wekeza: Wekeza) -> None:
    said = wekeza("--help").out
    commands = ("demo", "up", "serve", "resolve", "verify", "token", "customer", "settings", "ingest")
    assert [command for command in commands if command not in said] == []
