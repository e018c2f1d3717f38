"""The StreamReader: one actor for one attempt of one request."""

import logging
from collections.abc import Callable
from typing import assert_never

from actors.actor import Actor
from actors.cancel import Cancelled, CancelToken
from actors.credit import Credit, cost
from actors.source import ChatSource
from protocol.accumulator import AccumulatorMessage, FramesArrived, StreamBroken, StreamEnded
from protocol.address import Address
from protocol.chat import ChatRequest
from protocol.chat_decoder import ChatDecoder
from protocol.coordinator import NewsOfActors
from protocol.errors import ChinwagError, ConnectionLost, MalformedFrame, ProtocolError
from protocol.frames import Chunk, Completion, ErrorLine, Frame
from protocol.identity import StreamId
from protocol.limits import ResourceLimits
from protocol.ollama_errors import error_in_stream
from protocol.stream_reader import OpenStream, StreamReaderMessage

logger = logging.getLogger(__name__)


class StreamReader(Actor[StreamReaderMessage]):
    """Reads one body to its end and tells the Accumulator; then it is gone.

    It blocks in its socket and in `Credit`, nowhere else, and the CancelToken unblocks it from both. A cancelled
    reader tells nothing further.
    """

    def __init__(
        self,
        stream: StreamId,
        source: ChatSource,
        accumulator: Address[AccumulatorMessage],
        supervisor: Address[NewsOfActors],
        credit: Credit,
        cancel: CancelToken,
        limits: ResourceLimits,
    ) -> None:
        super().__init__(supervisor)
        self._stream = stream
        self._source = source
        self._accumulator = accumulator
        self._credit = credit
        self._cancel = cancel
        self._capacity = limits.chunk_buffer_size
        self._model = ""
        self._max_line_bytes = limits.max_line_bytes

    def act(self, message: StreamReaderMessage) -> None:
        match message:
            case OpenStream(request=request):
                self._read(request)
            case _:
                assert_never(message)
        self.stop()

    def serves(self) -> StreamId | None:
        return self._stream

    def _read(self, request: ChatRequest) -> None:
        try:
            completion = self._read_body(request)
        except Cancelled:
            logger.debug("%s was cancelled", self._stream)
        except ChinwagError as error:
            logger.info("%s broke: %s", self._stream, error)
            if isinstance(error, ProtocolError) and error.offending:
                logger.warning("%s: the server sent what is no chat, beginning with %r", self._stream, error.offending)
            self._end(StreamBroken(self._stream, error.failure))
        else:
            self._end(StreamEnded(self._stream, completion))

    def _read_body(self, request: ChatRequest) -> Completion:
        self._model = request.model
        with self._source.open(request, self._cancel) as body:
            decoder = body.decoder(self._max_line_bytes)
            for data in body:
                completion = self._pass_on(decoder.feed(data), body.conceal)
                if completion is not None:
                    return completion
                decoder.raise_fault()
        return self._read_last_line(decoder, body.conceal)

    def _read_last_line(self, decoder: ChatDecoder, conceal: Callable[[str], str]) -> Completion:
        try:
            completion = self._pass_on(decoder.flush(), conceal)
        except MalformedFrame as error:
            if not error.half:
                raise
            raise ConnectionLost("The server's reply ended in the middle of a line.", "What came is kept.") from error
        if completion is None:
            raise ConnectionLost("The server's reply ended before it was done.", "What came is kept.")
        return completion

    def _pass_on(self, frames: list[Frame], conceal: Callable[[str], str]) -> Completion | None:
        """Tell the chunks up to the end, if it is among them. What comes after `done` is not part of the reply."""
        chunks: list[Chunk] = []
        for frame in frames:
            match frame:
                case Chunk():
                    chunks.append(frame)
                case Completion():
                    self._tell(chunks)
                    return frame
                case ErrorLine(words=words, dialect=dialect):
                    self._tell(chunks)
                    raise error_in_stream(conceal(words), self._model, dialect)
                case _:
                    assert_never(frame)
        self._tell(chunks)
        return None

    def _tell(self, chunks: list[Chunk]) -> None:
        """Tell chunks that arrived together as one message, or as several where Credit allows no more at once."""
        batch: list[Chunk] = []
        size = 0
        for chunk in chunks:
            price = cost(chunk)
            if batch and size + price > self._capacity:
                self._tell_batch(batch, size)
                batch, size = [], 0
            batch.append(chunk)
            size += price
        if batch:
            self._tell_batch(batch, size)

    def _tell_batch(self, batch: list[Chunk], size: int) -> None:
        self._credit.take(self._stream, size, self._cancel)
        self._accumulator.tell(FramesArrived(self._stream, tuple(batch)))

    def _end(self, message: StreamEnded | StreamBroken) -> None:
        if not self._cancel.cancelled:
            self._accumulator.tell(message)
