"""What the screen keeps of conversations that sleep, and shows when they wake."""

from urwid.testing import render_text

from protocol.sleep import ConversationSlept
from protocol.ui import ConversationStarted, NoticePosted, PathShown, UiEvent
from tests.ui.models import model_after, told
from tests.ui.talk import MODEL, OTHER, TALK, accepted, done, exchange, failed, grew, shows, started
from ui.model import Model
from ui.strip import tabs
from ui.transcript import Transcript

SAID: tuple[UiEvent, ...] = (started(), accepted("1"), grew("1", "Hello."), done("1", "Hello."))
SLEPT = ConversationSlept(TALK)
PATH = shows(exchange("1", text="Hello."))


def slept(*events: UiEvent) -> Model:
    """What was said in one conversation, and that another is shown; then these."""
    return model_after(*SAID, started(OTHER), *events)


def test_nothing_of_what_was_said_stays() -> None:
    talk = slept(SLEPT).conversations[TALK]
    assert (talk.entries, talk.asleep, talk.silent) == ([], True, False)


def test_what_the_strip_says_stays() -> None:
    events = (started(), accepted("1"), started(OTHER), failed("1"))
    awake, asleep = model_after(*events), model_after(*events, SLEPT)
    assert tabs(asleep.open_conversations, asleep.shown) == tabs(awake.open_conversations, awake.shown)
    assert [tab.phase for tab in tabs(asleep.open_conversations, asleep.shown)] == ["failed", ""]
    assert asleep.unread == 1


def test_notices_that_came_last_stay_and_come_behind_what_was_said() -> None:
    model = slept(NoticePosted(TALK, "before"), SLEPT, NoticePosted(TALK, "after"), PATH)
    assert told(model.conversations[TALK]) == ["Hi", "before", "after"]


def test_it_is_as_it_was_when_it_wakes() -> None:
    talk = slept(SLEPT, PATH).conversations[TALK]
    assert (told(talk), talk.asleep, talk.open) == (["Hi"], False, {})


def test_one_to_which_the_user_has_gone_meanwhile_stays() -> None:
    model = slept()
    model.go_to(TALK)
    before = list(model.shown.entries)
    for event in (SLEPT, PATH, started()):
        model.apply(event, 9.0)
    assert (model.shown.id, model.shown.asleep) == (TALK, False)
    assert all(one is other for one, other in zip(model.shown.entries, before, strict=True))


def test_one_in_which_something_is_under_way_stays() -> None:
    model = slept(accepted("2", "And?"), SLEPT)
    assert told(model.conversations[TALK]) == ["Hi", "And?"]


def test_until_it_is_read_nothing_is_shown_and_no_welcome() -> None:
    model, transcript = slept(SLEPT), Transcript()
    model.go_to(TALK)
    transcript.show(model.shown, MODEL, "here")
    assert render_text(transcript, (30, 4), strip=True) == [""] * 4
    model.apply(PATH, 9.0)
    transcript.show(model.shown, MODEL, "here")
    assert render_text(transcript, (30, 4), strip=True) == ["> Hi", "", "llama3.2", "Hello."]


def test_what_ends_in_the_conversation_that_the_user_leaves_at_this_moment_is_read() -> None:
    model = model_after(started(OTHER), started(), accepted("1"))
    model.go_to(OTHER)
    model.apply(done("1", "Hello."), 9.0)
    assert model.conversations[TALK].unread is False
    model.apply(started(OTHER), 9.0)
    model.apply(accepted("2"), 9.0)
    model.apply(done("2", "Hello."), 9.0)
    assert model.conversations[TALK].unread is True


def test_what_was_empty_and_shown_before_is_still_new() -> None:
    model = model_after(ConversationStarted(TALK, MODEL), PathShown(TALK, None, ()))
    assert model.shown.silent
