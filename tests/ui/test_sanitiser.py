import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.sanitiser import sanitise

ANY_TEXT = st.text(st.characters(exclude_categories=()))

HOSTILE = {
    "clipboard": ("\x1b]52;c;cm0gLXJmIC8=\x07", "␛]52;c;cm0gLXJmIC8=␇"),
    "title": ("\x1b]0;mine\x1b\\", "␛]0;mine␛\\"),
    "hyperlink": ("\x1b]8;;file:///etc\x07x", "␛]8;;file:///etc␇x"),
    "clear screen": ("\x1b[2J\x1b[H", "␛[2J␛[H"),
    "colour": ("\x1b[31mred", "␛[31mred"),
    "device control": ("\x1bP+q544e\x1b\\", "␛P+q544e␛\\"),
    "answer back": ("\x05", "␅"),
    "shift out": ("\x0e\x0f", "␎␏"),
    "8-bit control sequence": ("\x9b2J", "�2J"),
    "8-bit operating system command": ("\x9d52;c;eA==\x9c", "�52;c;eA==�"),
    "next line": ("a\x85b", "a�b"),
    "end of paste": ("\x1b[201~rm -rf /\n", "␛[201~rm -rf /\n"),
    "bell, backspace, delete": ("\x07\x08\x7f", "␇␈␡"),
    "null": ("a\0b", "a␀b"),
    "overwriting a line": ("harmless\rharmful", "harmlessharmful"),
    "line ends of Windows": ("a\r\nb", "a\nb"),
    "vertical moves": ("a\x0bb\x0cc", "a␋b␌c"),
    "separators": ("a\x1cb\u2028c\u2029d", "a␜b\nc\nd"),
    "order turned around": ("\u202etxt.exe\u202c", "�txt.exe�"),
    "isolates": ("\u2066a\u2067b\u2068c\u2069", "�a�b�c�"),
    "byte order mark": ("\ufeffa", "a"),
    "annotations": ("\ufff9a\ufffab\ufffb", "ab"),
    "old marks of order": ("a\u206ab\u206f", "ab"),
    "letters that nobody sees": ("a\U000e0001\U000e0072\U000e006d\U000e007fb", "ab"),
    "half a character": ("\ud83d", "�"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_becomes_visible(name: str) -> None:
    hostile, shown = HOSTILE[name]

    assert sanitise(hostile) == shown


@pytest.mark.parametrize("text", ["a\tb\nc", "שלום\u200f!", "می\u200cخواهم", "👩\u200d👩\u200d👧", "日本語", "e\u0301"])
def test_languages_and_emoji_stay_as_they_are(text: str) -> None:
    assert sanitise(text) == text


@given(ANY_TEXT)
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    left = {unicodedata.category(character) for character in sanitise(text).replace("\n", "").replace("\t", "")}

    assert left.isdisjoint({"Cc", "Cs", "Zl", "Zp"})


@given(st.lists(ANY_TEXT))
def test_pieces_give_the_same_as_the_whole(pieces: list[str]) -> None:
    assert "".join(map(sanitise, pieces)) == sanitise("".join(pieces))


@given(ANY_TEXT)
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    assert sanitise(sanitise(text)) == sanitise(text)
