"""What a store says while it works, however it is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import ChinwagError, ConnectionLost, MalformedFrame, ServerRefusal
from protocol.ndjson import NdjsonDecoder
from protocol.ollama_store import decode_work_line
from protocol.progress import WorkLine
from protocol.work_lines import work_lines
from tests.support.recordings import recording

PULL = recording("pull_ok_stream").body
SECRET = "s3cret"


def said(*pieces: bytes) -> tuple[list[WorkLine], ChinwagError | None]:
    """All lines of an answer, and how it breaks if it does."""
    lines: list[WorkLine] = []
    try:
        for some in work_lines(pieces, "tiny", lambda words: words.replace(SECRET, "***")):
            lines += some
    except ChinwagError as error:
        return lines, error
    return lines, None


@given(st.lists(st.integers(0, len(PULL)), max_size=30))
def test_wherever_the_recorded_pull_is_cut_its_lines_are_the_same(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(PULL)]
    lines, error = said(*(PULL[start:end] for start, end in pairwise(places)))
    assert (lines, error) == (NdjsonDecoder(decode_work_line, 10_000).feed(PULL), None)


def test_nothing_is_read_behind_the_last_line() -> None:
    lines, error = said(b'{"status":"success"}\n{"status":"more"}\n', b"rubbish")
    assert (lines, error) == ([WorkLine("success", done=True)], None)


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ((b'{"status":"pulling"}\n',), ConnectionLost),
        ((b'{"status":"pulling"}\n', b'{"error":"no"}\n{"status":"success"}\n'), ServerRefusal),
        ((b'{"status":"pulling"}\n', b"rubbish\n"), MalformedFrame),
    ],
    ids=["ends early", "gives up", "makes no sense"],
)
def test_what_came_before_it_broke_is_not_lost(pieces: tuple[bytes, ...], kind: type[ChinwagError]) -> None:
    lines, error = said(*pieces)
    assert (lines, type(error)) == ([WorkLine("pulling")], kind)


def test_what_the_server_was_told_in_secret_is_in_no_line_and_no_error() -> None:
    lines, error = said(b'{"status":"with s3cret"}\n{"error":"bad s3cret"}\n')
    assert lines == [WorkLine("with ***")]
    assert SECRET not in str(error)
