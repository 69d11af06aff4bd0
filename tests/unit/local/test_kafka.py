from pathlib import Path

from local.jars import read_jars
from local.kafka import JARS, VERSION, render_properties


def test_settings_of_who_starts_it_replace_ours() -> None:
    text = render_properties(Path("/a b/files"), (1, 2), {"log.dirs": "/other", "message.max.bytes": "7"})
    lines = dict(line.split("=", 1) for line in text.splitlines())
    assert lines["listeners"] == "PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2"
    assert (lines["log.dirs"], lines["message.max.bytes"]) == ("/other", "7")
    assert lines["auto.create.topics.enable"] == "false"


def test_a_backslash_is_one() -> None:
    assert "a=b\\\\c\n" in render_properties(Path("/files"), (1, 2), {"a": "b\\c"})


def test_the_list_is_of_the_version_that_is_named() -> None:
    jars = {jar.artifact: jar.version for jar in read_jars(JARS.list.read_text())}
    assert jars["kafka_2.13"] == VERSION
