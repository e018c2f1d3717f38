from msgspec.structs import replace

from protocol.chat import Role
from protocol.coordinator import (
    CancelConversation,
    ContinueReply,
    DiscardConversation,
    PrepareToStop,
    RestoreConversation,
    RetryReply,
    ShowConversation,
)
from protocol.errors import ServerRefusal
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.librarian import SurveyServer
from protocol.models import ServerSurvey
from protocol.reply import Reply
from protocol.settings import EngineSettings
from protocol.timekeeper import Remind, SurveyDue
from protocol.tree import Node, Place
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    Exchange,
    ModelAsked,
    NoticePosted,
    PathShown,
    ServerChanged,
    TurnAccepted,
    TurnMoved,
    TurnQueued,
    WaitReason,
)
from tests.support.coordinating import (
    AWAY,
    DONE,
    MODEL,
    SURVEY,
    UNREACHABLE,
    A,
    Desk,
    asked,
    begun,
    ended,
    finished,
    limits,
    stream,
    submit,
    surveyed,
)

KEPT = ConversationId("kept")
OLD = StreamId(TurnId("old"), 1)
PROMPT = Node(MessageId("old"), None, Role.USER, "1?", ending=DONE)
REPLY = Node(OLD.message, PROMPT.id, Role.ASSISTANT, "Half a", state=TurnState.INTERRUPTED, model=MODEL)
RECORD = ConversationRecord(KEPT, "Loaves", MODEL, "Be brief.", 1.0, 2.0, REPLY.id, messages=(PROMPT, REPLY))
FIRST, SECOND = WaitingPrompt(TurnId("w1"), "2?"), WaitingPrompt(TurnId("w2"), "3?")
AGAIN = WaitingPrompt(TurnId("old"), "1?", again=True, continues=REPLY.id)
EXCHANGE = Exchange(TurnId("old"), "1?", Place(), OLD, MODEL, Reply("Half a"), TurnState.INTERRUPTED, None, Place())
STARTED = ConversationStarted(KEPT, MODEL, "Be brief.", "Loaves")
SHOWN = PathShown(KEPT, REPLY.id, (EXCHANGE,))
SURVEY_WANTED = WaitReason.SURVEY


def waiting(*prompts: WaitingPrompt) -> RestoreConversation:
    """A conversation in which these prompts wait, behind the one on the screen."""
    return RestoreConversation(replace(RECORD, waiting=prompts), shown=False)


def test_a_kept_conversation_is_shown_with_what_was_said() -> None:
    assert Desk(0).after(RestoreConversation(RECORD)) == [STARTED, SHOWN, SurveyServer()]


def test_a_kept_conversation_goes_on_where_it_ended() -> None:
    desk = Desk(0)
    desk.given(RestoreConversation(RECORD))
    request = asked("1?", "Half a", "2?", system="Be brief.")
    assert desk.after(submit(KEPT, "2?"))[1:] == begun(KEPT, stream(1), request)


def test_an_interrupted_reply_of_an_earlier_run_can_be_gone_on_with() -> None:
    desk = Desk(0)
    desk.given(RestoreConversation(RECORD))
    assert desk.after(ContinueReply(KEPT)) == [
        TurnAccepted(KEPT, TurnId("old"), "1?", True, REPLY.id),
        *begun(
            KEPT,
            StreamId(TurnId("old"), 2),
            asked("1?", "Half a", system="Be brief."),
            (Place(), Place(2, 2)),
            Reply("Half a"),
        ),
    ]


def test_what_the_user_names_besides_holds_from_now_on() -> None:
    told = Desk(0).after(RestoreConversation(RECORD, "other", "Be long."))
    assert told[0] == ConversationStarted(KEPT, "other", "Be long.", "Loaves")


def test_a_conversation_that_is_deleted_meanwhile_is_not_shown() -> None:
    desk = Desk()
    desk.given(surveyed(), DiscardConversation(A))
    assert desk.after(ShowConversation(A)) == []


def test_a_conversation_that_is_open_is_shown_as_it_is_now() -> None:
    desk = Desk()
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "1."))
    assert desk.after(ShowConversation(A)) == [ConversationStarted(A, MODEL)]
    assert desk.after(ShowConversation(A, "other", "Be long.")) == [ConversationStarted(A, "other", "Be long.")]
    assert desk.after(submit(A, "2?"))[1:] == begun(
        A, stream(3), asked("1?", "1.", "2?", model="other", system="Be long.")
    )


def test_what_waited_in_an_earlier_run_waits_for_a_look_at_the_server_and_is_sent_in_order() -> None:
    desk = Desk()
    assert desk.after(waiting(FIRST, SECOND)) == [
        replace(STARTED, shown=False),
        SHOWN,
        TurnAccepted(KEPT, FIRST.turn, "2?"),
        TurnAccepted(KEPT, SECOND.turn, "3?"),
        SurveyServer(),
        TurnQueued(KEPT, FIRST.turn, SURVEY_WANTED),
        TurnQueued(KEPT, SECOND.turn, WaitReason.EARLIER_PROMPT),
    ]
    first = StreamId(FIRST.turn, 1)
    request = asked("1?", "Half a", "2?", system="Be brief.")
    assert desk.after(surveyed()) == [ServerChanged(SURVEY), *begun(KEPT, first, request)]
    request = asked("1?", "Half a", "2?", "2.", "3?", system="Be brief.")
    assert desk.after(finished(first, "2."))[3:] == begun(KEPT, StreamId(SECOND.turn, 1), request)


