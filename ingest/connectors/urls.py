"""DSNs that are URLs, as those of every engine but PostgreSQL are."""

from collections.abc import Collection

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ingest.errors import SourceUnavailable

OPTIONS = frozenset({"ssl", "ssl_ca"})


def read_url(dsn: str, schemes: Collection[str], form: str) -> URL:
    """The parts of a DSN of one of these schemes. Raises SourceUnavailable, which says to write ``form``."""
    try:
        url = make_url(dsn)
    except (ArgumentError, ValueError):  # which may quote the DSN
        url = make_url("none://")
    if url.get_backend_name() not in schemes or not url.host or url.query.keys() - OPTIONS:
        raise SourceUnavailable(f"its DSN cannot be read: write {form}, ?ssl=verify or ?ssl_ca=FILE.")
    return url


def wants_tls(url: URL) -> bool:
    return bool(url.query.get("ssl_ca")) or url.query.get("ssl", "off") != "off"
