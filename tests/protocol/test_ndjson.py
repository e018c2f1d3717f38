import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import ChinwagError, LineTooLong, MalformedFrame
from protocol.ndjson import NdjsonDecoder
from protocol.ollama_chat import decode_chat_line
from tests.support.recordings import chat_recordings

MIB = 1024 * 1024
BODIES = [recorded.body for recorded in chat_recordings() if recorded.status == 200]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def lines_of(limit: int = MIB) -> NdjsonDecoder[bytes]:
    return NdjsonDecoder(lambda line: [line], limit)


def refuse_bad(line: bytes) -> list[bytes]:
    if line == b"bad":
        raise MalformedFrame("bad")
    return [line]


def pieces(data: bytes, places: list[int]) -> list[bytes]:
    cuts = sorted({min(place, len(data)) for place in places})
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def decoded(decoder: NdjsonDecoder[bytes], parts: list[bytes]) -> tuple[list[bytes], str | None]:
    """What a reader gets: all frames, and the fault that ended them."""
    frames: list[bytes] = []
    try:
        for part in parts:
            frames += decoder.feed(part)
            decoder.raise_fault()
        frames += decoder.flush()
        decoder.raise_fault()
    except ChinwagError as fault:
        return frames, str(fault)
    return frames, None


def test_a_line_is_decoded_when_its_newline_comes() -> None:
    decoder = lines_of()
    assert decoder.feed(b"on") == []
    assert decoder.feed(b"e\ntw") == [b"one"]
    assert decoder.feed(b"o\nthree\n") == [b"two", b"three"]
    assert decoder.flush() == []


def test_the_last_line_needs_no_newline() -> None:
    decoder = lines_of()
    assert decoder.feed(b"one\ntwo") == [b"one"]
    assert decoder.flush() == [b"two"]
    assert decoder.flush() == []


def test_a_line_may_decode_to_none_or_to_several() -> None:
    decoder = NdjsonDecoder[int](lambda line: range(int(line)), MIB)
    assert decoder.feed(b"0\n2\n3\n") == [0, 1, 0, 1, 2]


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \t\r\n", b"\n\n\n"])
def test_blank_lines_are_skipped(blank: bytes) -> None:
    decoder = lines_of()
    assert decoder.feed(blank + b"one\n" + blank + b"two\n" + blank + b" \r") == [b"one", b"two"]
    assert decoder.flush() == []


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r", "\0"])
def test_only_a_newline_ends_a_line(separator: str) -> None:
    line = f"a{separator}b".encode()
    assert lines_of().feed(line + b"\n") == [line]


def test_a_carriage_return_before_the_newline_is_left_to_json() -> None:
    assert NdjsonDecoder[object](lambda line: [json.loads(line)], MIB).feed(b'{"a":1}\r\n[2]\r\n') == [{"a": 1}, [2]]


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("cut", [[], [5], list(range(12))], ids=["whole", "halves", "bytes"])
def test_a_line_may_be_as_long_as_the_limit_and_no_longer(size: int, fits: bool, ended: bool, cut: list[int]) -> None:
    data = b"x" * size + b"\n" * ended
    frames, fault = decoded(lines_of(limit=10), pieces(data, cut))
    assert frames == ([b"x" * size] if fits else [])
    assert (fault is None) == fits


def test_a_line_that_is_too_long_is_refused_before_it_ends() -> None:
    decoder = lines_of(limit=1000)
    with pytest.raises(LineTooLong) as caught:
        decoder.feed(b"x" * 1001)
    assert str(caught.value) == (
        "The server sent a line of more than 1,000 bytes. Check that the address is that of an Ollama server."
    )


def test_frames_before_a_fault_are_returned_and_the_fault_is_kept() -> None:
    decoder = NdjsonDecoder(refuse_bad, MIB)
    assert decoder.feed(b"one\ntwo\nbad\nthree\n") == [b"one", b"two"]
    with pytest.raises(MalformedFrame):
        decoder.raise_fault()


def test_a_fault_with_nothing_before_it_is_raised_at_once() -> None:
    with pytest.raises(MalformedFrame):
        NdjsonDecoder(refuse_bad, MIB).feed(b"bad\none\n")


def test_nothing_is_decoded_after_a_fault() -> None:
    decoder = NdjsonDecoder(refuse_bad, MIB)
    assert decoder.feed(b"one\nbad\n") == [b"one"]
    for call in (lambda: decoder.feed(b"two\n"), decoder.flush, decoder.raise_fault):
        with pytest.raises(MalformedFrame):
            call()


def test_a_fault_in_the_last_line_is_raised_by_flush() -> None:
    decoder = NdjsonDecoder(refuse_bad, MIB)
    assert decoder.feed(b"one\nbad") == [b"one"]
    with pytest.raises(MalformedFrame):
        decoder.flush()


def test_a_megabyte_may_come_byte_by_byte() -> None:
    decoder = lines_of()
    for _ in range(MIB):
        decoder.feed(b"x")
    assert decoder.feed(b"\n") == [b"x" * MIB]


@given(st.sampled_from(BODIES), st.lists(st.integers(0, 70_000), max_size=30))
def test_a_recording_decodes_to_the_same_frames_however_it_is_cut(body: bytes, places: list[int]) -> None:
    whole = NdjsonDecoder(decode_chat_line, MIB)
    expected = whole.feed(body) + whole.flush()
    cut = NdjsonDecoder(decode_chat_line, MIB)
    frames = [frame for piece in pieces(body, places) for frame in cut.feed(piece)] + cut.flush()
    assert frames == expected


@given(st.lists(VALUES), st.lists(st.integers(0, 300)), st.booleans())
def test_any_json_decodes_to_itself_however_it_is_cut(values: list[object], places: list[int], ended: bool) -> None:
    data = "\n".join(json.dumps(value, ensure_ascii=False) for value in values).encode() + b"\n" * ended
    decoder = NdjsonDecoder[object](lambda line: [json.loads(line)], MIB)
    assert [frame for piece in pieces(data, places) for frame in decoder.feed(piece)] + decoder.flush() == values


@given(st.lists(st.sampled_from([b"a", b"bad", b"12345", b"123456", b"", b"\r"])), st.lists(st.integers(0, 50)))
def test_frames_and_fault_are_the_same_however_the_bytes_are_cut(lines: list[bytes], places: list[int]) -> None:
    data = b"\n".join(lines)
    whole = decoded(NdjsonDecoder(refuse_bad, 5), [data])
    assert decoded(NdjsonDecoder(refuse_bad, 5), pieces(data, places)) == whole
