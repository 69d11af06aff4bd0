"""Links that sign somebody in at the query page, each once: no token is printed, kept in a history, or logged.

Of a link's code the data directory keeps the hash, in a file that says for which role and until when. Taking that file
away is what makes the code good once, whichever process is asked.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import time

from api.sign_in import CODE
from api.tokens import Role, issue_token, new_signing_key
from wekeza.keys import signing_key

LINK_MINUTES = 10
TOKEN_MINUTES = 30
SUBJECT = "local"


@dataclass(frozen=True, slots=True)
class SignIns:
    """Those of the installation whose data are here."""

    data: Path

    def link(self, api_url: str, role: Role = Role.INVESTIGATOR) -> str:
        return f"{api_url}/graphiql#{CODE}={self.new_code(role)}"

    def new_code(self, role: Role) -> str:
        code = secrets.token_urlsafe(32)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in self._expired():
            old.unlink(missing_ok=True)
        file = self._file(code)
        file.touch(mode=0o600)
        file.write_text(json.dumps({"role": role.value, "until": time() + 60 * LINK_MINUTES}), encoding="ascii")
        return code

    def redeem(self, code: str) -> str | None:
        """A token for a code that is good; it is not from then on."""
        taken = self._folder / f"taken-{secrets.token_hex(8)}"
        try:
            self._file(code).rename(taken)  # of several who try, one
        except FileNotFoundError:
            return None
        said = json.loads(taken.read_text(encoding="ascii"))
        taken.unlink()
        if said["until"] < time():
            return None
        key = signing_key(self.data, new_signing_key)
        return issue_token(key, SUBJECT, Role(said["role"]), timedelta(minutes=TOKEN_MINUTES))

    @property
    def _folder(self) -> Path:
        return self.data / "sign-in"

    def _file(self, code: str) -> Path:
        return self._folder / hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()

    def _expired(self) -> Iterator[Path]:
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError):  # somebody else has taken it
                if file.stat().st_mtime < time() - 60 * LINK_MINUTES:
                    yield file
