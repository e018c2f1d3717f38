"""A server's errors: from a status and a body to an error of our tree, with the server's own words."""

import msgspec

from protocol.access_advice import advise_address, advise_forbidden, advise_proxy, advise_unauthorised
from protocol.errors import ChinwagError, ServerBusy, ServerRefusal, UnexpectedContent, WrongAddress
from protocol.known_errors import Meaning, meaning_of
from protocol.server_settings import Dialect, ServerSettings

_OK = 200
_BUSY = frozenset({429, 502, 503, 504})
_MAX_TYPE = 60
_KEPT = "What came is kept."
_UNNAMED = ServerSettings()
_CHECK_ADDRESS = {
    Dialect.OLLAMA: "Check that the address is that of an Ollama server",
    Dialect.OPENAI: "Check that the address is that of a server that speaks as OpenAI's does, with /v1 at its end",
}
_NO_SUCH_PATH = {
    Dialect.OLLAMA: f"{_CHECK_ADDRESS[Dialect.OLLAMA]}; that of one that speaks as OpenAI's ends in /v1.",
    Dialect.OPENAI: f"{_CHECK_ADDRESS[Dialect.OPENAI]}.",
}
_ADVICE_OF_STATUS = {
    405: "Check that no proxy is in the way.",
    413: "Send less at once, or ask the owner of the proxy in the way.",
}
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


def error_from_response(
    status: int, content_type: str, body: bytes, settings: ServerSettings = _UNNAMED, model: str = ""
) -> ChinwagError:
    """Build the error for an answer that is no reply. `body` may be cut: words are bounded anyway.

    `settings` are those of the server, and `model` what was asked for: they tell what to do.
    """
    if status == _OK:
        return _other_content(content_type[:_MAX_TYPE], settings, None, body)
    if status < 300:
        return _other_content(f"status {status}", settings, status, body)
    if status < 400:
        return WrongAddress(
            f"The server redirects to another address (status {status}).", advise_address(settings), status
        )
    words = _body_words(content_type, body)
    meaning = meaning_of(words, model, settings.dialect)
    said = f": {_as_sentence(words)}" if words else "."
    if status in _BUSY:
        advice = meaning.advice if meaning else "Try again in a moment."
        return ServerBusy(f"The server is busy or away (status {status}){said}", advice, status)
    happened = meaning.happened if meaning else ""
    happened = happened or ("The server failed" if 500 <= status < 600 else "The server refused")
    return ServerRefusal(f"{happened} (status {status}){said}", _advise(status, words, meaning, settings), status)


def error_in_stream(words: str, model: str = "", dialect: Dialect = Dialect.OLLAMA) -> ServerRefusal:
    """Build the error for one that a server reports inside a reply that began well."""
    meaning = meaning_of(words, model, dialect)
    advice = f"{meaning.advice} {_KEPT}" if meaning else _KEPT
    return ServerRefusal(f"The server ended the reply with an error: {words.rstrip('.')}.", advice)


def error_in_progress(words: str, model: str = "") -> ServerRefusal:
    """Build the error for one that a server reports in the course of anything else, such as getting a model."""
    meaning = meaning_of(words, model)
    happened = (meaning.happened if meaning else "") or "The server could not do it"
    return ServerRefusal(f"{happened}: {_as_sentence(words)}", meaning.advice if meaning else "")


def _other_content(what: str, settings: ServerSettings, status: int | None, body: bytes) -> ChinwagError:
    return UnexpectedContent(
        f"The server answered with {what}, not with a chat.",
        f"{_CHECK_ADDRESS[settings.dialect]}, and that no proxy is in the way.",
        status,
        body,
    )


def _advise(status: int, words: str, meaning: Meaning | None, settings: ServerSettings) -> str:
    match status:
        case 401:
            return advise_unauthorised(settings)
        case 403:
            return advise_forbidden(settings, words)
        case 407:
            return advise_proxy(settings)
        case _ if meaning is not None:
            return meaning.advice
        case _:
            pass
    return _ADVICE_OF_STATUS.get(status, "") or (_NO_SUCH_PATH[settings.dialect] if status == 404 else "")


def _inner_words(value: object) -> str | None:
    match value:
        case str():
            return value
        case {"error": inner}:
            return _inner_words(inner) or msgspec.json.encode(inner).decode()
        case {"message": str(words)} | {"detail": str(words)}:
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
