"""Several servers: which of them answers in which conversation, and what one does for the prompts of another."""

import pytest

from protocol.coordinator import (
    ActorFailed,
    AllAbandoned,
    CancelConversation,
    ForkConversation,
    RestoreConversation,
    ServerSurveyed,
    StartConversation,
    Submit,
)
from protocol.identity import DEFAULT_SERVER, ConversationId, ServerName
from protocol.kept import ConversationRecord
from protocol.librarian import RememberModel, SurveyServer
from protocol.limits import ResourceLimits
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.ollama_host import ServerUrl
from protocol.retry import RetryPolicy
from protocol.server_commands import ChooseServer, ShowServers
from protocol.server_events import ServerSet
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.timekeeper import RetryDue, SurveyDue
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    ModelAsked,
    ModelSet,
    NoticePosted,
    ServerChanged,
    TurnAccepted,
    TurnMoved,
    TurnQueued,
    WaitReason,
)
from tests.support.coordinating import (
    AWAY,
    LOST,
    MODEL,
    UNREACHABLE,
    A,
    B,
    C,
    Desk,
    asked,
    broke,
    finished,
    stream,
    submit,
    surveyed,
)
from tests.support.engine import death_of

MILL, BARN = ServerName("mill"), ServerName("barn")
HUGE = "huge:70b"
THERE = ServerSurvey("there", "0.32", (InstalledModel(MODEL), InstalledModel(HUGE)), (RunningModel(HUGE),))
OTHERS = ServerSurvey("there", models=(InstalledModel(HUGE),))
KEPT = ConversationId("kept")


def servers(**values: object) -> EngineSettings:
    """One without a name, and two with one; the second of these takes one prompt at a time."""
    mill, barn = (ServerSettings(ServerUrl(host=name), name=name) for name in (MILL, BARN))
    fields = {"others": (mill, ServerSettings(barn.url, name=barn.name, max_streams=1)), **values}
    return EngineSettings(**fields)  # type: ignore[arg-type]


def desk(conversations: int = 1, **values: object) -> Desk:
    """All servers have been looked at: the first has the usual model, the second two, the third another."""
    made = Desk(conversations, settings=servers(**values))
    made.given(surveyed(), ServerSurveyed(THERE, None, MILL), ServerSurveyed(OTHERS, None, BARN))
    return made


def opened(told: list[object]) -> list[tuple[str, str]]:
    """Who was asked by which model, in order."""
    return [(one.request.server, one.request.model) for one in told if isinstance(one, OpenStream)]


def notices(told: list[object]) -> list[str]:
    return [one.text for one in told if isinstance(one, NoticePosted)]


def states(told: list[object]) -> list[TurnState]:
    return [one.state for one in told if isinstance(one, TurnMoved)]


def test_at_the_start_each_server_is_looked_at_once() -> None:
    made = Desk(0, settings=servers())
    assert made.after(StartConversation(MODEL)) == [ConversationStarted(A, MODEL), *[SurveyServer()] * 3]


def test_a_look_says_whom_it_was_at() -> None:
    made = Desk(settings=servers())
    assert made.after(ServerSurveyed(THERE, None, MILL)) == [ServerChanged(THERE, MILL)]


def test_a_conversation_moves_to_a_server_that_has_its_model() -> None:
    made = desk()
    assert made.after(ChooseServer(A, ServerName("Mill"))) == [
        ServerSet(A, MILL, MODEL),
        NoticePosted(A, "mill answers from the next prompt on."),
        SurveyServer(),
    ]
    assert opened(made.after(submit(A))) == [("mill", MODEL)]


def test_where_the_server_lacks_the_model_another_is_chosen() -> None:
    made = desk()
    assert made.after(ChooseServer(A, BARN)) == [
        ServerSet(A, BARN, MODEL),
        NoticePosted(A, "barn answers from the next prompt on."),
        NoticePosted(A, f"{MODEL} is not on barn."),
        ServerSet(A, BARN, None),
        ModelSet(A, HUGE),
        SurveyServer(),
    ]
    assert opened(made.after(submit(A))) == [("barn", HUGE)]


def test_where_several_could_be_meant_the_user_is_asked() -> None:
    made = Desk(model="gone", settings=servers())
    made.given(surveyed(), ServerSurveyed(THERE, None, MILL))
    told = made.after(ChooseServer(A, MILL))
    assert [one for one in told if isinstance(one, ModelAsked)] == [
        ModelAsked(A, f"Which model? there has: {MODEL}, {HUGE}.", (MODEL, HUGE))
    ]


def test_nothing_is_sent_before_it_is_known_whether_the_server_has_the_model() -> None:
    made = Desk(settings=servers())
    made.given(surveyed(), ChooseServer(A, BARN))
    assert made.after(submit(A)) == [
        TurnAccepted(A, stream(2).turn, "Hi"),
        TurnQueued(A, stream(2).turn, WaitReason.SURVEY),
    ]
    assert opened(made.after(ServerSurveyed(OTHERS, None, BARN))) == [("barn", HUGE)]


