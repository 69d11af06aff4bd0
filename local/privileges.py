"""Database servers refuse to run as root: which unprivileged user runs it then, and what that user must keep."""

import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError

NOBODY = 65534
# From linux/capability.h: pass every permission check, or only those for reading and for entering directories.
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


@dataclass(frozen=True, slots=True)
class Identity:
    """The user id to change to and the number of the capability to keep; None means: as we are, none."""

    user: int | None = None
    capability: int | None = None


def server_identity(paths: Iterable[Path]) -> Identity:
    """Who runs a server that may not run as root and must reach these paths.

    As root that is `nobody`, so that no system user is created. A virtual environment or a data directory below a home
    that only root may enter is out of nobody's reach; the server then keeps the right to enter directories, the
    smallest one that will do. (An SQL superuser of it can read files by that right: it is root's own server, with a
    password that only root can read.)

    Raises:
        LocalError: root of a container that lacks that right.
    """
    if os.geteuid() != 0:
        return Identity()
    user = _nobody()
    hidden = [path for path in paths if not is_reachable(path, user)]
    if not hidden:
        return Identity(user)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if permitted_capabilities() & 1 << capability:
            return Identity(user, capability)
    raise LocalError(
        f"A database server cannot run as root, and the user nobody cannot reach {hidden[0]}: "
        "run as another user, or keep the project and WEKEZA_DATA where every user may enter."
    )


def is_reachable(path: Path, user: int) -> bool:
    """Whether a user without groups may enter every directory on the way to a path and read what is there."""
    return _may(path.resolve(), user, stat.S_IROTH) and all(
        _may(parent, user, stat.S_IXOTH) for parent in path.resolve().parents
    )


def permitted_capabilities(status: Path = Path("/proc/self/status")) -> int:
    """The bit set of the capabilities that this process may use; 0 where there are none."""
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return int(lines.get("CapPrm", "0").strip(), 16)


def _may(path: Path, user: int, others: int) -> bool:
    status = path.stat()
    return bool(status.st_mode & (others << 6 if status.st_uid == user else others))


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return NOBODY
