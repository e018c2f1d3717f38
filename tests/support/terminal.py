"""A program in a real pseudo-terminal: type, read the screen, resize, and see that all is as it was at the end."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from tests.support.addresses import PATIENCE
from tests.support.emulator import Emulator, Shot
from tests.support.program import ROOT, environment

_LAUNCH = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "from signal import SIGHUP, SIGINT, SIGPIPE, SIGQUIT;"
    "[signal.signal(number, signal.SIG_DFL) for number in (SIGHUP, SIGINT, SIGPIPE, SIGQUIT)];"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Makes the pseudo-terminal the controlling one, then becomes the program. A background job ignores SIGINT; a program
that a person starts does not."""


Screen = Callable[[list[str]], bool]
"""Whether a screen with these lines is the one that is waited for."""


class Terminal:
    """Runs `argv` in a window of its own while the `with` block runs; kills it at the end if it still runs.

    A thread reads all the time, as a real terminal does, so the program never waits for the test. `answers` decides
    whether the program's queries (device attributes, modes, cursor position) are answered or met with silence.
    """

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 80,
        lines: int = 24,
        env: Mapping[str, str] | None = None,
        home: Path | None = None,
        answers: bool = False,
    ) -> None:
        self._argv = [sys.executable, "-I", "-S", "-c", _LAUNCH, *argv]
        self._size = columns, lines
        self._env = dict(env or {})
        self._home = home
        self._answers = answers
        self._emulator = Emulator(columns, lines)
        self._raw = bytearray()
        self._ended = False
        self._changed = threading.Condition()
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        home = self._home or Path(self._resources.enter_context(tempfile.TemporaryDirectory()))
        self._master, slave = os.openpty()
        self._wake_reader, self._wake_writer = os.pipe()
        self._set_size(*self._size)
        self.attributes_at_start = self.attributes()
        self._program = subprocess.Popen(
            self._argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env=environment(home, **{"TERM": "xterm-256color", **self._env}),
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, name="terminal")
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._program.pid, signal.SIGKILL)
        self._program.wait()
        if self._wake_writer >= 0:
            self.hang_up()
        self._resources.close()

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._program.pid

    @property
    def raw(self) -> bytes:
        """Every byte that the program has written so far."""
        with self._changed:
            return bytes(self._raw)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line of the cursor, counted from 0."""
        with self._changed:
            return self._emulator.cursor

    def display(self) -> list[str]:
        """Return the lines on the screen, without the blanks at their ends."""
        with self._changed:
            return self._emulator.display()

    def shot(
        self, wanted: Callable[[Shot], bool] = lambda _: True, timeout: float = PATIENCE, cursor: bool = True
    ) -> Shot:
        """Wait until the screen looks as wanted and is drawn to its end, and return all that is on it.

        A program hides its cursor while it draws: where it shows none afterwards either, which False for `cursor`
        says, what is wanted has to be what is drawn last. Raises AssertionError, with the screen in it, after `timeout`
        seconds.
        """

        def drawn() -> Shot | None:
            shot = self._emulator.shot()
            return shot if (shot.cursor is not None) is cursor and wanted(shot) else None

        with self._changed:
            shot = self._changed.wait_for(drawn, timeout)
            assert shot is not None, f"within {timeout:g} s it did not look as wanted\n{self._picture()}"
            return shot

    def changed_modes(self) -> list[str]:
        """Name the modes that are not as at the start: `alternate screen`, `hidden cursor`, `mouse`, ..."""
        with self._changed:
            return self._emulator.changed_modes()

    def attributes(self) -> list[Any]:
        """Return the line discipline's settings, as termios has them."""
        return termios.tcgetattr(self._master)

    def assert_restored(self) -> None:
        """Assert that every mode and every setting is as before the program began."""
        assert (self.changed_modes(), self.attributes()) == ([], self.attributes_at_start)

    def wait_for(self, wanted: str | Screen, timeout: float = PATIENCE) -> list[str]:
        """Wait until the screen holds a text, or satisfies a predicate, and return its lines.

        Raises AssertionError, with the screen in it, after `timeout` seconds or when the program has ended.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._shows(wanted), timeout)
            if not self._shows(wanted):
                end = "the program ended" if self._ended else f"within {timeout:g} s"
                raise AssertionError(f"{wanted!r} did not come: {end}\n{self._picture()}")
            return self._emulator.display()

    def wait_exit(self, timeout: float = PATIENCE) -> int:
        """Wait until the program has ended and everything it wrote is on the screen; return its exit status.

        The status is negative for a signal. Raises AssertionError, with the screen in it, when the program stays, or
        a process that it began keeps the terminal open.
        """
        try:
            status = self._program.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program does not end\n{self._picture()}") from None
        self._reader.join(timeout)
        assert not self._reader.is_alive(), f"{self.processes()} still have the terminal\n{self._picture()}"
        return status

    def processes(self) -> list[int]:
        """Return the processes that run in this terminal's session: the program, and every child it has left."""
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _session(pid) == self.pid]

    def send(self, keys: str | bytes) -> None:
        """Type: control characters and escape sequences are keys."""
        rest = keys.encode() if isinstance(keys, str) else keys
        while rest:
            rest = rest[os.write(self._master, rest) :]

    def paste(self, text: str) -> None:
        """Paste as a terminal does that was asked for bracketed paste."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, lines: int) -> None:
        """Change the window's size; the program gets SIGWINCH."""
        with self._changed:
            self._emulator.resize(columns, lines)
            self._set_size(columns, lines)

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._program.send_signal(number)

    def hang_up(self) -> None:
        """Close the window: the program gets SIGHUP and its terminal is gone."""
        os.close(self._wake_writer)
        self._wake_writer = -1
        self._reader.join()
        os.close(self._wake_reader)
        os.close(self._master)

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def _shows(self, wanted: str | Screen) -> bool:
        lines = self._emulator.display()
        return wanted in "\n".join(lines) if isinstance(wanted, str) else wanted(lines)

    def _picture(self) -> str:
        edge = "+" + "-" * self._size[0] + "+"
        return "\n".join([edge, *(f"|{line}" for line in self.display()), edge])

    def _read(self) -> None:
        while data := self._next_bytes():
            with self._changed:
                self._raw += data
                self._emulator.feed(data)
                replies, self._emulator.replies = self._emulator.replies, b""
                self._changed.notify_all()
            if self._answers:
                self.send(replies)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _next_bytes(self) -> bytes:
        """Empty when nobody has the other side open any more, or the window was closed."""
        ready, _, _ = select.select([self._master, self._wake_reader], [], [])
        if self._wake_reader in ready:
            return b""
        try:
            return os.read(self._master, 65536)
        except OSError:
            return b""


def _session(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getsid(pid)
    return None
