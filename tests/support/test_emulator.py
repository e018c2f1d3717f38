import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.emulator import Cell, Emulator, Shot

SESSION = (
    "before\r\n\x1b[?1049h\x1b[?2004h\x1b[?1000;1006h\x1b[?25l\x1b[>5u\x1b[>4;2m\x1b[1;31mhé世界\x1b[c\x1b]0;title\x07"
    "\x1bPzzz\x1b\\\x1b[3;4Hend"
)


def fed(text: str, columns: int = 20, lines: int = 5) -> Emulator:
    emulator = Emulator(columns, lines)
    emulator.feed(text.encode())
    return emulator


def test_text_is_shown_without_trailing_blanks() -> None:
    assert fed("one \r\n  two").display() == ["one", "  two", "", "", ""]


def test_the_cursor_is_counted_from_zero() -> None:
    assert fed("ab\r\nc").cursor == (1, 1)


def test_leaving_the_alternate_screen_shows_what_was_before() -> None:
    emulator = fed("before\x1b[?1049h\x1b[2J\x1b[Hfull screen")
    assert emulator.display() == ["full screen", "", "", "", ""]
    emulator.feed(b"\x1b[?1049l")
    assert emulator.display() == ["before", "", "", "", ""]


@pytest.mark.parametrize(
    ("on", "off", "name"),
    [
        ("\x1b[?1049h", "\x1b[?1049l", "alternate screen"),
        ("\x1b[?2004h", "\x1b[?2004l", "bracketed paste"),
        ("\x1b[?1000h\x1b[?1002h\x1b[?1006h", "\x1b[?1006l\x1b[?1002l\x1b[?1000l", "mouse"),
        ("\x1b[?1000;1006h", "\x1b[?1006;1000l", "mouse"),
        ("\x1b[?1004h", "\x1b[?1004l", "focus reports"),
        ("\x1b[?25l", "\x1b[?25h", "hidden cursor"),
        ("\x1b[?7l", "\x1b[?7h", "no line wrap"),
        ("\x1b[?1h", "\x1b[?1l", "application cursor keys"),
        ("\x1b[?2026h", "\x1b[?2026l", "synchronized output"),
        ("\x1b[?4711h", "\x1b[?4711l", "private mode 4711"),
        ("\x1b[>5u", "\x1b[<u", "keyboard protocol"),
        ("\x1b[>1u\x1b[>5u", "\x1b[<2u", "keyboard protocol"),
        ("\x1b[>4;2m", "\x1b[>4m", "keyboard protocol"),
        ("\x1b[1;31m", "\x1b[0m", "text attributes"),
    ],
)
def test_a_mode_is_named_until_it_is_undone(on: str, off: str, name: str) -> None:
    emulator = fed(on)
    assert emulator.changed_modes() == [name]
    emulator.feed(off.encode())
    assert emulator.changed_modes() == []


def test_the_keyboard_protocol_of_the_alternate_screen_does_not_hide_the_other() -> None:
    assert fed("\x1b[?1049h\x1b[>5u\x1b[?1049l").changed_modes() == ["keyboard protocol"]


@pytest.mark.parametrize("unknown", ["\x1b[>4;1m", "\x1b[?4m", "\x1b[?u", "\x1b[<u", "\x1bP$q m\x1b\\", "\x1b[?25$p"])
def test_what_pyte_does_not_know_is_not_drawn(unknown: str) -> None:
    assert fed(f"a{unknown}b").display()[0] == "ab"


@pytest.mark.parametrize(
    ("query", "reply"),
    [
        ("\x1b[c", b"\x1b[?62;1;6;22c"),
        ("\x1b[5n", b"\x1b[0n"),
        ("ab\r\nc\x1b[6n", b"\x1b[2;2R"),
        ("\x1b[?2004$p", b"\x1b[?2004;2$y"),
        ("\x1b[?2004h\x1b[?2004$p", b"\x1b[?2004;1$y"),
        ("\x1b[?4711$p", b"\x1b[?4711;0$y"),
        ("\x1b[?u", b""),
    ],
)
def test_a_query_is_answered_as_an_xterm_would(query: str, reply: bytes) -> None:
    assert fed(query).replies == reply


def test_both_screens_are_resized() -> None:
    emulator = fed("before\x1b[?1049h")
    emulator.resize(10, 3)
    emulator.feed(b"\x1b[Hx")
    assert emulator.display() == ["x", "", ""]
    emulator.feed(b"\x1b[?1049l")
    assert emulator.display() == ["before", "", ""]


@given(st.lists(st.integers(1, 12)))
def test_it_does_not_matter_how_the_bytes_are_cut(sizes: list[int]) -> None:
    whole, cut, rest = fed(SESSION), Emulator(20, 5), SESSION.encode()
    for size in sizes:
        cut.feed(rest[:size])
        rest = rest[size:]
    cut.feed(rest)
    assert cut.display() == whole.display() == ["hé世界", "", "   end", "", ""]
    assert cut.replies == whole.replies == b"\x1b[?62;1;6;22c"
    assert (
        cut.changed_modes()
        == whole.changed_modes()
        == ["alternate screen", "bracketed paste", "hidden cursor", "keyboard protocol", "mouse", "text attributes"]
    )


def test_a_shot_has_the_look_of_every_cell_and_the_cursor() -> None:
    assert fed("\x1b[1;3;4;9;31ma\x1b[0;7;48;5;2m世", 4, 1).shot() == Shot(
        rows=(
            (
                Cell("a", ink="red", bold=True, italic=True, underlined=True, struck=True),
                Cell("世", ground="00cd00", reversed=True),
                Cell("", ground="00cd00", reversed=True),
                Cell(" "),
            ),
        ),
        cursor=(3, 0),
    )


def test_a_hidden_cursor_is_in_no_shot() -> None:
    assert fed("\x1b[?25l").shot().cursor is None


def test_faint_is_told_from_numbers_of_colours() -> None:
    row = fed("\x1b[2ma\x1b[22mb\x1b[38;5;2mc\x1b[38;2;2;5;2md").shot().rows[0]
    assert row[:4] == (Cell("a", faint=True), Cell("b"), Cell("c", ink="00cd00"), Cell("d", ink="020502"))


def test_half_a_frame_can_be_looked_at() -> None:
    emulator = Emulator(6, 1)
    emulator.feed("日a\x1b[1Gb".encode())

    assert emulator.display() == ["ba"]