def test_what_waited_is_sent_at_once_where_the_server_is_known_to_be_there() -> None:
    desk = Desk()
    desk.given(surveyed())
    request = asked("1?", "Half a", "2?", system="Be brief.")
    assert desk.after(waiting(FIRST))[3:] == begun(KEPT, StreamId(FIRST.turn, 1), request)


def test_what_waited_waits_on_while_the_server_is_away() -> None:
    desk = Desk(settings=EngineSettings(survey_interval=2.0))
    desk.given(waiting(FIRST))
    assert desk.after(surveyed(AWAY)) == [
        ServerChanged(AWAY),
        TurnMoved(KEPT, StreamId(FIRST.turn, 0), TurnState.WAITING_FOR_SERVER, "", UNREACHABLE),
        Remind(2.0, SurveyDue()),
    ]
    assert desk.after(surveyed())[1] == begun(KEPT, StreamId(FIRST.turn, 1))[0]


def test_what_waited_is_sent_to_a_server_that_only_refuses_to_say_what_it_has() -> None:
    refusal = ServerRefusal("The server refused (status 401).", "Check the key.", 401).failure
    desk = Desk()
    desk.given(waiting(FIRST))
    assert begun(KEPT, StreamId(FIRST.turn, 1))[0] in desk.after(surveyed(ServerSurvey("here", failure=refusal)))


def test_a_reply_that_was_to_be_gone_on_with_is_gone_on_with() -> None:
    desk = Desk()
    desk.given(surveyed())
    request = asked("1?", "Half a", system="Be brief.")
    assert desk.after(waiting(AGAIN, FIRST)) == [
        replace(STARTED, shown=False),
        SHOWN,
        TurnAccepted(KEPT, TurnId("old"), "1?", True, REPLY.id),
        TurnAccepted(KEPT, FIRST.turn, "2?"),
        *begun(KEPT, StreamId(TurnId("old"), 2), request, (Place(), Place(2, 2)), Reply("Half a")),
        TurnQueued(KEPT, FIRST.turn, WaitReason.EARLIER_PROMPT),
    ]


def test_a_prompt_that_was_to_be_asked_again_and_is_cancelled_leaves_what_was_said_as_it_is() -> None:
    desk = Desk()
    desk.given(waiting(AGAIN))
    assert desk.after(CancelConversation(KEPT)) == [
        ended(KEPT, StreamId(TurnId("old"), 0), TurnState.CANCELLED),
        SHOWN,
    ]


def test_what_was_sent_before_comes_first_in_whatever_order_it_was_kept() -> None:
    told = Desk().after(waiting(FIRST, AGAIN))
    assert [event.turn for event in told if isinstance(event, TurnAccepted)] == [AGAIN.turn, FIRST.turn]


def test_a_prompt_whose_partial_reply_is_lost_is_asked_again_from_the_beginning() -> None:
    desk = Desk()
    desk.given(surveyed())
    told = desk.after(waiting(replace(AGAIN, continues=MessageId("old#7"))))
    assert told[2] == TurnAccepted(KEPT, TurnId("old"), "1?", again=True)


def test_no_limit_refuses_what_was_accepted_in_an_earlier_run() -> None:
    desk = Desk(settings=limits(max_queued_prompts=1))
    desk.given(submit(A))
    assert TurnAccepted(KEPT, SECOND.turn, "3?") in desk.after(waiting(FIRST, SECOND))


def test_what_waited_waits_on_when_the_program_stops_at_once() -> None:
    desk = Desk()
    desk.given(waiting(FIRST))
    assert desk.after(PrepareToStop(), surveyed()) == [ServerChanged(SURVEY)]


def test_a_conversation_in_the_background_asks_for_its_model_itself() -> None:
    two = ServerSurvey("here", models=(*SURVEY.models, *SURVEY.models))
    desk = Desk()
    desk.given(surveyed(two))
    told = desk.after(RestoreConversation(replace(RECORD, model=None), shown=False))
    assert [event.conversation for event in told if isinstance(event, ModelAsked)] == [KEPT]


def test_messages_that_are_no_tree_are_had_as_far_as_they_are_one() -> None:
    lost = Node(MessageId("x#1"), MessageId("x"), Role.ASSISTANT, "Lost.")
    odd = Node(MessageId("odd"), PROMPT.id, Role.ASSISTANT, "Not named as a reply.")
    broken = replace(RECORD, messages=(PROMPT, lost, REPLY, odd), head=REPLY.id)
    desk = Desk(0)
    text = "Parts of this chat could not be read. What could be is shown, and can be gone on with."
    assert desk.after(RestoreConversation(broken)) == [STARTED, SHOWN, NoticePosted(KEPT, text), SurveyServer()]
    assert desk.after(RetryReply(KEPT))[0] == TurnAccepted(KEPT, TurnId("old"), "1?", again=True)


def test_a_head_that_is_not_there_is_the_last_message_that_is() -> None:
    told = Desk(0).after(RestoreConversation(replace(RECORD, head=MessageId("gone"))))
    assert told[1] == SHOWN
