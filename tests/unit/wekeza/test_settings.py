import os
from pathlib import Path

import pytest

from wekeza.settings import SettingsError, read_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("WEKEZA_") or name in {"NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "DATABASE_URL"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_a_fresh_machine_has_working_defaults() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.policy, settings.sources) == ("127.0.0.1", 8000, "guarded", {})


def test_the_environment_goes_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("wekeza.toml").write_text('port = 9000\npeople = 50\n[sources]\nfraud = "postgresql://f"\n', encoding="utf-8")
    monkeypatch.setenv("WEKEZA_PORT", "9001")
    monkeypatch.setenv("WEKEZA_SOURCES__MOBILE", "postgresql://m")
    settings = read_settings()
    assert (settings.port, settings.people, set(settings.sources)) == (9001, 50, {"fraud", "mobile"})


def test_all_problems_are_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEKEZA_PORT", "here")
    monkeypatch.setenv("WEKEZA_POLL_SECONDS", "0")
    monkeypatch.setenv("WEKEZA_POLL_SECOND", "10")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert [line.split()[1] for line in str(caught.value).splitlines()[1:]] == [
        "WEKEZA_POLL_SECOND",
        "poll_seconds:",
        "port:",
    ]


def test_one_store_without_the_other_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://somewhere")
    with pytest.raises(SettingsError, match="go together"):
        read_settings()


def test_a_secret_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEKEZA_SOURCES__MOBILE", "postgresql://user:hunter2@host/db")
    monkeypatch.setenv("WEKEZA_SECRET", "hunter2" * 8)
    assert "hunter2" not in repr(read_settings())


@pytest.mark.parametrize("text", ["port = ", "\xff\xfe"])
def test_a_broken_file_is_one_sentence(text: str) -> None:
    Path("wekeza.toml").write_text(text, encoding="latin-1")
    with pytest.raises(SettingsError, match=r"wekeza\.toml cannot be read"):
        read_settings()


def test_a_connection_to_another_machine_is_verified_or_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://graph:7687")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@ledger/w?sslmode=prefer")
    monkeypatch.setenv("WEKEZA_SOURCES__MOBILE", "postgresql://u:hunter2@bank/m")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert [line.split()[1] for line in str(caught.value).splitlines()[1:]] == ["NEO4J_URI:", "DATABASE_URL:"]
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("WEKEZA_PLAINTEXT_HOSTS", "graph, ledger")
    settings = read_settings()
    assert "sslmode=verify-full" in settings.sources["mobile"].get_secret_value()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value().endswith("sslmode=prefer")
