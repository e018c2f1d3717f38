import http.client
import socket
import ssl

import pytest
import requests
import urllib3
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError

from actors.http_errors import HTTP_ERRORS, translate

SERVER = "http://here:11434"
START = "Start it with `ollama serve`, or name another with --host or OLLAMA_HOST."
POOL = urllib3.HTTPConnectionPool("here")
CONNECTION = urllib3.connection.HTTPConnection("here")
REFUSED = ConnectionRefusedError(111, "Connection refused")
RESET = ConnectionResetError(104, "Connection reset by peer")


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def wrapped(reason: Exception) -> Exception:
    """As `requests` hands on what happened while it connected."""
    return requests.ConnectionError(MaxRetryError(POOL, "/api/chat", reason))


NEW_CONNECTION = caused(NewConnectionError(CONNECTION, "refused"), REFUSED)
UNPACKED = requests.exceptions.ContentDecodingError(urllib3.exceptions.DecodeError("gzip"))
NO_CERTIFICATE = ssl.SSLCertVerificationError(1, "certificate verify failed")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (wrapped(NEW_CONNECTION), "ServerUnreachable", f"No server answers at {SERVER} (connection refused). {START}"),
        (
            requests.ConnectTimeout(MaxRetryError(POOL, "/", ConnectTimeoutError())),
            "ServerUnreachable",
            f"Nothing answered at {SERVER} within the time limit for connecting. {START}",
        ),
        (
            requests.exceptions.ProxyError(MaxRetryError(POOL, "/", NEW_CONNECTION)),
            "ServerUnreachable",
            f"The proxy on the way to {SERVER} failed (connection refused). Check HTTP_PROXY and NO_PROXY.",
        ),
        (
            requests.ReadTimeout(urllib3.exceptions.ReadTimeoutError(POOL, "/", "slow")),
            "ServerSilent",
            f"The server at {SERVER} was silent for longer than the time limit. Try again.",
        ),
        (
            caused(ProtocolError("Connection aborted.", TimeoutError()), TimeoutError()),
            "ServerSilent",
            f"The server at {SERVER} was silent for longer than the time limit. Try again.",
        ),
        (
            requests.exceptions.SSLError(MaxRetryError(POOL, "/", caused(Exception(), NO_CERTIFICATE))),
            "WrongAddress",
            f"The secure connection to {SERVER} failed (certificate verify failed). "
            "Check its certificate, and name who signed it with ca_file in the configuration.",
        ),
        (
            requests.exceptions.InvalidURL("bad"),
            "WrongAddress",
            f"The address {SERVER} cannot be used. Write it like 127.0.0.1:11434.",
        ),
        (UNPACKED, "MalformedFrame", f"The server at {SERVER} sent a body that cannot be unpacked. Try again."),
        (
            requests.ConnectionError(ProtocolError("Connection aborted.", RESET)),
            "ConnectionLost",
            f"The connection to {SERVER} broke (connection reset by peer). Try again.",
        ),
        (
            ProtocolError("Connection broken", urllib3.exceptions.IncompleteRead(7, 3)),
            "ConnectionLost",
            f"The connection to {SERVER} broke (it ended before the reply did). Try again.",
        ),
        (
            requests.ConnectionError(ProtocolError("aborted", http.client.RemoteDisconnected("closed"))),
            "ConnectionLost",
            f"The connection to {SERVER} broke (closed without an answer). Try again.",
        ),
        (
            OSError("no number"),
            "ConnectionLost",
            f"The connection to {SERVER} broke (OSError). Try again.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_the_libraries_raise_says_what_happened(error: Exception, kind: str, words: str) -> None:
    assert isinstance(error, HTTP_ERRORS)
    translated = translate(error, SERVER)
    assert (translated.failure.kind, str(translated)) == (kind, words)


def test_errors_that_wrap_each_other_in_a_circle_are_translated_too() -> None:
    inner = socket.gaierror(-2, "Name or service not known")
    outer = caused(requests.ConnectionError(inner), inner)
    inner.__context__ = outer
    assert str(translate(outer, SERVER)) == (
        f"The connection to {SERVER} broke (name or service not known). Try again."
    )
