"""A chat whose model is gone: what is refused is asked again when a model is chosen, and what comes after it waits."""

from msgspec.structs import replace

from protocol.chat import Role
from protocol.comparison import CompareAgain
from protocol.coordinator import CancelConversation, ChooseModel, RestoreConversation, RetryReply, ServerSurveyed
from protocol.errors import Failure, ServerRefusal
from protocol.identity import MessageId, ServerName, StreamId, TurnId
from protocol.kept import ConversationRecord
from protocol.librarian import SurveyServer
from protocol.limits import ResourceLimits
from protocol.models import InstalledModel, ServerSurvey
from protocol.ollama_host import ServerUrl
from protocol.reply import Broken, Reply
from protocol.server_commands import ChooseServer
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import (
    ModelSet,
    NoticePosted,
    QueueReordered,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnQueued,
    WaitReason,
)
from tests.support.comparing import begun_in
from tests.support.coordinating import (
    DONE,
    MODEL,
    A,
    B,
    Desk,
    ReaderClosed,
    asked,
    begun,
    broke,
    ended,
    failed,
    finished,
    stream,
    submit,
    surveyed,
)

OTHER = "huge:70b"
GONE = ServerSurvey("here", models=(InstalledModel(OTHER),))
BOTH = ServerSurvey("here", models=(InstalledModel(MODEL), InstalledModel(OTHER)))
MISSING = ServerRefusal(f"The server refused (status 404): model '{MODEL}' not found.", "Choose another.", 404).failure


def advised(names: str) -> Failure:
    """What is told of it."""
    return Failure(MISSING.category, MISSING.summary, f"Choose another. here has: {names}.", MISSING.kind, 404)


def refused(survey: ServerSurvey = GONE) -> Desk:
    """A prompt was refused, and a look has found what is there."""
    desk = Desk()
    desk.given(surveyed(survey), submit(A), broke(stream(2), MISSING), surveyed(survey))
    return desk


def streams(told: list[object]) -> list[OpenStream]:
    return [event for event in told if isinstance(event, OpenStream)]


def test_a_prompt_that_is_refused_for_its_model_has_the_server_looked_at() -> None:
    desk = Desk()
    desk.given(surveyed(BOTH), submit(A))
    assert desk.after(broke(stream(2), MISSING)) == [
        SurveyServer(),
        ReaderClosed(stream(2)),
        failed(A, stream(2), advised(f"{MODEL}, {OTHER}")),
    ]


def test_when_another_model_is_chosen_it_is_asked_again() -> None:
    assert refused().after(ChooseModel(A, OTHER)) == [
        ModelSet(A, OTHER),
        NoticePosted(A, f"{OTHER} answers from the next prompt on."),
        TurnAccepted(A, TurnId("2"), "Hi", again=True),
        *begun(A, stream(2, 2), asked("Hi", model=OTHER)),
    ]


def test_what_is_sent_meanwhile_waits_and_comes_after_it() -> None:
    desk = refused()
    assert desk.after(submit(A, "And?")) == [
        TurnAccepted(A, TurnId("3"), "And?"),
        SurveyServer(),
        TurnQueued(A, TurnId("3"), WaitReason.MODEL_UNKNOWN),
    ]
    assert desk.after(surveyed(GONE)) == []
    told = desk.after(ChooseModel(A, OTHER))
    assert told[2:4] == [
        TurnAccepted(A, TurnId("2"), "Hi", again=True),
        QueueReordered((TurnId("2"), TurnId("3"))),
    ]
    assert streams(told) == [OpenStream(stream(2, 2), asked("Hi", model=OTHER))]
    told = desk.after(finished(stream(2, 2)))
    assert streams(told) == [OpenStream(stream(3), asked("Hi", "Hello.", "And?", model=OTHER))]


