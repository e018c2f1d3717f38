import os
import threading
from pathlib import Path

import pytest

from actors.cancel import CancelToken
from actors.shell import run_command
from protocol.errands import CommandRan, RunCommand
from protocol.limits import ResourceLimits
from tests.support.leaks import nothing_left
from tests.support.processes import gone

LIMITS = ResourceLimits()
ENVIRON = {"PATH": os.environ["PATH"], "SHELL": "/bin/sh", "GREETING": "Hello"}


def run(command: str, limits: ResourceLimits = LIMITS, cancel: CancelToken | None = None) -> CommandRan:
    with nothing_left():
        return run_command(RunCommand(7, command), limits, cancel or CancelToken(), ENVIRON)


@pytest.mark.parametrize(
    ("command", "output", "end"),
    [
        ("echo hi", "hi", "exit status 0"),
        ("echo out; echo err >&2; echo again; exit 3", "out\nerr\nagain", "exit status 3"),
        ('echo "$GREETING"', "Hello", "exit status 0"),
        ("true", "", "exit status 0"),
        ("kill -9 $$", "", "ended by SIGKILL"),
        ("printf 'a\\r\\nb\\377\\n\\n'", "a\nb\ufffd", "exit status 0"),
        ("nosuchcommand 2>/dev/null", "", "exit status 127"),
        ("cat", "", "exit status 0"),
        ("test -t 0 || test -t 1 || test -t 2 || echo no terminal", "no terminal", "exit status 0"),
        ("( : > /dev/tty ) 2>/dev/null || echo none to open", "none to open", "exit status 0"),
    ],
)
def test_what_a_command_prints_and_how_it_ends_is_told(command: str, output: str, end: str) -> None:
    assert run(command) == CommandRan(7, output, end)


def test_a_shell_that_is_not_there_is_one_sentence() -> None:
    environ = {**ENVIRON, "SHELL": "/nosuch/shell"}
    ran = run_command(RunCommand(7, "echo hi"), LIMITS, CancelToken(), environ)
    assert ran == CommandRan(7, "", "it cannot be run: No such file or directory")


def test_of_very_much_output_the_beginning_and_the_end_are_kept() -> None:
    ran = run("seq 1 100000", ResourceLimits(max_output_bytes=40))
    begin, end = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10", "\n99998\n99999\n100000"
    assert ran == CommandRan(7, f"{begin}\n... 588,855 bytes are left out ...\n{end}", "exit status 0")


def test_one_that_takes_too_long_is_stopped_with_all_it_has_started(tmp_path: Path) -> None:
    command = f"sleep 1000 & echo $! > {tmp_path}/child; echo waiting; wait"
    ran = run(command, ResourceLimits(command_seconds=0.3))
    assert ran == CommandRan(7, "waiting", "stopped after 0 s")
    assert gone(tmp_path / "child")


def test_what_it_leaves_behind_is_ended_with_it(tmp_path: Path) -> None:
    assert run(f"sleep 1000 & echo $! > {tmp_path}/child; echo done") == CommandRan(7, "done", "exit status 0")
    assert gone(tmp_path / "child")


def test_one_that_closes_its_outputs_and_stays_is_stopped_too() -> None:
    ran = run("exec >&- 2>&-; sleep 1000", ResourceLimits(command_seconds=0.3))
    assert ran == CommandRan(7, "", "stopped after 0 s")


@pytest.mark.parametrize("command", ["sleep 1000", "trap '' TERM; echo deaf; sleep 1000", "yes"])
def test_it_is_stopped_at_once_from_another_thread(command: str, tmp_path: Path) -> None:
    cancel, path = CancelToken(), tmp_path / "shell"
    os.mkfifo(path)

    def stop() -> None:
        path.read_text()
        cancel.cancel()

    stopper = threading.Thread(target=stop)
    stopper.start()
    ran = run(f"echo $$ > {path}; {command}", cancel=cancel)
    stopper.join()
    assert (ran.end, ran.cancelled) == ("stopped", True)


def test_one_that_is_cancelled_before_it_begins_is_not_run(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert run(f"touch {tmp_path}/made", cancel=cancel) == CommandRan(7, "", "stopped", cancelled=True)
    assert not (tmp_path / "made").exists()
