"""Bytes of a server that make no sense: what is said of them, and whole answers decoded."""

from typing import TypeVar

import msgspec

from protocol.errors import MalformedFrame

OLLAMA_ADVICE = "Check that the address is that of an Ollama server."
_SHOWN_BYTES = 120

W = TypeVar("W")


def malformed(data: bytes, what: str, fault: str, advice: str = OLLAMA_ADVICE) -> MalformedFrame:
    """Return the error for some bytes: `what` they are, the `fault` in them, and how they begin."""
    shown = data[:_SHOWN_BYTES].decode(errors="backslashreplace")
    more = " ..." if len(data) > _SHOWN_BYTES else ""
    return MalformedFrame(f"The server sent {what} ({fault}): '{shown}{more}'.", advice, offending=data)


def decode_answer(body: bytes, wanted: type[W], path: str) -> W:
    """Decode a whole answer of an Ollama server. Raises MalformedFrame."""
    try:
        return msgspec.json.decode(body, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedFrame(f"The server's answer to {path} is not Ollama's ({error}).", OLLAMA_ADVICE) from error
