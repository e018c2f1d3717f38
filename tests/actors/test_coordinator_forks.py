from protocol.chat import Role
from protocol.coordinator import (
    CancelConversation,
    ChooseVersion,
    DiscardConversation,
    ForkConversation,
    ReplyFinished,
    RestoreConversation,
    RetryReply,
    SendNow,
    ShowConversation,
    ShowModels,
    StartConversation,
)
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.parameters import Option, Parameters
from protocol.reply import Reply
from protocol.timekeeper import RetryDue
from protocol.tree import Node, Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationForked,
    ConversationStarted,
    Exchange,
    InputRefused,
    NoticePosted,
    PathShown,
    TurnAccepted,
)
from tests.support.coordinating import (
    DONE,
    MODEL,
    STOPPED,
    A,
    B,
    Desk,
    ReaderClosed,
    asked,
    begun,
    broke,
    ended,
    finished,
    limits,
    stream,
    submit,
    surveyed,
)

DELETED = "This chat is deleted."


def node(prompt: int, parent: StreamId | None, text: str) -> Node:
    above = parent.message if parent is not None else None
    return Node(MessageId(str(prompt)), above, Role.USER, text, state=TurnState.DONE, ending=DONE)


def reply(to: int, text: str) -> Node:
    name = stream(to).message
    return Node(name, MessageId(str(to)), Role.ASSISTANT, text, state=TurnState.DONE, ending=DONE, model=MODEL)


def exchange(turn: int, prompt: str, text: str) -> Exchange:
    name = TurnId(str(turn))
    return Exchange(name, prompt, Place(), stream(turn), MODEL, Reply(text), TurnState.DONE, DONE, Place())


def test_a_fork_is_a_copy_of_the_path_under_names_of_its_own() -> None:
    desk = Desk()
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "Eins."), RetryReply(A), finished(stream(2, 2), "1."))
    desk.given(submit(A, "2?"), finished(stream(3), "2."))
    copy = ConversationId("4")
    messages = (node(5, None, "1?"), reply(5, "1."), node(6, stream(5), "2?"), reply(6, "2."))
    record = ConversationRecord(copy, "1? (fork)", MODEL, "", 0.0, 0.0, stream(6).message, messages=messages)
    assert desk.after(ForkConversation(A)) == [
        ConversationForked(record),
        ConversationStarted(copy, MODEL, "", "1? (fork)"),
        PathShown(copy, stream(6).message, (exchange(5, "1?", "1."), exchange(6, "2?", "2."))),
    ]
    assert desk.after(submit(copy, "3?"))[1:] == begun(copy, stream(7), asked("1?", "1.", "2?", "2.", "3?"))
    assert desk.after(RetryReply(A))[0] == TurnAccepted(A, TurnId("3"), "2?", again=True)


def test_a_fork_has_the_parameters_of_what_it_is_a_copy_of() -> None:
    desk, cold = Desk(), Parameters((Option("temperature", 0.2),), keep_alive="10m")
    desk.given(surveyed(), ShowConversation(A, parameters=cold), submit(A, "1?"), finished(stream(2), "1."))
    told = desk.after(ForkConversation(A))
    assert isinstance(told[0], ConversationForked)
    assert told[0].record.parameters == cold
    assert told[1] == ConversationStarted(ConversationId("3"), MODEL, "", "1? (fork)", parameters=cold)


def test_a_fork_leaves_out_what_is_under_way_and_what_waits() -> None:
    desk = Desk()
    desk.given(submit(A, "1?"), finished(stream(2), "1."), submit(A, "2?"), submit(A, "3?"))
    record = ConversationRecord(
        ConversationId("5"),
        "1? (fork)",
        MODEL,
        "",
        0.0,
        0.0,
        stream(6).message,
        messages=(node(6, None, "1?"), reply(6, "1.")),
    )
    assert desk.after(ForkConversation(A))[0] == ConversationForked(record)


def test_a_fork_has_prompts_that_were_never_sent() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(B), submit(A, "1?"), CancelConversation(A))
    told = desk.after(ForkConversation(A))[0]
    assert isinstance(told, ConversationForked)
    assert told.record.messages == (
        Node(MessageId("6"), None, Role.USER, "1?", state=TurnState.CANCELLED, ending=STOPPED),
    )


