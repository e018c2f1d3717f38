"""What a StreamReader accepts: the one request it lives for. Its CancelToken stops it, not a message."""

from protocol.chat import ChatRequest
from protocol.identity import StreamId
from protocol.message import Message


class OpenStream(Message, frozen=True):
    """From the Coordinator: send the request and tell the Accumulator what comes, until the end."""

    stream: StreamId
    request: ChatRequest


StreamReaderMessage = OpenStream