def test_the_way_back_is_the_default() -> None:
    made = desk()
    made.given(ChooseServer(A, MILL))
    told = made.after(ChooseServer(A, ServerName("default")))
    assert told[:2] == [
        ServerSet(A, DEFAULT_SERVER, MODEL),
        NoticePosted(A, "default answers from the next prompt on."),
    ]
    assert opened(made.after(submit(A))) == [("", MODEL)]


def test_an_unknown_server_is_said_to_be_unknown() -> None:
    assert desk().after(ChooseServer(A, ServerName("mil"))) == [
        NoticePosted(A, "There is no server mil. Did you mean mill? /server lists them.")
    ]


def test_the_one_that_answers_already_is_kept_by_its_name() -> None:
    made = desk()
    assert made.after(ChooseServer(A, ServerName("default"))) == [
        ServerSet(A, DEFAULT_SERVER, MODEL),
        NoticePosted(A, "default answers here already."),
    ]


def test_the_list_says_how_each_is_and_has_all_looked_at_again() -> None:
    made = desk()
    made.given(ServerSurveyed(AWAY, None, BARN), ChooseServer(A, MILL))
    assert made.after(ShowServers(A)) == [
        NoticePosted(
            A,
            "Servers (* answers in this chat):\n"
            "   default  here: answers, 1 model\n"
            f" * mill  there: answers, version 0.32, 2 models, loaded: {HUGE}\n"
            "   barn  here: unreachable\n"
            "Another answers here with /server NAME.",
        ),
        *[SurveyServer()] * 3,
    ]


def test_where_there_is_one_server_the_list_says_how_to_have_more() -> None:
    made = Desk()
    assert notices(made.after(ShowServers(A))) == [
        "Servers (* answers in this chat):\n"
        " * default  http://127.0.0.1:11434: nobody has heard of it yet\n"
        "Tables [servers.NAME] in the configuration file make more."
    ]


def test_a_prompt_for_a_dead_server_is_in_nobodys_way() -> None:
    made = desk(2, retry=RetryPolicy(attempts=1), limits=ResourceLimits(max_concurrent_streams=1))
    made.given(ChooseServer(A, MILL), submit(A))
    told = made.after(broke(stream(3), UNREACHABLE))
    assert states(told) == [TurnState.WAITING_FOR_SERVER]
    assert opened(made.after(submit(B))) == [("", MODEL)]


def test_only_the_server_that_is_back_has_its_prompts_sent() -> None:
    made = desk(2, retry=RetryPolicy(attempts=1))
    made.given(
        ChooseServer(A, MILL), submit(A), submit(B), broke(stream(3), UNREACHABLE), broke(stream(4), UNREACHABLE)
    )
    assert opened(made.after(ServerSurveyed(THERE, None, MILL))) == [("mill", MODEL)]
    assert opened(made.after(surveyed())) == [("", MODEL)]


def test_what_waits_for_a_dead_server_goes_along_to_another() -> None:
    made = desk(retry=RetryPolicy(attempts=1))
    made.given(ChooseServer(A, MILL), submit(A), broke(stream(2), UNREACHABLE))
    told = made.after(ChooseServer(A, ServerName("default")))
    assert notices(told) == ["default answers from the next prompt on. The prompt that waits goes there."]
    assert opened(told) == [("", MODEL)]


def test_what_is_to_be_tried_again_goes_along_to_another() -> None:
    made = desk(retry=RetryPolicy(attempts=3))
    made.given(ChooseServer(A, MILL), submit(A), broke(stream(2), UNREACHABLE))
    told = made.after(ChooseServer(A, ServerName("default")))
    assert states(told) == [TurnState.WAITING_FOR_SERVER, TurnState.CONNECTING]
    assert opened(told) == [("", MODEL)]
    assert made.after(RetryDue(stream(2))) == []


def test_a_stream_under_way_stays_where_it_is_and_breaks_for_the_other_server() -> None:
    made = desk(retry=RetryPolicy(attempts=3))
    made.given(ChooseServer(A, MILL), submit(A))
    assert opened(made.after(ChooseServer(A, ServerName("default")))) == []
    assert opened(made.after(broke(stream(2), LOST))) == [("", MODEL)]


def test_the_server_that_was_asked_remembers_the_model() -> None:
    made = desk()
    made.given(ChooseServer(A, MILL), submit(A), ChooseServer(A, ServerName("default")))
    told = made.after(finished(stream(2)))
    assert RememberModel(MODEL) in told
    assert ServerSurveyed(THERE, None, MILL) not in told


