"""A disk that is full, read-only, locked or damaged: it is said, the chat goes on, and what can be kept is kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from actors.archive import FILE_NAME
from actors.archive_reader import ArchiveReader
from tests.support.disks import (
    bound_by_permissions,
    fill,
    locked,
    mounted_read_only,
    read_only,
    small_disk,
    spoil_header,
    spoil_table,
    with_short_files,
)
from tests.support.program import CHINWAG
from tests.support.replay_server import ReplayServer
from tests.support.session import CTRL_D, ENTER, ESC, MODEL, lists, quits
from tests.support.terminal import Terminal

COLUMNS, LINES = 120, 80
LASTING = "not kept on disk"
"""What the status line says from the first trouble on."""
IN_MEMORY = "Until then this chat is only in memory."
AFTER_ALL = "The disk takes it again: what was said is kept there after all."


PARIS = "The capital of France is Paris."
LONG = "While it is full? " + "x" * 900


def folded(text: str) -> str:
    """A text without its blanks: lines break anywhere."""
    return "".join(text.split())


def says(*sentences: str) -> Callable[[list[str]], bool]:
    """Whether a screen holds all these, wherever their lines break."""
    return lambda screen: all(folded(sentence) in folded("".join(screen)) for sentence in sentences)


def answered(prompt: str) -> Callable[[list[str]], bool]:
    """Whether a screen shows this prompt in the talk, and nothing under way."""
    return lambda screen: f"> {prompt}" in screen[:-2] and "ready" in screen[-2]


@contextmanager
def chatting(server: ReplayServer, home: Path, *arguments: str, argv: Sequence[str] = CHINWAG) -> Iterator[Terminal]:
    """The chat, ready; at the end it is left, and the terminal is as it was."""
    with Terminal([*argv, *arguments], COLUMNS, LINES, {"OLLAMA_HOST": server.host}, home) as terminal:
        terminal.wait_for("ready")
        yield terminal
        terminal.send(CTRL_D)
        quits(terminal)


def ask(terminal: Terminal, prompt: str) -> None:
    """Send a prompt, and see that it is answered."""
    terminal.send(prompt + ENTER)
    terminal.wait_for(answered(prompt))


def chat(server: ReplayServer, home: Path, prompt: str) -> Path:
    """Have a chat of one prompt, in order; return the file in which it is kept."""
    with chatting(server, home) as terminal:
        ask(terminal, prompt)
        assert LASTING not in terminal.display()[-2]
    return home / "data" / "chinwag" / FILE_NAME


def kept(path: Path) -> list[str]:
    """The titles of what is kept, the latest first."""
    with closing(ArchiveReader.open(path)) as reader:
        return [one.title for one in reader.conversations(-1)]


def talk(path: Path, title: str) -> list[str]:
    """What is kept of the conversation whose title begins so."""
    with closing(ArchiveReader.open(path)) as reader:
        found = reader.find(title)
        record = reader.record(found.id) if found is not None else None
        return [node.text for node in record.messages] if record is not None else []


def test_files_that_may_not_grow_are_said_and_the_next_start_keeps_again(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        path = chat(server, tmp_path, "Before?")
        short = with_short_files(CHINWAG, path.stat().st_size // 1024)
        with chatting(server, tmp_path, argv=short) as terminal:
            for number in range(20):
                ask(terminal, f"Prompt {number}?")
                if LASTING in terminal.display()[-2]:
                    break
            terminal.wait_for(says(f"The disk fails at {path} (disk I/O error).", IN_MEMORY))
            ask(terminal, "And then?")
            assert LASTING in terminal.display()[-2]
        chat(server, tmp_path, "After?")
    assert {"Before?", "After?"} <= set(kept(path))  # what the full disk left waiting may be answered last


def test_a_full_disk_is_said_and_what_was_said_is_kept_when_there_is_space_again(tmp_path: Path) -> None:
    with (
        ReplayServer(models=MODEL) as server,
        small_disk(tmp_path / "disk", 1024) as disk,
        chatting(server, tmp_path, "--data-dir", str(disk)) as terminal,
    ):
        ask(terminal, "Before?")
        filler = fill(disk)
        terminal.send(LONG + ENTER)
        terminal.wait_for(says(f"The disk is full: {disk / FILE_NAME} cannot grow. Free some space.", IN_MEMORY))
        ask(terminal, "Still?")
        assert LASTING in terminal.display()[-2]
        filler.unlink()
        terminal.wait_for(says(AFTER_ALL), timeout=20)
        assert talk(disk / FILE_NAME, "Before?") == ["Before?", PARIS, LONG, PARIS, "Still?", PARIS]


def test_a_disk_that_is_full_at_the_start_is_said(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server, small_disk(tmp_path / "disk", 64) as disk:
        fill(disk)
        with chatting(server, tmp_path, "--data-dir", str(disk)) as terminal:
            terminal.wait_for(says("The disk is full", IN_MEMORY))
            ask(terminal, "Capital?")
            assert LASTING in terminal.display()[-2]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written_is_said_and_the_chat_goes_on(tmp_path: Path, what: str) -> None:
    bound = bound_by_permissions(CHINWAG)
    with ReplayServer(models=MODEL) as server:
        path = chat(server, tmp_path, "Before?")
        with (
            read_only(path if what == "file" else path.parent),
            chatting(server, tmp_path, argv=bound) as terminal,
        ):
            terminal.wait_for(says(f"{path}", "writ", IN_MEMORY))
            ask(terminal, "Capital?")
            assert LASTING in terminal.display()[-2]
        assert kept(path) == ["Before?"]
        chat(server, tmp_path, "After?")
    assert kept(path) == ["After?", "Before?"]


def test_a_disk_that_is_mounted_read_only_is_said_and_the_next_start_keeps_again(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server, small_disk(tmp_path / "disk", 1024) as disk:
        with chatting(server, tmp_path, "--data-dir", str(disk)) as terminal:
            ask(terminal, "Before?")
        with mounted_read_only(disk), chatting(server, tmp_path, "--data-dir", str(disk)) as terminal:
            terminal.wait_for(says(f"{disk / FILE_NAME}", IN_MEMORY))
            ask(terminal, "Capital?")
            assert LASTING in terminal.display()[-2]
        with chatting(server, tmp_path, "--data-dir", str(disk)) as terminal:
            ask(terminal, "After?")
        assert kept(disk / FILE_NAME) == ["After?", "Before?"]


def test_a_folder_that_cannot_be_made_is_said_and_the_chat_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with (
        ReplayServer(models=MODEL) as server,
        chatting(server, tmp_path, "--data-dir", str(blocked / "below")) as terminal,
    ):
        terminal.wait_for(says(f"{blocked / 'below' / FILE_NAME} cannot be used"))
        ask(terminal, "Capital?")
        assert LASTING in terminal.display()[-2]
    assert blocked.read_text() == "in the way"


def test_a_database_that_is_locked_all_the_time_is_said_and_the_chat_goes_on(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        path = chat(server, tmp_path, "Before?")
        with locked(path), chatting(server, tmp_path) as terminal:
            terminal.send("Capital?" + ENTER)
            terminal.wait_for(says(f"{path} is locked by another program. Close that program.", IN_MEMORY))
            terminal.wait_for(answered("Capital?"))
            assert LASTING in terminal.display()[-2]
            terminal.send("/chats" + ENTER)
            terminal.wait_for(lists("Before?"))
            terminal.send(ESC)
            terminal.wait_for(answered("Capital?"))
        assert kept(path) == ["Before?"]
        chat(server, tmp_path, "After?")
    assert kept(path) == ["After?", "Before?"]


def test_a_database_that_is_locked_for_a_moment_loses_nothing(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        path = chat(server, tmp_path, "Before?")
        with locked(path) as lock, chatting(server, tmp_path) as terminal:
            terminal.send("Capital?" + ENTER)
            lock.execute("COMMIT")
            terminal.wait_for(answered("Capital?"))
    assert kept(path) == ["Capital?", "Before?"]
    assert talk(path, "Capital?") == ["Capital?", PARIS]


def test_a_database_that_is_locked_for_long_loses_nothing_once_it_is_free(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        path = chat(server, tmp_path, "Before?")
        with locked(path) as lock, chatting(server, tmp_path) as terminal:
            ask(terminal, "Capital?")
            terminal.wait_for(says(f"{path} is locked by another program."))
            lock.execute("COMMIT")
            terminal.wait_for(says(AFTER_ALL), timeout=20)
    assert kept(path) == ["Capital?", "Before?"]
    assert talk(path, "Capital?") == ["Capital?", PARIS]


def aside(path: Path) -> list[Path]:
    """What lies beside the archive that was damaged."""
    ours = {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    return [one for one in path.parent.iterdir() if one.is_file() and one.name not in ours]


def test_a_file_whose_header_is_damaged_is_kept_aside_and_a_fresh_one_begun(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        path = chat(server, tmp_path, "Before?")
        spoilt = spoil_header(path)
        with chatting(server, tmp_path) as terminal:
            terminal.wait_for(says(f"{path} is damaged. It was kept aside as"))
            (kept_aside,) = aside(path)
            terminal.wait_for(says(f"`sqlite3 {kept_aside} .recover` may save what is in it."))
            ask(terminal, "After?")
            assert LASTING not in terminal.display()[-2]
        assert kept_aside.read_bytes() == spoilt
        assert kept(path) == ["After?"]


def test_a_file_with_a_damaged_page_is_kept_aside_and_the_next_start_keeps_again(tmp_path: Path) -> None:
    with ReplayServer(models=MODEL) as server:
        path = chat(server, tmp_path, "Before?")
        spoilt = spoil_table(path, "message")
        with chatting(server, tmp_path, "--continue") as terminal:
            terminal.wait_for(says(f"{path} is damaged. It was kept aside as"))
            (kept_aside,) = aside(path)
            terminal.wait_for(says(f"`sqlite3 {kept_aside} .recover` may save what is in it."))
            ask(terminal, "Capital?")
        assert kept_aside.read_bytes() == spoilt
        chat(server, tmp_path, "After?")
        assert kept(path)[0] == "After?"
        assert kept_aside.read_bytes() == spoilt
