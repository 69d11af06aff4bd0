"""A DSN of Kafka: ``kafka://user:password@host:port,host2:port/?security.protocol=…``, as its client wants it told."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from ingest.errors import SourceUnavailable

FORM = "kafka://host:port,host2:port/?security.protocol=SASL_SSL"
# No option switches the checks of a certificate off, and none reaches a file but those of TLS.
OPTIONS = frozenset(
    {"security.protocol", "sasl.mechanism", "ssl.ca.location", "ssl.certificate.location", "ssl.key.location"}
)
QUIET = {"log_level": 0}  # what goes wrong is told by callbacks; its own words go to standard error


def client_settings(dsn: str) -> dict[str, str | int]:
    """What every client of the broker is made with. Raises SourceUnavailable for a DSN that is none."""
    try:
        parts = urlsplit(dsn)
        said = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _unreadable() from None
    login, _, addresses = parts.netloc.rpartition("@")
    if parts.scheme != "kafka" or not _are_addresses(addresses) or parts.path not in ("", "/") or said.keys() - OPTIONS:
        raise _unreadable()
    return {"bootstrap.servers": addresses, "client.id": "wekeza", **QUIET, **_sasl(login, said), **said}


def _sasl(login: str, said: Mapping[str, str]) -> dict[str, str]:
    if not login:
        return {}
    user, _, password = login.partition(":")
    return {
        "security.protocol": "SASL_PLAINTEXT",  # on loopback; elsewhere the settings have said SASL_SSL
        "sasl.mechanism": "PLAIN",
        "sasl.username": unquote(user),
        "sasl.password": unquote(password),
    }


def _are_addresses(text: str) -> bool:
    found = [address.rpartition(":") for address in text.split(",")]
    return all(host and port.isdigit() for host, _, port in found)


def _unreadable() -> SourceUnavailable:
    return SourceUnavailable(f"its DSN cannot be read: write {FORM}; known options: {', '.join(sorted(OPTIONS))}.")
