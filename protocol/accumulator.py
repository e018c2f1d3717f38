"""What the Accumulator accepts: the stream of text, in order, and the command to end one."""

from protocol.errors import Failure
from protocol.frames import Chunk, Completion
from protocol.identity import ConversationId, StreamId
from protocol.message import Message
from protocol.reply import Reply


class BeginReply(Message, frozen=True):
    """From the Coordinator: a stream is about to open; collect what it brings."""

    stream: StreamId
    conversation: ConversationId
    prefix: Reply = Reply()
    """What the reply goes on with: it is the beginning of this one, and told at once."""


class FramesArrived(Message, frozen=True):
    """From a StreamReader: chunks that arrived together, in order."""

    stream: StreamId
    chunks: tuple[Chunk, ...]


class StreamEnded(Message, frozen=True):
    """From a StreamReader: the server said `done`."""

    stream: StreamId
    completion: Completion


class StreamBroken(Message, frozen=True):
    """From a StreamReader: the attempt ended by an error."""

    stream: StreamId
    failure: Failure


class AbandonReply(Message, frozen=True):
    """From the Coordinator: keep what came, and end it. Whatever of this stream comes later is dropped."""

    stream: StreamId


class AbandonAll(Message, frozen=True):
    """From the Coordinator, which has begun anew: end every stream, and tell AllAbandoned after that."""


AccumulatorMessage = BeginReply | FramesArrived | StreamEnded | StreamBroken | AbandonReply | AbandonAll
