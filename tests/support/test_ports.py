import socket

import pytest

from tests.support.leaks import nothing_left
from tests.support.ports import refusing_port, silent_port, unanswering_port


def test_a_refusing_port_refuses() -> None:
    with refusing_port() as port, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_silent_port_takes_a_connection_and_says_nothing() -> None:
    with silent_port() as port, socket.create_connection(("127.0.0.1", port), timeout=0.05) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_connecting_to_an_unanswering_port_hangs() -> None:
    with unanswering_port() as port, pytest.raises(TimeoutError):
        socket.create_connection(("127.0.0.1", port), timeout=0.3)


def test_ports_leave_nothing_behind() -> None:
    with nothing_left(), refusing_port(), silent_port(), unanswering_port():
        pass
