"""A mistake of the user's, or a server that is down: one sentence on standard error, exit code 1, and no secret."""

from pathlib import Path

import pytest

from tests.e2e.commands import run
from tests.fixtures.databases import NewDatabase
from tests.fixtures.servers import TestServers

SECRET = "a secret that nobody may read, not even in an error message"
NOBODY = "127.0.0.1:9"  # the port of the discard service, where nothing listens


@pytest.fixture(scope="module")
def given(servers: TestServers, new_database: NewDatabase) -> dict[str, str]:
    """An environment in which every command works."""
    return {
        "NEO4J_URI": servers.neo4j_uri,
        "NEO4J_USER": servers.neo4j_user,
        "NEO4J_PASSWORD": servers.neo4j_password,
        "DATABASE_URL": new_database("faults"),
        "WEKEZA_SECRET": "another " * 8,
    }


def refused(answer_to: str, given: dict[str, str], **wrong: str) -> str:
    """The sentence with which a command ends; checks that it is one and holds no secret."""
    answer = run(*answer_to.split(), given={**given, **wrong})
    assert (answer.code, answer.out) == (1, ""), answer.err
    assert answer.err.startswith("wekeza: ")
    said = answer.err.removeprefix("wekeza: ").removesuffix("\n")
    assert SECRET not in said
    assert "Traceback" not in said
    return said


def one_line(said: str) -> str:
    assert "\n" not in said
    return said


def test_the_environment_is_right_before_it_is_made_wrong(given: dict[str, str]) -> None:
    answer = run("ingest", "once", given=given)
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.parametrize("command", ["ingest once", "serve", "up"])
def test_neo4j_that_is_down_at_the_start(given: dict[str, str], tmp_path: Path, command: str) -> None:
    said = refused(command, given, NEO4J_URI=f"bolt://{NOBODY}", NEO4J_PASSWORD=SECRET, WEKEZA_DATA=str(tmp_path))
    assert one_line(said).startswith(f"Neo4j at bolt://{NOBODY} does not answer")
    assert "NEO4J_URI" in said


def test_a_wrong_password_of_neo4j(given: dict[str, str]) -> None:
    said = refused("ingest once", given, NEO4J_PASSWORD=SECRET)
    uri, user = given["NEO4J_URI"], given["NEO4J_USER"]
    assert said == f"Neo4j at {uri} refused the user {user!r}: check NEO4J_PASSWORD."


def test_postgresql_that_is_down(given: dict[str, str]) -> None:
    said = refused("ingest once", given, DATABASE_URL=f"postgresql://somebody:{SECRET.replace(' ', '-')}@{NOBODY}/x")
    assert one_line(said).startswith(f"PostgreSQL at {NOBODY}/x did not let us in")
    assert said.endswith("is it running, is DATABASE_URL right?")
    assert SECRET.replace(" ", "-") not in said


def test_a_ledger_that_another_secret_made(given: dict[str, str]) -> None:
    said = refused("ingest once", given, WEKEZA_SECRET=SECRET)
    assert one_line(said).endswith("was made with another secret: give the one that named its records.")


@pytest.mark.parametrize(
    ("command", "wrong", "words"),
    [
        ("ingest once no-such", {}, ("There is no source no-such", "wekeza ingest list")),
        ("ingest once mobile", {}, ("mobile is not switched on", "WEKEZA_SOURCES__MOBILE")),
        ("ingest check", {"WEKEZA_SOURCES__MOBBILE": SECRET}, ("There is no source mobbile", "wekeza ingest list")),
        ("resolve", {"WEKEZA_POLICY": "lenient"}, ("lenient", "guarded", "plain")),
        ("resolve", {"WEKEZA_SECRET": "short"}, ("5 bytes", "32")),
        ("ingest once", {"DATABASE_URL": f"no address {SECRET}"}, ("DATABASE_URL", "postgresql://")),
    ],
    ids=["source", "off", "misspelt", "policy", "secret", "address"],
)
def test_a_mistake_says_what_and_what_to_do(
    given: dict[str, str], command: str, wrong: dict[str, str], words: tuple[str, ...]
) -> None:
    said = one_line(refused(command, given, **wrong))
    assert [word for word in words if word not in said] == []


def test_a_source_whose_address_is_none_does_not_stop_the_command(given: dict[str, str]) -> None:
    answer = run("ingest", "once", given={**given, "WEKEZA_SOURCES__MOBILE": SECRET})
    assert (answer.code, answer.err) == (1, "")
    assert "mobile: Mobile Banking: its DSN cannot be read: write postgresql://user:password@host:port/database." in (
        answer.out
    )
    assert SECRET not in answer.out


def test_without_servers_it_says_how_to_start_them(tmp_path: Path) -> None:
    said = refused("ingest once", {"WEKEZA_DATA": str(tmp_path)})
    assert one_line(said).startswith(f"No servers run for {tmp_path}")
    assert "make up" in said


@pytest.mark.parametrize(
    ("command", "told"), [("token --role king", "investigator"), ("ingest twice", "twice"), ("customer", "--name")]
)
def test_a_wrong_word_is_told_with_what_would_be_right(command: str, told: str) -> None:
    answer = run(*command.split(), given={})
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert "Traceback" not in answer.err


def test_wrong_settings_are_listed_together(given: dict[str, str]) -> None:
    said = refused("settings", given, WEKEZA_PORT="here", WEKEZA_BATCH_SIZE="0", WEKEZA_BATCH="1")
    assert [line.split()[1] for line in said.splitlines()[1:]] == ["WEKEZA_BATCH", "batch_size:", "port:"]
