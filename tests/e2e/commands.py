"""`python -m wekeza …` as a person runs it: a process of its own, in an environment of its own, at no terminal."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("WEKEZA_", "NEO4J_", "DATABASE_URL")
DEADLINE_SECONDS = 180.0  # a boot of both servers and a first load on a machine that does ten other things
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Running:
    """A command that goes on; what it says is in `log`."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_until(self, met: Callable[[], bool]) -> None:
        """Look until a condition is met; fails where the command ends first, or at the deadline."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not met():
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.said}"
            assert time.monotonic() < deadline, f"did not happen in time:\n{self.said}"
            time.sleep(LOOK_SECONDS)

    def end(self, number: int) -> int:
        """Send a signal; answers the exit code."""
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_SECONDS)


def run(*words: str, given: Mapping[str, str], directory: Path = ROOT) -> Answer:
    """Run a command to its end."""
    done = subprocess.run(
        _arguments(words),
        cwd=directory,
        env=environment(given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * DEADLINE_SECONDS,
        check=False,
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


@contextmanager
def running(*words: str, given: Mapping[str, str], log: Path, directory: Path = ROOT) -> Iterator[Running]:
    """Start a command; killed at the end if the test did not end it."""
    with (
        log.open("wb") as said,
        subprocess.Popen(
            _arguments(words),
            cwd=directory,
            env=environment(given),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield Running(process, log)
        finally:
            process.kill()


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Ours without what concerns the product, and what is given; wide enough that no table is folded."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS) or name == "WEKEZA_CACHE"}
    return {**plain, "COLUMNS": "300", "PYTHONDONTWRITEBYTECODE": "1", **given}


def _arguments(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "wekeza", *words]
