import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.lines import LineSplitter


def texts(*reads: bytes, max_bytes: int = 1000) -> list[str]:
    """What comes of these reads, and of the end of the input behind them."""
    splitter = LineSplitter(max_bytes)
    return [text for read in reads for text in splitter.feed(read)] + splitter.finish()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\ntwo", ["one", "two"]),
        (b"one\n\ntwo\n", ["one", "", "two"]),
        (b"one\\\ntwo\\\nthree\nfour\n", ["one\ntwo\nthree", "four"]),
        (b"C:\\\\\nD:\n", ["C:\\\\", "D:"]),
        (b"one\\\n", ["one"]),
        (b'"""\none\n\n two\n"""\nthree\n', ["one\n\n two", "three"]),
        (b'"""one\ntwo"""\n', ["one\ntwo"]),
        (b'"""one"""\n', ["one"]),
        (b'"""\none\\\ntwo\n"""\n', ["one\\\ntwo"]),
        (b'say """ to me\n', ['say """ to me']),
        (b'"""\nnever ended', ["never ended"]),
        (b'""""""\n', [""]),
        (b"caf\xc3\xa9 \xff\n", ["café \ufffd"]),
    ],
)
def test_lines_become_texts(typed: bytes, expected: list[str]) -> None:
    assert texts(typed) == expected


@given(st.lists(st.sampled_from([b"a", b"\xc3\xa9", b"\\", b"\n", b'"""', b"\r"])), st.integers(1, 4))
def test_however_the_bytes_are_cut_the_texts_are_the_same(parts: list[bytes], size: int) -> None:
    typed = b"".join(parts)
    cut = [typed[at : at + size] for at in range(0, len(typed), size)]
    assert texts(*cut) == texts(typed)


def test_of_a_line_that_is_too_long_just_so_much_is_kept_that_it_is_refused() -> None:
    assert texts(b"x" * 30, b"x" * 30, b"\nshort\n", max_bytes=40) == ["x" * 41, "short"]


def test_of_a_text_of_too_many_lines_just_so_much_is_kept_that_it_is_refused() -> None:
    assert texts(b'"""\n', b"12345678\n" * 100, b'"""\nshort\n', max_bytes=20) == ["\n".join(["12345678"] * 3), "short"]


def test_a_text_that_has_begun_can_be_dropped() -> None:
    splitter = LineSplitter(1000)
    assert splitter.feed(b'"""\none\ntw') == []
    assert splitter.begun
    splitter.drop()
    assert not splitter.begun
    assert splitter.feed(b"three\n") == ["three"]
