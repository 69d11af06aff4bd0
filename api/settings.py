from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from api.inventory import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwks:
    """An issuer that publishes its keys at ``url``, and what its tokens must say."""

    url: str
    issuer: str
    audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """What the service is told from outside; what is secret is not shown."""

    verification_key: str  # PEM of the local issuer's public key
    jwks: Jwks | None = None  # an issuer of the bank's own: then the local one's tokens are not accepted
    requests_per_second: float = 200.0  # of one subject, in the long run; twice as many at once
    purpose_required: bool = False  # from those who read identifiers in clear: the header X-Purpose
    systems: tuple[str, ...] = ()  # the configured sources: one that was never read is shown as such
    inventory: tuple[System, ...] = ()  # every source that has a file
    query_page: bool = False  # serve GET /graphiql, and answer introspection; not in production
    stale_after: timedelta = timedelta(minutes=5)  # a source not read for longer is stale
    query_seconds: float = 20.0  # that one statement may take, planning included
    request_seconds: float = 30.0  # that an answer may take; what writes is finished, however long it takes
    feed_seconds: float = 1.0  # from one look for what happened to the next, while somebody listens
    max_body_bytes: int = 1 << 20
    body_seconds: float = 10.0  # that a body may take to arrive
    webhooks: Mapping[str, str] = field(default_factory=dict, repr=False)  # the secret of each source that sends