def test_a_fork_of_a_fork_and_of_a_kept_conversation_bears_its_title() -> None:
    kept = ConversationRecord(
        ConversationId("kept"),
        "Birds",
        MODEL,
        "",
        1.0,
        2.0,
        stream(9).message,
        messages=(
            node(9, None, "1?"),
            reply(9, "1."),
        ),
    )
    desk = Desk(0)
    desk.given(RestoreConversation(kept))
    forked = [event for event in desk.after(ForkConversation(kept.id)) if isinstance(event, ConversationForked)]
    assert [event.record.title for event in forked] == ["Birds (fork)"]


def test_nothing_is_forked_from_nothing() -> None:
    nothing = NoticePosted(A, "There is nothing to copy yet: /new begins a chat.")
    desk = Desk()
    assert desk.after(ForkConversation(A)) == [nothing]
    desk.given(submit(A))
    assert desk.after(ForkConversation(A)) == [nothing]


def test_a_conversation_that_is_deleted_while_it_is_shown_makes_place_for_one_like_it() -> None:
    desk = Desk()
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2)))
    assert desk.after(DiscardConversation(A)) == [ConversationStarted(ConversationId("3"), MODEL)]


def test_a_conversation_that_is_deleted_in_the_background_changes_nothing_on_the_screen() -> None:
    desk = Desk(2)
    assert desk.after(DiscardConversation(A)) == []
    assert desk.after(submit(B))[1:] == begun(B, stream(3))


def test_a_conversation_that_is_deleted_ends_its_turns_and_lets_others_begin() -> None:
    desk = Desk(2, settings=limits(max_concurrent_streams=1))
    desk.given(submit(A, "1?"), submit(A, "2?"), submit(B))
    told = desk.after(DiscardConversation(A))
    assert told[0] == ended(A, stream(4, 0), TurnState.CANCELLED)
    assert told[1] == ReaderClosed(stream(3))
    assert desk.after(finished(stream(3), "Half", STOPPED)) == [
        ReaderClosed(stream(3)),
        ended(A, stream(3), TurnState.CANCELLED, Reply("Half")),
        *begun(B, stream(5)),
    ]
    assert desk.after(finished(stream(3)), broke(stream(3)), RetryDue(stream(3))) == []


def test_a_conversation_that_is_deleted_takes_nothing_more() -> None:
    desk = Desk(2)
    desk.given(surveyed(), submit(A), ShowModels(A), DiscardConversation(A))
    commands = (RetryReply(A), ChooseVersion(A, 1), SendNow(A), CancelConversation(A), DiscardConversation(A))
    assert desk.after(submit(A), *commands) == [InputRefused(A, "Hi", DELETED)]
    assert desk.after(surveyed()) == []
    desk.given(finished(stream(3), "", STOPPED))
    assert desk.after(submit(A), *commands) == [InputRefused(A, "Hi", DELETED)]


def test_a_deleted_conversation_that_is_brought_back_is_as_it_was_whatever_the_archive_knew_of_it() -> None:
    desk = Desk(2)
    stale = ConversationRecord(A, "Birds", MODEL, "", 1.0, 2.0, None, waiting=(WaitingPrompt(TurnId("x"), "1?"),))
    desk.given(surveyed(), submit(A, "1?"), finished(stream(3), "Hello."), DiscardConversation(A))
    assert desk.after(RestoreConversation(stale)) == [ConversationStarted(A, MODEL)]
    assert desk.after(submit(A, "2?"))[1:] == begun(A, stream(4), asked("1?", "Hello.", "2?"))


def test_a_deleted_conversation_that_is_brought_back_while_its_reply_still_ends_goes_on() -> None:
    desk = Desk(2)
    record = ConversationRecord(A, "Birds", MODEL, "", 1.0, 2.0, None)
    desk.given(surveyed(), submit(A, "1?"), DiscardConversation(A))
    assert desk.after(RestoreConversation(record)) == [ConversationStarted(A, MODEL)]
    desk.given(ReplyFinished(stream(3), Reply("Half"), STOPPED))
    assert desk.after(submit(A, "2?"))[1:] == begun(A, stream(4), asked("1?", "Half", "2?"))


def test_a_conversation_like_one_that_is_deleted_is_like_it() -> None:
    desk = Desk(2)
    desk.given(surveyed(), DiscardConversation(A))
    assert desk.after(StartConversation(like=A)) == [ConversationStarted(ConversationId("3"), MODEL)]


def test_a_turn_of_a_deleted_conversation_is_not_tried_again() -> None:
    desk = Desk(2)
    desk.given(submit(A), broke(stream(3)))
    assert desk.after(DiscardConversation(A)) == [ended(A, stream(3), TurnState.CANCELLED)]
    assert desk.after(RetryDue(stream(3))) == []
