import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.tokens import load_verification_key, verification_key, verify_token
from ingest.source import load_sources
from wekeza import cli
from wekeza.settings import Settings

RUNNER = CliRunner(env={"COLUMNS": "400"})


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment that says nothing but where the data are."""
    for name in list(os.environ):
        if name.startswith(("WEKEZA_", "NEO4J_", "DATABASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WEKEZA_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def ask(*words: str) -> Result:
    return RUNNER.invoke(cli.app, words)


def main(monkeypatch: pytest.MonkeyPatch, *words: str) -> int | str | None:
    """The whole command line, up to its exit code."""
    monkeypatch.setattr(sys, "argv", ["wekeza", *words])
    with pytest.raises(SystemExit) as raised:
        cli.main()
    return raised.value.code


def test_settings_lists_every_variable_and_hides_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("WEKEZA_SECRET", "hunter2" * 8)
    monkeypatch.setenv("WEKEZA_SOURCES__MOBILE", "postgresql://reader:hunter2@host/db")
    assert main(monkeypatch, "settings") == 0
    said = capsys.readouterr().out
    rows = {line.split()[0] for line in said.splitlines() if line.strip()}
    assert {cli.variable_of(name) for name in Settings.model_fields} <= rows
    assert {"NEO4J_URI", "DATABASE_URL", "WEKEZA_POLICY"} <= rows
    assert "hunter2" not in said


def test_ingest_list_names_every_source_and_which_are_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEKEZA_SOURCES__MOBILE", "postgresql://m")
    assert main(monkeypatch, "ingest", "list") == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    sources = load_sources().values()
    assert [(row[0], row[1], row[-1]) for row in rows if row and row[0].isdigit()] == [
        (str(source.number), source.name, "yes" if source.name == "mobile" else "no")
        for source in sorted(sources, key=lambda source: source.number)
    ]


def test_token_prints_a_token_for_the_role_and_nothing_else(home: Path) -> None:
    answer = ask("token", "--role", "analyst", "--hours", "1")
    [token] = answer.output.splitlines()
    key = (home / "signing-key.pem").read_text(encoding="ascii")
    caller = verify_token(load_verification_key(verification_key(key)), token)
    assert (caller.role.value, answer.exit_code) == ("analyst", 0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("token", "--role", "king"), "investigator"),
        (("token", "--hours", "100000"), "720"),
        (("ingest", "twice"), "twice"),
        (("customer",), "--name"),
    ],
)
def test_a_wrong_word_is_told_with_what_would_be_right(words: tuple[str, ...], told: str) -> None:
    answer = ask(*words)
    assert answer.exit_code == 2
    assert told in answer.output
    assert "Traceback" not in answer.output


def test_an_unknown_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEKEZA_POLL_SECOND", "10")
    assert main(monkeypatch, "settings") == 1
    assert capsys.readouterr() == (
        "",
        "wekeza: These settings are wrong:\n"
        "  - WEKEZA_POLL_SECOND is not a setting: the names are listed by `wekeza settings`\n",
    )


def test_without_servers_a_command_says_how_to_start_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert main(monkeypatch, "customer", "--name", "Amina Otieno") == 1
    assert capsys.readouterr().err == (
        f"wekeza: No sample bank runs for {home}: start one with `make demo` or `make up`.\n"
    )


def test_ctrl_c_is_130_and_silent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> Settings:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "read_settings", interrupted)
    assert main(monkeypatch, "settings") == 130
    assert "Traceback" not in capsys.readouterr().err


def test_help_names_every_command() -> None:
    said = ask("--help").output
    commands = ("demo", "up", "serve", "resolve", "verify", "token", "customer", "settings", "ingest")
    assert [command for command in commands if command not in said] == []
