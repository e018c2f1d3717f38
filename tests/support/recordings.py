"""Recorded traffic of a real server (tests/recordings), and what its bytes mean.

The meaning is computed with the standard library's json alone: it is what the project's own decoder is held against.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parents[1] / "recordings"
METRICS = (
    "total_duration",
    "load_duration",
    "prompt_eval_count",
    "prompt_eval_duration",
    "eval_count",
    "eval_duration",
)
EndedBy = Literal["done", "error_line", "status", "eof"]


@dataclass(frozen=True)
class Piece:
    """One HTTP chunk of a body."""

    at: float
    """Seconds after the request was sent."""
    size: int
    """Bytes of the body."""


@dataclass(frozen=True)
class Expected:
    """What an answer to a chat request says, by Ollama's semantics."""

    text: str = ""
    thinking: str = ""
    tool_calls: tuple[tuple[str, dict[str, Any], str], ...] = ()
    """Name, arguments and id of each."""
    done_reason: str | None = None
    metrics: dict[str, int] | None = None
    """None where the server sent none, as after loading and unloading."""
    error: str | None = None
    """The server's words, unwrapped; empty where it said no without a word."""
    ended_by: EndedBy = "eof"


@dataclass(frozen=True)
class Recording:
    """One request and the answer to it, as they went over the wire."""

    name: str
    method: str
    path: str
    request: bytes | None
    """The request's body, where it was kept."""
    status: int
    head: bytes
    """Status line and headers, up to and with the empty line."""
    body: bytes
    """Without the framing of HTTP chunks."""
    pieces: tuple[Piece, ...]
    """The chunks as they came; none for a body with a length."""
    end: str
    """How the body ended, in the recorder's words."""

    @property
    def headers(self) -> dict[str, str]:
        """The response's headers, names in lower case."""
        lines = self.head.decode("ascii").splitlines()[1:]
        split = (line.partition(":") for line in lines if line)
        return {name.lower(): value.strip() for name, _, value in split}

    @property
    def chunked(self) -> bool:
        """True where the body came in HTTP chunks."""
        return self.headers.get("transfer-encoding") == "chunked"

    @property
    def complete(self) -> bool:
        """True where the body came to its end as HTTP defines it."""
        return self.end.startswith("complete")

    @property
    def expected(self) -> Expected:
        """What the answer says."""
        return expect(self.status, self.body)


@cache
def recording(name: str) -> Recording:
    """Return the recording of this name."""
    return load(FOLDER / name)


def recordings() -> tuple[Recording, ...]:
    """Return all recordings, sorted by name."""
    return tuple(recording(folder.name) for folder in sorted(FOLDER.iterdir()) if folder.is_dir())


def chat_recordings() -> tuple[Recording, ...]:
    """Return the recordings of `POST /api/chat`, sorted by name."""
    return tuple(each for each in recordings() if (each.method, each.path) == ("POST", "/api/chat"))


def load(folder: Path) -> Recording:
    """Read the recording in `folder`."""
    method, path, _ = (folder / "request.head.txt").read_text().split(maxsplit=2)
    request, chunks = folder / "request.json", folder / "chunks.jsonl"
    head = (folder / "response.head.txt").read_bytes()
    lines = chunks.read_text().splitlines() if chunks.exists() else []
    return Recording(
        name=folder.name,
        method=method,
        path=path,
        request=request.read_bytes() if request.exists() else None,
        status=int(head.split(maxsplit=2)[1]),
        head=head,
        body=(folder / "response.body").read_bytes(),
        pieces=tuple(Piece(chunk["t"], chunk["n"]) for chunk in map(json.loads, lines)),
        end=json.loads((folder / "meta.json").read_text())["end"],
    )


def expect(status: int, body: bytes) -> Expected:
    """Return what an answer with this status and body says."""
    if status != 200:
        return Expected(error=_words(body.decode()), ended_by="status")
    text, thinking, calls = "", "", list[tuple[str, dict[str, Any], str]]()
    for line in _lines(body):
        if line.get("error"):
            return Expected(text, thinking, tuple(calls), error=_words(json.dumps(line)), ended_by="error_line")
        message = line.get("message") or {}
        text += message.get("content") or ""
        thinking += message.get("thinking") or ""
        calls += [_call(call) for call in message.get("tool_calls") or ()]
        if line["done"]:
            return Expected(text, thinking, tuple(calls), line["done_reason"], _metrics(line), ended_by="done")
    return Expected(text, thinking, tuple(calls))


def _lines(body: bytes) -> Iterator[dict[str, Any]]:
    *whole, last = body.split(b"\n")
    for line in whole:
        yield json.loads(line)
    try:
        yield json.loads(last)
    except ValueError:
        return


def _call(call: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    return call["function"]["name"], call["function"]["arguments"], call.get("id", "")


def _metrics(line: dict[str, Any]) -> dict[str, int] | None:
    return {name: line[name] for name in METRICS if name in line} or None


def _words(said: str) -> str:
    """Unwrap `{"error": X}`, where X is words, an object with a message, or either of them as JSON in a string."""
    try:
        value = json.loads(said)
    except ValueError:
        return said
    match value:
        case {"error": str(inner)}:
            return _words(inner)
        case {"error": {"message": str(inner)}}:
            return inner
        case _:
            return said
