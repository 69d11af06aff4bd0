"""What goes wrong with a source, whatever its engine; the engine knows by which code it is told.

A driver's own text is left out of every sentence: it may name people or hold a secret.
"""

from ingest.errors import SourceContractError, SourceUnavailable


def not_granted() -> SourceContractError:
    return SourceContractError("this user may not read it: grant SELECT on it.")


def changed(code: object) -> SourceContractError:
    return SourceContractError(f"it changed while it was read ({code}): correct the source file or try again.")


def not_let_in() -> SourceUnavailable:
    return SourceUnavailable("it refuses the user or the password: check them in its DSN.")


def no_database() -> SourceUnavailable:
    return SourceUnavailable("its server has no such database: check the name in its DSN.")


def not_vouched_for(option: str) -> SourceUnavailable:
    """``option`` of the DSN names the authority."""
    return SourceUnavailable(f"nobody whom we trust vouches for its certificate: name its authority with {option}.")


def too_late() -> SourceUnavailable:
    return SourceUnavailable(
        "it did not answer within the time limit: it is busy, somebody holds a lock, or the line hangs."
    )


def silent() -> SourceUnavailable:
    return SourceUnavailable("it does not answer: does the server run, and are host and port right in its DSN?")


def unknown(code: object) -> SourceContractError:
    return SourceContractError(f"it refuses to be read ({code}).")
