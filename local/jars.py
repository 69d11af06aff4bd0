"""Servers' jars: one committed list each, fetched one by one, verified, assembled once per user, then used offline.

A list is the runtime set that Maven resolves for a server, so neither fetcher below resolves anything: two resolvers
settle version conflicts differently, and what was tested must be what runs.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from local.directories import private
from local.errors import LocalError
from local.java import QUIET, Java
from local.locks import locked
from local.processes import Command, run

LIST = Path(__file__).with_name("neo4j.jars")
MAVEN_RESOLVE = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:resolve"
MAVEN_SECONDS = 900
JGO_SECONDS = 60
JGO_DOWNLOADS_AT_ONCE = 8

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Jar:
    """One line of the list."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """group:artifact:version[:classifier]"""
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))

    @property
    def file(self) -> str:
        """The name of the jar file."""
        return "-".join(filter(None, (self.artifact, self.version, self.classifier))) + ".jar"

    @property
    def path(self) -> Path:
        """Where a Maven repository keeps the file."""
        return Path(*self.group.split("."), self.artifact, self.version, self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jars:
    """A committed list: the server that it is for, as told to people, and how much there is to fetch."""

    title: str
    list: Path
    megabytes: int


NEO4J = Jars(title="Neo4j", list=LIST, megabytes=137)


def read_jars(text: str) -> tuple[Jar, ...]:
    """Parse a list of `coordinate sha256` lines; `#` starts a comment line.

    Raises:
        ValueError: a malformed line, or two jars of one file name; names them.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    jars = tuple(_read_jar(line) for line in lines)
    files = [jar.file for jar in jars]
    if twice := {file for file in files if files.count(file) > 1}:
        raise ValueError(f"listed twice: {', '.join(sorted(twice))}")
    return jars


def assembled_jars(cache: Path, java: Java, say: Say, wanted: Jars = NEO4J) -> Path:
    """The directory of all listed jars, assembled in the cache when it is not there yet.

    Processes that want it at once take turns; what a killed one left is continued.

    Raises:
        LocalError: the jars cannot be fetched, or one is not the jar of the list.
    """
    jars = read_jars(wanted.list.read_text())
    assembly = private(cache, "WEKEZA_CACHE") / assembly_name(wanted)
    if not _is_complete(assembly, jars):
        with locked(cache / "jars.lock") as lock:
            if not _is_complete(assembly, jars):
                say(f"Fetching {wanted.title}, {wanted.megabytes} MB; this happens once.")
                assemble(jars, assembly, lambda downloads: _fetch(jars, downloads, java, lock, say))
    return assembly


def assembly_name(wanted: Jars) -> str:
    """The name of the directory, which changes with the list."""
    return f"{wanted.list.stem}-{hashlib.sha256(wanted.list.read_bytes()).hexdigest()[:12]}"


def assemble(jars: tuple[Jar, ...], assembly: Path, fetch: Callable[[Path], None]) -> None:
    """Have the jars fetched into a Maven repository, verify them and put them into one directory.

    Raises:
        LocalError: a file is not the jar of the list, by SHA-256.
    """
    downloads = assembly.parent / "downloads"
    downloads.mkdir(mode=0o700, exist_ok=True)
    for jar in jars:
        if not _is_genuine(downloads / jar.path, jar):  # cut short by a kill: it would count as fetched
            (downloads / jar.path).unlink(missing_ok=True)
    fetch(downloads)
    if wrong := [jar.coordinate for jar in jars if not _is_genuine(downloads / jar.path, jar)]:
        raise LocalError(f"Not the files of our list, by SHA-256: {', '.join(wrong)}. Is a proxy changing them?")
    _move(jars, downloads, assembly)


def _read_jar(line: str) -> Jar:
    match = re.fullmatch(r"([\w.-]+):([\w.-]+):([\w.-]+)(?::([\w.-]+))? ([0-9a-f]{64})", line)
    if not match:
        raise ValueError(f"not `group:artifact:version[:classifier] sha256`: {line!r}")
    group, artifact, version, classifier, sha256 = match.groups(default="")
    return Jar(group=group, artifact=artifact, version=version, classifier=classifier, sha256=sha256)


