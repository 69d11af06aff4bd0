import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from wekeza.keys import KeyTooShort, installation_secret, signing_key


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = installation_secret(tmp_path / "data", None)
    assert len(first) == 32
    assert installation_secret(tmp_path / "data", None) == first
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret"]


def test_a_given_secret_is_used_and_not_stored(tmp_path: Path) -> None:
    assert installation_secret(tmp_path, SecretStr("s" * 32)) == b"s" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyTooShort, match="9 bytes"):
        installation_secret(tmp_path, SecretStr("too short"))


def test_two_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)
    found: list[bytes] = []

    def start() -> None:
        barrier.wait()
        found.append(installation_secret(tmp_path, None))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_signing_key_is_kept(tmp_path: Path) -> None:
    made = iter(["first", "second"])
    assert signing_key(tmp_path, lambda: next(made)) == "first"
    assert signing_key(tmp_path, lambda: next(made)) == "first"
