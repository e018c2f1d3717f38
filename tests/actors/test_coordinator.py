import pytest

from actors.actor import stop
from actors.colleagues import Colleagues
from actors.coordinator import Coordinator
from protocol.chat import ChatMessage, ChatRequest, Role, ToolCall
from protocol.context_events import HistoryTrimmed
from protocol.coordinator import ReplyFinished, SetSystemPrompt, ShowQueue, ShowSystemPrompt, StartConversation
from protocol.errors import IllegalTransition, ServerRefusal
from protocol.frames import Metrics
from protocol.identity import ConversationId, TurnId
from protocol.librarian import RememberModel
from protocol.reply import Broken, Finished, Reply
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    InputRefused,
    NoticePosted,
    SystemPromptSet,
    TurnAccepted,
    TurnQueued,
    UiEvent,
    WaitReason,
)
from tests.support.addresses import PATIENCE, QueueAddress, Recorder
from tests.support.coordinating import (
    DONE,
    MODEL,
    A,
    B,
    C,
    Desk,
    ReaderClosed,
    answered,
    asked,
    begun,
    broke,
    ended,
    finished,
    limits,
    moved,
    stream,
    submit,
    thought,
)
from tests.support.engine import NONSENSE, death_by_nonsense
from tests.support.leaks import nothing_left


def test_a_prompt_is_accepted_and_begins_at_once() -> None:
    assert Desk().after(submit(A)) == [TurnAccepted(A, TurnId("2"), "Hi"), *begun(A, stream(2))]


def test_a_turn_thinks_answers_and_ends() -> None:
    desk, one = Desk(), stream(2)
    desk.given(submit(A))
    assert desk.after(thought(one)) == [moved(A, one, TurnState.THINKING)]
    assert desk.after(answered(one)) == [moved(A, one, TurnState.ANSWERING)]
    assert desk.after(finished(one)) == [
        ReaderClosed(one),
        RememberModel(MODEL),
        ended(A, one, TurnState.DONE, Reply("Hello."), DONE),
    ]


def test_a_reply_that_reached_the_length_limit_is_cut() -> None:
    desk, one = Desk(), stream(2)
    length = Finished("length", Metrics())
    desk.given(submit(A), answered(one))
    assert desk.after(finished(one, "And so", length))[-1] == ended(A, one, TurnState.CUT, Reply("And so"), length)


def test_what_the_table_does_not_know_is_an_error_that_names_it() -> None:
    desk, one = Desk(), stream(2)
    desk.given(submit(A), answered(one))
    with pytest.raises(IllegalTransition, match="A turn that is answering cannot be thought"):
        desk.given(thought(one))


def test_prompts_of_one_conversation_are_answered_one_after_the_other_in_order() -> None:
    desk = Desk()
    desk.given(submit(A, "first"))
    waiting = WaitReason.EARLIER_PROMPT
    assert desk.after(submit(A, "second")) == [
        TurnAccepted(A, TurnId("3"), "second"),
        TurnQueued(A, TurnId("3"), waiting),
    ]
    desk.given(submit(A, "third"))
    assert desk.after(finished(stream(2), "1.")) == [
        ReaderClosed(stream(2)),
        RememberModel(MODEL),
        ended(A, stream(2), TurnState.DONE, Reply("1."), DONE),
        *begun(A, stream(3), asked("first", "1.", "second")),
    ]
    history = asked("first", "1.", "second", "2.", "third")
    assert desk.after(finished(stream(3), "2."))[-3:] == begun(A, stream(4), history)


def test_only_so_many_streams_run_at_once_over_all_conversations() -> None:
    desk = Desk(3, settings=limits(max_concurrent_streams=2))
    assert desk.after(submit(A), submit(B)) == [
        TurnAccepted(A, TurnId("4"), "Hi"),
        *begun(A, stream(4)),
        TurnAccepted(B, TurnId("5"), "Hi"),
        *begun(B, stream(5)),
    ]
    assert desk.after(submit(C)) == [
        TurnAccepted(C, TurnId("6"), "Hi"),
        TurnQueued(C, TurnId("6"), WaitReason.STREAM_LIMIT),
    ]
    assert desk.after(finished(stream(4)))[-3:] == begun(C, stream(6))


def test_chats_take_turns_and_new_reasons_are_told_once() -> None:
    desk = Desk(3, settings=limits(max_concurrent_streams=1))
    desk.given(submit(A), submit(B), submit(B, "later"), submit(C))
    assert desk.after(finished(stream(4)))[2:] == [
        ended(A, stream(4), TurnState.DONE, Reply("Hello."), DONE),
        *begun(B, stream(5)),
    ]
    assert desk.after(finished(stream(5)))[2:] == [
        ended(B, stream(5), TurnState.DONE, Reply("Hello."), DONE),
        TurnQueued(B, TurnId("6"), WaitReason.STREAM_LIMIT),
        *begun(C, stream(7)),
    ]
    assert desk.after(finished(stream(7)))[3:] == begun(B, stream(6), asked("Hi", "Hello.", "later"))


