import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from local.directories import UNFINISHED, workplace
from local.errors import LocalError
from local.postgres import find_programs, reach_postgres, start_postgres
from tests.integration.local.site import ROOT, environment

pytestmark = pytest.mark.usefixtures("cache")
START_AND_LEAVE = """
from local.directories import workplace
from local.postgres import find_programs, start_postgres
with workplace() as place, start_postgres(place):
    print(find_programs())
"""


def test_it_runs_on_loopback_with_a_password(tmp_path: Path) -> None:
    with workplace(tmp_path / "data") as place, start_postgres(place, settings={"wal_level": "logical"}) as server:
        with psycopg.connect(server.dsn) as connection:
            shown = {name: connection.execute(f"SHOW {name}").fetchone() for name in ("wal_level", "listen_addresses")}
        assert shown == {"wal_level": ("logical",), "listen_addresses": ("127.0.0.1",)}
        assert server.version.startswith("18.")
        with pytest.raises(LocalError, match="password authentication failed") as refused:
            reach_postgres(server.dsn.replace("wekeza:", "wekeza:wrong"))
        assert "wrong" not in str(refused.value)


def test_it_does_not_run_as_root() -> None:
    with workplace() as place, start_postgres(place) as server:
        owner = Path(f"/proc/{server.pid}").stat().st_uid
        assert owner == (os.geteuid() or 65534)


def test_an_initialisation_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "data" / "postgres"
    (half / "cluster").mkdir(parents=True)
    (half / "cluster" / "PG_VERSION").write_text("18")
    (half / UNFINISHED).touch()
    with workplace(tmp_path / "data") as place, start_postgres(place) as server:
        assert server.version.startswith("18.")
    assert not (half / UNFINISHED).exists()


def test_files_of_someone_else_are_not_touched(tmp_path: Path) -> None:
    precious = tmp_path / "data" / "postgres" / "precious"
    precious.parent.mkdir(parents=True)
    precious.write_text("x")
    with (
        workplace(tmp_path / "data") as place,
        pytest.raises(LocalError, match=r"postgres\.password is missing"),
        start_postgres(place),
    ):
        pytest.fail("started on files that are not its own")
    assert [path.name for path in precious.parent.iterdir()] == ["precious"]


def test_the_virtual_environment_may_be_private(tmp_path: Path, cache: Path) -> None:
    """As below a home of mode 0700, which the user nobody may not enter."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    package = find_programs().parents[1]
    for directory in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(directory, private / directory.name, ignore=shutil.ignore_patterns("pginstall"))
    answer = subprocess.run(
        [sys.executable, "-c", START_AND_LEAVE],
        cwd=ROOT,
        env={**environment(cache), "PYTHONPATH": str(private)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.startswith(str(private)), answer.stderr
