"""The command `resolve-file`: what it says, and where it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from pyarrow import csv
from typer.testing import CliRunner, Result

from graph.bulk.source import BadFile
from graph.resolution.policy import UnknownPolicy
from wekeza.resolve_file import resolve_file

app = typer.Typer()
app.command("resolve-file")(resolve_file)

# Ends the command as its process would, and then tells which of the others' libraries it has loaded.
ALONE = """
import sys
from wekeza.__main__ import main
try:
    main()
finally:
    print(sorted({"fastapi", "neo4j", "sqlalchemy"} & sys.modules.keys()))
"""
ROWS = """record,phone,full_name,country,branch
a,0712345678,John Doe,KE,Nakuru
b,+254712345678,"DOE, John",KE,Nakuru
c,0712345678,Alice Wanjiku,KE,Nakuru
d,nobody knows,Mary Otieno,Kenya,Nakuru
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def facts(result: Result) -> dict[str, str]:
    """The table of the summary."""
    rows = (line.strip().rsplit("  ", 1) for line in result.stdout.splitlines())
    return {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}


def test_summary_counts_what_was_done(source: Path) -> None:
    output, links = source.with_name("out.csv"), source.with_name("links.csv")
    result = run(source, output, "--links", links)
    assert result.exit_code == 0, result.output
    said = facts(result)
    assert (said["records"], said["customers"], said["links accepted"]) == ("4", "3", "1")
    assert said["links refused: names_contradict"] == "1"
    assert said["invalid identifiers"] == "1"
    assert said["unreadable country, taken as missing"] == "1"
    assert "Ignored columns: branch." in result.stdout
    assert "not those of a production graph" in result.stdout
    assert csv.read_csv(links).to_pylist() == [
        {"a": "a", "b": "b", "kind": "Phone", "accepted": True, "reason": ""},
        {"a": "a", "b": "c", "kind": "Phone", "accepted": False, "reason": "names_contradict"},
    ]


def test_policy_is_chosen_by_name(source: Path) -> None:
    result = run(source, source.with_name("out.csv"), "--policy", "plain")
    assert facts(result)["customers"] == "2"


def test_unknown_policy_is_refused_before_anything_is_read(source: Path) -> None:
    result = run(source, source.with_name("out.csv"), "--policy", "wishful")
    assert isinstance(result.exception, UnknownPolicy)
    assert result.exit_code != 0


def test_bad_file_is_told_without_what_is_in_it(source: Path) -> None:
    source.write_text(ROWS + "a,0799123456,John Doe,KE,Nakuru\n", encoding="utf-8")
    result = run(source, source.with_name("out.csv"))
    assert isinstance(result.exception, BadFile)
    assert "0799123456" not in str(result.exception)
    assert not source.with_name("out.csv").exists()


def test_help_says_what_the_ids_are_and_are_not() -> None:
    text = " ".join(run("--help").stdout.split())
    assert "not those of a production graph" in text
    assert "national_id" in text


def test_the_command_loads_nothing_that_only_others_need(source: Path) -> None:
    words = [sys.executable, "-c", ALONE, "resolve-file"]
    done = subprocess.run([*words, str(source), str(source.with_name("out.csv"))], capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "[]"), done.stderr
    wrong = subprocess.run([*words, "nowhere.csv", "out.csv"], capture_output=True, text=True)
    assert (wrong.returncode, wrong.stderr) == (1, "wekeza: nowhere.csv cannot be read: No such file or directory.\n")
