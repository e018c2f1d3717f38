import pytest

from protocol.chat import ToolCall
from protocol.errors import Category, Failure
from protocol.frames import Metrics
from protocol.identity import TurnId
from protocol.kept import ConversationRecord
from protocol.models import ServerSurvey
from protocol.reply import Reply
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationForked,
    ConversationStarted,
    EngineFailed,
    InputRecalled,
    InputRefused,
    KeepingFailed,
    ModelAsked,
    ModelSet,
    NoticePosted,
    PathShown,
    PromptOffered,
    PromptReworded,
    QueueReordered,
    QuitRequested,
    ServerChanged,
    TitleSet,
    TurnEnded,
    UiEvent,
    VersionsCounted,
    WaitReason,
)
from tests.ui.talk import (
    MODEL,
    OTHER,
    REFUSED,
    STOPPED,
    TALK,
    accepted,
    called,
    done,
    ended,
    exchange,
    failed,
    grew,
    moved,
    queued,
    started,
    stream,
    thought,
)
from ui.conversation import Conversation, Notice, NoticeKind
from ui.model import Model
from ui.turn import Attempt, Turn

FIRST = TurnId("1")
SECOND = TurnId("2")
FORK = ConversationRecord(OTHER, "", None, "", 0.0, 0.0, None)


def model_after(*events: UiEvent) -> Model:
    """Apply the events, one each second from 0 on."""
    model = Model()
    for now, event in enumerate(events):
        model.apply(event, float(now))
    return model


def shown(*entries: Turn | Notice, open_turns: dict[TurnId, int] | None = None, rate: float | None = None) -> Model:
    """The model that shows this conversation, of which everything is new."""
    talk = Conversation(TALK, MODEL, list(entries), open_turns or {}, rate, set(range(len(entries))))
    return Model(talk, {TALK: talk})


def test_a_reply_grows_from_prompt_to_end() -> None:
    metrics = Metrics(eval_count=50, eval_duration=10**9)

    model = model_after(
        started(),
        accepted("1", "Hello?"),
        moved("1", TurnState.CONNECTING),
        moved("1", TurnState.ANSWERING),
        grew("1", "He", "llo"),
        grew("1", "!"),
        done("1", "Hello!", metrics),
    )

    attempt = Attempt(stream("1"), MODEL, answer=["Hello", "!"], chunks=3, first_chunk=4.0, last_chunk=5.0)
    assert model == shown(Turn(FIRST, "Hello?", 6.0, TurnState.DONE, attempt=attempt), rate=50.0)


def test_thinking_is_timed_until_the_answer_begins() -> None:
    model = model_after(
        started(),
        accepted("1"),
        moved("1", TurnState.CONNECTING),
        thought("1", "hm"),
        thought("1", ", so"),
        grew("1", "Hi"),
        grew("1", "!"),
    )

    attempt = Attempt(stream("1"), MODEL, ["hm", ", so"], ["Hi", "!"], [], 4, 3.0, 6.0, True, 2.0)
    turn = Turn(FIRST, "Hi", 2.0, TurnState.CONNECTING, attempt=attempt)
    assert model == shown(turn, open_turns={FIRST: 0}, rate=1.0)


def test_tool_calls_are_kept_in_order() -> None:
    weather, time = ToolCall("weather", "{}"), ToolCall("time", "{}")

    model = model_after(started(), accepted("1"), moved("1", TurnState.ANSWERING), called("1", weather, time))

    attempt = Attempt(stream("1"), MODEL, [], [], [weather, time], 1, 3.0, 3.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 2.0, TurnState.ANSWERING, attempt=attempt)]


def test_a_new_attempt_begins_the_reply_anew_and_the_old_one_is_not_heard_any_more() -> None:
    model = model_after(
        started(),
        accepted("1"),
        moved("1", TurnState.CONNECTING),
        thought("1", "lost"),
        moved("1", TurnState.RETRYING, failure=REFUSED, delay=0.5),
        moved("1", TurnState.CONNECTING, attempt=2),
        grew("1", "late", attempt=1),
        grew("1", "new", attempt=2),
    )

    attempt = Attempt(stream("1", 2), MODEL, answer=["new"], chunks=1, first_chunk=7.0, last_chunk=7.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 5.0, TurnState.CONNECTING, attempt=attempt)]


def test_growth_of_an_attempt_that_is_over_changes_nothing() -> None:
    news = (started(), accepted("1"), moved("1", TurnState.CONNECTING, attempt=2), grew("1", "new", attempt=2))

    assert model_after(*news, grew("1", "late", attempt=1)).shown.entries == model_after(*news).shown.entries


def test_growth_may_arrive_before_the_news_that_the_stream_was_opened() -> None:
    model = model_after(started(), accepted("1"), grew("1", "early"), moved("1", TurnState.CONNECTING))

    attempt = Attempt(stream("1"), MODEL, answer=["early"], chunks=1, first_chunk=2.0, last_chunk=2.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 3.0, TurnState.CONNECTING, attempt=attempt)]