def _is_complete(assembly: Path, jars: Iterable[Jar]) -> bool:
    return assembly.is_dir() and {path.name for path in assembly.iterdir()} >= {jar.file for jar in jars}


def _is_genuine(path: Path, jar: Jar) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == jar.sha256


def _move(jars: tuple[Jar, ...], downloads: Path, assembly: Path) -> None:
    """Put the jars into one directory, which gets its name last: a directory of that name is whole."""
    unfinished = assembly.with_suffix(".unfinished")
    for leftover in (unfinished, assembly):
        if leftover.exists():
            shutil.rmtree(leftover)
    unfinished.mkdir(mode=0o700)
    for jar in jars:
        (downloads / jar.path).rename(unfinished / jar.file)
    unfinished.rename(assembly)
    shutil.rmtree(downloads)


def _fetch(jars: tuple[Jar, ...], downloads: Path, java: Java, lock: int, say: Say) -> None:
    try:
        _fetch_by_maven(jars, downloads, java, lock)
    except LocalError as without_maven:
        say(f"{without_maven} Trying jgo instead.")
        _fetch_by_jgo(jars, downloads)


def _fetch_by_maven(jars: tuple[Jar, ...], downloads: Path, java: Java, lock: int) -> None:
    program = shutil.which("mvn")
    if program is None:
        raise LocalError("There is no Maven (mvn) on the PATH.")
    project = downloads / "pom.xml"
    project.write_bytes(_project(jars))
    maven = Command(
        name="Maven",
        # a repository of its own, because copies in the user's would double what is on disk
        arguments=[program, "-q", "-B", "--file", project, f"-Dmaven.repo.local={downloads}", MAVEN_RESOLVE],
        log=downloads / "maven.log",
        directory=downloads,
        environment={  # with the user's proxy and options
            **os.environ,
            "JAVA_HOME": str(java.home),
            "MAVEN_OPTS": f"{os.environ.get('MAVEN_OPTS', '')} {QUIET}",
        },
        hold=(lock,),
    )
    try:
        run(maven, timeout=MAVEN_SECONDS)
    except LocalError:
        raise LocalError(f"Maven failed: {_reason(maven.log.read_text(errors='replace'))}.") from None


def _project(jars: Iterable[Jar]) -> bytes:
    """A Maven project that depends on exactly these jars."""
    project = Element("project", xmlns="http://maven.apache.org/POM/4.0.0")
    _add(project, modelVersion="4.0.0", groupId="local", artifactId="jars", version="1", packaging="pom")
    dependencies = SubElement(project, "dependencies")
    for jar in jars:
        dependency = SubElement(dependencies, "dependency")
        _add(dependency, groupId=jar.group, artifactId=jar.artifact, version=jar.version)
        if jar.classifier:
            _add(dependency, classifier=jar.classifier)
        _add(SubElement(SubElement(dependency, "exclusions"), "exclusion"), groupId="*", artifactId="*")
    return tostring(project)


def _add(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text


def _reason(output: str) -> str:
    """Maven's first error line, without the colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines()
    return next((line.removeprefix("[ERROR] ") for line in lines if "ERROR" in line), "it gave no reason")


def _fetch_by_jgo(jars: tuple[Jar, ...], downloads: Path) -> None:
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - only machines without Maven install it
    except ModuleNotFoundError:
        raise LocalError(
            "The servers' jars need Maven or jgo: install Maven, "
            "or install requirements/java.txt into the virtual environment."
        ) from None
    context = MavenContext(repo_cache=downloads, timeout=JGO_SECONDS)

    def download(jar: Jar) -> None:
        component = context.project(jar.group, jar.artifact).at_version(jar.version)
        component.artifact(classifier=jar.classifier, packaging="jar").resolve()

    try:
        with ThreadPoolExecutor(JGO_DOWNLOADS_AT_ONCE) as pool:
            list(pool.map(download, jars))
    except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
        raise LocalError(f"A server's jars could not be downloaded: {error}") from error
