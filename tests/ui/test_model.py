import pytest

from protocol.errors import Category, Failure
from protocol.frames import Metrics
from protocol.identity import ServerName
from protocol.kept import ConversationRecord
from protocol.models import ServerSurvey
from protocol.reply import Reply
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationDeleted,
    ConversationForked,
    ConversationsListed,
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    HitsFound,
    InputRecalled,
    InputRefused,
    KeepingFailed,
    KeepingResumed,
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
from tests.ui.models import FIRST, SECOND, model_after, shown
from tests.ui.talk import (
    MODEL,
    OTHER,
    REFUSED,
    STOPPED,
    TALK,
    accepted,
    done,
    exchange,
    grew,
    moved,
    queued,
    started,
    stream,
)
from ui.conversation import Conversation, Notice, NoticeKind
from ui.pieces import Pieces
from ui.turn import Attempt, Turn

FORK = ConversationRecord(OTHER, "", None, "", 0.0, 0.0, None)


def test_prompts_wait_behind_the_one_under_way() -> None:
    model = model_after(
        started(), accepted("1"), moved("1", TurnState.CONNECTING), accepted("2"), queued("2"), accepted("3")
    )

    talk = model.shown
    assert talk.entries[1] == Turn(SECOND, "Hi", 4.0, TurnState.QUEUED, WaitReason.EARLIER_PROMPT)
    assert (talk.current, talk.queued) == (talk.entries[0], 2)


def test_the_first_prompt_that_waits_is_current_when_nothing_is_under_way() -> None:
    talk = model_after(started(), accepted("1"), accepted("2")).shown

    assert (talk.current, talk.queued) == (talk.entries[0], 1)


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
    attempt = Attempt(stream("1"), MODEL, answer=Pieces("text"), chunks=1, first_chunk=4.0, last_chunk=4.0, began=2.0)
    assert model.conversations[OTHER].entries == [Turn(FIRST, "Hi", 2.0, TurnState.CONNECTING, attempt=attempt)]


def test_a_conversation_that_is_not_to_be_shown_leaves_the_screen_alone() -> None:
    model = model_after(started(), ConversationStarted(OTHER, "big", title="Waits", shown=False), accepted("1"))

    assert (model.shown.id, model.conversations[OTHER]) == (TALK, Conversation(OTHER, "big", title="Waits"))


def test_prompts_that_wait_in_other_conversations_are_counted() -> None:
    model = model_after(started(OTHER), accepted("1", conversation=OTHER), accepted("2", conversation=OTHER), started())

    assert model.background == 2


def test_a_conversation_whose_turn_ended_behind_another_is_unread_until_it_is_shown() -> None:
    model = model_after(started(OTHER), started(TALK), accepted("1"), done("1", "a"))
    assert model.unread == 0

    model.apply(TurnEnded(OTHER, stream("8"), TurnState.CANCELLED, Reply(), STOPPED), 9.0)
    assert model.unread == 0
    model.apply(TurnEnded(OTHER, stream("9"), TurnState.FAILED, Reply(), STOPPED), 9.0)
    assert (model.unread, model.conversations[OTHER].unread) == (1, True)
    model.apply(started(OTHER), 9.0)
    assert (model.unread, model.conversations[OTHER].unread) == (0, False)


def test_what_nobody_has_seen_in_an_earlier_run_is_unread_until_it_is_shown() -> None:
    model = model_after(started(), ConversationStarted(OTHER, shown=False, model=MODEL, unread=True))
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


def test_that_everything_is_kept_after_all_takes_the_alert_away() -> None:
    model = model_after(started(), KeepingFailed("The disk is full."), KeepingResumed("It is not."))
    assert (model.kept, model.shown.entries[-1]) == (True, Notice("It is not."))


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
    assert told == ["Hi", "This is a copy. The other chat stays as it is."]


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
    expected.surveys[ServerName("")] = small
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


def test_an_open_conversation_is_shown_at_once_and_what_the_engine_says_of_it_later_changes_nothing() -> None:
    model = model_after(started(), started(OTHER))
    model.go_to(TALK)
    model.go_to(OTHER)
    model.go_to(TALK)
    assert model.shown.id == TALK
    for echo in (TALK, OTHER, TALK):
        model.apply(started(echo), 9.0)
        assert model.shown.id == TALK
    model.apply(started(OTHER), 9.0)
    assert model.shown.id == OTHER


def test_an_echo_that_never_comes_does_not_keep_a_conversation_from_being_shown() -> None:
    model = model_after(started(), started(OTHER))
    model.go_to(TALK)
    model.apply(EngineRecovered(REFUSED), 9.0)
    model.go_to(OTHER)
    model.apply(started(OTHER), 9.0)
    model.apply(started(TALK), 9.0)
    assert model.shown.id == TALK


def test_the_open_conversations_are_known_in_order_until_they_are_deleted() -> None:
    model = model_after(started(), started(OTHER), started())
    assert [one.id for one in model.open_conversations] == [TALK, OTHER]
    model.apply(ConversationDeleted(TALK), 9.0)
    assert [one.id for one in model.open_conversations] == [OTHER]
    model.apply(started(), 9.0)
    assert [one.id for one in model.open_conversations] == [OTHER, TALK]


def test_what_was_asked_of_the_archive_waits_to_be_shown() -> None:
    listed, found = ConversationsListed(TALK, ()), HitsFound(TALK, "sea", ())
    assert model_after(started(), listed, found).answers == [listed, found]
