"""Loopback ports: the preferred one, or the next that is free."""

import errno
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

from local.errors import LocalError, ServerStopped

LOOPBACK = "127.0.0.1"
PORTS_TRIED = 200
STARTS_TRIED = 5

Server = TypeVar("Server")


@contextmanager
def on_free_ports(
    preferred: Sequence[int], start: Callable[[Sequence[int]], AbstractContextManager[Server]]
) -> Iterator[Server]:
    """Run a server on the preferred ports or the next free ones; anew if another program takes one while it boots.

    Raises:
        LocalError: no port is free, or the server does not start.
    """
    with ExitStack() as running:
        for starts_left in reversed(range(STARTS_TRIED)):
            with ExitStack() as attempt:
                ports = [attempt.enter_context(reserved_port(port)) for port in preferred]
                try:
                    server = attempt.enter_context(start(ports))
                except ServerStopped:
                    if starts_left == 0 or all(is_free(port) for port in ports):
                        raise
                else:
                    running.push(attempt.pop_all())
                    break
        yield server


@contextmanager
def reserved_port(preferred: int) -> Iterator[int]:
    """Reserve a port for as long as the block runs, for a server that is about to bind it.

    A server needs seconds to boot before it binds, so two runs that only looked would take the same port. Each claims
    its port by the name of an abstract socket, which all users of the machine see and which the kernel drops with us.
    Programs that are not ours can still take the port in between: the server then fails to bind, and is started anew.

    Raises:
        LocalError: none of the ports after the preferred one is free.
    """
    with ExitStack() as claim:
        for port in range(preferred, preferred + PORTS_TRIED):
            if is_free(port) and _claimed(claim, port):
                yield port
                return
        raise LocalError(f"No port from {preferred} to {preferred + PORTS_TRIED - 1} is free: stop what uses them.")


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        # as servers do, so that connections of a run that has just ended do not count
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _bound(probe, (LOOPBACK, port))


def _claimed(claim: ExitStack, port: int) -> bool:
    if sys.platform != "linux":  # no abstract sockets there: starting anew is the only guard
        return True
    name = claim.enter_context(socket.socket(socket.AF_UNIX))
    return _bound(name, f"\0wekeza-port-{port}")


def _bound(endpoint: socket.socket, address: tuple[str, int] | str) -> bool:
    try:
        endpoint.bind(address)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        return False
    return True
