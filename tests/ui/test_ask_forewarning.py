"""The sentence of `ask` on a prompt that will not fit."""

from protocol.models import RunningModel, ServerSurvey
from protocol.turn import TurnState
from protocol.ui import ServerChanged
from tests.ui.talk import MODEL, moved
from ui.ask_forewarning import AskForewarning

LOOK = ServerChanged(ServerSurvey("here", running=(RunningModel(MODEL, 0, 100),)))
ASKS = moved("1", TurnState.CONNECTING)


def heard(prompt: str, *events: ServerChanged | object) -> list[bool]:
    forewarning = AskForewarning(prompt, "")
    return [bool(forewarning.hear(event)) for event in events]  # type: ignore[arg-type]


def test_it_is_said_once_as_soon_as_model_and_room_are_known() -> None:
    assert heard("word " * 200, LOOK, ASKS, ASKS, LOOK) == [False, True, False, False]
    assert heard("word " * 200, ASKS, LOOK, ASKS) == [False, True, False]


def test_a_prompt_that_fits_is_no_matter_and_neither_is_one_whose_room_is_not_known() -> None:
    assert heard("word", LOOK, ASKS) == [False, False]
    assert heard("word " * 200, ASKS, ServerChanged(ServerSurvey("here"))) == [False, False]


def test_the_sentence_has_the_numbers() -> None:
    forewarning = AskForewarning("word " * 200, "")
    forewarning.hear(LOOK)
    words = forewarning.hear(ASKS)
    assert words.startswith("This will need about ")
    assert words.endswith(" of 100 tokens: the server will cut the beginning.")
