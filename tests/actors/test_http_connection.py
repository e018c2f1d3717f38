import socket
import subprocess
import sys
from pathlib import Path

import pytest

from actors.cancel import Cancelled, CancelToken
from actors.http_connection import Wire
from tests.support.addresses import PATIENCE
from tests.support.leaks import nothing_left
from tests.support.listeners import listener
from tests.support.ports import refusing_port
from tests.support.program import ROOT, environment
from tests.support.replay_server import ReplayServer

HOUR = 3600.0
FAR = "ollama.invalid"
READ = """
import sys
from actors.cancel import CancelToken
from protocol.errors import ChinwagError
from tests.support.reading import ollama, read
try:
    print(b"".join(read(ollama(int(sys.argv[2]), host=sys.argv[1]))).count(b"\\n"))
except ChinwagError as error:
    print(error)
"""
READ_AND_CANCEL = """
import sys
from tests.support.reading import Reading, ollama
reading = Reading(ollama(11434, scheme=sys.argv[1], host="ollama.invalid"))
sys.stdin.readline()
reading.cancel.cancel()
print(type(reading.outcome()).__name__)
"""


def run(script: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start a script in an environment of its own: proxies are taken from there."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(Path("/nonexistent"), **variables),
    )


def said(process: subprocess.Popen[str], typed: str = "") -> str:
    with process:
        return process.communicate(typed, timeout=3 * PATIENCE)[0].strip()


def pair() -> tuple[socket.socket, socket.socket]:
    near, far = socket.socketpair()
    far.settimeout(PATIENCE)
    return near, far


def test_shutting_a_wire_down_breaks_the_connection_at_both_ends_at_once() -> None:
    near, far = pair()
    wire = Wire(CancelToken(), HOUR)
    with nothing_left(), near, far:
        wire.watch(near)
        wire.shut_down()
        assert (near.recv(1), far.recv(1)) == (b"", b"")
        wire.close()


def test_every_socket_that_was_watched_is_shut_down() -> None:
    wire = Wire(CancelToken(), HOUR)
    pairs = [pair(), pair()]
    for near, _ in pairs:
        wire.watch(near)
    wire.shut_down()
    assert [far.recv(1) for _, far in pairs] == [b"", b""]
    wire.close()
    for near, far in pairs:
        near.close()
        far.close()


def test_a_wire_without_a_socket_or_with_a_dead_one_can_be_shut_down_and_closed() -> None:
    wire = Wire(CancelToken(), HOUR)
    wire.shut_down()
    with socket.socket() as unconnected:
        wire.watch(unconnected)
        wire.shut_down()
    wire.shut_down()
    wire.close()
    wire.close()


def test_a_socket_that_was_shut_down_before_it_connects_does_not_wait_for_a_connection() -> None:
    """What makes a cancel between the last look at the token and `connect` take effect."""
    wire = Wire(CancelToken(), HOUR)
    with listener() as nobody, socket.socket() as early:
        early.settimeout(PATIENCE)
        wire.watch(early)
        wire.shut_down()
        early.connect(("127.0.0.1", nobody.port))
        with pytest.raises(BrokenPipeError):
            early.send(b"x")
        wire.close()


def test_a_cancelled_wire_takes_no_socket() -> None:
    token = CancelToken()
    token.cancel()
    wire = Wire(token, HOUR)
    near, far = pair()
    with near, far:
        with pytest.raises(Cancelled):
            wire.watch(near)
        with pytest.raises(Cancelled):
            wire.connected(near)
        wire.close()


def test_closing_a_wire_closes_the_socket_that_was_read() -> None:
    near, far = pair()
    wire = Wire(CancelToken(), HOUR)
    with nothing_left():
        wire.watch(near)
        wire.connected(near)
        assert near.gettimeout() == HOUR
        wire.limit_silence(1.5)
        assert near.gettimeout() == 1.5
        wire.close()
        assert far.recv(1) == b""
    far.close()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_this_machine_is_never_reached_through_a_proxy(variable: str) -> None:
    with ReplayServer() as server, refusing_port() as proxy:
        process = run(READ, "127.0.0.1", str(server.port), **{variable: f"http://127.0.0.1:{proxy}"})
        assert int(said(process)) > 1


def test_other_machines_are_reached_through_the_proxy_that_the_environment_names() -> None:
    with ReplayServer() as proxy:
        process = run(READ, FAR, "11434", HTTP_PROXY=proxy.url)
        assert said(process) == "The server refused (status 404): 404 page not found. " + (
            "Check that the address is that of an Ollama server; that of one that speaks as OpenAI's ends in /v1."
        )
        assert [request.path for request in proxy.requests] == [f"http://{FAR}:11434/api/chat"]


def test_a_proxy_that_is_away_is_said_to_be_the_trouble() -> None:
    with refusing_port() as proxy:
        process = run(READ, FAR, "11434", HTTP_PROXY=f"http://127.0.0.1:{proxy}")
        assert said(process) == (
            f"The proxy on the way to http://{FAR}:11434 failed (connection refused). Check HTTP_PROXY and NO_PROXY."
        )


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_wait_for_a_proxy_can_be_cancelled(scheme: str) -> None:
    with listener() as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        process = run(READ_AND_CANCEL, scheme, HTTP_PROXY=address, HTTPS_PROXY=address)
        assert proxy.spoken_to.wait(3 * PATIENCE)
        assert said(process, "\n") == "Cancelled"
