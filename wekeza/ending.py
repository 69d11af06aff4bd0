"""How every command ends: as it says itself, with one sentence for what a user can put right, or by a signal."""

import signal
import sys
from collections.abc import Sequence

import typer

from wekeza.screen import Screen


def run_to_end(app: typer.Typer, name: str, words: Sequence[str], told: tuple[type[Exception], ...]) -> None:
    """Exit code 1 and one sentence, never a traceback, for the faults in ``told``; 130 for Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(words, prog_name=name, standalone_mode=True)
    except told as fault:
        Screen().error(str(fault))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
