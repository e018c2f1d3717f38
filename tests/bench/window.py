"""A program in a real pseudo-terminal, and all that it wrote, with the time of every read.

While something is timed the bytes are only kept, and searched for the word that is waited for. What they look like is
worked out afterwards, by a terminal emulator, which would cost more than the program.
"""

import fcntl
import os
import select
import signal
import struct
import termios
import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Self

from tests.support.emulator import Emulator

COLUMNS, LINES = 120, 40
PATIENCE = 60.0
"""Seconds after which what did not come is missing."""

_AT_FIRST = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTERM)
_QUIET = 0.3
_STILL = 2.0
"""Seconds without a byte after which the screen is looked at."""


class Missing(Exception):
    """What was waited for did not come; the text is the screen."""


class Window:
    """Runs `argv` while the `with` block runs; kills it at the end if it still runs.

    All times are seconds on the clock that `time.monotonic` reads. One thread: the terminal is read while something is
    waited for, and never otherwise.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], patience: float = PATIENCE) -> None:
        self._argv = argv
        self._env = env
        self._patience = patience
        self._written = bytearray()
        self._times: list[float] = []
        self._ends: list[int] = []
        self._sizes: list[tuple[int, int, int]] = []
        self.status: int | None = None
        """How the program ended, as a shell would say it; None while it runs."""

    def __enter__(self) -> Self:
        self._master, slave = os.openpty()
        self._resize(COLUMNS, LINES)
        self._settings = termios.tcgetattr(self._master)
        name = os.ttyname(slave)
        actions = [(os.POSIX_SPAWN_OPEN, number, name, os.O_RDWR, 0) for number in (0, 1, 2)]
        self.begun = time.monotonic()
        """When the program was started."""
        self.pid = os.posix_spawn(
            self._argv[0], [*self._argv], self._env, file_actions=actions, setsid=True, setsigdef=_AT_FIRST
        )
        self._ending = os.pidfd_open(self.pid)
        os.close(slave)
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.close()
        os.close(self._ending)

    @property
    def written(self) -> int:
        """How many bytes the program has written so far: a place to begin a search at."""
        return len(self._written)

    def since(self, start: int) -> bytes:
        """What it wrote from there on."""
        return bytes(self._written[start:])

    def type(self, keys: str) -> float:
        """Press keys; return when."""
        at = time.monotonic()
        data = keys.encode()
        while data:
            data = data[os.write(self._master, data) :]
        return at

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window."""
        self._sizes.append((self.written, columns, lines))
        self._resize(columns, lines)

    def read_for(self, seconds: float) -> None:
        """Read what comes in that time."""
        until = time.monotonic() + seconds
        while self._read(until):
            pass

    def read_until_quiet(self, quiet: float = _QUIET) -> None:
        """Read until nothing came for so many seconds. Raises Missing when it never comes to rest."""
        limit = time.monotonic() + self._patience
        while self._read(time.monotonic() + quiet) or self._ready(0.0):
            if time.monotonic() > limit:
                raise Missing(f"it never comes to rest\n{self._picture()}")

    def wait_for(self, word: str, start: int) -> float:
        """Read until a word was written after `start`; return when it was read.

        A word that was never written in one piece counts if it is on the screen in the end. Raises Missing.
        """
        wanted, searched, limit = word.encode(), start, time.monotonic() + self._patience
        while (found := self._written.find(wanted, searched)) < 0:
            searched = max(start, self.written - len(wanted))
            came = self._read(min(time.monotonic() + _STILL, limit))
            if time.monotonic() > limit or (not came and word in self.screen()):
                return self._when_shown(word, start)
        return self._time_at(found + len(wanted))

    def times_of(self, words: Sequence[str], start: int) -> dict[str, float]:
        """When each word was first read after `start`, of those that were."""
        found = {word: self._written.find(word.encode(), start) for word in words}
        times = {word: self._time_at(at + len(word.encode())) for word, at in found.items() if at >= 0}
        in_pieces = {word for word, at in found.items() if at < 0}
        return {**times, **self._times_shown(in_pieces, start)} if in_pieces else times

    def wait_exit(self) -> float:
        """Read until the program has ended; return when that was. Raises Missing."""
        limit = time.monotonic() + self._patience
        while not self._ended():
            if time.monotonic() > limit:
                raise Missing(f"it does not end\n{self._picture()}")
            self._read(time.monotonic() + 0.05)
        at = time.monotonic()
        self.status = _shell_status(os.waitpid(self.pid, 0)[1])
        while self._master >= 0 and self._ready(0.0) and self._read(0.0):
            pass
        return at

    def close(self) -> float:
        """Close the window, as a person does; return when."""
        at = time.monotonic()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1
        return at

    def kill(self, number: signal.Signals) -> float:
        """Send the program a signal; return when."""
        at = time.monotonic()
        os.kill(self.pid, number)
        return at

    def screen(self) -> str:
        """What a person sees now."""
        return "\n".join(self._emulated().display())

    def unrestored(self) -> list[str]:
        """What of the terminal is not as it was before the program; nothing of one that is closed."""
        if self._master < 0:
            return []
        changed = self._emulated().changed_modes()
        return changed if termios.tcgetattr(self._master) == self._settings else [*changed, "settings"]

    def _emulated(self) -> Emulator:
        emulator, begin = Emulator(COLUMNS, LINES), 0
        for place, columns, lines in self._sizes:
            emulator.feed(bytes(self._written[begin:place]))
            emulator.resize(columns, lines)
            begin = place
        emulator.feed(bytes(self._written[begin:]))
        return emulator

    def _when_shown(self, word: str, start: int) -> float:
        shown = self._times_shown({word}, start)
        if word not in shown:
            raise Missing(f"{word!r} did not come\n{self._picture()}")
        return shown[word]

    def _times_shown(self, words: set[str], start: int) -> dict[str, float]:
        """After which reads the screen showed them. Only words that were painted in pieces come here."""
        emulator, begin, shown = Emulator(COLUMNS, LINES), 0, dict[str, float]()
        for at, end in zip(self._times, self._ends, strict=True):
            emulator.feed(bytes(self._written[begin:end]))
            begin = end
            if end > start and words - shown.keys():
                screen = "\n".join(emulator.display())
                shown.update({word: at for word in words - shown.keys() if word in screen})
        return shown

    def _picture(self) -> str:
        return self.screen()

    def _time_at(self, place: int) -> float:
        return self._times[bisect_right(self._ends, place - 1)]

    def _read(self, until: float) -> bool:
        """Read once; False if nothing came until then, or nobody writes any more."""
        if self._master < 0 or not self._ready(max(0.0, until - time.monotonic())):
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            time.sleep(0.0005)  # the program has let go of the terminal, and is about to end
            return False
        self._times.append(time.monotonic())
        self._written += data
        self._ends.append(self.written)
        return True

    def _ready(self, seconds: float) -> bool:
        return bool(select.select([self._master], [], [], seconds)[0])

    def _ended(self) -> bool:
        if self._master < 0:
            return bool(select.select([self._ending], [], [], 0.05)[0])
        return self._ending in select.select([self._ending, self._master], [], [], 0.05)[0]

    def _resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _shell_status(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
