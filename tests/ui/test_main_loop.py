from collections.abc import Callable

import urwid
from urwid.testing import ScriptedScreen

from ui.main_loop import ChatLoop


def drawn_by(*steps: str) -> list[int]:
    """How often the screen was drawn after each step."""
    screen = ScriptedScreen(size=(20, 3))
    loop = ChatLoop(urwid.Filler(urwid.Text("paper")), screen=screen)
    screen.start()
    does: dict[str, Callable[[], object]] = {
        "idle": loop.entering_idle,
        "touch": loop.touch,
        "draw": loop.draw_screen,
        "key": lambda: loop.process_input(["x"]),
    }
    counts: list[int] = []
    for step in steps:
        does[step]()
        counts.append(screen.draw_count)
    return counts


def test_the_screen_is_drawn_before_the_loop_waits_only_if_it_may_look_different() -> None:
    assert drawn_by("idle", "idle", "touch", "idle", "idle") == [1, 1, 1, 2, 2]


def test_what_was_drawn_at_once_is_not_drawn_again() -> None:
    assert drawn_by("draw", "idle", "touch", "draw", "idle") == [1, 1, 1, 2, 2]


def test_keys_may_change_how_it_looks() -> None:
    assert drawn_by("idle", "key", "idle", "idle") == [1, 1, 2, 2]