def test_a_prompt_that_now_waits_for_something_else_says_so() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(A), submit(B), submit(A, "later"))
    assert desk.after(finished(stream(3)))[3:] == [
        *begun(B, stream(4)),
        TurnQueued(A, TurnId("5"), WaitReason.STREAM_LIMIT),
    ]


def test_the_queue_has_a_limit_and_what_exceeds_it_goes_back() -> None:
    desk = Desk(settings=limits(max_queued_prompts=2))
    desk.given(submit(A), submit(A, "second"))
    reason = "2 prompts wait already: wait for one to end, or /cancel all."
    assert desk.after(submit(A, "third")) == [InputRefused(A, "third", reason)]
    desk.given(finished(stream(2)))
    assert desk.after(submit(A, "third"))[0] == TurnAccepted(A, TurnId("4"), "third")


def test_a_conversation_sends_its_system_prompt_first_and_no_more_than_the_history_allows() -> None:
    desk = Desk(settings=limits(max_message_history=2))
    desk.given(SetSystemPrompt(A, "Be brief."), submit(A, "1?"), finished(stream(2), "1."))
    desk.given(submit(A, "2?"), finished(stream(3), "2."))
    assert desk.after(submit(A, "3?"))[1:] == [
        HistoryTrimmed(A, TurnId("4"), left_out=2, limit=2),
        *begun(A, stream(4), asked("2?", "2.", "3?", system="Be brief.")),
    ]
    desk.given(finished(stream(4), "3."))
    assert desk.after(submit(A, "4?"))[1:] == begun(A, stream(5), asked("3?", "3.", "4?", system="Be brief."))


def test_without_history_only_the_prompt_is_sent() -> None:
    desk = Desk(settings=limits(max_message_history=0))
    desk.given(submit(A, "1?"), finished(stream(2), "1."))
    assert desk.after(submit(A, "2?"))[1:] == begun(A, stream(3), asked("2?"))


def test_thoughts_are_not_sent_again_but_tool_calls_are() -> None:
    desk, call = Desk(), ToolCall("weather", "{}")
    reply = Reply("", "They want rain.", (call,))
    desk.given(submit(A, "Rain?"), ReplyFinished(stream(2), reply, DONE))
    said = (
        ChatMessage(Role.USER, "Rain?"),
        ChatMessage(Role.ASSISTANT, "", tool_calls=(call,)),
        ChatMessage(Role.USER, "And?"),
    )
    assert desk.after(submit(A, "And?"))[-1] == OpenStream(stream(3), ChatRequest(MODEL, said))


def test_a_partial_reply_is_part_of_the_history_and_a_prompt_that_failed_without_a_word_is_not() -> None:
    desk = Desk()
    refused = ServerRefusal("The server refused.", status=400).failure
    desk.given(submit(A, "bad"), broke(stream(2), refused))
    desk.given(submit(A, "good"), ReplyFinished(stream(3), Reply("Half a"), Broken(refused)))
    assert desk.after(submit(A, "on"))[-1] == OpenStream(stream(4), asked("good", "Half a", "on"))


def test_the_queue_and_the_system_prompt_are_shown() -> None:
    desk = Desk(2)
    desk.given(submit(A, "one"), submit(A, "two"), answered(stream(3)))
    queue = (
        "1. answering: one (another chat)\n"
        "2. waits for the reply before it: two (another chat)\n"
        "Change what waits: /queue edit|drop|now N, /queue move N M"
    )
    assert desk.after(ShowQueue(B), ShowSystemPrompt(A), SetSystemPrompt(A, "Be brief."), ShowSystemPrompt(A)) == [
        NoticePosted(B, queue),
        NoticePosted(A, "There is no system prompt."),
        SystemPromptSet(A, "Be brief."),
        NoticePosted(A, "The system prompt is set for what follows."),
        NoticePosted(A, "System prompt: Be brief."),
    ]


class Nobody:
    """Starts no readers."""

    def open(self, message: OpenStream) -> None:
        raise AssertionError(message)

    def close(self, stream: object) -> None:
        raise AssertionError(stream)


def threaded(ui: QueueAddress[UiEvent], supervisor: QueueAddress[object]) -> Colleagues:
    nobody = Recorder[object]()
    return Colleagues(ui, nobody, nobody, nobody, Nobody(), supervisor)


def test_its_thread_works_and_stops() -> None:
    ui = QueueAddress[UiEvent]()
    with nothing_left():
        actor = Coordinator.start(threaded(ui, QueueAddress()), EngineSettings(), lambda: "1", lambda: 0.0)
        actor.tell(StartConversation(MODEL))
        assert ui.next() == ConversationStarted(ConversationId("1"), MODEL)
        assert stop(actor, PATIENCE) is True


def test_its_death_is_told_and_ends_its_thread() -> None:
    supervisor = QueueAddress[object]()
    with nothing_left():
        actor = Coordinator.start(threaded(QueueAddress(), supervisor), EngineSettings(), lambda: "1", lambda: 0.0)
        actor.tell(NONSENSE)
        assert supervisor.next() == death_by_nonsense("Coordinator")
    assert not actor.is_alive()
