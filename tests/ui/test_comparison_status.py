from urwid.testing import render_text

from protocol.models import ServerSurvey
from protocol.ui import ServerChanged
from tests.ui.contest import answers, begins, comparison, says
from tests.ui.stage import Stage
from tests.ui.talk import TALK, started
from ui.comparison_status import comparison_segments
from ui.status import StatusLine, segments


def stage() -> Stage:
    here = ServerChanged(ServerSurvey("here"))
    return Stage(here, started(), *begins("alpha", "beta"), *answers("alpha", "One."), *says("beta", "Two"))


def line(shown: Stage, columns: int = 80, hint: str = "") -> str:
    view = shown.face.comparison.view
    assert view is not None
    status = StatusLine()
    differs = shown.face.comparison.differs
    status.show(comparison_segments(shown.model, view, hint, differs=differs))
    return render_text(status, (columns,), strip=True)[0]


def test_it_says_how_many_have_ended_and_what_keys_do() -> None:
    assert line(stage()) == " 1 of 2 ended   here   Alt-A picks   Shift-Right next   F4 chat   F1 keys"


def test_esc_stops_where_the_answer_in_focus_still_comes() -> None:
    shown = stage()
    shown.press("tab")
    assert line(shown, 60) == " 1 of 2 ended   here   Alt-A picks   F4 chat   Esc stops"
    assert line(shown, 40) == " 1 of 2 ended  Alt-A picks  Esc stops"


def test_esc_leads_back_to_the_answers_where_differences_are_seen_and_stops_none() -> None:
    shown = stage()
    shown.press("tab")
    shown.face.comparison.differ()
    assert line(shown, 60) == " 1 of 2 ended   here   Alt-A picks   F4 chat   Esc answers"


def test_that_one_scrolls_alone_is_said() -> None:
    shown = stage()
    view = shown.face.comparison.view
    assert view is not None
    view.together = False
    said = " 1 of 2 ended   scrolls alone   here   Alt-A picks   Shift-Right next   F4 chat   F1 keys"
    assert line(shown, 100) == said
    assert line(shown) == " 1 of 2 ended   scrolls alone   here   Alt-A picks   F4 chat   F1 keys"


def test_the_answer_to_a_key_comes_first() -> None:
    assert line(stage(), 40, "there is no other answer yet") == " there is no other answer yet  F1 keys"


def test_the_chat_says_how_its_answers_are_seen_again() -> None:
    shown = stage()
    assert "F4 answers" in [segment.text for segment in segments(shown.model, 0.0)]
    assert comparison("alpha", "beta").conversation == TALK
