"""The composition root: from the command line to a face and an engine, and back to an exit status."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import platformdirs

from protocol.address import Address
from protocol.errors import ChinwagError
from protocol.settings import EngineSettings
from protocol.ui import QuitRequested, UiEvent
from ui.arguments import Options, parse_arguments
from ui.ask import FAILED, INTERRUPTED, USAGE, Asking, EventQueue, read_prompt, silence
from ui.log import logging_to


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run the program and return its exit status. What it cannot do it says in one sentence."""
    try:
        options = parse_arguments(arguments, os.environ)
        log = Path(platformdirs.user_log_dir("chinwag")) / "chinwag.log"
        with logging_to(log) as descriptor:
            return ask(options) if options.command == "ask" else chat(options, descriptor)
    except ChinwagError as error:
        complain(str(error))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


def ask(options: Options) -> int:
    """Answer one prompt on standard output."""
    prompt = read_prompt(options.prompt, sys.stdin)
    events = EventQueue()
    with quitting_on_signals(events):
        engine = RunningEngine(events, options.settings)
        try:
            status = Asking(engine, events, sys.stdout, sys.stderr).run(options.model, options.system, prompt)
        except BrokenPipeError:
            silence(sys.stdout)
            status = FAILED
        finally:
            late = engine.stop()
    if late:
        complain(late)
    return status


class RunningEngine:
    """The engine as the faces see it. Importing it is put off until here: it brings pykka."""

    def __init__(self, ui: Address[UiEvent], settings: EngineSettings) -> None:
        from actors.system import start_system

        self._system = start_system(ui, settings)
        self.coordinator = self._system.coordinator
        self.input = self._system.input

    def stop(self) -> str:
        """Stop everything, within 5 seconds; a sentence if something was late, else nothing."""
        return str(self._system.stop())


@contextmanager
def quitting_on_signals(events: Address[UiEvent]) -> Iterator[None]:
    """Turn the signals that end a program into the wish to quit; a second one ends it at once."""
    asked: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if asked:
            os._exit(128 + number)
        asked.append(number)
        events.tell(QuitRequested(status=128 + number))

    handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, on_signal) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def complain(sentence: str) -> None:
    """Say what is wrong on standard error, if that is still there."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"chinwag: {sentence}\n")


if __name__ == "__main__":
    run()
