import os
import signal
import subprocess
import sys

import pytest

from protocol.ui import QuitRequested, UiEvent
from tests.support.addresses import PATIENCE, Recorder
from tests.support.program import ROOT
from ui.signals import LastResort, leaving_on_signals, stacks_on_signal

STUCK = """
import signal
from ui.signals import LastResort
LastResort(lambda: print("restored", flush=True), patience=0.01).arm(143)
while True:
    signal.pause()
"""


class NotedResort(LastResort):
    """Notes how it was armed."""

    def __init__(self) -> None:
        super().__init__(lambda: None)
        self.armed: list[int] = []

    def arm(self, status: int) -> None:
        self.armed.append(status)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (signal.SIGINT, QuitRequested("interrupted.", 130)),
        (signal.SIGTERM, QuitRequested("asked to end.", 143)),
        (signal.SIGHUP, QuitRequested("the terminal was closed.", 129)),
    ],
)
def test_a_signal_becomes_the_wish_to_quit(number: signal.Signals, told: QuitRequested) -> None:
    ui: Recorder[UiEvent] = Recorder()
    resort = NotedResort()
    before = signal.getsignal(number)

    with leaving_on_signals(ui, resort):
        os.kill(os.getpid(), number)

    assert (ui.told, resort.armed, signal.getsignal(number)) == ([told], [told.status], before)


def test_a_program_that_does_not_obey_is_ended_with_its_terminal_restored() -> None:
    done = subprocess.run([sys.executable, "-c", STUCK], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)

    assert (done.returncode, done.stdout) == (143, "restored\n")


def test_sigusr1_writes_all_stacks_to_the_log() -> None:
    reader, log = os.pipe()
    written = b""
    with stacks_on_signal(log):
        os.kill(os.getpid(), signal.SIGUSR1)
        while b"test_sigusr1_writes_all_stacks_to_the_log" not in written:
            written += os.read(reader, 65536)
    os.close(reader)
    os.close(log)

    assert b"(most recent call last):" in written


def test_without_a_log_there_is_nothing_to_write_to() -> None:
    before = signal.getsignal(signal.SIGUSR1)

    with stacks_on_signal(None):
        assert signal.getsignal(signal.SIGUSR1) == before
