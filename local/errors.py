"""What can go wrong while real servers are found, fetched and started."""


class LocalError(Exception):
    """A local server cannot be had; the message is one sentence that says what, where and what to do."""


class ServerStopped(LocalError):
    """A server ended by itself before it was ready."""
