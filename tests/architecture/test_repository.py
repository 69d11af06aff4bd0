"""What no file of this repository may hold: a package registry's host, a path of one machine, a secret."""

import re
import subprocess

from tests.architecture.tree import ROOT

HOSTS = re.compile(
    r"(py[p]i|python[h]osted|npm[j]s|yarn[p]kg|deb[i]an|cr[a]tes)\.(org|com|io)|rep[o]\d?\.maven|maven\.apach[e]\.org/maven2"
)
PATHS = re.compile(r"(?<![\w.-])/(w[o]rk|r[o]ot|home/\w+)/\w")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|(?i:passw[o]rd|secret)\s*=\s*[\"'][A-Za-z0-9+/]{20,}[\"']")


def tracked_files() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_registry_a_machine_or_a_secret() -> None:
    found = []
    for name in tracked_files():
        text = (ROOT / name).read_bytes().decode("utf-8", errors="replace")
        found += [f"{name}: {match[0]}" for rule in (HOSTS, PATHS, SECRETS) for match in rule.finditer(text)]
    assert found == []


def test_the_rules_would_find_them() -> None:
    assert HOSTS.search("https://files.python" + "hosted.org/x")
    assert PATHS.search("see /ro" + "ot/x")
    assert SECRETS.search('password = "' + "a" * 24 + '"')
