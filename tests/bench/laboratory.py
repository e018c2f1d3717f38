"""The server under a driver, and the programs that are measured with it, each in a home of its own."""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Self

import msgspec

from tests.bench.server import MODEL, Event
from tests.bench.window import PATIENCE, Missing, Window
from tests.support.program import CHINWAG, ROOT, environment

WIDE = (sys.executable, "-m", "tests.bench.wide")
"""The program with room for more streams at once than it has by default."""

_BEAT = 0.05


class Laboratory:
    """Runs the server while the `with` block runs, with the replies to these prompts encoded.

    A thread takes what the server tells; all else is for one thread."""

    def __init__(self, folder: Path, prompts: Sequence[str] = ()) -> None:
        self._folder = folder
        self._prompts = prompts
        self._news = threading.Condition()
        self.events: list[Event] = []
        """All that the server has told so far."""

    def __enter__(self) -> Self:
        argv = [sys.executable, "-m", "tests.bench.server", *self._prompts]
        self._server = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._server.stdout is not None
        self.host = f"127.0.0.1:{int(self._server.stdout.readline())}"
        """`127.0.0.1:PORT`."""
        self._listener = threading.Thread(target=self._listen, args=(self._server.stdout,), name="laboratory")
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._server:
            self._server.kill()
            self._listener.join()

    @contextmanager
    def opened(self, argv: Sequence[str] = CHINWAG, ready: str = MODEL) -> Iterator[Window]:
        """A program of this kind in a window, ready to be asked."""
        with self.started(argv) as window:
            window.wait_for(ready, 0)
            window.read_until_quiet()
            yield window

    @contextmanager
    def started(self, argv: Sequence[str] = CHINWAG) -> Iterator[Window]:
        """A program in a window, a moment after its start."""
        home = Path(tempfile.mkdtemp(dir=self._folder))
        env = environment(home, TERM="xterm-256color", OLLAMA_HOST=self.host)
        try:
            with Window(argv, env) as window:
                yield window
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def client(self, kind: str) -> tuple[str, ...]:
        """The program to compare with: `official` or `floor`."""
        return (sys.executable, "-m", "tests.bench.client", kind, self.host)

    def saw(self, what: str, prompt: str, after: float = 0.0) -> bool:
        """Whether an event of this kind about a prompt was told of a time after that."""
        return self._find(what, prompt, after) is not None

    def wait(self, what: str, prompt: str, after: float = 0.0, window: Window | None = None, nth: int = 1) -> Event:
        """The first event of this kind about a prompt after a time, or the nth; a window is read in the meantime.
        Raises Missing.

        Without a window, what is waited for must come soon, whatever the program writes.
        """
        limit = time.monotonic() + PATIENCE
        while (event := self._find(what, prompt, after, nth)) is None:
            if time.monotonic() > limit:
                raise Missing(f"the server did not see {prompt!r} {what}")
            if window is not None:
                window.read_for(_BEAT)
            else:
                self._wait_for_news()
        return event

    def _wait_for_news(self) -> None:
        with self._news:
            known = len(self.events)
            self._news.wait_for(lambda: len(self.events) > known, _BEAT)

    def _listen(self, stdout: IO[bytes]) -> None:
        """Take all that the server tells, at once: it would stand still if it could not get rid of it."""
        for line in stdout:
            with self._news:
                self.events.append(msgspec.json.decode(line, type=Event))
                self._news.notify_all()

    def _find(self, what: str, prompt: str, after: float, nth: int = 1) -> Event | None:
        wanted = (event for event in self.events if (event.what, event.prompt) == (what, prompt) and event.at >= after)
        return next(islice(wanted, nth - 1, None), None)
