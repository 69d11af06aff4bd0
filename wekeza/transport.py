"""Whether a connection may be made as it is asked for: outside this machine only with verified TLS.

A pure function over addresses, applied to the settings before anything is sent to anybody. Hosts of a private network
that the operator vouches for (``WEKEZA_PLAINTEXT_HOSTS``) count as this machine.
"""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

BOLT_VERIFIED = frozenset({"bolt+s", "neo4j+s"})
POSTGRES = frozenset({"postgresql", "postgres"})
HTTP = frozenset({"http", "https"})
VERIFIED = "verify-full"
KAFKA_VERIFIED = frozenset({"SSL", "SASL_SSL"})  # its client verifies chain and host name unless told not to
VOUCH = "or name the host in WEKEZA_PLAINTEXT_HOSTS if its network is private to you"


class Plaintext(Exception):
    """One sentence, which holds no password: what is not encrypted or not verified, and what to do."""


def is_here(host: str, plaintext_hosts: Collection[str] = ()) -> bool:
    """Whether a host is this machine (loopback, or a socket file) or one that the operator vouches for."""
    if host in plaintext_hosts or host == "localhost" or not host or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def secured(dsn: str, plaintext_hosts: Collection[str] = ()) -> str:
    """A source's DSN, with verified TLS where its host is another machine. Raises Plaintext if it asks for less.

    What is no DSN comes back as it is: who connects says so.
    """
    scheme, has_scheme, _ = dsn.partition("://")
    if scheme == "file":  # a folder that the system here shows
        return dsn
    if not has_scheme or scheme in POSTGRES:
        return _secured_postgres(dsn, plaintext_hosts)
    if scheme == "kafka":
        return _secured_kafka(dsn, plaintext_hosts)
    try:
        host = urlsplit(dsn).hostname or ""
    except ValueError:
        return dsn
    options = dict(part.partition("=")[::2] for part in urlsplit(dsn).query.split("&") if part)
    if scheme in HTTP:
        if scheme == "http" and not is_here(host, plaintext_hosts):
            raise Plaintext(f"the connection to {host} is not encrypted: write https://, {VOUCH}")
        return dsn  # certificates are always verified
    if is_here(host, plaintext_hosts) or options.get("ssl_ca") or options.get("ssl") == "verify":
        return dsn
    if "ssl" in options:
        raise Plaintext(f"the connection to {host} is not verified: write ssl=verify or ssl_ca=FILE, {VOUCH}")
    return f"{dsn}{'&' if '?' in dsn else '?'}ssl=verify"


def refuse_plaintext_bolt(uri: str, plaintext_hosts: Collection[str] = ()) -> None:
    """Raises Plaintext for a Neo4j on another machine without a verified certificate."""
    parts = urlsplit(uri)
    if parts.scheme not in BOLT_VERIFIED and not is_here(parts.hostname or "", plaintext_hosts):
        raise Plaintext(f"the connection to {parts.hostname} is not verified: write neo4j+s:// or bolt+s://, {VOUCH}")


def _secured_kafka(dsn: str, plaintext_hosts: Collection[str]) -> str:
    parts = urlsplit(dsn)
    login, _, addresses = parts.netloc.rpartition("@")
    hosts = (address.rpartition(":")[0] or address for address in addresses.split(","))
    far = next((host for host in hosts if not is_here(host, plaintext_hosts)), None)
    said = dict(part.partition("=")[::2] for part in parts.query.split("&") if part)
    asked = said.get("security.protocol", "").upper()
    if far is None or asked in KAFKA_VERIFIED:
        return dsn
    protocol = "SASL_SSL" if login else "SSL"
    if asked:
        raise Plaintext(f"the connection to {far} is not encrypted: write security.protocol={protocol}, {VOUCH}")
    return f"{dsn}{'&' if parts.query else '?'}security.protocol={protocol}"


def _secured_postgres(dsn: str, plaintext_hosts: Collection[str]) -> str:
    try:
        said = conninfo_to_dict(dsn)
    except ProgrammingError:
        return dsn
    # libpq takes the address where both are given, and several of them, one after the other
    hosts = [str(host) for name in ("host", "hostaddr") for host in str(said.get(name) or "").split(",")]
    # a service is defined in a file of the operator's, so it may be anywhere
    far = "the service" if "service" in said else next((it for it in hosts if not is_here(it, plaintext_hosts)), None)
    if far is None:
        return dsn
    if said.get("sslmode", VERIFIED) != VERIFIED:
        raise Plaintext(f"the connection to {far} is not verified: write sslmode={VERIFIED}, {VOUCH}")
    authorities = {} if "sslrootcert" in said else {"sslrootcert": "system"}
    return make_conninfo(dsn, sslmode=VERIFIED, **authorities)
