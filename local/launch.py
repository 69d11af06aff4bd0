"""Become a server process that cannot outlive its parent; run as a script by `local.processes`, never imported.

    python -I launch.py PARENT_PID DEATH_SIGNAL USER_ID CAPABILITY COMMAND...

The settings are made here, in a fresh interpreter that then becomes the server, because running Python between fork
and exec of a threaded parent (`preexec_fn`) can deadlock. Linux forgets the death signal when a process changes its
user, so the user comes first. USER_ID and CAPABILITY may be `-`; other systems than Linux know neither of them.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522


def main(arguments: list[str]) -> None:
    parent, death_signal, user, capability, *command = arguments
    if sys.platform == "linux":
        if user != "-":
            become(int(user), None if capability == "-" else int(capability))
        control(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):  # it died before the death signal was in place
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the caller gives an argument list, and no shell is wanted


def become(user: int, capability: int | None) -> None:
    """Change to an unprivileged user, who keeps one capability of root's or none."""
    if capability is not None:
        # Otherwise the kernel drops capabilities here, and later whenever the program asks access(2), as servers do.
        control(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if capability is not None:
        keep_only(capability)
        control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def keep_only(capability: int) -> None:
    """Set the effective, permitted and inheritable capabilities to the one given."""
    low, high = 1 << capability & 0xFFFFFFFF, 1 << capability >> 32
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(low, low, low, high, high, high)
    check(ctypes.CDLL(None, use_errno=True).capset(header, sets))


def control(option: int, *values: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    check(ctypes.CDLL(None, use_errno=True).prctl(option, *padded))


def check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