def test_what_waited_behind_it_waits_for_the_look_and_then_for_a_model() -> None:
    desk = Desk()
    desk.given(surveyed(BOTH), submit(A), submit(A, "And?"))
    told = desk.after(broke(stream(2), MISSING))
    assert told[-1] == TurnQueued(A, TurnId("3"), WaitReason.SURVEY)
    assert desk.after(surveyed(GONE)) == [ServerChanged(GONE), TurnQueued(A, TurnId("3"), WaitReason.MODEL_UNKNOWN)]


def test_what_waits_is_sent_where_the_look_finds_the_model_after_all() -> None:
    desk = Desk()
    desk.given(surveyed(BOTH), submit(A), submit(A, "And?"), broke(stream(2), MISSING))
    assert streams(desk.after(surveyed(BOTH))) == [OpenStream(stream(3), asked("And?"))]


def test_a_model_that_comes_back_is_asked_again() -> None:
    told = refused().after(surveyed(BOTH))
    assert told == [
        ServerChanged(BOTH),
        TurnAccepted(A, TurnId("2"), "Hi", again=True),
        *begun(A, stream(2, 2)),
    ]


def test_who_asks_again_is_asked_whatever_the_list_says() -> None:
    assert streams(refused().after(RetryReply(A))) == [OpenStream(stream(2, 2), asked("Hi"))]


def test_a_choice_changes_nothing_of_a_talk_that_goes_on() -> None:
    desk = Desk()
    desk.given(surveyed(BOTH), submit(A), finished(stream(2)))
    assert [type(event) for event in desk.after(ChooseModel(A, OTHER))] == [ModelSet, NoticePosted]


def test_a_prompt_that_is_asked_again_and_given_up_is_not_asked_by_itself() -> None:
    desk = refused()
    desk.given(ChooseModel(A, OTHER), CancelConversation(A), finished(stream(2, 2), ""))
    assert streams(desk.after(surveyed(BOTH), surveyed(GONE), surveyed(BOTH))) == []


def test_another_refusal_waits_for_no_model() -> None:
    desk, other = Desk(), ServerRefusal("The server refused (status 404): no such page.", "", 404).failure
    desk.given(surveyed(GONE), submit(A), broke(stream(2), other))
    assert streams(desk.after(submit(A, "And?"))) == [OpenStream(stream(3), asked("And?"))]


def test_a_later_run_knows_it_from_what_is_kept() -> None:
    prompt = Node(MessageId("p"), None, Role.USER, "Hi", state=TurnState.FAILED, ending=Broken(MISSING))
    reply = Node(MessageId("p#1"), prompt.id, Role.ASSISTANT, "", state=TurnState.FAILED, ending=Broken(MISSING))
    nodes = prompt, Node(reply.id, prompt.id, reply.role, "", state=reply.state, ending=reply.ending, model=MODEL)
    record = ConversationRecord(A, "Hi", MODEL, "", 0.0, 0.0, reply.id, messages=nodes)
    desk = Desk(0)
    desk.given(RestoreConversation(record), surveyed(GONE))
    assert desk.after(submit(A, "And?"))[1:] == [
        SurveyServer(),
        TurnQueued(A, TurnId("1"), WaitReason.MODEL_UNKNOWN),
    ]
    opened = streams(desk.after(ChooseModel(A, OTHER), finished(StreamId(TurnId("p"), 2))))
    assert [one.request.messages[-1].content for one in opened] == ["Hi", "And?"]


MILL = ServerName("mill")


def at_the_mill(**limits: int) -> Desk:
    """A prompt was refused by another server than the default one, where the chat is."""
    mill = ServerSettings(ServerUrl(host="mill"), name=MILL)
    desk = Desk(2, settings=EngineSettings(others=(mill,), limits=ResourceLimits(**limits)))  # type: ignore[arg-type]
    desk.given(surveyed(BOTH), ServerSurveyed(BOTH, None, MILL), ChooseServer(A, MILL), submit(A))
    desk.given(broke(stream(3), MISSING), ServerSurveyed(GONE, None, MILL))
    return desk