def test_growth_after_the_end_is_dropped() -> None:
    model = model_after(started(), accepted("1"), grew("1", "a"), done("1", "a"), grew("1", "b"))

    attempt = Attempt(stream("1"), MODEL, answer=["a"], chunks=1, first_chunk=2.0, last_chunk=2.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 3.0, TurnState.DONE, attempt=attempt)]


def test_the_reply_told_at_the_end_is_what_counts() -> None:
    model = model_after(started(), accepted("1"), moved("1", TurnState.CONNECTING), grew("1", "a"), done("1", "abc"))

    attempt = Attempt(stream("1"), MODEL, answer=["abc"], first_chunk=3.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 4.0, TurnState.DONE, attempt=attempt)]


def test_a_failed_turn_keeps_its_partial_text_and_its_failure() -> None:
    model = model_after(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "par"), failed("1", "par"))

    attempt = Attempt(stream("1"), MODEL, answer=["par"], chunks=1, first_chunk=3.0, last_chunk=3.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 4.0, TurnState.FAILED, attempt=attempt, failure=REFUSED)]


def test_a_retry_says_why_and_when() -> None:
    model = model_after(
        started(),
        accepted("1"),
        moved("1", TurnState.RETRYING, failure=REFUSED, delay=1.5),
    )

    assert model.shown.entries == [Turn(FIRST, "Hi", 2.0, TurnState.RETRYING, failure=REFUSED, delay=1.5)]


def test_prompts_wait_behind_the_one_under_way() -> None:
    model = model_after(
        started(), accepted("1"), moved("1", TurnState.CONNECTING), accepted("2"), queued("2"), accepted("3")
    )

    talk = model.shown
    assert talk.entries[1] == Turn(SECOND, "Hi", 4.0, TurnState.QUEUED, WaitReason.EARLIER_PROMPT)
    assert (talk.current, talk.queued, talk.streams) == (talk.entries[0], 2, 1)


def test_the_first_prompt_that_waits_is_current_when_nothing_is_under_way() -> None:
    talk = model_after(started(), accepted("1"), accepted("2")).shown

    assert (talk.current, talk.queued) == (talk.entries[0], 1)


def test_a_prompt_cancelled_while_it_waits_has_no_reply() -> None:
    model = model_after(started(), accepted("1"), queued("1"), ended("1", TurnState.CANCELLED))

    assert model == shown(Turn(FIRST, "Hi", 3.0, TurnState.CANCELLED))


def test_what_changed_is_told_once() -> None:
    model = model_after(started(), accepted("1"), accepted("2"))

    assert model.shown.changes() == [0, 1]
    model.apply(grew("2", "x"), 9.0)
    model.apply(grew("2", "y"), 9.0)
    assert [model.shown.changes(), model.shown.changes()] == [[1], []]


def test_other_conversations_are_counted_and_kept() -> None:
    model = model_after(
        started(OTHER),
        accepted("1", conversation=OTHER),
        moved("1", TurnState.CONNECTING, conversation=OTHER),
        started(TALK),
        grew("1", "text", conversation=OTHER),
    )

    assert (model.shown, model.background) == (Conversation(TALK, MODEL), 1)
    attempt = Attempt(stream("1"), MODEL, answer=["text"], chunks=1, first_chunk=4.0, last_chunk=4.0)
    assert model.conversations[OTHER].entries == [Turn(FIRST, "Hi", 2.0, TurnState.CONNECTING, attempt=attempt)]


def test_a_conversation_that_is_not_to_be_shown_leaves_the_screen_alone() -> None:
    model = model_after(started(), ConversationStarted(OTHER, "big", title="Waits", shown=False), accepted("1"))

    assert (model.shown.id, model.conversations[OTHER]) == (TALK, Conversation(OTHER, "big", title="Waits"))


def test_a_conversation_whose_turn_ended_behind_another_is_unread_until_it_is_shown() -> None:
    model = model_after(started(OTHER), started(TALK), accepted("1"), done("1", "a"))
    assert model.unread == 0

    model.apply(TurnEnded(OTHER, stream("8"), TurnState.CANCELLED, Reply(), STOPPED), 9.0)
    assert model.unread == 0
    model.apply(TurnEnded(OTHER, stream("9"), TurnState.FAILED, Reply(), STOPPED), 9.0)
    assert (model.unread, model.conversations[OTHER].unread) == (1, True)
    model.apply(started(OTHER), 9.0)
    assert (model.unread, model.conversations[OTHER].unread) == (0, False)


def test_a_title_stays_until_another_is_set() -> None:
    model = model_after(ConversationStarted(TALK, MODEL, title="One"), started(TALK))
    assert model.shown.title == "One"

    model.apply(TitleSet(TALK, "Two"), 9.0)
    assert model.shown.title == "Two"


