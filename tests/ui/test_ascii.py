import pytest
import urwid
from hypothesis import given
from hypothesis import strategies as st

from ui.ascii import AsciiTable, speaks_utf8


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, True),
        ({"LANG": ""}, True),
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "en_US.utf8"}, True),
        ({"LANG": "de_DE.UTF-8@euro"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "en_US"}, False),
        ({"LANG": "en_US.ISO-8859-1"}, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8", "LC_ALL": "C.UTF-8"}, True),
        ({"LANG": "C.UTF-8", "LC_ALL": "", "LC_CTYPE": "POSIX"}, False),
    ],
)
def test_the_locale_says_what_the_terminal_shows(environ: dict[str, str], expected: bool) -> None:
    assert speaks_utf8(environ) is expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\x1b[1m\r\n", "plain\x1b[1m\r\n"),
        ("─│•…", "-|*."),
        ("“é” – naïve", '"e" - naive'),
        ("日本", "????"),
        ("e\u0301", "e"),
        ("\u20ac5", "?5"),
    ],
)
def test_what_is_no_ascii_becomes_something_like_it(text: str, shown: str) -> None:
    assert text.translate(AsciiTable()) == shown


@given(st.characters(exclude_categories=["Cs"]))
def test_every_character_stays_as_wide_as_it_is(character: str) -> None:
    shown = character.translate(AsciiTable())
    assert shown.isascii()
    assert len(shown) == urwid.calc_width(character, 0, 1) or character.isascii()
