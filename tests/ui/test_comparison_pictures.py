"""Answers that are compared, as the whole screen shows them: in three sizes, without colour, and in ASCII."""

import pytest
import urwid

from protocol.turn import TurnState
from tests.support.emulator import Emulator
from tests.ui.contest import answers, begins, says
from tests.ui.paper import written
from tests.ui.stage import Size, Stage
from tests.ui.talk import started

ALPHA = """\
Because of **Rayleigh scattering**: the air scatters short waves far more than long ones.

- blue: 450 nm
- red: 700 nm
"""
BETA = "The sky looks blue.\n\n```py\nratio = 1.55 ** 4\n```\n"


def beside(*cells: str) -> str:
    """Four columns of a screen of 120."""
    padded = [cell.ljust(width) for cell, width in zip(cells, (28, 28, 28, 27), strict=True)]
    return " │ ".join(padded).rstrip()


WIDE = [
    "> Why is the sky blue?",
    "",
    beside(
        " 1 alpha:1b            done",
        " 2 beta:2b    answering 3 s",
        " 3 gamma:3b          failed",
        " 4 delta:4b    loading 5 s",
    ),
    beside("   60 t/s  2.0 s  120 t", "   first 2.0 s  1 t", "   first 2.0 s  1 t", ""),
    beside("", "", "", ""),
    beside("Because of Rayleigh", "The sky looks blue.", "The sky", ""),
    beside("scattering: the air scatters", "", "| The connection broke.", ""),
    beside("short waves far more than", "  py", "| Ask again.", ""),
    beside("long ones.", "  ratio = 1.55 ** 4", "", ""),
    beside("", "", "", ""),
    beside("• blue: 450 nm", "", "", ""),
    beside("• red: 700 nm", "", "", ""),
    *[beside("", "", "", "")] * 16,
    " 2 of 4 ended   looking for a server   Alt-A picks   Shift-Right next   F4 chat   F1 keys",
    "> Write here",
]
USUAL = [
    "> Why is the sky blue?",
    " 1 alpha:1b done  2 beta:2b answering  3 gamma:3b failed  4 delta:4b loading",
    "",
    " 1 alpha:1b                       done  │  2 beta:2b              answering 3 s",
    "   60 t/s  first 2.0 s  120 t           │    first token 2.0 s  1 token",
    "                                        │",
    "Because of Rayleigh scattering: the air │ The sky looks blue.",
    "scatters short waves far more than long │",
    "ones.                                   │   py",
    "                                        │   ratio = 1.55 ** 4",
    "• blue: 450 nm                          │",
    "• red: 700 nm                           │",
    *["                                        │"] * 10,
    " 2 of 4 ended   looking for a server   Alt-A picks   F4 chat   F1 keys",
    "> Write here",
]


def stage(size: Size) -> Stage:
    """Four that were asked: one is done, one goes on, one has failed, one is silent."""
    shown = Stage(started(), *begins("alpha:1b", "beta:2b", "gamma:3b", "delta:4b"), size=size).later(2.0)
    shown.take(*answers("alpha:1b", ALPHA), *says("beta:2b", BETA))
    shown.take(*answers("gamma:3b", "The sky", TurnState.FAILED))
    return shown.later(3.0)


@pytest.mark.parametrize(("size", "expected"), [((120, 30), WIDE), ((80, 24), USUAL)])
def test_as_many_as_can_be_read_stand_side_by_side(size: Size, expected: list[str]) -> None:
    assert stage(size).rows() == expected


def test_on_the_smallest_screen_there_is_one_and_tabs() -> None:
    shown = stage((40, 10))
    assert shown.rows() == [
        " 1 alpha:1b  2…  3!  4…",
        " 1 alpha:1b  60 t/s  2.0 s  120 t  done",
        "Because of Rayleigh scattering: the air",
        "scatters short waves far more than long",
        "ones.",
        "",
        "• blue: 450 nm",
        "• red: 700 nm",
        " 2 of 4 ended  looking for a server",
        "> Write here",
    ]
    shown.press("tab", "tab")
    assert shown.rows()[:5] == [
        " 1  2…  3! gamma:3b  4…",
        " 3 gamma:3b  first 2.0 s  1 t    failed",
        "The sky",
        "| The connection broke.",
        "| Ask again.",
    ]


def test_what_stands_side_by_side_is_as_wide_in_a_terminal_of_ascii() -> None:
    drawn = terminal(stage((80, 24)).frame(), ascii_only=True).display()
    assert drawn[3] == " 1 alpha:1b                       done  |  2 beta:2b              answering 3 s"
    assert drawn[10:12] == ["* blue: 450 nm                          |", "* red: 700 nm                           |"]
    assert all(line.isascii() for line in drawn)


def test_without_colour_the_answer_in_focus_stands_out() -> None:
    shot = terminal(stage((80, 24)).frame(), colours=1).shot()
    caption = shot.rows[3]
    assert {cell.reversed for cell in caption[:39]} == {True}
    assert {cell.reversed for cell in caption[39:]} == {False}
    assert {cell.ink for row in shot.rows for cell in row} == {"default"}


def test_without_colour_the_words_that_differ_stand_out() -> None:
    shown = stage((80, 24))
    shown.face.comparison.differ()
    rows = terminal(shown.frame(), colours=1).shot().rows
    struck = "".join(cell.text for row in rows for cell in row if cell.struck)
    bold = "".join(cell.text for row in rows[1:-2] for cell in row if cell.bold)
    assert struck.startswith("[-Because of **Rayleigh")
    assert bold.startswith("{+The sky looks blue.+}")


def terminal(picture: urwid.Canvas, ascii_only: bool = False, colours: int = 16) -> Emulator:
    """What is on a terminal of this kind."""
    emulator = Emulator(picture.cols(), picture.rows())
    emulator.feed(written([picture], ascii_only=ascii_only, colours=1 if colours == 1 else 16))
    return emulator
