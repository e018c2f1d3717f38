"""The server under a driver, and the programs that are measured with it, each in a home of its own."""

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from tests.bench.server import MODEL, Event
from tests.bench.window import PATIENCE, Missing, Window
from tests.support.program import CHINWAG, ROOT, environment

WIDE = (sys.executable, "-m", "tests.bench.wide")
"""The program with room for more streams at once than it has by default."""


_BEAT = 0.05


class Laboratory:
    """Runs the server while the `with` block runs, with the replies to these prompts encoded. One thread."""

    def __init__(self, folder: Path, prompts: Sequence[str] = ()) -> None:
        self._folder = folder
        self._prompts = prompts
        self._told = b""
        self._homes = 0
        self.events: list[Event] = []
        """All that the server has told so far."""

    def __enter__(self) -> Self:
        argv = [sys.executable, "-m", "tests.bench.server", *self._prompts]
        self._server = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.host = f"127.0.0.1:{int(self._line())}"
        """`127.0.0.1:PORT`."""
        return self

    def __exit__(self, *_: object) -> None:
        with self._server:
            self._server.kill()

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
        self.listen()
        return self._find(what, prompt, after) is not None

    def wait(self, what: str, prompt: str, after: float = 0.0, window: Window | None = None) -> Event:
        """The first event of this kind about a prompt after a time; a window is read in the meantime. Raises Missing.

        Without a window, what is waited for must come soon, whatever the program writes.
        """
        limit = time.monotonic() + PATIENCE
        while (event := self._find(what, prompt, after)) is None:
            if time.monotonic() > limit:
                raise Missing(f"the server did not see {prompt!r} {what}")
            if window is not None:
                window.read_for(_BEAT)
            self.listen(0.0 if window else limit - time.monotonic())
        return event

    def listen(self, seconds: float = 0.0) -> None:
        """Take what the server tells; wait for it so long at most."""
        stdout = self._stdout
        if select.select([stdout], [], [], max(0.0, seconds))[0]:
            *lines, self._told = (self._told + os.read(stdout, 1 << 20)).split(b"\n")
            self.events += [msgspec.json.decode(line, type=Event) for line in lines]

    def _find(self, what: str, prompt: str, after: float) -> Event | None:
        wanted = (event for event in self.events if (event.what, event.prompt) == (what, prompt) and event.at >= after)
        return next(wanted, None)

    @property
    def _stdout(self) -> int:
        assert self._server.stdout is not None
        return self._server.stdout.fileno()

    def _line(self) -> bytes:
        assert self._server.stdout is not None
        return self._server.stdout.readline()
