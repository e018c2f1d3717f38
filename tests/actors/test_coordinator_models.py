from protocol.coordinator import ChooseModel, SetSystemPrompt, ShowModels, StartConversation
from protocol.errors import ServerRefusal
from protocol.identity import ConversationId, TurnId
from protocol.librarian import RememberModel, SurveyServer
from protocol.models import InstalledModel, ServerSurvey
from protocol.reply import Broken, Reply
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.timekeeper import Remind, RetryDue, SurveyDue
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    ModelAsked,
    ModelSet,
    NoticePosted,
    ServerChanged,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    TurnQueued,
    WaitReason,
)
from tests.support.coordinating import (
    AWAY,
    MODEL,
    NOTHING,
    SURVEY,
    UNREACHABLE,
    A,
    B,
    Desk,
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

HUGE = InstalledModel("huge:70b", 40_000_000_000)
TWO = ServerSurvey("here", models=(InstalledModel(MODEL), HUGE))
QUESTION = ModelAsked(A, "Which model? here has: tiny:1b, huge:70b.", (MODEL, "huge:70b"))


def test_a_first_conversation_looks_at_the_server() -> None:
    assert Desk(0).after(StartConversation()) == [ConversationStarted(A, None), SurveyServer()]


def test_later_conversations_use_what_is_known() -> None:
    desk = Desk(0)
    desk.given(surveyed(TWO, "huge:70b"))
    assert desk.after(StartConversation(system="Be brief.")) == [
        ConversationStarted(A, None, "Be brief."),
        ModelSet(A, "huge:70b"),
    ]


def test_the_only_model_is_used() -> None:
    assert Desk(model=None).after(surveyed()) == [ServerChanged(SURVEY), ModelSet(A, MODEL)]


def test_the_model_used_last_is_used_again() -> None:
    assert Desk(model=None).after(surveyed(TWO, "huge:70b")) == [ServerChanged(TWO), ModelSet(A, "huge:70b")]


def test_among_several_the_user_is_asked_once() -> None:
    desk = Desk(model=None)
    assert desk.after(surveyed(TWO, "gone")) == [ServerChanged(TWO), QUESTION]
    assert desk.after(surveyed(TWO, "gone")) == []


def test_a_conversation_whose_model_was_named_needs_no_look() -> None:
    desk = Desk(0)
    assert desk.after(StartConversation("named"), submit(A)) == [
        ConversationStarted(A, "named"),
        SurveyServer(),
        TurnAccepted(A, TurnId("2"), "Hi"),
        *begun(A, stream(2), asked("Hi", model="named")),
    ]
    assert desk.after(surveyed(TWO)) == [ServerChanged(TWO)]


def test_a_prompt_waits_for_the_list_of_models_and_then_begins() -> None:
    desk = Desk(model=None)
    assert desk.after(submit(A)) == [
        TurnAccepted(A, TurnId("2"), "Hi"),
        TurnQueued(A, TurnId("2"), WaitReason.SURVEY),
    ]
    assert desk.after(surveyed()) == [ServerChanged(SURVEY), ModelSet(A, MODEL), *begun(A, stream(2))]


def test_a_prompt_waits_until_a_model_is_chosen() -> None:
    desk = Desk(model=None)
    desk.given(submit(A))
    assert desk.after(surveyed(TWO)) == [
        ServerChanged(TWO),
        QUESTION,
        TurnQueued(A, TurnId("2"), WaitReason.MODEL_UNKNOWN),
    ]
    assert desk.after(ChooseModel(A, "huge:70b")) == [
        ModelSet(A, "huge:70b"),
        NoticePosted(A, "huge:70b answers from the next prompt on."),
        *begun(A, stream(2), asked("Hi", model="huge:70b")),
    ]


def test_a_choice_holds_from_the_next_prompt_on() -> None:
    desk = Desk()
    desk.given(surveyed(TWO), submit(A, "1?"))
    assert desk.after(ChooseModel(A, "huge:70b")) == [
        ModelSet(A, "huge:70b"),
        NoticePosted(A, "huge:70b answers from the next prompt on."),
    ]
    assert desk.after(finished(stream(2), "1."))[1] == RememberModel(MODEL)
    assert desk.after(submit(A, "2?"))[1:] == begun(A, stream(3), asked("1?", "1.", "2?", model="huge:70b"))


def test_a_retry_asks_the_same_again_whatever_is_chosen_meanwhile() -> None:
    desk = Desk(settings=EngineSettings(retry=RetryPolicy(attempts=2)))
    desk.given(submit(A), broke(stream(2)), ChooseModel(A, "huge:70b"), SetSystemPrompt(A, "Be evil."))
    assert desk.after(RetryDue(stream(2))) == begun(A, stream(2, 2), asked("Hi"))


def test_a_server_that_refuses_to_say_what_it_has_fails_the_prompt() -> None:
    refusal = ServerRefusal("The server refused (status 401).", "Check the key.", 401).failure
    desk = Desk(model=None)
    desk.given(submit(A))
    assert desk.after(surveyed(ServerSurvey("here", failure=refusal)))[1] == TurnEnded(
        A, stream(2, 0), TurnState.FAILED, NOTHING, Broken(refusal)
    )


def test_a_model_that_the_server_lacks_is_looked_for_again_before_it_is_refused() -> None:
    desk = Desk()
    desk.given(surveyed(TWO))
    assert desk.after(ChooseModel(A, "gone")) == [SurveyServer()]
    refused = "gone is not on here now. It has: tiny:1b, huge:70b. /pull gone gets it. tiny:1b stays chosen."
    assert desk.after(surveyed(TWO)) == [NoticePosted(A, refused)]


def test_a_model_that_came_to_the_server_meanwhile_is_chosen() -> None:
    desk = Desk()
    desk.given(surveyed(), ChooseModel(A, "HUGE:70b"))
    assert desk.after(surveyed(TWO)) == [
        ServerChanged(TWO),
        ModelSet(A, "HUGE:70b"),
        NoticePosted(A, "HUGE:70b answers from the next prompt on."),
    ]


def test_a_new_conversation_uses_the_model_used_last() -> None:
    desk = Desk(0)
    desk.given(surveyed(TWO), StartConversation(), ChooseModel(A, "huge:70b"), submit(A), finished(stream(2)))
    assert desk.after(StartConversation()) == [
        ConversationStarted(ConversationId("3"), None),
        ModelSet(ConversationId("3"), "huge:70b"),
    ]


def test_an_unknown_model_is_answered_with_those_that_are_there() -> None:
    desk = Desk()
    refused = ServerRefusal("The server refused (status 404): model 'gone' not found.", "Pull it.", 404).failure
    advised = ServerRefusal(refused.summary, "Pull it. here has: tiny:1b, huge:70b.", 404).failure
    desk.given(surveyed(TWO), submit(A))
    assert desk.after(broke(stream(2), refused))[2:] == [
        ended(A, stream(2), TurnState.FAILED, NOTHING, Broken(advised))
    ]


def test_the_list_of_models_is_shown_after_a_fresh_look_to_everybody_who_asked() -> None:
    desk = Desk(2)
    desk.given(surveyed(TWO), ChooseModel(B, "huge:70b"))
    assert desk.after(ShowModels(A), ShowModels(B)) == [SurveyServer(), SurveyServer()]
    header = "Models on here (choose with /model NAME):"
    assert desk.after(surveyed(TWO)) == [
        NoticePosted(A, f"{header}\n * tiny:1b\n   huge:70b  40.0 GB"),
        NoticePosted(B, f"{header}\n   tiny:1b\n * huge:70b  40.0 GB"),
    ]
    assert desk.after(surveyed(TWO)) == []


def test_a_prompt_without_a_model_stays_while_the_server_is_away() -> None:
    desk = Desk(model=None, settings=EngineSettings(survey_interval=2.0))
    desk.given(submit(A))
    assert desk.after(surveyed(AWAY)) == [
        ServerChanged(AWAY),
        TurnMoved(A, stream(2, 0), TurnState.WAITING_FOR_SERVER, "", UNREACHABLE),
        Remind(2.0, SurveyDue()),
    ]
    assert desk.after(submit(A, "more")) == [
        TurnAccepted(A, TurnId("3"), "more"),
        TurnMoved(A, stream(3, 0), TurnState.WAITING_FOR_SERVER, "", UNREACHABLE),
    ]
    assert desk.after(surveyed()) == [
        ServerChanged(SURVEY),
        ModelSet(A, MODEL),
        *begun(A, stream(2)),
        TurnQueued(A, TurnId("3"), WaitReason.EARLIER_PROMPT),
    ]


def test_a_prompt_that_waited_for_the_server_says_again_what_it_waits_for() -> None:
    desk = Desk(model=None)
    waits = TurnQueued(A, TurnId("2"), WaitReason.MODEL_UNKNOWN)
    desk.given(surveyed(TWO))
    assert desk.after(submit(A))[1:] == [waits]
    desk.given(surveyed(AWAY))
    assert desk.after(surveyed(TWO)) == [ServerChanged(TWO), QUESTION, waits]


def test_a_prompt_without_a_model_that_must_not_wait_fails_while_the_server_is_away() -> None:
    desk = Desk(model=None, settings=EngineSettings(wait_for_server=False))
    failed = TurnEnded(A, stream(2, 0), TurnState.FAILED, Reply(), Broken(UNREACHABLE))
    desk.given(submit(A))
    assert desk.after(surveyed(AWAY)) == [ServerChanged(AWAY), failed]
    assert desk.after(submit(A, "more"))[1:] == [
        TurnEnded(A, stream(3, 0), TurnState.FAILED, Reply(), Broken(UNREACHABLE))
    ]


def test_a_prompt_with_a_model_is_sent_even_if_the_server_was_away_a_moment_ago() -> None:
    desk = Desk()
    desk.given(surveyed(AWAY))
    assert desk.after(submit(A))[1:] == begun(A, stream(2))


def test_a_prompt_without_a_model_does_not_hold_up_other_conversations() -> None:
    desk = Desk(2, model=None, settings=limits(max_concurrent_streams=1))
    desk.given(surveyed(TWO), ChooseModel(B, MODEL), submit(A))
    assert desk.after(submit(B))[1:] == begun(B, stream(4))
