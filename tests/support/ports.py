"""Ports that misbehave before a server could: they refuse, they are never answered, or nobody speaks."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_LOOPBACK = "127.0.0.1"


@contextmanager
def refusing_port() -> Iterator[int]:
    """Yield a port where nobody listens, and nobody else can begin to."""
    with socket.socket() as bound:
        bound.bind((_LOOPBACK, 0))
        yield bound.getsockname()[1]


@contextmanager
def silent_port() -> Iterator[int]:
    """Yield a port that takes connections and never reads from them: they stay in the backlog."""
    with socket.create_server((_LOOPBACK, 0), backlog=16) as listener:
        yield listener.getsockname()[1]


@contextmanager
def unanswering_port() -> Iterator[int]:
    """Yield a port whose backlog is full, so that `connect` hangs."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server((_LOOPBACK, 0), backlog=0))
        address = listener.getsockname()
        while _connects(sockets, address):
            pass
        yield address[1]


def _connects(sockets: ExitStack, address: tuple[str, int]) -> bool:
    client = sockets.enter_context(socket.socket())
    client.settimeout(0.2)
    try:
        client.connect(address)
    except TimeoutError:
        return False
    return True
