"""What can be seen of the program from outside: its log, its stacks, and a trace that is played again."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.addresses import PATIENCE
from tests.support.answers import endless, ndjson_chat, silence_after, thought
from tests.support.leaks import nothing_left
from tests.support.program import CHINWAG, environment, run, start
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_C, CTRL_D, ENTER, ESC, MODEL, READY, chatting, quits
from tests.support.terminal import Terminal

RIGHT = "\x1b[C"
SECRET = "open sesame"


def transcript(screen: list[str]) -> list[str]:
    """What was said, without status line and composer."""
    return "\n".join(screen[:-2]).rstrip().split("\n")


@pytest.fixture
def trace(tmp_path: Path) -> tuple[Path, list[str]]:
    """The trace of a talk, and what was on the screen."""
    path = tmp_path / "trace.jsonl"
    script = ndjson_chat([thought("Hm."), "It is ", "deep."]), silence_after(["Half a"]), ndjson_chat(["Blue."])
    with chatting(*script, arguments=("--trace", str(path)), home=tmp_path) as (terminal, _):
        terminal.send("How deep is the sea?" + ENTER)
        terminal.wait_for("It is deep.")
        terminal.wait_for(READY)
        terminal.send("Go on" + ENTER)
        terminal.wait_for("Half a")
        terminal.send(ESC)
        terminal.wait_for("cancelled")
        terminal.send("What colour?" + ENTER)
        terminal.wait_for("Blue.")
        screen = transcript(terminal.wait_for(READY))
        terminal.send(CTRL_D)
        quits(terminal)
    return path, screen


@contextmanager
def replaying(path: Path, *arguments: str) -> Iterator[Terminal]:
    """A replay, in a world without any server."""
    with nothing_left(), Terminal([*CHINWAG, "replay", str(path), *arguments], home=path.parent) as terminal:
        yield terminal


@pytest.mark.parametrize("arguments", [(), ("--speed", "50")])
def test_a_replay_shows_what_the_chat_showed(trace: tuple[Path, list[str]], arguments: tuple[str, ...]) -> None:
    path, screen = trace
    with replaying(path, *arguments) as terminal:
        shown = transcript(terminal.wait_for(lambda lines: "The replay is over" in "\n".join(lines[:-2])))
        assert shown[: len(screen)] == screen
        assert [line for line in shown[len(screen) :] if line] == [
            f"The replay is over: {len(events_of(path))} events."
        ]
        terminal.send(CTRL_D)
        quits(terminal)


def test_every_message_is_in_the_trace_which_is_for_its_owner_only(trace: tuple[Path, list[str]]) -> None:
    path, _ = trace
    header, *lines = map(json.loads, path.read_bytes().splitlines())
    assert (header["program"], header["format"], path.stat().st_mode & 0o777) == ("chinwag", 1, 0o600)
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    ways = {(line["from"], line["to"]) for line in lines}
    assert ways >= {
        ("UI", "InputHandler"),
        ("InputHandler", "Archivist"),
        ("Archivist", "Coordinator"),
        ("Coordinator", "StreamReader"),
        ("StreamReader", "Accumulator"),
        ("Accumulator", "UI"),
        ("Coordinator", "UI"),
        ("Librarian", "Coordinator"),
        ("Archivist", "Timekeeper"),
    }
    assert lines[-1]["message"] == {"type": "CloseArchive"}


def test_a_step_shows_one_event_and_what_is_typed_is_sent_nowhere(trace: tuple[Path, list[str]]) -> None:
    path, screen = trace
    with replaying(path, "--step") as terminal:
        terminal.wait_for("replay: event 1,")
        for number in range(2, 6):
            terminal.send(" " if number % 2 else RIGHT)
            terminal.wait_for(f"replay: event {number},")
        terminal.send("is anybody there?" + ENTER)
        terminal.wait_for("This is a replay: nothing is sent")
        assert "replay: event 5," in terminal.display()[-2]
        terminal.send(" " * len(events_of(path)))
        shown = transcript(terminal.wait_for("replay over"))
        said = [line for line in screen if line]
        assert [line for line in shown if line in said] == said
        terminal.send("/quit" + ENTER)
        quits(terminal)


@pytest.mark.parametrize(("keys", "status"), [(CTRL_D, 0), (CTRL_C + CTRL_C, 0)])
def test_a_replay_is_left_like_a_chat(trace: tuple[Path, list[str]], keys: str, status: int) -> None:
    with replaying(trace[0], "--step") as terminal:
        terminal.wait_for("replay: event 1,")
        terminal.send(keys)
        quits(terminal, status)


def test_a_signal_ends_a_replay(trace: tuple[Path, list[str]]) -> None:
    with replaying(trace[0], "--step") as terminal:
        terminal.wait_for("replay: event 1,")
        terminal.kill(signal.SIGTERM)
        quits(terminal, 143)


def test_a_damaged_trace_is_played_as_far_as_it_can_be_read(trace: tuple[Path, list[str]]) -> None:
    path, screen = trace
    lines = path.read_bytes().splitlines(keepends=True)
    escape = (
        b'{"at":0.1,"to":"UI","message":{"type":"NoticePosted","conversation":"x","text":"\\u001b]0;owned\\u0007"}}\n'
    )
    path.write_bytes(b"".join([*lines[:9], b"\0\xff junk\n", b"[" * 5000 + b"\n", *lines[9:], escape, lines[-1][:-9]]))
    with replaying(path) as terminal:
        shown = transcript(terminal.wait_for("are left out."))
        assert shown[: len(screen)] == screen
        assert "3 lines could not be read and are left out." in " ".join(shown[len(screen) :])
        assert b"owned\x07" not in terminal.raw
        terminal.send(CTRL_D)
        quits(terminal)


def test_a_file_that_is_no_trace_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "novel").write_text("Call me Ishmael.")
    ran = run("replay", str(tmp_path / "novel"), env=environment(tmp_path))
    words = "is no trace of this program. It does not begin as a trace does. chinwag --trace FILE writes one."
    assert ran == (2, "", f"chinwag: {tmp_path / 'novel'} {words}\n")


@pytest.mark.parametrize("arguments", [("ask", "Hi"), ("chats", "list"), ("replay", "none")])
def test_a_log_that_cannot_be_written_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    log = tmp_path / "no" / "log"
    ran = run("--log-file", str(log), *arguments, env=environment(tmp_path))
    words = f"The log cannot be written to {log}: No such file or directory. Name another file."
    assert ran == (2, "", f"chinwag: {words}\n")


def test_a_trace_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "no" / "trace"
    words = f"chinwag: The trace cannot be written to {path}: No such file or directory. Name another.\n"
    assert run("ask", "Hi", "--trace", str(path), env=environment(tmp_path)) == (2, "", words)
    with Terminal([*CHINWAG, "--trace", str(path)]) as terminal:
        quits(terminal, 2)
        assert "The trace cannot be written to" in " ".join(terminal.display())


def test_a_full_disk_ends_the_trace_and_not_the_answer(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with ReplayServer(ndjson_chat(["Blue."]), models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        ran = run("ask", "What colour?", "--trace", "/dev/full", "--log-file", str(log), env=env)
    assert ran == (0, "Blue.\n", "")
    assert "the trace ends here: it cannot be written: [Errno 28]" in log.read_text()


@pytest.mark.parametrize("level", ["info", "warning"])
def test_what_is_said_is_not_in_the_log(tmp_path: Path, level: str) -> None:
    log = tmp_path / "log"
    arguments = ("--log-file", str(log), "--log-level", level)
    with chatting(silence_after([SECRET.upper()]), arguments=arguments, home=tmp_path) as (terminal, _):
        terminal.send(SECRET + ENTER)
        terminal.wait_for(SECRET.upper())
        terminal.send(CTRL_D)
        quits(terminal)
    written = log.read_text()
    assert SECRET not in written.lower()
    assert ("stopped in" in written) == (level == "info")


def test_the_stacks_of_a_chat_with_a_stuck_reader_are_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with chatting(silence_after(["x"]), arguments=("--log-file", str(log)), home=tmp_path) as (terminal, _):
        terminal.send("go" + ENTER)
        terminal.wait_for("answering")
        terminal.kill(signal.SIGUSR1)
        terminal.send("still here")
        terminal.wait_for("> still here")
        terminal.kill(signal.SIGTERM)
        quits(terminal, 143)
    assert_stacks(log, "stream_reader.py", "timekeeper.py", "app.py")


def test_the_stacks_of_a_replay_are_in_the_log(trace: tuple[Path, list[str]]) -> None:
    log = trace[0].parent / "log"
    with replaying(trace[0], "--step", "--log-file", str(log)) as terminal:
        terminal.wait_for("replay: event 1,")
        terminal.kill(signal.SIGUSR1)
        terminal.send(" ")
        terminal.wait_for("replay: event 2,")
        terminal.send(CTRL_D)
        quits(terminal)
    assert_stacks(log, "replay.py", "app.py")


def test_the_stacks_of_ask_are_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with ReplayServer(endless("word ", 0.01), models=MODEL) as server:
        env = environment(tmp_path, OLLAMA_HOST=server.host)
        with start("ask", "Hi", "--log-file", str(log), env=env) as process:
            assert process.stdout is not None
            assert process.stdout.read(4) == b"word"
            process.send_signal(signal.SIGUSR1)
            while '/ask.py"' not in log.read_text() or '/stream_reader.py"' not in log.read_text():
                assert process.stdout.read(5)  # words go on coming
            process.send_signal(signal.SIGTERM)
            assert ended(process) == 143
    assert_stacks(log, "stream_reader.py", "ask.py")


def ended(process: subprocess.Popen[bytes]) -> int:
    """Read what is left, so that nothing blocks, and return the exit status."""
    process.communicate(timeout=PATIENCE)
    return process.returncode


def assert_stacks(log: Path, *files: str) -> None:
    """Assert that there are stacks in a log, and these files in them."""
    written = log.read_text()
    assert "(most recent call last):" in written
    assert [file for file in files if f'/{file}"' not in written] == []


def events_of(path: Path) -> list[object]:
    """What the UI was told, by the trace."""
    return [line for line in map(json.loads, path.read_bytes().splitlines()) if line.get("to") == "UI"]
