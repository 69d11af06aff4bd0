"""Passwords that are drawn once and kept beside the data they open."""

import os
import secrets
from pathlib import Path

from local.errors import LocalError

RANDOM_BYTES = 18


def kept_password(file: Path, *, renew: bool) -> str:
    """The password in a file, or a new random one, which is written there for this user alone.

    Raises:
        LocalError: the file is gone.
    """
    if renew:
        password = secrets.token_hex(RANDOM_BYTES)
        file.unlink(missing_ok=True)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
            kept.write(password)
        return password
    try:
        return file.read_text()
    except FileNotFoundError:
        advice = "Put it back, or start on a new data directory with WEKEZA_DATA."
        raise LocalError(f"The password of the data in {file.parent} is gone: {file} is missing. {advice}") from None
