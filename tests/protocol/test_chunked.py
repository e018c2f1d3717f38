import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.chunked import ChunkedDecoder


def decoded(data: bytes, *places: int) -> tuple[bytes, str]:
    """The body in some bytes that come in pieces, and how that ended."""
    decoder = ChunkedDecoder()
    cuts = sorted({min(place, len(data)) for place in places})
    parts = zip([0, *cuts], [*cuts, len(data)], strict=True)
    body = b"".join(decoder.feed(data[start:end]) for start, end in parts)
    states = {"finished": decoder.finished, "broken": decoder.broken, "ends": decoder.ends}
    return body, next((name for name, holds in states.items() if holds), "goes on")


@pytest.mark.parametrize(
    ("data", "body", "state"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello", "finished"),
        (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", b"hello world", "finished"),
        (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789", "finished"),
        (b"00a \r\n0123456789\r\n000\r\n\r\n", b"0123456789", "finished"),
        (b"5;name=value\r\nhello\r\n0;x\r\n\r\n", b"hello", "finished"),
        (b"5\nhello\r\n0\n\n", b"hello", "finished"),
        (b"5\r\nhello\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", b"hello", "finished"),
        (b"5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK", b"hello", "finished"),
        (b"5\r\nhello\r\n0\r\n", b"hello", "ends"),
        (b"5\r\nhello\r\n0\r\nTrailer: x\r\n", b"hello", "ends"),
        (b"5\r\nhe", b"he", "goes on"),
        (b"5\r\nhello", b"hello", "goes on"),
        (b"5\r\nhello\r\n", b"hello", "goes on"),
        (b"5", b"", "goes on"),
        (b"", b"", "goes on"),
        (b"5\r\nhello\r\nmuch\r\n", b"hello", "broken"),
        (b"\r\n", b"", "broken"),
        (b"-1\r\n", b"", "broken"),
        (b"+5\r\nhello", b"", "broken"),
        (b"0x5\r\nhello", b"", "broken"),
        (b"5 5\r\nhello", b"", "broken"),
        (b"f" * 16 + b"\r\n", b"", "broken"),
        (b"5;" + b"x" * 70_000, b"", "broken"),
        (b'{"error":"no chunk"}\n', b"", "broken"),
    ],
)
def test_a_body_is_taken_out_of_its_chunks(data: bytes, body: bytes, state: str) -> None:
    assert decoded(data) == (body, state)


def test_nothing_is_taken_from_behind_what_is_broken() -> None:
    decoder = ChunkedDecoder()
    assert decoder.feed(b"2\r\nok\r\nno\r\n2\r\nok\r\n") == b"ok"
    assert decoder.feed(b"2\r\nok\r\n") == b""


@given(
    st.lists(st.binary(min_size=1, max_size=20), max_size=6),
    st.lists(st.integers(0, 200), max_size=8),
    st.sampled_from([b"\r\n\r\n", b"\r\nTrailer: x\r\n\r\n"]),
)
def test_however_the_bytes_are_cut_the_body_is_the_same(chunks: list[bytes], places: list[int], end: bytes) -> None:
    data = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0" + end

    assert decoded(data, *places) == (b"".join(chunks), "finished")


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_whatever_comes_it_is_taken_the_same_however_it_is_cut(data: bytes, places: list[int]) -> None:
    assert decoded(data, *places) == decoded(data)
