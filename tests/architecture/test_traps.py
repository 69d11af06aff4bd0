"""The traps of the sources' catalogue (section 18.2), T1 to T23: none without a test that bears its number."""

import re

from tests.architecture.tree import ROOT

TRAPS = range(1, 24)
TEST = re.compile(r"^def test_t(\d\d)_", re.MULTILINE)


def test_every_trap_has_a_test_of_its_number() -> None:
    files = sorted((ROOT / "tests" / "unit" / "ingest").glob("test_traps_*.py"))
    found = {int(number) for file in files for number in TEST.findall(file.read_text(encoding="utf-8"))}
    assert found == {*TRAPS}