def test_an_offered_prompt_is_for_the_conversation_that_is_shown() -> None:
    offer = PromptOffered(TALK, FIRST, "Hi")

    assert model_after(started(), offer).offered == offer
    assert model_after(started(), started(OTHER), offer).offered is None
    assert model_after(started(), offer, started(OTHER)).offered is None


def test_texts_of_earlier_runs_are_handed_on() -> None:
    assert model_after(InputRecalled(("a", "b"))).recalled == ["a", "b"]


def test_that_nothing_is_kept_is_a_warning_where_one_is_and_stays_known() -> None:
    model = model_after(started(), KeepingFailed("The disk is full."))

    expected = shown(Notice("The disk is full.", NoticeKind.WARNING))
    expected.kept = False
    assert model == expected


def test_waiting_prompts_of_every_conversation_change_places() -> None:
    model = model_after(
        started(OTHER),
        accepted("1", "one", OTHER),
        accepted("2", "two", OTHER),
        started(),
        QueueReordered((SECOND, FIRST)),
    )

    assert model.conversations[OTHER].open == {SECOND: 0, FIRST: 1}


@pytest.mark.parametrize(
    "event",
    [
        PathShown(OTHER, None, ()),
        VersionsCounted(OTHER, FIRST, Place(), Place()),
        PromptReworded(OTHER, FIRST, "x"),
        QueueReordered((FIRST,)),
        ConversationForked(FORK),
    ],
)
def test_what_happens_elsewhere_changes_nothing_in_the_conversation_that_is_shown(event: UiEvent) -> None:
    assert model_after(started(), event).shown == Conversation(TALK, MODEL)


def test_a_copy_says_so_behind_what_was_said() -> None:
    copied = PathShown(OTHER, None, (exchange("1", "Hi", "a"),))
    model = model_after(started(), ConversationForked(FORK), started(OTHER), copied)

    told = [entry.prompt if isinstance(entry, Turn) else entry.text for entry in model.shown.entries]
    assert told == ["Hi", "This is a copy. The other conversation stays as it is."]


def test_notices_before_the_first_conversation_are_carried_into_it() -> None:
    model = model_after(EngineFailed(REFUSED), started())

    assert model == shown(Notice("Connection refused. Start the server.", NoticeKind.ERROR))


@pytest.mark.parametrize(("text", "returned"), [("too long", ["too long"]), ("/foo", []), ("/usr/bin", ["/usr/bin"])])
def test_a_refused_prompt_goes_back_a_refused_command_does_not_and_the_reason_is_told(
    text: str, returned: list[str]
) -> None:
    model = model_after(started(), InputRefused(TALK, text, "That cannot be."))

    expected = shown(Notice("That cannot be.", NoticeKind.WARNING))
    expected.returned = returned
    assert model == expected


def test_a_notice_that_was_just_posted_is_not_posted_again() -> None:
    model = model_after(started(), NoticePosted(TALK, "a"), NoticePosted(TALK, "a"), NoticePosted(TALK, "b"))

    assert model == shown(Notice("a"), Notice("b"))


@pytest.mark.parametrize(
    ("event", "notice"),
    [
        (NoticePosted(TALK, "a\nb"), Notice("a\nb")),
        (
            ModelAsked(TALK, "Which model?", ("a", "b")),
            Notice("Which model?\nChoose with /model NAME.", NoticeKind.WARNING),
        ),
        (ModelAsked(TALK, "There is no model.", ()), Notice("There is no model.", NoticeKind.WARNING)),
        (EngineFailed(Failure(Category.APPLICATION, "It died.")), Notice("It died.", NoticeKind.ERROR)),
    ],
)
def test_what_is_to_be_read_becomes_a_notice(event: UiEvent, notice: Notice) -> None:
    assert model_after(started(), event) == shown(notice)


def test_what_must_be_known_of_a_server_is_said_once() -> None:
    small = ServerSurvey("embedded", notice="A small demo model.")

    model = model_after(started(), ServerChanged(small), ServerChanged(small))

    expected = shown(Notice("A small demo model."))
    expected.survey = small
    assert model == expected


def test_the_name_shown_is_that_of_the_reply_under_way() -> None:
    model = model_after(started(), accepted("1"), moved("1", TurnState.CONNECTING), ModelSet(TALK, "next"))

    assert (model.model_name, model.shown.model) == (MODEL, "next")
    model.apply(done("1", "x"), 9.0)
    assert model.model_name == "next"


def test_the_first_request_to_quit_counts() -> None:
    model = model_after(QuitRequested("first", 143), QuitRequested("second", 130))

    assert model.leaving == QuitRequested("first", 143)


def test_the_rate_is_counted_in_chunks_until_the_server_knows_better() -> None:
    model = model_after(started(), accepted("1"), grew("1", *"abcde"), grew("1", *"fghij"))
    assert model.shown.rate == 9.0

    model.apply(done("1", "abcdefghij", Metrics(eval_count=2, eval_duration=10**9)), 9.0)
    assert model.shown.rate == 2.0
