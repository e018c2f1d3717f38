import os
from pathlib import Path

import pytest

from protocol.coordinator import CancelAll
from protocol.errors import InterfaceError
from protocol.identity import ConversationId
from protocol.trace import UI, TracedEvent, TraceLine, encode_header, encode_line
from protocol.ui import NoticePosted
from tests.support.leaks import nothing_left
from ui.trace_reader import TraceReader

HEADER = encode_header("1", "2026-11-22T00:00:00+00:00")
ADVICE = "chinwag --trace FILE writes one."


def notice(at: float, text: str = "Hi") -> tuple[TracedEvent, bytes]:
    event = NoticePosted(ConversationId("talk"), text)
    return TracedEvent(at, event), encode_line(TraceLine(at, "Coordinator", UI, event))


FIRST, SECOND = notice(1.0), notice(2.0)


def read(path: Path, data: bytes, max_line: int = 1000) -> tuple[list[TracedEvent], int, int]:
    """The events in a file with this content, how many lines were bad, how many messages are missing."""
    path.write_bytes(HEADER + data)
    with nothing_left(), TraceReader(path, max_line) as reader:
        events = list(iter(reader.next, None))
        assert reader.share == 1.0
        assert reader.trouble == ""
        return events, reader.bad, reader.missed


def test_the_events_of_the_ui_come_in_order(tmp_path: Path) -> None:
    other = encode_line(TraceLine(1.5, "UI", "Coordinator", CancelAll()))
    assert read(tmp_path / "t", FIRST[1] + other + SECOND[1]) == ([FIRST[0], SECOND[0]], 0, 0)


@pytest.mark.parametrize("junk", [b"nonsense\n", b"\n", b"\0" * 999 + b"\n", b"x" * 5000 + b"\n", b"[" * 900 + b"\n"])
def test_lines_that_make_no_sense_are_left_out_and_counted(tmp_path: Path, junk: bytes) -> None:
    assert read(tmp_path / "t", FIRST[1] + junk + SECOND[1] + junk) == ([FIRST[0], SECOND[0]], 2, 0)


def test_a_line_that_was_cut_is_one_bad_line(tmp_path: Path) -> None:
    assert read(tmp_path / "t", FIRST[1] + SECOND[1][:-10]) == ([FIRST[0]], 1, 0)


def test_a_line_at_the_limit_is_read_and_one_above_it_is_not(tmp_path: Path) -> None:
    longest = notice(1.0, "x" * 100)
    size = len(longest[1])
    assert read(tmp_path / "t", longest[1], size) == ([longest[0]], 0, 0)
    assert read(tmp_path / "t", longest[1] + FIRST[1], size - 1) == ([FIRST[0]], 1, 0)
    assert read(tmp_path / "t", b"x" * (size - 1) * 3, size - 1) == ([], 1, 0)


def test_what_the_trace_says_is_missing_is_added_up(tmp_path: Path) -> None:
    gaps = encode_line(TraceLine(1.0, missed=3)) + encode_line(TraceLine(1.1, missed=4))
    assert read(tmp_path / "t", gaps + FIRST[1]) == ([FIRST[0]], 0, 7)


def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(HEADER + FIRST[1] + SECOND[1])
    with TraceReader(path) as reader:
        reader.next()
        assert reader.share == (len(HEADER) + len(FIRST[1])) / path.stat().st_size


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no trace of this program. It does not begin as a trace does."),
        (b"Call me Ishmael.\n", "is no trace of this program. It does not begin as a trace does."),
        (b"x" * 100_000, "is no trace of this program. It does not begin as a trace does."),
        (
            HEADER.replace(b'"format":1', b'"format":9'),
            "is no trace of this program. Its format is 9, and only 1 is known here.",
        ),
    ],
)
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(data)
    assert refusal(path) == f"{path} {why} {ADVICE}"


def test_what_is_no_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == f"{tmp_path / 'pipe'} is no file. {ADVICE}"
    assert refusal(tmp_path / "none") == f"{tmp_path / 'none'} cannot be read: No such file or directory. {ADVICE}"
    assert refusal(tmp_path) == f"{tmp_path} is no file. {ADVICE}"


def refusal(path: Path) -> str:
    """Why a file is not played."""
    with nothing_left(), pytest.raises(InterfaceError) as raised:
        TraceReader(path)
    return str(raised.value)
