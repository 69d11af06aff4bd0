from dataclasses import dataclass
from datetime import timedelta

from api.inventory import System


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """What the service is told from outside; nothing in it is secret."""

    verification_key: str  # PEM of the public key that tokens are verified with
    systems: tuple[str, ...] = ()  # the configured sources: one that was never read is shown as such
    inventory: tuple[System, ...] = ()  # every source that has a file
    query_page: bool = False  # serve GET /graphiql; not in production
    stale_after: timedelta = timedelta(minutes=5)  # a source not read for longer is stale
    query_seconds: float = 20.0  # that one statement may take, planning included
    feed_seconds: float = 1.0  # from one look for what happened to the next, while somebody listens
    max_body_bytes: int = 1 << 20
