"""From what `requests`, urllib3 and sockets raise to errors of our tree."""

import http.client
import ssl
from collections.abc import Callable

import requests
import urllib3

from protocol.errors import (
    ChinwagError,
    ConnectionLost,
    MalformedFrame,
    ServerSilent,
    ServerUnreachable,
    WrongAddress,
)

HTTP_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)
"""Everything an exchange over HTTP is known to raise; ValueError covers addresses that no library can parse."""

_ADVICE_START = "Start it with `ollama serve`, or name another with --host or OLLAMA_HOST."
_ADVICE_AGAIN = "Try again."


def _connect_timeout(server: str, _reason: str) -> ChinwagError:
    return ServerUnreachable(f"Nothing answered at {server} within the time limit for connecting.", _ADVICE_START)


def _unreachable(server: str, reason: str) -> ChinwagError:
    return ServerUnreachable(f"No server answers at {server} ({reason}).", _ADVICE_START)


def _silent(server: str, _reason: str) -> ChinwagError:
    return ServerSilent(f"The server at {server} was silent for longer than the time limit.", _ADVICE_AGAIN)


def _untrusted(server: str, reason: str) -> ChinwagError:
    return WrongAddress(f"The secure connection to {server} failed ({reason}).", "Check its certificate.")


def _insecure(server: str, reason: str) -> ChinwagError:
    advice = "Check that it speaks TLS, or write http://."
    return WrongAddress(f"The secure connection to {server} failed ({reason}).", advice)


def _impossible(server: str, _reason: str) -> ChinwagError:
    return WrongAddress(f"The address {server} cannot be used.", "Write it like 127.0.0.1:11434.")


def _garbled(server: str, _reason: str) -> ChinwagError:
    return MalformedFrame(f"The server at {server} sent a body that cannot be unpacked.", _ADVICE_AGAIN)


def _proxy(server: str, reason: str) -> ChinwagError:
    advice = "Check HTTP_PROXY and NO_PROXY."
    return ServerUnreachable(f"The proxy on the way to {server} failed ({reason}).", advice)


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], Callable[[str, str], ChinwagError]], ...] = (
    ((requests.exceptions.ProxyError, urllib3.exceptions.ProxyError), _proxy),
    ((urllib3.exceptions.NewConnectionError,), _unreachable),
    ((requests.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError), _connect_timeout),
    ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), _silent),
    ((ssl.SSLCertVerificationError,), _untrusted),
    ((requests.exceptions.SSLError, urllib3.exceptions.SSLError, ssl.SSLError), _insecure),
    ((requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError, UnicodeError), _impossible),
    ((requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError), _garbled),
)
"""What each kind of exception means, the most telling first: one error often wraps several."""


def translate(error: Exception, server: str) -> ChinwagError:
    """Return the error of our tree that says what `error` means for a talk with `server`."""
    causes = _causes(error)
    reason = _reason(causes)
    for kinds, build in _MEANINGS:
        if any(isinstance(cause, kinds) for cause in causes):
            return build(server, reason)
    return ConnectionLost(f"The connection to {server} broke ({reason}).", _ADVICE_AGAIN)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and all it was raised from or wraps: `requests` wraps urllib3, which wraps sockets."""
    found: list[BaseException] = []
    rest: list[object] = [error]
    while rest:
        candidate = rest.pop()
        if isinstance(candidate, BaseException) and candidate not in found:
            found.append(candidate)
            reason = getattr(candidate, "reason", None)
            rest.extend([candidate.__cause__, candidate.__context__, reason, *candidate.args])
    return found


def _reason(causes: list[BaseException]) -> str:
    """The operating system's words if there are any, else ours, else the class of what was raised last."""
    for cause in causes:
        if isinstance(cause, http.client.RemoteDisconnected):
            return "closed without an answer"
        if isinstance(cause, (http.client.IncompleteRead, urllib3.exceptions.IncompleteRead)):
            return "it ended before the reply did"
        if isinstance(cause, ssl.SSLError) and getattr(cause, "reason", None):  # only OpenSSL's own have one
            return getattr(cause, "verify_message", "") or cause.reason.replace("_", " ").lower()
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        if isinstance(cause, http.client.HTTPException):
            return "it does not speak HTTP as it should"
    return type(causes[-1]).__name__
