"""What a frame of answers side by side costs is counted: no more than what is seen, and what is new in it."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from protocol.turn import TurnState
from protocol.ui import ReplyGrew
from tests.ui.contest import begins, moved, says
from tests.ui.paper import written
from tests.ui.stage import Stage
from tests.ui.talk import started
from ui.answer_column import AnswerColumn
from ui.column import Column
from ui.comparison_layout import stands
from ui.entries import TurnView
from ui.rows import Row
from ui.side_by_side import DividedRow

NAMES = [f"m{number}" for number in range(16)]
SIZE = (120, 40)
SEEN, BODY = 4, 32


def grown(name: str, text: str) -> ReplyGrew:
    """The next piece of an answer that has begun."""
    (_, grew) = says(name, text)
    assert isinstance(grew, ReplyGrew)
    return grew


def stage(*names: str) -> Stage:
    """Answers that have begun."""
    shown = Stage(started(), *begins(*names), size=SIZE)
    return shown.take(*(moved(name, TurnState.ANSWERING) for name in names))


def columns(shown: Stage) -> Sequence[AnswerColumn]:
    view = shown.face.comparison.view
    assert view is not None
    return view.columns


def test_of_sixteen_answers_only_those_that_are_seen_are_parsed_and_laid_out() -> None:
    shown = stage(*NAMES)
    for name in NAMES:
        shown.take(grown(name, "Some words.\n\n"))
    laid_out = [any(isinstance(view, TurnView) for view in column.transcript.views) for column in columns(shown)]
    assert laid_out == [True] * SEEN + [False] * (len(NAMES) - SEEN)


def test_what_came_meanwhile_is_there_when_a_tab_is_gone_to() -> None:
    shown = stage(*NAMES)
    shown.take(grown("m15", "Hidden "), grown("m15", "words."))
    shown.press("left")
    assert "Hidden words." in " ".join(shown.rows())


def test_an_answer_that_says_nothing_new_is_not_laid_out_again() -> None:
    shown = stage(*NAMES)
    shown.take(*(grown(name, "Some words.") for name in NAMES))
    widths = [stand.columns for stand in stands(len(NAMES), SIZE[0], 0, 0)]

    def drawn() -> list[Sequence[Row]]:
        return [column.rows((width, BODY)) for column, width in zip(columns(shown), widths, strict=False)]

    before = drawn()
    shown.take(grown("m1", " More."))
    after = drawn()
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True, True]


@pytest.mark.parametrize("seen", [True, False])
def test_a_word_in_one_answer_makes_one_row_anew_or_none(seen: bool) -> None:
    shown = stage(*NAMES)
    shown.take(*(grown(name, "Some words") for name in NAMES))
    before = list(shown.pictures[-1].content())
    shown.take(grown("m1" if seen else "m9", " more"))
    after = list(shown.pictures[-1].content())
    differing = [row for row, was in zip(after, before, strict=True) if row is not was]
    divided = [row for row in differing if isinstance(row, DividedRow)]
    assert len(divided) == seen


def test_a_word_in_one_answer_writes_the_word_whatever_stands_beside_it() -> None:
    shown = stage("m0", "m1", "m2", "m3")
    for name in ("m0", "m2", "m3"):
        shown.take(grown(name, "Naïve “words” stand here"))
    shown.take(grown("m1", "The first"), grown("m1", " and"), grown("m1", " another"))
    costs = [len(written(shown.pictures[:end])) for end in (-2, -1, None)]
    blanks = len(" " * 27)
    frame = len("\x1b[?25l\x1b[6;41H\x1b[0;39;49m\x1b[40;3H\x1b[?25h")
    assert all(after - before <= frame + blanks + len(" another") for before, after in pairwise(costs))


def test_a_frame_in_which_hidden_answers_grow_writes_nothing() -> None:
    shown = stage(*NAMES)
    shown.take(grown("m9", "Some words"))
    assert written(shown.pictures) == written(shown.pictures[:-1])


def test_no_column_is_walked_further_than_it_is_seen() -> None:
    shown = stage(*NAMES[:SEEN])
    shown.take(*(grown(name, "A line.\n\n" * 300) for name in NAMES[:SEEN]))
    walked: list[int] = []
    for column in columns(shown):
        upwards = Column(column.transcript.views).upwards()
        walked.append(sum(1 for _ in upwards))
    assert min(walked) > 100
    assert all(len(column.rows((28, BODY))) == BODY for column in columns(shown))
