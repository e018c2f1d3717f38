"""Running what the user typed in the user's shell: without a terminal, within bounds, and all of it ends at once."""

import os
import select
import signal
import time
from collections.abc import Mapping
from contextlib import suppress

from actors.cancel import Cancelled, CancelToken
from protocol.errands import CommandRan, RunCommand
from protocol.limits import MIB, ResourceLimits

_BEAT = 0.1
"""Seconds between two looks whether the command has ended: what it left behind may keep its outputs open."""
_TO_THE_END = 0.2
"""Seconds in which what a command printed last is read after its end."""
_GRACE = 0.5
"""Seconds in which a command may end by itself when it is told to."""
_MOST_PRINTED = 64 * MIB
"""A command that prints more is stopped: it would do so for ever."""
_AT_ONCE = 65_536
_SHELL = "/bin/sh"


def run_command(
    errand: RunCommand, limits: ResourceLimits, cancel: CancelToken, environ: Mapping[str, str]
) -> CommandRan:
    """Run a command to its end, until it takes too long, or until it is cancelled; nothing of its group outlives that.

    Blocks meanwhile. Never raises for what the command does, or because it cannot be run.
    """
    output = _Output(limits.max_output_bytes)
    wake, waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        with cancel.unblocking(lambda: _ring(waker)):
            end = _Running(errand.command, environ, output, wake).follow(limits.command_seconds, cancel)
    except Cancelled:
        end = "stopped"
    except OSError as error:
        end = f"it cannot be run: {error.strerror}"
    finally:
        os.close(wake)
        os.close(waker)
    return CommandRan(errand.number, str(output), end, cancel.cancelled)


class _Output:
    """What was printed: the beginning and the end of it, where it is too much."""

    def __init__(self, most: int) -> None:
        self._most = most // 2
        self._head, self._tail = bytearray(), bytearray()
        self.size = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        room = max(0, self._most - len(self._head))
        self._head += data[:room]
        self._tail += data[room:]
        del self._tail[: max(0, len(self._tail) - self._most)]

    def __str__(self) -> str:
        left_out = self.size - len(self._head) - len(self._tail)
        gap = f"\n... {left_out:,} bytes are left out ...\n".encode() if left_out else b""
        text = bytes(self._head + gap + self._tail).decode(errors="replace")
        return text.replace("\r\n", "\n").rstrip("\n")


class _Running:
    """One command, in a session of its own. Its exit is not taken note of before its group is ended: until then nobody
    else can be called as it is."""

    def __init__(self, command: str, environ: Mapping[str, str], output: _Output, wake: int) -> None:
        import subprocess

        self._output = output
        self._wake = wake
        self._process = subprocess.Popen(
            [environ.get("SHELL") or _SHELL, "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(environ),
        )

    def follow(self, seconds: float, cancel: CancelToken) -> str:
        """Read what it prints until it ends, and say how it did."""
        assert self._process.stdout is not None
        with self._process.stdout as printed:
            try:
                stopped = self._read(printed.fileno(), time.monotonic() + seconds, cancel)
            finally:
                self._end_group()
        if stopped:
            return f"stopped after {seconds:.0f} s" if stopped == _LATE else stopped
        return _end_words(self._process.returncode)

    def _read(self, printed: int, deadline: float, cancel: CancelToken) -> str:
        """Read until it has ended; return why it is to be stopped, if it is."""
        is_open = True
        while not self._has_ended():
            if cancel.cancelled:
                return "stopped"
            if time.monotonic() > deadline:
                return _LATE
            if self._output.size > _MOST_PRINTED:
                return f"stopped, for it printed more than {_MOST_PRINTED // MIB} MB"
            is_open = self._take(printed, _BEAT) if is_open else self._wait()
        deadline = time.monotonic() + _TO_THE_END
        while is_open and time.monotonic() < deadline and _readable([printed], 0):
            is_open = self._take(printed, 0)
        return ""

    def _take(self, printed: int, seconds: float) -> bool:
        """Read what there is; False where nothing more comes."""
        if printed not in _readable([printed, self._wake], seconds):
            return True
        data = os.read(printed, _AT_ONCE)
        self._output.add(data)
        return bool(data)

    def _wait(self) -> bool:
        _readable([self._wake], _BEAT)
        return False

    def _has_ended(self) -> bool:
        """Tell whether it has ended, and leave it as it is."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, options) is not None

    def _end_group(self) -> None:
        """End all that it has started and that is still there."""
        with suppress(ProcessLookupError, PermissionError):
            if not self._has_ended():
                os.killpg(self._process.pid, signal.SIGTERM)
                deadline = time.monotonic() + _GRACE
                while not self._has_ended() and time.monotonic() < deadline:
                    select.select([], [], [], 0.01)
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


_LATE = "late"


def _readable(descriptors: list[int], seconds: float) -> list[int]:
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(seconds * 1000)]


def _ring(waker: int) -> None:
    with suppress(BlockingIOError):
        os.write(waker, b"!")


def _end_words(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"ended by signal {-status}"
