"""The tree of errors. The category decides the recovery (see `protocol.retry`), the words are for the user.

ChinwagError
|-- NetworkError          the server cannot be reached, or went away   -> back off, then wait for the server
|   |-- ServerUnreachable     refused, unknown host, no route
|   |-- ConnectionLost        reset, or the end came before `done`
|   |-- ServerSilent          a time limit passed: connect, first byte, or idle
|   `-- ServerBusy            429, 502, 503, 504
|-- ProtocolError         it speaks, but not its dialect               -> begin anew, then once without streaming
|   |-- MalformedFrame        not JSON, or a field of the wrong type
|   |-- LineTooLong           a line over the limit
|   |-- UnexpectedContent     a web page
|   `-- WrongAddress          a redirect, certificate, missing key      -> no retry; tell the user what to do
|-- ServerRefusal         the server says no, in its own words         -> no retry; tell the user what to do
|-- ApplicationError      our own side failed                          -> supervision
|   |-- IllegalTransition     an event that the turn table does not know
|   |-- ReplyTooLong          a reply over the limit
|   `-- ActorDied             an actor ended by an exception
`-- InterfaceError        the terminal cannot be used, a view failed   -> shown in place, or said on exit
"""

from enum import StrEnum
from typing import ClassVar

from protocol.message import Value

MAX_OFFENDING_BYTES = 500
"""How much of what could not be understood is worth logging."""

_NOT_FOUND = 404


class Category(StrEnum):
    """What kind of thing went wrong; one recovery belongs to each."""

    NETWORK = "network"
    PROTOCOL = "protocol"
    SERVER = "server"
    APPLICATION = "application"
    INTERFACE = "ui"


class Failure(Value, frozen=True):
    """An error as a value, fit to travel in a message and to be shown."""

    category: Category
    summary: str
    """What happened, to what: one sentence."""
    advice: str = ""
    """What to do next: one sentence, or nothing."""
    kind: str = ""
    """The class of the error: `ServerBusy`, `LineTooLong`, ..."""
    status: int | None = None
    """The HTTP status, where there was one."""
    retry_after: float | None = None
    """Seconds after which the server wants to be asked again, where it said so."""

    def __str__(self) -> str:
        return _in_words(self.summary, self.advice)


def is_missing_model(failure: Failure) -> bool:
    """Tell whether a server said that it does not have the model it was asked."""
    return failure.category is Category.SERVER and failure.status == _NOT_FOUND and "model" in failure.summary


class ChinwagError(Exception):
    """Root of every error this program raises on purpose. `str()` of it is fit to be shown."""

    category: ClassVar[Category]

    def __init__(self, summary: str, advice: str = "", status: int | None = None) -> None:
        super().__init__(_in_words(summary, advice))
        self.failure = Failure(self.category, summary, advice, type(self).__name__, status)


def _in_words(summary: str, advice: str) -> str:
    """A list of what happened is lines of its own, and so is what to do then."""
    gap = "" if summary.endswith("\n") else " "
    return f"{summary}{gap}{advice}".rstrip()


class NetworkError(ChinwagError):
    """The server cannot be reached, or went away."""

    category = Category.NETWORK


class ServerUnreachable(NetworkError):
    """Refused, unknown host, or no route."""


class ConnectionLost(NetworkError):
    """The connection broke, or the body ended, before the reply was done."""


class ServerSilent(NetworkError):
    """A time limit passed without a sign from the server."""


class ServerBusy(NetworkError):
    """The server, or a proxy before it, asks to come back later."""


class ProtocolError(ChinwagError):
    """The server speaks, but not the dialect that it should.

    `offending` is what it sent: the beginning of it is kept for the log.
    """

    category = Category.PROTOCOL

    def __init__(
        self, summary: str, advice: str = "", status: int | None = None, offending: bytes | bytearray = b""
    ) -> None:
        super().__init__(summary, advice, status)
        self.offending = bytes(offending[:MAX_OFFENDING_BYTES])


class MalformedFrame(ProtocolError):
    """A line is not JSON, or a field has the wrong type."""

    half = False
    """True where it may be the beginning of a good line."""


class LineTooLong(ProtocolError):
    """A line exceeds the limit."""


class UnexpectedContent(ProtocolError):
    """The answer is of another kind: a web page, or nothing."""


class WrongAddress(ProtocolError):
    """The server is to be talked to in another way, which the user has to say: whoever asks again hears the same."""


class ServerRefusal(ChinwagError):
    """The server says no, in its own words."""

    category = Category.SERVER


class ApplicationError(ChinwagError):
    """Our own side failed."""

    category = Category.APPLICATION


class IllegalTransition(ApplicationError):
    """An event came that the turn table does not know in that state."""


class ReplyTooLong(ApplicationError):
    """A reply grew past `ResourceLimits.max_reply_bytes`."""


class ActorDied(ApplicationError):
    """An actor ended by an exception."""


class InterfaceError(ChinwagError):
    """The terminal cannot be used, or a view failed."""

    category = Category.INTERFACE
