"""The three secrets of an installation, kept in its data directory and readable by its owner only.

``secret`` names the records (GCIDs come from it): with another one the same people would get other ids, so the ledger
keeps its fingerprint and refuses a wrong one. ``signing-key.pem`` signs the tokens of the local issuer,
``audit-key.pem`` the heads of the audit chain: it must never be where the ledger is.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

SECRET_BYTES = 32


class KeyTooShort(Exception):
    pass


def installation_secret(data: Path, given: SecretStr | None) -> bytes:
    """The secret that names records: the one given, else the stored one, else a new one, stored."""
    if given is None:
        return bytes.fromhex(_kept(data / "secret", lambda: secrets.token_hex(SECRET_BYTES)))
    secret = given.get_secret_value().encode()
    if len(secret) < SECRET_BYTES:
        raise KeyTooShort(f"WEKEZA_SECRET has {len(secret)} bytes; it needs {SECRET_BYTES} or more.")
    return secret


def signing_key(data: Path, make: Callable[[], str]) -> str:
    """The PEM of the local issuer's private key; made once by ``make``."""
    return _kept(data / "signing-key.pem", make)


def audit_key(data: Path, make: Callable[[], str]) -> str:
    """The PEM of the key that signs the audit chain's heads; made once by ``make``."""
    return _kept(data / "audit-key.pem", make)


def _kept(file: Path, make: Callable[[], str]) -> str:
    """Read a file, or make it: whole, under another name first, so that a killed run leaves none half-written."""
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(make(), encoding="ascii")
    try:
        os.link(draft, file)  # fails if another process was first: then its key holds
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_text(encoding="ascii")
