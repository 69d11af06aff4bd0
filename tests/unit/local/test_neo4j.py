from pathlib import Path

from local.neo4j import Memory, initial_credential, render_conf


def conf(settings: dict[str, str]) -> dict[str, str]:
    text = render_conf(Path("/my data"), Path("/run"), (7690, 7480), Memory(page_cache=99), settings)
    lines = [(name, value) for name, _, value in (line.partition("=") for line in text.splitlines())]
    assert len({name for name, _ in lines}) == len(lines)  # Neo4j refuses a name that comes twice
    return dict(lines)


def test_the_advertised_addresses_are_the_ports_listened_on() -> None:
    written = conf({})
    bolt, http = "127.0.0.1:7690", "127.0.0.1:7480"
    assert {written[f"server.bolt.{kind}_address"] for kind in ("listen", "advertised")} == {bolt}
    assert {written[f"server.http.{kind}_address"] for kind in ("listen", "advertised")} == {http}


def test_paths_and_memory_are_taken_over() -> None:
    written = conf({})
    assert written["server.directories.data"] == "/my data/data"
    assert written["server.memory.pagecache.size"] == "99m"


def test_given_settings_replace_ours_and_add_to_them() -> None:
    written = conf({"client.allow_telemetry": "true", "browser.post_connect_cmd": "help"})
    assert (written["client.allow_telemetry"], written["browser.post_connect_cmd"]) == ("true", "help")


def test_the_credential_is_what_neo4j_admin_writes() -> None:
    """Checked against a line that `neo4j-admin dbms set-initial-password` 5.26.31 wrote."""
    salt = "2344f3a2bf79b8220185cdadbfc096fb01567aa6238b6ffb2b166d89b5467fbe"
    digest = "46ae5a9e0da0e764df0c90c6a3d87d3c90631c4e81a855c19276557df2b0e471"
    line = f"neo4j:SHA-256,{digest},{salt},1024:\n"
    assert initial_credential("correct-horse", bytes.fromhex(salt)) == line
