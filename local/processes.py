"""Child processes that end when we end, however we end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from local.errors import LocalError, ServerStopped

LAUNCH = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 12
INHERITED = ("PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH")

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to start, as whom, and how it is told to end.

    `death_signal` is what the kernel sends when we are killed, `stop_signal` what we send ourselves; `user` is a user
    id to change to, `capability` the number of the one Linux capability which that user keeps, `hold` are the file
    descriptors of locks which must not open before the child is gone, `input` a file that it reads.
    """

    name: str
    arguments: Sequence[str | Path]
    log: Path
    directory: Path
    environment: Mapping[str, str]
    hold: tuple[int, ...] = ()
    input: Path = Path(os.devnull)
    user: int | None = None
    capability: int | None = None
    death_signal: signal.Signals = signal.SIGKILL
    stop_signal: signal.Signals = signal.SIGTERM


@contextmanager
def started(command: Command, *, grace: float = 30) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in its own session until the block ends; then stop it, and kill it after `grace` seconds.

    The kernel ties the child to the thread that started it: call this from a thread that lives as long as the server.
    """
    process = _open(command)
    try:
        yield process
    finally:
        _stop(process, command.stop_signal, grace)


def run(command: Command, *, timeout: float = 120) -> None:
    """Run a command to its end.

    Raises:
        LocalError: it failed or took longer than `timeout` seconds; says which, with the end of its log.
    """
    with started(command) as process:
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise LocalError(f"{command.name} did not end within {timeout:.0f} s.{_log_tail(command.log)}") from None
    if code != 0:
        raise LocalError(f"{command.name} failed with exit code {code}.{_log_tail(command.log)}")


def wait_until(
    process: subprocess.Popen[bytes], command: Command, ready: Callable[[], Answer | None], *, timeout: float
) -> Answer:
    """Ask `ready` until it answers, watching the process all the while.

    Raises:
        ServerStopped: the process ended first.
        LocalError: no answer within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while (answer := ready()) is None:
        if _ended_within(process, POLL_SECONDS):
            raise ServerStopped(
                f"{command.name} stopped while starting (exit {process.returncode}).{_log_tail(command.log)}"
            )
        if time.monotonic() > deadline:
            raise LocalError(f"{command.name} was not ready within {timeout:.0f} s.{_log_tail(command.log)}")
    return answer


def has_said(command: Command, phrase: str) -> bool:
    """Whether a phrase is in the log: what only this process can show, whoever else may answer on its port."""
    return phrase in command.log.read_text(errors="replace")


def _open(command: Command) -> subprocess.Popen[bytes]:
    user = "-" if command.user is None else command.user
    capability = "-" if command.capability is None else command.capability
    launcher = (sys.executable, "-I", LAUNCH, os.getpid(), int(command.death_signal), user, capability)
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with command.log.open("wb") as log, command.input.open("rb") as given:
        return subprocess.Popen(
            [str(part) for part in (*launcher, *command.arguments)],
            stdin=given,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=command.directory,
            env={**inherited, "LC_ALL": "C.UTF-8", **command.environment},
            pass_fds=command.hold,
            umask=0o077,
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals, grace: float) -> None:
    process.send_signal(stop_signal)
    if not _ended_within(process, grace):
        os.killpg(process.pid, signal.SIGKILL)  # it leads its own session, so its children go with it
        process.wait()


def _ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _log_tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return f" The end of {log}:\n" + "\n".join(f"  {line}" for line in lines) if lines else f" {log} is empty."
