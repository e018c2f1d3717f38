"""The bars of a pull on a terminal: as many as can be drawn anew in their place."""

import os
import termios

import pytest

from protocol.progress import Layer, Progress
from ui.progress_bars import Bars


@pytest.mark.parametrize(("lines", "shown"), [(24, 12), (10, 8), (3, 1), (1, 1)])
def test_no_more_bars_are_drawn_than_stay_on_the_screen(lines: int, shown: int) -> None:
    outside, inside = os.openpty()
    termios.tcsetwinsize(inside, (lines, 40))
    layers = tuple(Layer(f"sha256:{number:012}", 10, 5) for number in range(20))
    with open(inside, "w", encoding="utf-8") as out:
        Bars("tiny", out, lambda: 0.0).show(Progress("pulling", layers))
        drawn = os.read(outside, 10_000).decode()
    os.close(outside)
    assert drawn.count("%") == shown
    assert drawn.count("\n") == shown + 1
    assert "000000000019" in drawn
