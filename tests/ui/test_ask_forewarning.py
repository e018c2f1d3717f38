"""The sentence of `ask` on a prompt that will not fit."""

from msgspec.structs import replace

from protocol.frames import Metrics
from protocol.identity import ConversationId, ServerName
from protocol.models import RunningModel, ServerSurvey
from protocol.parameters import Parameters
from protocol.reply import Finished
from protocol.server_names import ServerNames
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, PathShown, ServerChanged, TurnMoved, UiEvent
from tests.ui.talk import MODEL, TALK, done, exchange, moved
from ui.ask_forewarning import AskForewarning, Warned

LONG = "word " * 200
STARTED = ConversationStarted(TALK, MODEL)
LOOK = ServerChanged(ServerSurvey("here", running=(RunningModel(MODEL, 0, 100),)))
ASKS = moved("1", TurnState.CONNECTING)
OPENAI = ServerChanged(ServerSurvey("here"))
"""Such a server does not say what it runs."""
EMBEDDED = ServerChanged(ServerSurvey("here", running=(), heeds_parameters=False))


def said(prompt: str, *events: UiEvent, started: ConversationStarted = STARTED, wanted: bool = True) -> list[Warned]:
    forewarning = AskForewarning(ServerNames(), wanted)
    forewarning.ask(started, prompt)
    return [words for event in events for words in forewarning.hear(event)]


def warned(prompt: str, *events: UiEvent, started: ConversationStarted = STARTED) -> list[bool]:
    forewarning = AskForewarning(ServerNames())
    forewarning.ask(started, prompt)
    return [bool(forewarning.hear(event)) for event in events]


def with_options(**options: int) -> ConversationStarted:
    return replace(STARTED, parameters=Parameters.of_options(options))


def test_it_is_said_once_as_soon_as_model_and_room_are_known() -> None:
    assert warned(LONG, LOOK, ASKS, ASKS, LOOK) == [False, True, False, False]
    assert warned(LONG, ASKS, LOOK, ASKS) == [False, True, False]


def test_the_sentence_has_the_numbers_and_says_what_becomes_of_it() -> None:
    cut = "This will need about 290 of 100 tokens: the server will cut the beginning."
    assert said(LONG, LOOK, ASKS) == [(TALK, cut)]
    whole = replace(STARTED, parameters=Parameters(truncate=False))
    assert said(LONG, LOOK, ASKS, started=whole) == [(TALK, cut.replace("cut the beginning", "refuse it"))]


def test_a_prompt_that_fits_is_no_matter_and_neither_is_one_whose_room_is_not_known() -> None:
    assert said("word", LOOK, ASKS) == []
    assert said(LONG, OPENAI, ASKS) == []


def test_a_context_that_was_asked_for_counts_where_it_is_heeded() -> None:
    assert said(LONG, LOOK, ASKS, started=with_options(num_ctx=4096)) == []
    assert warned(LONG, ServerChanged(ServerSurvey("here", running=())), ASKS, started=with_options(num_ctx=50))[1]
    assert said(LONG, OPENAI, ASKS, started=with_options(num_ctx=50)) == []
    assert said(LONG, EMBEDDED, ASKS, started=with_options(num_ctx=50)) == []


def test_what_was_said_before_in_a_chat_that_is_gone_on_with_counts_too() -> None:
    ending = Finished("stop", Metrics(prompt_eval_count=80, eval_count=19))
    path = PathShown(TALK, None, (exchange("0", "Hi", "Hello", ending=ending),))
    assert said("word", path, LOOK, ASKS) == [
        (TALK, "This will need about 106 of 100 tokens: the server will cut the beginning.")
    ]


def test_the_room_is_that_of_the_server_which_answers() -> None:
    mill = ServerName("mill")
    forewarning = AskForewarning(ServerNames((ServerName(""), mill)))
    forewarning.ask(replace(STARTED, server=mill), LONG)
    assert [forewarning.hear(event) for event in (LOOK, ASKS)] == [[], []]
    assert [one for one, _ in forewarning.hear(replace(LOOK, server=mill))] == [TALK]


def test_of_many_prompts_each_is_warned_of_alone() -> None:
    forewarning = AskForewarning(ServerNames())
    other = ConversationId("other")
    forewarning.ask(STARTED, LONG)
    forewarning.ask(replace(STARTED, conversation=other), LONG)
    assert [forewarning.hear(event) for event in (ASKS, TurnMoved(other, ASKS.stream, ASKS.state, MODEL))] == [[], []]
    assert [one for one, _ in forewarning.hear(LOOK)] == [TALK, other]


def test_one_that_is_over_is_warned_of_no_more_and_nobody_who_does_not_want_it() -> None:
    assert said(LONG, ASKS, done("1", "Yes."), LOOK) == []
    assert said(LONG, ASKS, LOOK, wanted=False) == []
