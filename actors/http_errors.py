"""From what `requests`, urllib3 and sockets raise to errors of our tree."""

import http.client
import re
import ssl
from collections.abc import Callable

import requests
import urllib3

from protocol.access_advice import advise_proxy
from protocol.errors import (
    ChinwagError,
    ConnectionLost,
    MalformedFrame,
    ServerRefusal,
    ServerSilent,
    ServerUnreachable,
    WrongAddress,
)
from protocol.server_settings import Dialect, ServerSettings

_TUNNEL_REFUSED = re.compile(r"^Tunnel connection failed: 407\b")
"""How http.client puts it."""
HTTP_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)
"""Everything an exchange over HTTP is known to raise; ValueError covers addresses that no library can parse."""

_START = {Dialect.OLLAMA: "Start it with `ollama serve`", Dialect.OPENAI: "Start it"}
_ADVICE_AGAIN = "Try again."
_PROXY_ASKS = "it wants to know who asks"
_UNNAMED = ServerSettings()


def _advise_start(settings: ServerSettings) -> str:
    another = (
        "go to another with /server NAME (--server NAME on the command line)"
        if settings.name
        else "name another with --host or OLLAMA_HOST"
    )
    return f"{_START[settings.dialect]}, or {another}."


def _connect_timeout(server: str, _reason: str, settings: ServerSettings) -> ChinwagError:
    summary = f"Nothing answered at {server} within the time limit for connecting."
    return ServerUnreachable(summary, _advise_start(settings))


def _unreachable(server: str, reason: str, settings: ServerSettings) -> ChinwagError:
    return ServerUnreachable(f"No server answers at {server} ({reason}).", _advise_start(settings))


def _silent(server: str, _reason: str, _settings: ServerSettings) -> ChinwagError:
    return ServerSilent(f"The server at {server} was silent for longer than the time limit.", _ADVICE_AGAIN)


def _untrusted(server: str, reason: str, settings: ServerSettings) -> ChinwagError:
    named = "that the file of ca_file is of who signed it" if settings.ca_file else "name who signed it with ca_file"
    advice = f"Check its certificate, and {named} in the configuration."
    return WrongAddress(f"The secure connection to {server} failed ({reason}).", advice)


def _insecure(server: str, reason: str, _settings: ServerSettings) -> ChinwagError:
    advice = "Check that it speaks TLS, or write http://."
    return WrongAddress(f"The secure connection to {server} failed ({reason}).", advice)


def _impossible(server: str, _reason: str, _settings: ServerSettings) -> ChinwagError:
    return WrongAddress(f"The address {server} cannot be used.", "Write it like 127.0.0.1:11434.")


def _garbled(server: str, _reason: str, _settings: ServerSettings) -> ChinwagError:
    return MalformedFrame(f"The server at {server} sent a body that cannot be unpacked.", _ADVICE_AGAIN)


def _proxy(server: str, reason: str, settings: ServerSettings) -> ChinwagError:
    summary = f"The proxy on the way to {server} failed ({reason})."
    if reason == _PROXY_ASKS:
        return ServerRefusal(summary, advise_proxy(settings), 407)
    if settings.proxy is not None:
        return ServerUnreachable(summary, "Check its proxy in the configuration.")
    return ServerUnreachable(summary, "Check HTTP_PROXY and NO_PROXY.")


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], Callable[[str, str, ServerSettings], ChinwagError]], ...] = (
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


def translate(error: Exception, server: str, settings: ServerSettings = _UNNAMED) -> ChinwagError:
    """Return the error of our tree that says what `error` means for a talk with `server`, which has these settings."""
    causes = _causes(error)
    reason = _reason(causes)
    for kinds, build in _MEANINGS:
        if any(isinstance(cause, kinds) for cause in causes):
            return build(server, reason, settings)
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
        if isinstance(cause, OSError) and _TUNNEL_REFUSED.search(str(cause)):
            return _PROXY_ASKS
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        if isinstance(cause, http.client.HTTPException):
            return "it does not speak HTTP as it should"
    return type(causes[-1]).__name__
