"""`python -m wekeza`, which is also the command `wekeza`."""

import sys


def main() -> None:
    """A file needs no server, and its workers import this module anew: what the other commands need costs each
    of these processes seconds."""
    if sys.argv[1:2] == ["resolve-file"]:
        from wekeza.resolve_file import main as run  # noqa: PLC0415 - see above
    else:
        from wekeza.cli import main as run  # noqa: PLC0415 - see above
    run()


if __name__ == "__main__":
    main()
