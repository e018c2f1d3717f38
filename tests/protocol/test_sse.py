from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import ChinwagError, LineTooLong, MalformedFrame
from protocol.sse import SseDecoder

Event = tuple[bytes, bytes]


def decoder(limit: int = 1000) -> SseDecoder[Event]:
    return SseDecoder(lambda name, data: [(name, data)], limit)


def events(*pieces: bytes, flush: bool = False) -> list[Event]:
    """The events that come of these pieces."""
    decoding = decoder()
    found = [event for piece in pieces for event in decoding.feed(piece)]
    return [*found, *decoding.flush()] if flush else found


def only(*data: bytes) -> list[Event]:
    """Events without a name."""
    return [(b"", each) for each in data]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: a\n\n", only(b"a")),
        (b"data:a\n\n", only(b"a")),
        (b"data:  a \n\n", only(b" a ")),
        (b"data: a\n\ndata: b\n\n", only(b"a", b"b")),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", only(b"a", b"b")),
        (b"data: a\r\rdata: b\r\r", only(b"a", b"b")),
        (b"data: a\n\r\ndata: b\r\n\n", only(b"a", b"b")),
        (b"data: a\ndata: b\n\n", only(b"a\nb")),
        (b"data\ndata: b\n\n", only(b"\nb")),
        (b"data: a:b\n\n", only(b"a:b")),
        (b"event: error\ndata: a\n\ndata: b\n\n", [(b"error", b"a"), (b"", b"b")]),
        (b"data: a\nevent:x\n\n", [(b"x", b"a")]),
        (b": alive\n\ndata: a\n\n", only(b"a")),
        (b":\n\n:\n\n", []),
        (b"id: 7\nretry: 10\ndata: a\nnonsense\n\n", only(b"a")),
        (b"event: ping\n\n", []),
        (b"\n\n\n\ndata: a\n\n\n\n", only(b"a")),
        (b"\xef\xbb\xbfdata: a\n\n", only(b"a")),
        (b"data: \xef\xbb\xbfa\n\n", only(b"\xef\xbb\xbfa")),
        (b"data: a\xe2\x80\xa8b\x0bc\x85d\n\n", only(b"a\xe2\x80\xa8b\x0bc\x85d")),
        (b"data: a", []),
        (b"data: a\n", []),
        (b'{"error": "no"}\n', only(b'{"error": "no"}')),
        (b'data: a\n\n{"error":{"message":"no"}}\n\n', only(b"a", b'{"error":{"message":"no"}}')),
    ],
)
def test_a_body_has_these_events_however_it_is_cut(body: bytes, expected: list[Event]) -> None:
    assert events(body) == expected
    assert events(*(body[at : at + 1] for at in range(len(body)))) == expected
    for cut in range(len(body)):
        assert events(body[:cut], body[cut:]) == expected


@pytest.mark.parametrize("cut_off", [b"data: a", b"data: a\n", b"data: a\r"])
def test_data_that_the_end_cuts_off_from_its_empty_line_counts(cut_off: bytes) -> None:
    assert events(cut_off, flush=True) == only(b"a")


def test_an_end_after_whole_events_adds_nothing() -> None:
    assert events(b"data: a\n\n", flush=True) == only(b"a")
    assert events(flush=True) == []


@pytest.mark.parametrize(
    "body", [b"data: " + b"x" * 1000, b"x" * 1001, b": " + b"x" * 1000, b"data: " + b"x" * 1000 + b"\n\n"]
)
def test_a_line_over_the_limit_is_refused(body: bytes) -> None:
    with pytest.raises(LineTooLong) as caught:
        decoder().feed(body)
    assert caught.value.failure.summary == "The server sent an event of more than 1,000 bytes."


def test_data_over_the_limit_in_many_lines_is_refused() -> None:
    decoding = decoder()
    with pytest.raises(LineTooLong):
        for _ in range(1001):
            decoding.feed(b"data: xx\n")


def test_comments_without_end_are_not_kept() -> None:
    decoding = decoder()
    for _ in range(1001):
        assert decoding.feed(b": still here\n\n") == []
    assert decoding.events == 0
    assert decoding.feed(b"data: a\n\n") == only(b"a")
    assert decoding.events == 1


def _refuse(name: bytes, data: bytes) -> Sequence[Event]:
    if data == b"bad":
        raise MalformedFrame("It is bad.")
    return [(name, data)]


def test_good_events_before_a_fault_are_told_and_the_fault_with_the_next_call() -> None:
    decoding = SseDecoder(_refuse, 1000)
    assert decoding.feed(b"data: a\n\ndata: bad\n\ndata: b\n\n") == only(b"a")
    with pytest.raises(MalformedFrame):
        decoding.raise_fault()
    with pytest.raises(MalformedFrame):
        decoding.feed(b"data: c\n\n")


@given(st.binary(max_size=300), st.lists(st.integers(1, 20), max_size=40))
def test_any_bytes_have_the_same_events_however_they_are_cut(body: bytes, sizes: list[int]) -> None:
    pieces, start = [], 0
    for size in sizes:
        pieces.append(body[start : start + size])
        start += size
    pieces.append(body[start:])
    assert _outcome(pieces) == _outcome([body])


def _outcome(pieces: Sequence[bytes]) -> list[Event] | str:
    decoding, found = decoder(40), []
    try:
        for piece in pieces:
            found += decoding.feed(piece)
            decoding.raise_fault()
        found += decoding.flush()
    except ChinwagError as error:
        return type(error).__name__
    return found


def test_lines_of_data_without_any_are_bounded_too() -> None:
    decoding = decoder(100)
    with pytest.raises(LineTooLong):
        decoding.feed(b"data:\n" * 200)
