"""Run the servers until Ctrl-C: `python -m local [--data DIRECTORY]`; prints the variables that lead to them."""

import argparse
import shlex
import signal
import sys
from pathlib import Path

from local.directories import data_directory
from local.errors import LocalError
from local.servers import local_servers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description="Run Neo4j and PostgreSQL until Ctrl-C.")
    parser.add_argument("--data", type=Path, default=data_directory(), help="keep the data here (default: %(default)s)")
    parser.add_argument("--temporary", action="store_true", help="keep nothing")
    parser.add_argument("--mariadb", action="store_true", help="run a MariaDB too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        data = None if options.temporary else options.data
        with local_servers(data, mariadb=options.mariadb, say=_say) as servers:
            _say(
                f"Neo4j {servers.neo4j.version} (pid {servers.neo4j.pid}), Browser at {servers.neo4j.http_uri}/browser/"
            )
            _say(f"PostgreSQL {servers.postgres.version} (pid {servers.postgres.pid})")
            if servers.mariadb:
                _say(f"MariaDB {servers.mariadb.version} (pid {servers.mariadb.pid})")
            for name, value in servers.environment().items():
                sys.stdout.write(f"{name}={shlex.quote(value)}\n")
            sys.stdout.flush()
            signal.pause()
    except KeyboardInterrupt:
        _say("Stopped.")
    except LocalError as error:
        _say(str(error))
        return 1
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
