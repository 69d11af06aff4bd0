"""`python -m local` as a process of its own, for tests that end it in every way."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[3]
END_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Site:
    process: subprocess.Popen[str]
    variables: dict[str, str]
    browser: str

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def open_site(cache: Path, *options: str | Path) -> Iterator[Site]:
    """Both servers, ready; killed at the end if the test did not end them."""
    arguments = [sys.executable, "-m", "local", *options]
    with subprocess.Popen(
        arguments, cwd=ROOT, env=environment(cache), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _read(process)
        finally:
            process.kill()


def environment(cache: Path) -> dict[str, str]:
    """Ours, without servers that were given, and with a cache that holds the jars."""
    given = {"NEO4J_URI", "DATABASE_URL", "MARIADB_URL", "WEKEZA_DATA"}
    return {**{name: value for name, value in os.environ.items() if name not in given}, "WEKEZA_CACHE": str(cache)}


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of these end, or have ended, in time."""
    return psutil.wait_procs(processes, timeout=END_SECONDS)[1] == []


def _read(process: subprocess.Popen[str]) -> Site:
    assert process.stdout is not None
    assert process.stderr is not None
    variables = {}
    for line in process.stdout:
        name, _, value = line.strip().partition("=")
        variables[name] = value
        if name == "DATABASE_URL":
            browser = next(word for line in process.stderr for word in line.split() if word.endswith("/browser/"))
            return Site(process, variables, browser)
    raise AssertionError(f"python -m local ended: {process.stderr.read()}")
