"""Answers that are compared, from events and keys to the screen."""

from msgspec.structs import replace

from protocol.comparison import ColumnKind, ComparisonBegan, ComparisonChanged, ComparisonId, ComparisonShown
from protocol.identity import ConversationId
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, InputRefused, NoticePosted, TurnAccepted
from tests.ui.contest import ASKED, answers, begins, column, comparison, ends, moved, says
from tests.ui.stage import Stage
from tests.ui.talk import OTHER, TALK, started
from ui.comparison_pane import ComparisonPane

NUMBERS = "\n\n".join(map(str, range(1, 41)))
TWO = comparison("alpha", "beta")


def stage(*texts: str, size: tuple[int, int] = (80, 24)) -> Stage:
    """Models that have given these answers."""
    names = ("alpha", "beta", "gamma", "delta")[: len(texts)]
    shown = Stage(started(), *begins(*names), size=size)
    for name, text in zip(names, texts, strict=True):
        shown.take(*answers(name, text))
    return shown


def pane(shown: Stage) -> ComparisonPane:
    return shown.face.comparison


def focus(shown: Stage) -> str:
    column = pane(shown).focused
    return "" if column is None else str(column.talk.id)


def body(shown: Stage) -> list[str]:
    """The first row of each answer that is seen."""
    rows = shown.rows()
    first = next(place for place, row in enumerate(rows) if "│" in row) + 3
    return [part.strip() for part in rows[first].split("│")]


def test_it_takes_the_place_of_the_chat_when_it_begins_and_leaves_it_again() -> None:
    shown = stage("One.", "Two.")
    assert shown.rows()[0] == f"> {ASKED}"
    pane(shown).close()
    assert shown.later(0.0).rows()[0] == "chinwag: a chat with a language model"
    shown.take(ComparisonShown(TALK, TWO))
    assert pane(shown).on_screen


def test_one_that_is_restored_is_seen_while_it_is_undecided() -> None:
    assert pane(Stage(started(), ComparisonShown(TALK, TWO, asked=False))).on_screen
    decided = replace(TWO, picked=ConversationId("alpha"))
    assert not pane(Stage(started(), ComparisonShown(TALK, decided, asked=False))).on_screen


def test_an_answer_that_is_picked_leads_back_to_the_chat_while_others_go_on() -> None:
    shown = Stage(started(), *begins("alpha", "beta"), *answers("alpha", "One."), *says("beta", "Two"))
    shown.take(ComparisonChanged(TALK, replace(TWO, picked=ConversationId("alpha"))))
    assert not pane(shown).on_screen
    pane(shown).open()
    shown.take(*says("beta", " more."), ends("beta", "Two more."))
    assert "picked" in shown.rows()[2]
    assert "Two more." in "".join(shown.rows())


def test_another_chat_is_seen_without_it_and_it_is_there_again_afterwards() -> None:
    shown = stage("One.", "Two.")
    shown.take(ConversationStarted(OTHER, "m"))
    assert not pane(shown).on_screen
    shown.model.go_to(TALK)
    shown.later(0.0)
    assert (pane(shown).on_screen, body(shown)) == (True, ["One.", "Two."])


def test_the_same_answer_is_in_focus_and_looked_at_alike_after_another_chat_was_shown() -> None:
    shown = stage("One.", "Two.")
    shown.press("tab")
    view = pane(shown).view
    assert view is not None
    view.alone, view.together = True, False
    shown.take(ConversationStarted(OTHER, "m"))
    shown.model.go_to(TALK)
    shown.later(0.0)
    again = pane(shown).view
    assert again is not None
    assert (focus(shown), again.alone, again.together) == ("beta", True, False)


def test_a_new_comparison_begins_with_its_first_answer() -> None:
    shown = stage("One.", "Two.")
    shown.press("tab")
    shown.take(ComparisonBegan(TALK, replace(comparison("gamma", "delta"), id=ComparisonId("2"))))
    assert focus(shown) == "gamma"


def test_the_strip_says_in_which_chat_answers_are_under_way() -> None:
    shown = Stage(started(), *begins("alpha", "beta"), ConversationStarted(OTHER, "m"))
    assert shown.rows()[0] == " 1 new comparing  2 new"
    shown.take(*answers("alpha", "One."), *answers("beta", "Two."))
    assert shown.later(0.0).rows()[0] == " 1 new  2 new"


def test_focus_goes_round_with_tab_and_arrows_where_nothing_is_written() -> None:
    shown = stage("One.", "Two.", "Three.")
    seen = [focus(shown)]
    for key in ("tab", "right", "shift right", "left", "shift tab", "shift left"):
        shown.press(key)
        seen.append(focus(shown))
    assert seen == ["alpha", "beta", "gamma", "alpha", "gamma", "beta", "alpha"]


def test_where_something_is_written_tab_and_arrows_are_for_the_text() -> None:
    shown = stage("One.", "Two.")
    shown.press("a", "b", "left", "x")
    assert (focus(shown), shown.face.composer.text) == ("alpha", "axb")
    shown.press("shift right")
    assert focus(shown) == "beta"


def test_all_scroll_together_until_that_is_changed() -> None:
    shown = stage(NUMBERS, NUMBERS)
    shown.press("home")
    assert body(shown) == ["1", "1"]
    shown.press("meta down")
    assert body(shown) == ["", ""]
    shown.press("end", "page up")
    one, other = body(shown)
    assert one == other != "1"
    view = pane(shown).view
    assert view is not None
    view.together = False
    shown.press("home", "tab", "end", "home", "meta down", "meta down")
    assert body(shown) == ["1", "2"]


