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


def problems(monkeypatch: pytest.MonkeyPatch, **given: str) -> list[str]:
    """Which settings are wrong, by the first words of what is said of each."""
    for name in ("HOST", "TLS_CERTIFICATE", "TLS_KEY", "JWKS_URL", "TOKEN_ISSUER", "PLAINTEXT_HOSTS"):
        monkeypatch.delenv(f"WEKEZA_{name}", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(f"WEKEZA_{name}", value)
    try:
        read_settings()
    except SettingsError as fault:
        return [line.removeprefix("  - ").partition(":")[0] for line in str(fault).splitlines()[1:]]
    return []


def test_other_machines_reach_the_api_over_tls_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pem = tmp_path / "pem"
    pem.touch()
    assert problems(monkeypatch, HOST="0.0.0.0") == ["host"]  # noqa: S104
    assert problems(monkeypatch, HOST="0.0.0.0", PLAINTEXT_HOSTS="0.0.0.0") == []  # noqa: S104
    assert problems(monkeypatch, HOST="0.0.0.0", TLS_CERTIFICATE=str(pem), TLS_KEY=str(pem)) == []  # noqa: S104
    assert problems(monkeypatch, HOST="::1") == []
    assert problems(monkeypatch, TLS_KEY=str(pem)) == ["tls_certificate and tls_key go together"]
    assert problems(monkeypatch, TLS_CERTIFICATE=str(pem), TLS_KEY=str(tmp_path / "none")) == ["tls_key"]


def test_keys_that_tokens_are_believed_by_come_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = "https://login.bank.example"
    assert problems(monkeypatch, JWKS_URL=f"{issuer}/keys", TOKEN_ISSUER=issuer) == []
    assert problems(monkeypatch, JWKS_URL="http://127.0.0.1:8080/keys", TOKEN_ISSUER=issuer) == []
    for url in ("http://login.bank.example/keys", "file:///keys", "https://", "keys", "http://[/"):
        assert problems(monkeypatch, JWKS_URL=url, TOKEN_ISSUER=issuer) == ["jwks_url"], url
    assert problems(monkeypatch, JWKS_URL=f"{issuer}/keys") == ["jwks_url and token_issuer go together"]


def test_a_webhook_s_secret_is_long_and_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEKEZA_WEBHOOKS__OPENBANKING", "short")
    with pytest.raises(SettingsError, match="webhooks: the secret of openbanking has fewer than 24 characters"):
        read_settings()
    monkeypatch.setenv("WEKEZA_WEBHOOKS__OPENBANKING", "long enough not to be guessed")
    settings = read_settings()
    assert "guessed" not in repr(settings)
    assert settings.webhooks["openbanking"].get_secret_value() == "long enough not to be guessed"
