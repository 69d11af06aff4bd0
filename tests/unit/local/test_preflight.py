import os
from pathlib import Path

import pytest

from local.preflight import (
    disk_problems,
    index_problem,
    memory_problems,
    needed_requirements,
)

# The ends of what pip 23 and 25 print, without the addresses.
CERTIFICATE = """WARNING: Retrying (Retry(total=0)) after connection broken by 'SSLError(SSLCertVerificationError(1, \
'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)'))': /simple/x/
ERROR: No matching distribution found for x"""
PROXY = """WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.', \
NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))': /simple/x/
ERROR: No matching distribution found for x"""
NETWORK = """WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('Failed to establish a \
new connection: [Errno -2] Name or service not known')': /simple/x/
ERROR: No matching distribution found for x"""
ABSENT = """ERROR: Could not find a version that satisfies the requirement x (from versions: none)
ERROR: No matching distribution found for x"""
OTHER = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (CERTIFICATE, "certificate is not trusted"),
        (PROXY, "check HTTPS_PROXY"),
        (NETWORK, "cannot be reached: check the network"),
        (ABSENT, "answers but has not got"),
        (OTHER, "DO NOT MATCH THE HASHES"),
    ],
)
def test_each_cause_has_its_own_sentence(output: str, sentence: str) -> None:
    problem = index_problem(output)
    assert sentence in problem
    assert len(problem.splitlines()) == 1


def test_the_smaller_of_machine_and_control_group_counts(tmp_path: Path) -> None:
    meminfo, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    meminfo.write_text("MemTotal: 9000000 kB\nMemAvailable: 8000000 kB\n")
    limit.write_text("max\n")
    assert list(memory_problems(meminfo, limit)) == []
    limit.write_text(f"{512 << 20}\n")
    assert list(memory_problems(meminfo, limit)) == [
        "There are 512 MiB of memory and 2048 are needed: end other programs."
    ]
    assert list(memory_problems(tmp_path / "none", tmp_path / "none")) == []


def test_a_directory_is_judged_by_the_nearest_one_that_exists(tmp_path: Path) -> None:
    assert list(disk_problems([tmp_path / "a" / "b"])) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert [str(tmp_path) in problem for problem in disk_problems([tmp_path / "a"])] == [True]


def test_java_and_a_fetcher_are_installed_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert needed_requirements() == ["requirements/run.txt", "requirements/java.txt"]
