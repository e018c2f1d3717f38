import json

import pytest

from protocol.coordinator import CancelAll
from protocol.frames import Chunk
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.trace import (
    UI,
    BadTrace,
    Missed,
    TracedEvent,
    TraceHeader,
    TraceLine,
    decode_header,
    decode_line,
    encode_header,
    encode_line,
)
from protocol.ui import NoticePosted, ReplyGrew

TALK = ConversationId("talk")
GROWN = ReplyGrew(TALK, StreamId(TurnId("1"), 1), (Chunk("a\nb"), Chunk(thinking="hm")))


def test_an_event_is_read_as_it_was_written() -> None:
    assert decode_line(encode_line(TraceLine(1.25, "Accumulator", UI, GROWN))) == TracedEvent(1.25, GROWN)


def test_a_line_says_when_from_whom_to_whom_and_what() -> None:
    line = encode_line(TraceLine(0.5, "UI", "Coordinator", CancelAll()))
    assert line == b'{"at":0.5,"from":"UI","to":"Coordinator","message":{"type":"CancelAll"}}\n'


def test_what_the_ui_was_not_told_is_passed_over() -> None:
    assert decode_line(encode_line(TraceLine(0.5, "UI", "Coordinator", GROWN))) is None


def test_what_is_missing_is_a_number() -> None:
    assert decode_line(encode_line(TraceLine(2.5, missed=12))) == Missed(12)


def test_a_message_that_json_has_no_words_for_is_told_by_its_name() -> None:
    line = encode_line(TraceLine(1.0, "Coordinator", UI, NoticePosted(TALK, "\ud800")))
    assert json.loads(line)["message"]["type"] == "NoticePosted"
    with pytest.raises(BadTrace):
        decode_line(line)


def test_the_first_line_says_what_it_is() -> None:
    header = encode_header("1.2", "2026-11-22T09:20:18+00:00")
    assert header == b'{"program":"chinwag","version":"1.2","format":1,"started":"2026-11-22T09:20:18+00:00"}\n'
    assert decode_header(header) == TraceHeader("chinwag", "1.2", 1, "2026-11-22T09:20:18+00:00")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "It does not begin as a trace does."),
        (b"SQLite format 3\0", "It does not begin as a trace does."),
        (b"\xff\xfe", "It does not begin as a trace does."),
        (b"[" * 100_000, "It does not begin as a trace does."),
        (b'{"program":"other","version":"1","format":1,"started":""}', "It does not begin as a trace does."),
        (b'{"program":"chinwag","version":"1","format":2,"started":""}', "Its format is 2, and only 1 is known here."),
    ],
)
def test_what_begins_otherwise_is_no_trace(line: bytes, words: str) -> None:
    with pytest.raises(BadTrace) as raised:
        decode_header(line)
    assert str(raised.value) == words


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"nonsense",
        b'{"at":1.0,"from":"a","to":"UI","mess',
        b'{"at":1.0,"to":"UI"}',
        b'{"at":1.0,"to":"UI","message":{"type":"CancelAll"}}',
        b'{"at":1.0,"to":"UI","message":{"type":"NoticePosted","conversation":"t","text":7}}',
        b'{"at":1.0,"to":"UI","message":{"type":"NoticePosted","conversation":"t","text":"\xff"}}',
        b'{"at":1.0,"to":"UI","message":' + b"[" * 100_000,
        b'{"at":-1,"to":"UI","message":{"type":"NoticePosted","conversation":"t","text":""}}',
        b'{"at":1e300,"to":"UI","message":{"type":"NoticePosted","conversation":"t","text":""}}',
        b'{"at":NaN,"to":"UI","message":{"type":"NoticePosted","conversation":"t","text":""}}',
        b'{"at":"now","to":"UI","message":{"type":"NoticePosted","conversation":"t","text":""}}',
        b'{"at":1.0,"missed":-3}',
        b'{"at":1.0,"to":"UI","message":{"type":"QueueReordered","turns":' + b"[" * 100_000,
    ],
)
def test_what_makes_no_sense_is_no_line(line: bytes) -> None:
    with pytest.raises(BadTrace):
        decode_line(line)
