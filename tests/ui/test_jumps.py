"""Going from message to message, and from code to code."""

import pytest
from urwid.testing import render_text

from tests.ui.page import SIZE, Page
from tests.ui.talk import accepted, done, started

LONG = "\n\n".join(f"p{number}" for number in range(12))
CODE = f"{LONG}\n\n```py\nx = 1\n```\n\n{LONG}"


def page() -> Page:
    return Page().take(started(), accepted("1", "One?"), done("1", CODE), accepted("2", "Two?"), done("2", LONG))


def first_rows(shown: Page, step: int, code: bool, times: int) -> list[str]:
    """The first row that says something, after each jump."""
    seen = []
    for _ in range(times):
        render_text(shown.transcript, SIZE, strip=True)
        shown.transcript.jump(step, code, SIZE)
        seen.append(next(row for row in shown.rows() if row))
    return seen


def test_one_goes_back_from_message_to_message_and_stays_at_the_first() -> None:
    assert first_rows(page(), -1, False, 5) == ["p0", "> Two?", "p0", "> One?", "> One?"]


def test_one_goes_on_from_message_to_message_and_then_follows_the_end() -> None:
    shown = page()
    shown.rows()
    shown.transcript.to_top(SIZE)
    assert first_rows(shown, 1, False, 3) == ["p0", "> Two?", "p0"]
    shown.transcript.jump(1, False, SIZE)
    assert shown.transcript.follows


def test_one_goes_to_code() -> None:
    shown = page()
    assert first_rows(shown, -1, True, 2) == ["  py", "  py"]
    shown.transcript.to_top(SIZE)
    assert first_rows(shown, 1, True, 1) == ["  py"]


@pytest.mark.parametrize("step", [-1, 1])
def test_where_nothing_was_said_there_is_nowhere_to_go(step: int) -> None:
    shown = Page().take(started())
    shown.rows()
    shown.transcript.jump(step, False, SIZE)
    assert shown.transcript.follows
