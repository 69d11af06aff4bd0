import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from local.errors import ServerStopped
from local.ports import LOOPBACK, is_free, on_free_ports, reserved_port

PREFERRED = 38700


@contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.create_server((LOOPBACK, port)):
        yield


def test_a_port_in_use_is_passed_over() -> None:
    with reserved_port(PREFERRED) as port, listening(port), reserved_port(port) as other:
        assert other > port
        assert not is_free(port)


def test_two_reservations_never_share_a_port_that_nobody_listens_on_yet() -> None:
    with reserved_port(PREFERRED) as one, reserved_port(PREFERRED) as two:
        assert one != two
        assert is_free(one)
    with reserved_port(one) as again:
        assert again == one


def test_a_port_that_was_taken_during_the_boot_is_passed_over() -> None:
    tried: list[int] = []
    with reserved_port(PREFERRED) as free:
        pass

    @contextmanager
    def start(ports: Sequence[int]) -> Iterator[int]:
        tried.append(ports[0])
        if len(tried) == 1:
            thief.listen()
            raise ServerStopped("could not bind")
        yield ports[0]

    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind((LOOPBACK, free))
        with on_free_ports([free], start) as port:
            assert tried == [free, port]
            assert port > free


def test_a_server_that_stops_for_another_reason_is_not_started_again() -> None:
    tried: list[int] = []

    @contextmanager
    def start(ports: Sequence[int]) -> Iterator[None]:
        tried.append(ports[0])
        if tried:
            raise ServerStopped("out of memory")
        yield

    with pytest.raises(ServerStopped, match="out of memory"), on_free_ports([PREFERRED], start):
        pytest.fail("started")
    assert len(tried) == 1
