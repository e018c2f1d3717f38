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


IMMOVABLE = """
import threading
from ui.signals import stacks_on_signal
def immovable():
    print("ready", flush=True)
    threading.Semaphore(0).acquire()
with stacks_on_signal(1):
    immovable()
"""
LATE = """
import os, signal
from ui.signals import stacks_on_signal
with stacks_on_signal(1):
    for _ in range(50):
        os.kill(os.getpid(), signal.SIGUSR1)
print("over", flush=True)
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


def test_an_interrupt_that_a_face_takes_itself_ends_nothing() -> None:
    ui, taken = Recorder[UiEvent](), Recorder[str]()
    resort = NotedResort()
    before = signal.getsignal(signal.SIGINT)

    with leaving_on_signals(ui, resort, lambda: taken.tell("taken")):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)

    assert (taken.told, ui.told, resort.armed) == (["taken"], [QuitRequested("asked to end.", 143)], [143])
    assert signal.getsignal(signal.SIGINT) == before


def test_a_program_that_does_not_obey_is_ended_with_its_terminal_restored() -> None:
    done = subprocess.run([sys.executable, "-c", STUCK], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)

    assert (done.returncode, done.stdout) == (143, "restored\n")


def test_sigusr1_writes_all_stacks_to_the_log_even_if_the_main_thread_is_stuck() -> None:
    with subprocess.Popen([sys.executable, "-c", IMMOVABLE], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGUSR1)
        lines = iter(process.stdout.readline, b"")
        assert next(line for line in lines if b", in immovable" in line)
        assert next(line for line in lines if line == b"That is all: 2 threads.\n")
        process.kill()


def test_what_is_asked_for_at_the_very_end_ends_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", LATE], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["over"]), done.stderr


def test_without_a_log_there_is_nothing_to_write_to() -> None:
    before = signal.getsignal(signal.SIGUSR1)

    with stacks_on_signal(None):
        assert signal.getsignal(signal.SIGUSR1) == before
