from pathlib import Path

import pytest

from local.errors import LocalError
from local.passwords import kept_password


def test_a_password_is_kept_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "password"
    drawn = kept_password(file, renew=True)
    assert kept_password(file, renew=False) == drawn
    assert len(drawn) >= 32
    assert file.stat().st_mode & 0o777 == 0o600


def test_new_data_gets_a_new_password(tmp_path: Path) -> None:
    assert kept_password(tmp_path / "p", renew=True) != kept_password(tmp_path / "p", renew=True)


def test_a_lost_password_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=rf"{tmp_path}/password is missing"):
        kept_password(tmp_path / "password", renew=False)
