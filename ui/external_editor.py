"""The text in the user's own editor, and back."""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from protocol.errors import InterfaceError

_NAMES = ("OLLAMA_EDITOR", "VISUAL", "EDITOR")
_USUAL = ("nano", "vi")
_MOST_BYTES = 16 << 20

Find = Callable[[str], str | None]
"""Where a program is; None if it is not there. `shutil.which` is one."""
Run = Callable[[Sequence[str]], int]
"""Run a program on the terminal to its end and return its exit status."""


class ExternalEditor:
    """Runs the editor that the environment names, else one that is there. UI thread only; it waits for the editor."""

    def __init__(self, environ: Mapping[str, str], find: Find, run: Run) -> None:
        self._environ = environ
        self._find = find
        self._run = run

    def edit(self, text: str) -> str:
        """Have a text edited and return what became of it. Raises InterfaceError where nothing did; the text is kept
        by the caller then."""
        command = self._command()
        descriptor, name = tempfile.mkstemp(prefix="chinwag-", suffix=".md")  # readable by the user only
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            self._call([*command, name])
            return _read(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _command(self) -> list[str]:
        for variable in _NAMES:
            named = self._environ.get(variable, "").strip()
            if named:
                return _split(variable, named)
        usual = next((path for path in map(self._find, _USUAL) if path), None)
        if usual is None:
            raise InterfaceError("No editor is known.", "Name one in VISUAL.")
        return [usual]

    def _call(self, command: list[str]) -> None:
        try:
            status = self._run(command)
        except OSError as error:
            advice = "Name another one in VISUAL."
            raise InterfaceError(f"The editor {command[0]} cannot be started: {error.strerror}.", advice) from error
        if status:
            raise InterfaceError(f"The editor {command[0]} ended with status {status}.", "The text is as it was.")


def _split(variable: str, named: str) -> list[str]:
    try:
        return shlex.split(named)
    except ValueError as error:
        raise InterfaceError(f"{variable} makes no sense: {error}.", "Mend its quotes.") from error


def _read(name: str) -> str:
    try:
        with open(name, "rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError as error:
        raise InterfaceError(f"What was edited cannot be read: {error.strerror}.", "The text is as it was.") from error
    return data.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n")


def run_on_terminal(command: Sequence[str]) -> int:
    """Run a program on the terminal to its end and return its exit status. A Ctrl-C is for the program alone."""
    process = subprocess.Popen(command)
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, ours)
