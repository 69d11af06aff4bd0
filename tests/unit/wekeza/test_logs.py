import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from wekeza.logs import LibraryHandler, log_as_json

CANARY = "Zawadi Kanari"


@pytest.fixture
def library() -> Iterator[logging.Logger]:
    """A library's logger that reports to ours and to nobody else."""
    before = structlog.get_config()
    log_as_json()
    logger = logging.Logger("some.library")
    logger.addHandler(LibraryHandler())
    yield logger
    structlog.configure(**before)


def test_what_we_log_is_one_json_object_a_line(library: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    structlog.get_logger().warning("source_polled", system="mobile", read=3)
    [line] = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["system"], said["read"]) == ("source_polled", "warning", "mobile", 3)
    assert "timestamp" in said


def test_a_library_is_heard_without_its_values(library: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    library.warning("row %r was refused\nbecause of %s", CANARY, CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        library.exception("it broke")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["logger"], first["text"], first["error"]) == ("some.library", "row %r was refused", None)
    assert (second["text"], second["error"], second["level"]) == ("it broke", "ValueError", "error")
    assert CANARY not in json.dumps([first, second])