def test_a_server_with_a_limit_of_its_own_takes_no_more_and_others_go_on() -> None:
    made = desk(3)
    made.given(ChooseServer(A, BARN), ChooseServer(B, BARN), submit(A))
    assert made.after(submit(B))[-1] == TurnQueued(B, stream(5).turn, WaitReason.SERVER_LIMIT)
    assert opened(made.after(submit(C))) == [("", MODEL)]
    assert opened(made.after(finished(stream(4)))) == [("barn", HUGE)]


def test_a_stream_counts_where_it_was_opened_whoever_moves() -> None:
    made = desk(2)
    made.given(ChooseServer(A, BARN), submit(A), ChooseServer(A, MILL), ChooseServer(B, BARN))
    assert made.after(submit(B))[-1] == TurnQueued(B, stream(4).turn, WaitReason.SERVER_LIMIT)
    assert opened(made.after(CancelConversation(A), finished(stream(3)))) == [("barn", HUGE)]


def test_a_new_chat_and_a_copy_have_the_server_of_the_one_before() -> None:
    made = desk()
    made.given(ChooseServer(A, MILL), submit(A), finished(stream(2)))
    (started, *_) = made.after(StartConversation(like=A))
    assert isinstance(started, ConversationStarted)
    assert started.server == MILL
    copied = [one for one in made.after(ForkConversation(A)) if isinstance(one, ConversationStarted)]
    assert [one.server for one in copied] == [MILL]


def record(server: str) -> ConversationRecord:
    return ConversationRecord(KEPT, "Talk", MODEL, "", 1.0, 1.0, None, server=ServerName(server))


def test_a_kept_chat_is_answered_by_its_server() -> None:
    made = desk()
    assert notices(made.after(RestoreConversation(record("mill")))) == []
    assert opened(made.after(Submit(KEPT, "Hi"))) == [("mill", MODEL)]


def test_a_kept_chat_whose_server_is_gone_says_so_and_is_answered_by_the_default() -> None:
    made = desk()
    assert notices(made.after(RestoreConversation(record("shed")))) == [
        "The server shed of this chat is not configured any more: the default server answers here."
    ]
    assert opened(made.after(Submit(KEPT, "Hi"))) == [("", MODEL)]


def test_where_the_default_has_a_name_a_conversation_without_one_is_answered_by_it() -> None:
    made = Desk(settings=EngineSettings(ServerSettings(name="mill"), others=(ServerSettings(name="barn"),)))
    made.given(ServerSurveyed(THERE, None, MILL))
    assert opened(made.after(submit(A))) == [("mill", MODEL)]
    assert notices(made.after(RestoreConversation(record("shed")))) == [
        "The server shed of this chat is not configured any more: mill answers here."
    ]


def test_each_server_that_is_away_is_looked_at_again_by_itself() -> None:
    made = desk()
    told = made.after(ServerSurveyed(AWAY, None, MILL), ServerSurveyed(AWAY, None, BARN))
    reminders = [one.reminder for one in told if hasattr(one, "reminder")]
    assert reminders == [SurveyDue(MILL), SurveyDue(BARN)]
    assert made.after(SurveyDue(MILL)) == [SurveyServer()]


@pytest.mark.parametrize("server", [MILL, BARN])
def test_without_the_librarian_of_one_server_the_others_are_looked_at_as_ever(server: ServerName) -> None:
    made = desk()
    death = death_of("Librarian", "OSError()").failure
    made.given(ActorFailed("Librarian", death, server=server))
    assert made.after(ShowServers(A))[1:3] == [SurveyServer()] * 2
    assert opened(made.after(submit(A))) == [("", MODEL)]


def test_what_was_moving_when_the_coordinator_failed_is_still_seen_to() -> None:
    made = Desk(settings=servers())
    made.given(surveyed(), ChooseServer(A, BARN))
    made.coordinator.recover(SurveyDue(), death_of("Coordinator", "ValueError()").failure)
    assert made.coordinator._server_desk.moving == {A}


def test_what_a_conversation_asked_of_one_server_another_does_not_answer() -> None:
    made = desk()
    assert asked("Hi").server == DEFAULT_SERVER
    made.given(ChooseServer(A, BARN))
    told = made.after(surveyed(THERE))
    assert told == [ServerChanged(THERE)]


def test_after_a_failure_of_the_coordinator_each_conversation_has_its_server_again() -> None:
    made = desk(2)
    made.given(ChooseServer(A, MILL))
    made.coordinator.recover(SurveyDue(), death_of("Coordinator", "ValueError()").failure)
    told = made.after(AllAbandoned())
    assert [(one.conversation, one.server) for one in told if isinstance(one, ConversationStarted)] == [
        (A, MILL),
        (B, DEFAULT_SERVER),
    ]
    made.given(ServerSurveyed(THERE, None, MILL))
    assert opened(made.after(submit(A))) == [("mill", MODEL)]