def test_one_can_have_the_whole_width() -> None:
    shown = stage("One.", "Two.")
    view = pane(shown).view
    assert view is not None
    view.alone = True
    rows = shown.later(0.0).rows()
    assert not any("│" in row for row in rows)
    assert rows[1] == " 1 alpha done  2 beta done"
    shown.press("tab")
    assert "Two." in shown.rows()


def test_how_the_one_in_focus_differs_from_the_next_then_from_another_then_no_more() -> None:
    shown = stage("One sea.", "", "Two seas.", "One sun.")
    titles = []
    for _ in range(3):
        assert pane(shown).differ() == ""
        titles.append(shown.later(0.0).rows()[0].partition("  ")[0])
    assert titles == [" [-1 alpha-] {+3 gamma+}", " [-1 alpha-] {+4 delta+}", f"> {ASKED}"]


def test_what_says_nothing_differs_from_nothing() -> None:
    shown = stage("", "Two.")
    assert pane(shown).differ() == "this answer has said nothing yet"
    shown.press("tab")
    assert pane(shown).differ() == "there is no other answer yet"


def test_the_differences_are_seen_again_after_the_chat_was() -> None:
    shown = stage("One.", "Two.")
    pane(shown).differ()
    pane(shown).close()
    pane(shown).open()
    assert pane(shown).differ() == ""
    assert shown.rows()[0].startswith(" [-1 alpha-] {+2 beta+}")


def test_an_answer_that_is_added_ends_the_differences_which_then_begin_with_the_next() -> None:
    shown = stage("One.", "Two.")
    pane(shown).differ()
    judge = column("judge", ColumnKind.JUDGE)
    shown.take(
        ConversationStarted(judge.conversation, "judge", shown=False, column_of=TALK),
        ComparisonChanged(TALK, replace(TWO, columns=(*TWO.columns, judge))),
        TurnAccepted(judge.conversation, judge.turn, "Which?"),
        *answers("judge", "Best: A"),
    )
    assert pane(shown).differ() == ""
    assert shown.rows()[0].startswith(" [-3 judge: judge-] {+1 alpha+}")


def test_to_go_to_another_answer_ends_the_differences() -> None:
    shown = stage("One.", "Two.")
    pane(shown).differ()
    shown.press("tab")
    assert shown.rows()[0] == f"> {ASKED}"


def test_a_judge_is_in_focus_as_soon_as_it_is_asked_and_says_whose_its_letters_are() -> None:
    shown = stage("One.", "Two.", size=(100, 24))
    shown_as = (ConversationId("beta"), ConversationId("alpha"))
    judge = replace(column("judge", ColumnKind.JUDGE), shown=shown_as)
    shown.take(
        ConversationStarted(judge.conversation, "judge", shown=False, column_of=TALK),
        ComparisonChanged(TALK, replace(TWO, columns=(*TWO.columns, judge))),
        TurnAccepted(judge.conversation, judge.turn, "Which?"),
        moved("judge", TurnState.CONNECTING),
        *says("judge", "Best: A"),
    )
    assert focus(shown) == "judge"
    assert "judge: judge" in shown.rows()[2]
    assert "Best: A (beta)" not in "".join(shown.rows())
    shown.take(ends("judge", "Best: A"))
    assert "Best: A (beta)" in " ".join(shown.rows())


def test_what_is_said_in_the_chat_is_below_until_a_key_is_pressed() -> None:
    shown = stage("One.", "Two.")
    shown.take(InputRefused(TALK, "And now?", "Pick an answer first."))
    assert shown.rows()[-3] == "Pick an answer first."
    shown.press("x")
    assert shown.rows()[-3].strip(" │") == ""


def test_all_of_what_is_said_is_seen_where_there_are_few_columns() -> None:
    shown = stage("One.", "Two.", size=(40, 12))
    words = " ".join(f"word{number}" for number in range(30))
    shown.take(NoticePosted(TALK, words))
    assert pane(shown).on_screen
    assert words in " ".join(shown.rows())


def test_what_is_long_is_read_in_the_chat() -> None:
    shown = stage("One.", "Two.")
    shown.take(NoticePosted(TALK, "one\ntwo\nthree\nfour"))
    assert not pane(shown).on_screen


def test_a_click_puts_an_answer_into_focus_and_the_wheel_scrolls() -> None:
    shown = stage(NUMBERS, NUMBERS, NUMBERS)
    shown.face.mouse_event(shown.size, "mouse press", 1, 60, 8, True)
    assert focus(shown) == "beta"
    shown.face.mouse_event(shown.size, "mouse press", 1, 30, 1, True)
    assert focus(shown) == "gamma"
    before = body(shown)
    shown.face.mouse_event(shown.size, "mouse press", 4, 10, 8, True)
    assert body(shown) != before


def test_where_there_are_no_tabs_a_click_above_the_answers_does_nothing() -> None:
    shown = stage(NUMBERS, NUMBERS, NUMBERS)
    shown.size = (100, 24)
    shown.frame()
    shown.face.mouse_event(shown.size, "mouse press", 1, 30, 1, True)
    assert focus(shown) == "alpha"


def test_a_column_that_cannot_be_drawn_says_so_and_the_others_are_drawn() -> None:
    shown = stage("One.", "Two.")
    view = pane(shown).view
    assert view is not None
    view.columns[0].talk.entries.append(None)  # type: ignore[arg-type]
    view.columns[0].talk.changed.add(1)
    assert any("(this part cannot be shown" in row for row in shown.rows())
    assert body(shown)[1] == "Two."


def test_a_prompt_in_the_chat_leads_back_to_it_once_an_answer_is_picked() -> None:
    shown = stage("One.", "Two.")
    pane(shown).leave()
    assert pane(shown).on_screen
    shown.take(ComparisonChanged(TALK, replace(TWO, picked=ConversationId("alpha"))))
    pane(shown).open()
    pane(shown).leave()
    assert not pane(shown).on_screen
