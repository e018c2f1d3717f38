"""Untrusted texts on one line."""

import pytest
import urwid
from hypothesis import given
from hypothesis import strategies as st

from ui.caption import end_of_line, one_line

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT, st.integers(0, 50))
def test_one_line_is_one_line_that_fits(text: str, columns: int) -> None:
    line = one_line(text, columns)

    assert "\n" not in line
    assert urwid.calc_width(line, 0, len(line)) <= columns


@pytest.mark.parametrize(
    ("text", "columns", "line"),
    [
        ("a title", 7, "a title"),
        ("a title", 6, "a t..."),
        ("two\n\n  lines\t", 20, "two lines"),
        ("日本語", 6, "日本語"),
        ("日本語語", 7, "日本..."),
        ("long", 2, ".."),
        ("long", 0, ""),
        ("\x1b]0;x\x07", 20, "␛]0;x␇"),
        ("\u200d", 20, ""),
        ("\u0301a \u200d e\u0301", 20, "a e\u0301"),
    ],
)
def test_one_line_is_cut_by_columns(text: str, columns: int, line: str) -> None:
    assert one_line(text, columns) == line


@given(ANY_TEXT, st.integers(0, 50))
def test_the_end_of_a_line_is_one_line_that_fits(text: str, columns: int) -> None:
    line = end_of_line(text, columns)

    assert "\n" not in line
    assert urwid.calc_width(line, 0, len(line)) <= columns


@pytest.mark.parametrize(
    ("text", "columns", "line"),
    [
        ("@/a/b", 5, "@/a/b"),
        ("@/some/folder/name", 10, "...er/name"),
        ("@/日本語", 7, "...本語"),
        ("@/日本語", 6, "...語"),
        ("long", 2, ".."),
        ("long", 0, ""),
        ("@a\x1b[2Jb", 20, "@a␛[2Jb"),
    ],
)
def test_a_path_is_cut_at_its_beginning(text: str, columns: int, line: str) -> None:
    assert end_of_line(text, columns) == line
