import os
from pathlib import Path

import pytest

from local.privileges import Identity, is_reachable, permitted_capabilities, server_identity

STRANGER = 54321


def test_a_private_directory_hides_what_is_below(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    file = tmp_path / "file"
    file.touch(mode=0o644)
    assert not is_reachable(file, STRANGER)


def test_a_public_program_is_reachable_by_everybody() -> None:
    assert is_reachable(Path("/bin/sh"), STRANGER)


def test_capabilities_are_read_from_the_process_status(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("Name:\tpython\nCapPrm:\t0000000000000006\nCapEff:\t0\n")
    assert permitted_capabilities(tmp_path / "status") == 0b110
    assert permitted_capabilities(tmp_path / "none") == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root changes to another user")
def test_a_user_who_is_not_root_stays_who_it_is(tmp_path: Path) -> None:
    assert server_identity([tmp_path]) == Identity()
