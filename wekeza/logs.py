"""Structured logs: one JSON object a line on standard error. What is logged holds no personal data."""

import logging
import sys

import structlog


def log_as_json() -> None:
    """For the processes that run for long; what a person watches speaks through the screen instead."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _take_in_libraries(logging.WARNING)


def log_only_errors() -> None:
    """For commands that show their results themselves."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _take_in_libraries(logging.ERROR)


class LibraryHandler(logging.Handler):
    """What libraries log, in our form: the text without the values put into it, the kind of an error without its text.

    Their values and tracebacks may quote a row.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        text = str(record.msg).partition("\n")[0]
        structlog.get_logger().log(record.levelno, "library", logger=record.name, text=text, error=error)


def _take_in_libraries(level: int) -> None:
    logging.basicConfig(handlers=[LibraryHandler()], level=level)
    # Of missed, overlapping and broken polls ingest.schedule tells in its own words.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
