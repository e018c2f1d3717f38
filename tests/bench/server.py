"""An Ollama server that costs next to nothing, in a process of its own: what it says is encoded before it is asked.

    python -m tests.bench.server PROMPT...

encodes the replies to these prompts (see `replies`), and serves on loopback until its standard input ends. What happens
is told on standard output, a line of JSON each, with the time on the clock that `time.monotonic` reads in any process.
"""

import json
import os
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import cycle

import msgspec

from protocol.message import Value
from tests.bench.replies import Reply, reply_to

MODEL = "bench:1b"

_MADE_AT = "2026-11-22T09:20:18.5201565Z"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
_METRICS = {
    "total_duration": 2_000_000_000,
    "load_duration": 1_000_000,
    "prompt_eval_count": 10,
    "prompt_eval_duration": 100_000_000,
    "eval_count": 100,
    "eval_duration": 1_000_000_000,
}
_DETAILS = {"format": "gguf", "family": "bench", "parameter_size": "1B", "quantization_level": "Q4_0"}
_GETS: dict[str, object] = {
    "/api/version": {"version": "0.32.15"},
    "/api/tags": {
        "models": [
            {
                "name": MODEL,
                "model": MODEL,
                "modified_at": _MADE_AT,
                "size": 1_000_000_000,
                "digest": "0" * 64,
                "details": _DETAILS,
            }
        ]
    },
    "/api/ps": {"models": []},
}


_telling = threading.Lock()


class Event(Value, frozen=True):
    """What happened to one chat request."""

    what: str
    """`asked`: all of the request is there; `sent`: all of the reply is; `gone`: the client left before that."""
    prompt: str
    at: float
    """Seconds."""
    stamps: tuple[float, ...] = ()
    """Of `sent`: when each chunk of a paced reply was sent, in seconds."""


class Encoded(Value, frozen=True):
    """A reply as it goes over the wire."""

    chunks: tuple[bytes, ...]
    """An HTTP chunk each."""
    end: bytes
    whole: bytes
    """Head, chunks and end in one."""


@cache
def encoded(prompt: str) -> Encoded:
    """The reply to a prompt, one line of JSON and one HTTP chunk for each of its chunks."""
    chunks = tuple(_chunk({"message": {"role": "assistant", "content": each}}) for each in reply_to(prompt).chunks)
    done = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop", **_METRICS}
    end = _chunk(done) + b"0\r\n\r\n"
    return Encoded(chunks, end, b"".join((_HEAD, *chunks, end)))


def _chunk(says: dict[str, object]) -> bytes:
    line = {"model": MODEL, "created_at": _MADE_AT, "done": False, **says}
    data = json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


class ClientGone(Exception):
    """The client has closed the connection."""


class Connection:
    """Serves one client. A thread of its own."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._received = bytearray()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def serve(self) -> None:
        """Answer requests until the client goes."""
        with self._client, suppress(ClientGone, OSError):
            while True:
                path, body = self._request()
                if path == "/api/chat":
                    self._chat(json.loads(body)["messages"][-1]["content"])
                else:
                    self._client.sendall(_answer(path))

    def _request(self) -> tuple[str, bytes]:
        head = self._take(self._find(b"\r\n\r\n")).decode("latin-1").lower()
        _, _, after = head.partition("content-length:")
        length = int(after.split("\r\n", 1)[0]) if after else 0
        while len(self._received) < length:
            self._receive()
        return head.split(" ", 2)[1], self._take(length)

    def _find(self, end: bytes) -> int:
        while end not in self._received:
            self._receive()
        return self._received.index(end) + len(end)

    def _receive(self) -> None:
        data = self._client.recv(1 << 20)
        if not data:
            raise ClientGone
        self._received += data

    def _take(self, size: int) -> bytes:
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _chat(self, prompt: str) -> None:
        asked = time.monotonic()
        reply, data = reply_to(prompt), encoded(prompt)
        tell(Event("asked", prompt, asked))
        stamps: list[float] = []
        try:
            self._rest(asked + reply.delay)
            self._stream(reply, data, stamps)
        except (ClientGone, OSError):
            tell(Event("gone", prompt, time.monotonic()))
            raise ClientGone from None
        tell(Event("sent", prompt, time.monotonic(), tuple(stamps)))

    def _stream(self, reply: Reply, data: Encoded, stamps: list[float]) -> None:
        if reply.rate is None:
            self._client.sendall(data.whole)
            return
        self._client.sendall(_HEAD)
        begun = time.monotonic()
        for number, chunk in enumerate(cycle(data.chunks) if reply.endless else data.chunks):
            self._rest(begun + number / reply.rate)
            stamps.append(time.monotonic())
            self._client.sendall(chunk)
        self._client.sendall(data.end)

    def _rest(self, until: float) -> None:
        """Wait. Raises ClientGone at once when the client has closed."""
        ready, _, _ = select.select([self._client], [], [], max(0.0, until - time.monotonic()))
        if ready:
            raise ClientGone


def _answer(path: str) -> bytes:
    says = _GETS.get(path)
    body = json.dumps({"error": "not found"} if says is None else says).encode()
    status = b"404 Not Found" if says is None else b"200 OK"
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def tell(event: Event) -> None:
    """Tell the driver. A pipe takes a long line in pieces, so one thread at a time tells."""
    line = msgspec.json.encode(event) + b"\n"
    with _telling:
        while line:
            line = line[os.write(sys.stdout.fileno(), line) :]


def clients(listener: socket.socket) -> Iterator[socket.socket]:
    """Those who come, until standard input ends."""
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        yield listener.accept()[0]


def main(prompts: list[str]) -> None:
    """Encode, then serve. The first line that is told is the port."""
    for prompt in prompts:
        encoded(prompt)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        print(listener.getsockname()[1], flush=True)
        for client in clients(listener):
            threading.Thread(target=Connection(client).serve, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1:])
