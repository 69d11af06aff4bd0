import pytest

from local.jars import LIST, Jar, read_jars

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