def test_only_the_server_that_answers_there_can_have_it_back() -> None:
    desk = at_the_mill()
    assert desk.after(submit(A, "And?"))[1:] == [
        SurveyServer(),
        TurnQueued(A, TurnId("4"), WaitReason.MODEL_UNKNOWN),
    ]
    assert streams(desk.after(surveyed(GONE), surveyed(BOTH))) == []
    (first,) = streams(desk.after(ServerSurveyed(BOTH, None, MILL)))
    assert (first.request.server, first.request.messages[-1].content) == (MILL, "Hi")


def test_when_the_chat_goes_to_a_server_that_has_the_model_that_is_asked_before_what_waits() -> None:
    desk = at_the_mill()
    desk.given(submit(A, "And?"))
    told = desk.after(ChooseServer(A, ServerName("default")), finished(stream(3, 2)))
    assert [(one.request.server, one.request.messages[-1].content) for one in streams(told)] == [
        ("", "Hi"),
        ("", "And?"),
    ]


def test_where_that_server_has_yet_to_be_looked_at_it_is_asked_after_the_look() -> None:
    mill, barn = (ServerSettings(ServerUrl(host=name), name=name) for name in ("mill", "barn"))
    desk = Desk(settings=EngineSettings(others=(mill, barn)))
    desk.given(surveyed(BOTH), submit(A), broke(stream(2), MISSING), surveyed(GONE))
    assert streams(desk.after(ChooseServer(A, ServerName("barn")))) == []
    (opened,) = streams(desk.after(ServerSurveyed(GONE, None, ServerName("barn"))))
    assert (opened.request.model, opened.request.messages[-1].content) == (OTHER, "Hi")


def test_one_that_answers_where_a_server_is_not_configured_any_more_is_not_asked_by_itself() -> None:
    prompt = Node(MessageId("p"), None, Role.USER, "Hi", state=TurnState.FAILED, ending=Broken(MISSING))
    reply = Node(
        MessageId("p#1"), prompt.id, Role.ASSISTANT, "", state=TurnState.FAILED, ending=Broken(MISSING), model=MODEL
    )
    kept = ConversationRecord(A, "Hi", MODEL, "", 0.0, 0.0, reply.id, messages=(prompt, reply), server=MILL)
    desk = Desk(0)
    desk.given(surveyed(BOTH))
    assert streams(desk.after(RestoreConversation(kept), surveyed(BOTH))) == []


def test_a_look_at_another_server_leaves_the_doubt() -> None:
    desk = at_the_mill()
    desk.given(RetryReply(A), submit(A, "And?"))
    told = desk.after(broke(stream(3, 2), MISSING), surveyed(GONE))
    assert [one.reason for one in told if isinstance(one, TurnQueued)] == [WaitReason.SURVEY]


def test_what_waits_for_a_model_takes_no_stream_from_another_chat() -> None:
    desk = at_the_mill(max_concurrent_streams=1)
    desk.given(submit(A, "And?"))
    (opened,) = streams(desk.after(submit(B, "Hi there")))
    assert opened.request.messages[-1].content == "Hi there"


def test_one_that_is_compared_and_whose_model_is_gone_has_failed_and_waits_for_nothing() -> None:
    desk, names = begun_in()
    told = desk.after(broke(names.first, MISSING))
    assert [type(one) for one in told] == [ReaderClosed, TurnEnded]
    assert failed(names.left, names.first, advised(MODEL)) in told
    assert desk.after(surveyed(GONE), surveyed(BOTH)) == [
        ServerChanged(GONE),
        ServerChanged(BOTH),
    ]
    assert ended(names.right, names.second, TurnState.DONE, Reply("Large."), DONE) in desk.after(
        finished(names.second, "Large.")
    )


def test_it_can_be_asked_again() -> None:
    desk, names = begun_in()
    desk.given(broke(names.first, MISSING), finished(names.second, "Large."))
    again = [names.first, names.second]
    assert [one.stream for one in streams(desk.after(CompareAgain(A)))] == [replace(one, attempt=2) for one in again]
