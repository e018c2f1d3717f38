import pytest
from msgspec.structs import replace

from actors.notices import describe_absence, describe_queue, with_models
from actors.turns import Turn
from protocol.errors import Failure, ServerRefusal, ServerUnreachable
from protocol.identity import ConversationId, TurnId
from protocol.models import InstalledModel, ServerSurvey
from protocol.turn import TurnState
from protocol.ui import WaitReason

TALK = ConversationId("talk")
SERVER = "http://127.0.0.1:11434"
AWAY = ServerSurvey(SERVER, failure=ServerUnreachable("No server answers.", "Start it.").failure)
BARE = ServerSurvey(SERVER)
STOCKED = ServerSurvey(
    SERVER,
    models=(
        InstalledModel("tiny:latest", 950_000_000, "llama", "1B", "Q4_0"),
        InstalledModel("huge:70b", 40_200_000_000, "llama", "70B"),
        InstalledModel("bare"),
    ),
)


def turn(prompt: str, state: TurnState, waits_for: WaitReason | None = None) -> Turn:
    return Turn(TurnId("turn"), TALK, prompt, state, waits_for=waits_for)


def untitled(conversation: ConversationId) -> str:
    return ""


def test_an_empty_queue_is_said_to_be_empty() -> None:
    assert describe_queue([], TALK, untitled) == "Nothing streams and nothing waits."


def test_the_queue_has_a_line_a_turn_in_order_and_says_how_to_change_it() -> None:
    turns = [
        turn("Why is the\n sky blue?", TurnState.ANSWERING),
        turn("x" * 48, TurnState.WAITING_FOR_SERVER),
        turn("y" * 49, TurnState.QUEUED, WaitReason.EARLIER_PROMPT),
        turn("not told yet", TurnState.QUEUED),
    ]
    assert describe_queue(turns, TALK, untitled).splitlines() == [
        "1. answering: Why is the sky blue?",
        f"2. waiting for server: {'x' * 48}",
        f"3. waits for the reply before it: {'y' * 45}...",
        "4. queued: not told yet",
        "Change what waits: /queue edit|drop|now N, /queue move N M",
    ]


def test_where_nothing_waits_there_is_nothing_to_change() -> None:
    turns = [turn("one", TurnState.THINKING), turn("two", TurnState.RETRYING)]
    assert describe_queue(turns, TALK, untitled) == "1. thinking: one\n2. retrying: two"


def test_what_belongs_to_another_conversation_is_marked_with_its_title_or_as_such() -> None:
    titles = {ConversationId("titled"): "Birds"}
    turns = [
        Turn(TurnId(name), ConversationId(name), "Hi", TurnState.ANSWERING) for name in ("talk", "titled", "other")
    ]
    assert describe_queue(turns, TALK, lambda name: titles.get(name, "")).splitlines() == [
        "1. answering: Hi",
        "2. answering: Hi (Birds)",
        "3. answering: Hi (another chat)",
    ]


@pytest.mark.parametrize(
    ("model", "survey"),
    [("any", None), ("any", AWAY), ("huge:70b", STOCKED), ("tiny:latest", STOCKED), ("tiny", STOCKED)],
)
def test_nothing_is_said_of_a_model_that_is_there_or_may_be(model: str, survey: ServerSurvey | None) -> None:
    assert describe_absence(model, survey) == ""


def test_a_model_that_is_not_there_is_said_to_be_absent() -> None:
    assert describe_absence("gone", STOCKED) == (
        f"gone is not on {SERVER} now. It has: tiny:latest, huge:70b, bare. /pull gone gets it."
    )
    assert describe_absence("gone", BARE) == f"gone is not on {SERVER} now. It has: no model. /pull gone gets it."


def test_what_cannot_be_pulled_is_not_said_to_be() -> None:
    assert describe_absence("no name", BARE) == f"no name is not on {SERVER} now. It has: no model."
    unmanaged = replace(BARE, manages_models=False)
    assert describe_absence("gone", unmanaged) == f"gone is not on {SERVER} now. It has: no model."


def test_an_unknown_model_is_answered_with_the_models_that_are_there() -> None:
    failure = ServerRefusal("The server refused (status 404): model 'gone' not found.", "Pull it.", 404).failure
    advised = ServerRefusal(
        failure.summary, f"Pull it. {SERVER} has: tiny:latest, huge:70b, bare.", failure.status
    ).failure
    assert with_models(failure, STOCKED) == advised


@pytest.mark.parametrize("survey", [None, BARE, AWAY])
def test_without_a_list_the_advice_stays_as_it_is(survey: ServerSurvey | None) -> None:
    failure = ServerRefusal("The server refused (status 404): model 'gone' not found.", "Pull it.", 404).failure
    assert with_models(failure, survey) == failure


@pytest.mark.parametrize(
    "failure",
    [
        ServerRefusal("The server refused (status 404): page not found.", "Check.", 404).failure,
        ServerRefusal("The server refused (status 400): this model cannot.", "", 400).failure,
        ServerUnreachable("No server and no model.", "Start it.", 404).failure,
    ],
    ids=lambda failure: failure.summary,
)
def test_other_failures_are_not_answered_with_models(failure: Failure) -> None:
    assert with_models(failure, STOCKED) is failure
