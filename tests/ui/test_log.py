import logging
from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from tests.support.leaks import nothing_left
from ui.log import MAX_BYTES, logging_to


def messages(path: Path) -> list[str]:
    """What is in a log, without times and places."""
    return [line.rpartition(": ")[2] for line in path.read_text().splitlines()]


def test_what_is_below_the_level_is_not_written(tmp_path: Path) -> None:
    with nothing_left(), logging_to(tmp_path / "log", logging.INFO):
        logging.getLogger("some").debug("a whisper")
        logging.getLogger("some").info("a word")
    assert messages(tmp_path / "log") == ["a word"]


def test_keys_are_never_written(tmp_path: Path) -> None:
    with logging_to(tmp_path / "log", logging.DEBUG):
        logging.getLogger("urwid.event_loop").debug("keys=['x']")
        logging.getLogger("ui.terminal.TerminalScreen").debug("codes: ['x']")
        logging.getLogger("actors.system").debug("something else")
    assert messages(tmp_path / "log") == ["something else"]


def test_a_log_of_the_programs_own_begins_anew_when_it_is_long(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("x" * (MAX_BYTES + 1))
    with logging_to(tmp_path / "x.log"):
        logging.getLogger("some").warning("first")
    assert messages(tmp_path / "x.log") == ["first"]
    assert (tmp_path / "x.old").stat().st_size == MAX_BYTES + 1


def test_a_log_that_the_user_has_named_is_only_added_to(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("x" * MAX_BYTES + "\n: y\n")
    with logging_to(tmp_path / "x.log", named=True):
        logging.getLogger("some").warning("last")
    assert messages(tmp_path / "x.log")[1:] == ["y", "last"]
    assert list(tmp_path.iterdir()) == [tmp_path / "x.log"]


def test_a_log_of_the_programs_own_that_cannot_be_written_goes_nowhere(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with nothing_left(), logging_to(tmp_path / "file" / "log"):
        logging.getLogger("some").warning("lost")


@pytest.mark.parametrize(("name", "why"), [("no/such", "No such file or directory"), ("", "Is a directory")])
def test_a_named_log_that_cannot_be_written_is_a_sentence(tmp_path: Path, name: str, why: str) -> None:
    path = tmp_path / name
    with nothing_left(), pytest.raises(InterfaceError) as raised, logging_to(path, named=True):
        pass
    assert str(raised.value) == f"The log cannot be written to {path}: {why}. Name another file."
