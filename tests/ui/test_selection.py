"""What can be copied from a talk, and how one walks through it."""

from collections.abc import Callable, Sequence

import pytest

from protocol.turn import TurnState
from tests.ui.page import Page
from tests.ui.talk import accepted, done, grew, moved, started, thought
from ui.entries import TurnView
from ui.selection import HoldsItems, Item, Selection

ANSWER = "First.\n\n```py\nx = 1\ny = 2\n```\n\n- a\n- b\n\n```\nsecond\n```\n"
Shape = tuple[str, bool, str, int, bool]


def page() -> Page:
    """Two exchanges; the first answer has two pieces of code."""
    return Page((80, 24)).take(
        started(), accepted("1", "How?"), done("1", ANSWER), accepted("2", "And?"), done("2", "Last.")
    )


def views(shown: Page) -> Callable[[], Sequence[HoldsItems]]:
    return lambda: shown.transcript.views


def shapes(items: list[Item]) -> list[Shape]:
    return [(one.text, one.code, one.language, one.number, one.first) for one in items]


def test_a_turn_has_its_prompt_and_the_blocks_of_its_answer_as_they_were_written() -> None:
    view = page().transcript.views[1]
    assert shapes(list(view.items)) == [
        ("How?", False, "", 0, True),
        ("First.", False, "", 0, True),
        ("x = 1\ny = 2", True, "py", 1, False),
        ("- a\n- b", False, "", 0, False),
        ("second", True, "", 2, False),
    ]
    assert view.message == view.reply == ANSWER.strip()


def test_thoughts_can_be_copied_while_they_are_shown() -> None:
    shown = Page().take(started(), accepted("1"), moved("1", TurnState.THINKING), thought("1", "Hm", "m."))
    assert shapes(list(shown.transcript.views[1].items))[1:] == [("Hmm.", False, "", 0, True)]
    folded = shown.take(grew("1", "So."), done("1", "So.", thinking="Hmm."))
    assert shapes(list(folded.transcript.views[1].items))[1:] == [("So.", False, "", 0, True)]


def test_every_block_belongs_to_an_item_and_is_shown() -> None:
    view = page().transcript.views[1]
    assert isinstance(view, TurnView)
    assert {block for item in view.items for block in item.blocks} <= set(view.blocks)


Move = Callable[[Selection], bool]
WALK: list[tuple[Move, str | None]] = [
    (lambda one: one.step(1), None),
    (lambda one: one.step(-1), "And?"),
    (lambda one: one.step(-1), "second"),
    (lambda one: one.to_code(-1), "x = 1\ny = 2"),
    (lambda one: one.to_code(-1), None),
    (lambda one: one.to_numbered(2), "second"),
    (lambda one: one.to_numbered(3), None),
    (lambda one: one.to_message(-1), "First."),
    (lambda one: one.to_message(-1), "How?"),
    (lambda one: one.to_message(-1), None),
    (lambda one: one.to_message(1), "First."),
    (lambda one: one.to_code(1), "x = 1\ny = 2"),
    (lambda one: one.to_message(1), "And?"),
    (lambda one: one.step(1), "Last."),
]


def test_one_walks_from_item_to_item_to_code_and_to_messages() -> None:
    selection = Selection(views(page()))
    seen: list[str | None] = []
    for move, _ in WALK:
        moved_on = move(selection)
        assert selection.item is not None
        seen.append(selection.item.text if moved_on else None)
    assert seen == [expected for _, expected in WALK]


def test_the_last_code_of_the_last_message_is_marked_first() -> None:
    first = Page().take(started(), accepted("1", "How?"), done("1", ANSWER))
    item = Selection(views(first)).item
    assert item is not None
    assert (item.text, item.number) == ("second", 2)


def test_where_nothing_was_said_nothing_is_marked() -> None:
    selection = Selection(views(Page().take(started())))
    assert (selection.item, selection.step(1), selection.refresh(), selection.message) == (None, False, False, "")


@pytest.mark.parametrize(("steps", "message"), [(0, "Last."), (1, "And?"), (2, ANSWER.strip())])
def test_the_whole_message_is_the_prompt_or_the_answer(steps: int, message: str) -> None:
    selection = Selection(views(page()))
    for _ in range(steps):
        selection.step(-1)
    assert selection.message == message


def test_what_is_marked_stays_marked_while_it_grows() -> None:
    growing = Page().take(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "```py\nx"))
    selection = Selection(views(growing))
    growing.take(grew("1", " = 1\ny"))
    growing.rows()
    assert selection.refresh()
    assert selection.item is not None
    assert selection.item.text == "x = 1\ny"
