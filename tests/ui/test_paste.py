import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.paste import LONG, Folder, Pasted, PasteSplitter


def fed(*reads: bytes) -> list[str]:
    """Feed the reads one by one and return what came out: keys as repr of bytes, pastes as their texts."""
    splitter = PasteSplitter()
    parts = [part for read in reads for part in splitter.feed(list(read))]
    return [f"paste {part.text}" if isinstance(part, Pasted) else repr(bytes(part)) for part in parts if part]


def test_keys_pass_as_they_are() -> None:
    assert fed(b"ab\r", b"\x1b[A") == ["b'ab\\r'", "b'\\x1b[A'"]


def test_a_paste_among_keys_keeps_its_place() -> None:
    assert fed(b"a\x1b[200~pasted\r\x1b[201~b") == ["b'a'", "paste pasted\n", "b'b'"]


def test_two_pastes_in_one_read_are_two() -> None:
    assert fed(b"\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~") == ["paste a", "paste b"]


def test_a_paste_is_handed_on_when_it_is_whole() -> None:
    assert fed(b"\x1b[200~on", b"e\x1b[2", b"01~x") == ["paste one", "b'x'"]


def test_an_empty_paste_is_nothing_but_a_paste() -> None:
    assert fed(b"\x1b[200~\x1b[201~") == ["paste "]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_lines_of_a_paste_end_with_line_feeds(end: bytes) -> None:
    assert fed(b"\x1b[200~a" + end + b"b\x1b[201~") == ["paste a\nb"]


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert fed(b"\x1b[200~a\xffb\x1b[201~") == ["paste a�b"]


def test_a_lone_ctrl_c_ends_a_paste_whose_end_got_lost() -> None:
    assert fed(b"\x1b[200~lost", b"\x03", b"typed") == ["paste lost", "b'typed'"]


def test_a_ctrl_c_within_a_paste_is_text() -> None:
    assert fed(b"\x1b[200~a\x03b", b"c\x1b[201~") == ["paste a\x03bc"]


@pytest.mark.parametrize("read", [b"", b"a", b"\x1b[200~", b"\x1b[200~\x1b[201~"])
def test_the_last_part_always_is_keys(read: bytes) -> None:
    assert isinstance(PasteSplitter().feed(list(read))[-1], list)


@given(st.text(st.characters(exclude_characters="\x1b\r\x03", exclude_categories=["Cs"])), st.data())
def test_a_paste_is_whole_however_the_reads_are_cut(text: str, data: st.DataObject) -> None:
    begun, rest = b"\x1b[200~", text.encode() + b"\x1b[201~"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rest)), max_size=5)))
    reads = [rest[start:end] for start, end in zip([0, *cuts], [*cuts, len(rest)], strict=True)]

    assert fed(begun, *reads) == [f"paste {text}"]


def test_a_paste_goes_by_its_name_among_keys() -> None:
    assert (Pasted("window resize") == "window resize", str(Pasted("x"))) == (False, "paste")


def test_a_long_text_is_stood_in_for_by_a_few_words_and_put_back() -> None:
    folder = Folder()
    text = "line\n" * LONG
    words = folder.fold(text)
    assert words == f"[text 1: {LONG + 1:,} lines, {5 * LONG:,} characters]"
    assert folder.unfold(f"before {words} after") == f"before {text} after"


def test_a_short_text_stays_as_it_is() -> None:
    folder = Folder()
    assert folder.fold("x" * LONG) == "x" * LONG
    assert folder.unfold("[text 1: 1 lines, 3 characters]") == "[text 1: 1 lines, 3 characters]"


def test_the_words_that_stand_for_a_paste_are_found_at_in_and_right_behind_them() -> None:
    folder = Folder()
    words = folder.fold("x" * 20_000)
    text = f"see {words} and"
    end = 4 + len(words)
    expected = (4, end, "x" * 20_000)
    assert [folder.find(text, place) for place in (4, 10, end)] == [expected] * 3
    assert [folder.find(text, place) for place in (0, 3, end + 1)] == [None] * 3
