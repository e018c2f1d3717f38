"""Ollama's errors: from a status and a body to an error of our tree, with the server's own words."""

from collections.abc import Callable

import msgspec

from protocol.errors import ChinwagError, ServerBusy, ServerRefusal, UnexpectedContent, WrongAddress

_BUSY = frozenset({429, 502, 503, 504})
_MAX_WORDS = 500
_MAX_NESTING = 4


def unwrap_error(raw: bytes) -> str:
    """Return the words of an error: the value of an `error` field, which may itself be JSON with an `error` inside."""
    words = raw.decode(errors="replace")
    for _ in range(_MAX_NESTING):
        try:
            value = msgspec.json.decode(words)
        except (msgspec.DecodeError, RecursionError):
            break
        inner = _inner_words(value)
        if inner is None:
            break
        words = inner
    return _shorten(words)


def error_from_response(status: int, content_type: str, body: bytes) -> ChinwagError:
    """Build the error for a response with a status other than 200. `body` may be cut: words are bounded anyway."""
    if status < 300:
        return UnexpectedContent(
            f"The server answered with status {status}, not with a chat.",
            "Check that the address is that of an Ollama server, and that no proxy is in the way.",
            status,
            body,
        )
    if status < 400:
        return WrongAddress(
            f"The server redirects to another address (status {status}).",
            "Set OLLAMA_HOST to the final address.",
            status,
        )
    words = _body_words(content_type, body)
    said = f": {_as_sentence(words)}" if words else "."
    if status in _BUSY:
        return ServerBusy(f"The server is busy or away (status {status}){said}", "Try again in a moment.", status)
    advise = _ADVICE.get(status)
    return ServerRefusal(f"The server refused (status {status}){said}", advise(words) if advise else "", status)


def _inner_words(value: object) -> str | None:
    match value:
        case str():
            return value
        case {"error": inner}:
            return _inner_words(inner) or msgspec.json.encode(inner).decode()
        case {"message": str(words)}:
            return words
        case _:
            return None


def _body_words(content_type: str, body: bytes) -> str:
    if "html" in content_type:
        return "it answered with a web page, so a proxy or another program may be in the way"
    return unwrap_error(body) if body.strip() else ""


def _shorten(words: str) -> str:
    words = words.strip()
    return words if len(words) <= _MAX_WORDS else f"{words[:_MAX_WORDS]} ..."


def _as_sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _advise_unknown(words: str) -> str:
    if "model" in words:
        return "Choose another with /model or -m, or get it with `ollama pull NAME`."
    return "Check that the address is that of an Ollama server."


_ADVICE: dict[int, Callable[[str], str]] = {
    401: lambda _: "Check the user, password or key for this server.",
    403: lambda _: "Ask the server's owner: OLLAMA_ORIGINS or a proxy forbids it.",
    404: _advise_unknown,
    407: lambda _: "Check the user and password in HTTP_PROXY or HTTPS_PROXY, or name the server in NO_PROXY.",
}
