"""Signed heads of the audit chain, in a file beside the key and away from the database.

A chain alone shows neither that its end was cut off nor that all of it was computed anew: what was signed before, does.
The file is one JSON object a line, appended and forced to the disk.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.audit import Head, read_head
from ledger.errors import LedgerError
from ledger.ledger import Ledger

VERSION = "wekeza-audit-head-1"  # of what is signed


class BadHead(LedgerError):
    """A line that is no signed head of ours; says which."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    head: Head
    at: str  # when it was signed, ISO 8601


def new_audit_key() -> str:
    """A fresh private key as PEM text; the caller keeps it in a file that only its user can read."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def load_audit_key(text: str) -> Ed25519PrivateKey:
    """Raises LedgerError where the text is not an unencrypted Ed25519 key in PEM form."""
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerError("The key that signs the audit chain is not an unencrypted Ed25519 key in PEM form.")
    return key


class HeadFile:
    """Where the heads are kept."""

    def __init__(self, path: Path, key: Ed25519PrivateKey) -> None:
        self._path = path
        self._key = key
        self._last: Head | None = None

    async def sign(self, ledger: Ledger) -> bool:
        """Sign where the chain ends now and keep that, unless this file's last line says it already.

        Answers False where there was nothing to do, or another process is just doing it: so heads never go back.
        Raises LedgerError if the file cannot be written.
        """
        with self._alone() as file:
            if file is None:
                return False
            async with ledger.transaction() as connection:
                head = await read_head(connection)
            if head == self._last:
                return False
            _drop_unfinished(file.fileno())
            file.write(_line(head, self._key))
            file.flush()
            os.fsync(file.fileno())
        self._last = head
        return True

    @contextmanager
    def _alone(self) -> Iterator[BinaryIO | None]:
        """The file to append to, held against other processes; None while another has it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield None
                else:
                    yield file
        except OSError as fault:
            raise LedgerError(
                f"The heads of the audit chain cannot be kept in {self._path}: {fault.strerror}."
            ) from fault

    def size(self) -> int:
        """Bytes that are there now; what comes later belongs to a chain that is longer."""
        return self._path.stat().st_size if self._path.exists() else 0

    def read(self, upto: int) -> Iterator[SignedHead]:
        """The heads in the order of signing, lazily. Raises BadHead for a line that was not signed with this key.

        A last line without an end was being written when a process was killed: it says nothing.
        """
        if not upto:
            return
        public, read = self._key.public_key(), 0
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                read += len(line)
                if read > upto or not line.endswith(b"\n"):
                    return
                yield _read(line, public, f"{self._path}, line {number}")


def _line(head: Head, key: Ed25519PrivateKey) -> bytes:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    signature = base64.b64encode(key.sign(_signed(head, at))).decode("ascii")
    said = {"id": head.id, "hash": head.hash.hex(), "at": at, "signature": signature}
    return json.dumps(said).encode("ascii") + b"\n"


def _read(line: bytes, key: Ed25519PublicKey, where: str) -> SignedHead:
    try:
        said = json.loads(line)
        head, at = Head(int(said["id"]), bytes.fromhex(said["hash"])), str(said["at"])
        key.verify(base64.b64decode(said["signature"], validate=True), _signed(head, at))
    except (ValueError, KeyError, TypeError, InvalidSignature) as fault:
        raise BadHead(f"{where} is not a head of the audit chain signed with this key.") from fault
    return SignedHead(head, at)


def _signed(head: Head, at: str) -> bytes:
    return json.dumps([VERSION, head.id, head.hash.hex(), at], separators=(",", ":")).encode()


def _drop_unfinished(file: int) -> None:
    """Take away the beginning of a line that a killed process left at the end."""
    size = os.fstat(file).st_size
    tail = os.pread(file, min(size, 4096), max(size - 4096, 0))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, size - len(tail) + tail.rfind(b"\n") + 1)
