"""What the program is compared with: line clients without a screen, that ask what is typed and write what comes.

    python -m tests.bench.client official|floor HOST:PORT

`official` is the `ollama` package from PyPI; `floor` is the least that Python can do, a socket, a JSON
decoder and a write.
"""

import json
import socket
import sys
from collections.abc import Callable, Iterator

from tests.bench.server import MODEL

_REQUEST = b"POST /api/chat HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


def official(host: str) -> Callable[[str], Iterator[str]]:
    """The official client."""
    import ollama

    client = ollama.Client(f"http://{host}")

    def ask(prompt: str) -> Iterator[str]:
        for part in client.chat(MODEL, messages=[{"role": "user", "content": prompt}], stream=True):
            yield part.message.content or ""

    return ask


def floor(host: str) -> Callable[[str], Iterator[str]]:
    """A loop of the standard library: it knows that a chunk is a line, and that nothing goes wrong."""
    address, _, port = host.partition(":")
    lines = socket.create_connection((address, int(port))).makefile("rwb")

    def ask(prompt: str) -> Iterator[str]:
        body = json.dumps({"model": MODEL, "messages": [{"role": "user", "content": prompt}]}).encode()
        lines.write(_REQUEST % (host.encode(), len(body), body))
        lines.flush()
        for line in lines:
            if line.startswith(b"{"):
                part = json.loads(line)
                yield part["message"]["content"]
            elif line == b"0\r\n":
                lines.readline()
                return

    return ask


def main(kind: str, host: str) -> None:
    """Say that it is ready, then ask each line of standard input."""
    ask = {"official": official, "floor": floor}[kind](host)
    print(MODEL, flush=True)
    for prompt in sys.stdin:
        for text in ask(prompt.strip()):
            sys.stdout.write(text)
            sys.stdout.flush()
        print(flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
