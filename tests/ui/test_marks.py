import pytest

from protocol.identity import TurnId
from protocol.tree import Place
from protocol.turn import TurnState
from protocol.ui import WaitReason
from tests.ui.talk import REFUSED, stream
from ui.marks import Mark, MarkKind, Remedies, marks, thought_words, version_words
from ui.pieces import Pieces
from ui.turn import Attempt, Turn

WAYS = Remedies("go on", "ask again", "try now")
SOME = Attempt(stream("1"), answer=Pieces("Once"))
UNFIT = Attempt(stream("1"), answer=Pieces("Sure!"), misfit="The reply is not JSON.")
NOTE, WARNING, ERROR = MarkKind.MARK, MarkKind.WARNING, MarkKind.ERROR


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn(TurnId("1"), "Hi", 0.0), []),
        (
            Turn(TurnId("1"), "Hi", 0.0, wait=WaitReason.EARLIER_PROMPT),
            [Mark("mark", NOTE, "queued: waits for the reply before it")],
        ),
        (
            Turn(TurnId("1"), "Hi", 0.0, TurnState.RETRYING, failure=REFUSED, delay=0.5),
            [Mark("mark", WARNING, "retry 1 in 0.5 s: Connection refused."), Mark("keys", NOTE, "try now")],
        ),
        (
            Turn(TurnId("1"), "Hi", 0.0, TurnState.WAITING_FOR_SERVER, failure=REFUSED),
            [
                Mark("mark", WARNING, "waits for the server: Connection refused. Start the server."),
                Mark("keys", NOTE, "try now"),
            ],
        ),
        (
            Turn(TurnId("1"), "Hi", 0.0, TurnState.CUT, attempt=SOME),
            [Mark("end", WARNING, "cut: the length limit was reached"), Mark("keys", NOTE, "go on")],
        ),
        (Turn(TurnId("1"), "Hi", 0.0, TurnState.CANCELLED), [Mark("end", WARNING, "cancelled: ask again")]),
        (
            Turn(TurnId("1"), "Hi", 0.0, TurnState.FAILED, attempt=SOME, failure=REFUSED),
            [
                Mark("end", ERROR, "Connection refused."),
                Mark("advice", WARNING, "Start the server."),
                Mark("keys", NOTE, "go on"),
            ],
        ),
        (Turn(TurnId("1"), "Hi", 0.0, TurnState.DONE, attempt=SOME), []),
        (
            Turn(TurnId("1"), "Hi", 0.0, TurnState.DONE, attempt=UNFIT),
            [Mark("end", WARNING, "The reply is not JSON."), Mark("keys", NOTE, "ask again")],
        ),
        (Turn(TurnId("1"), "Hi", 0.0, TurnState.DONE), [Mark("end", NOTE, "the model said nothing")]),
    ],
)
def test_what_became_of_a_turn_is_said_in_words(turn: Turn, said: list[Mark]) -> None:
    assert marks(turn, True, WAYS) == said


def test_of_a_turn_that_others_follow_nothing_is_said_that_can_be_done() -> None:
    turn = Turn(TurnId("1"), "Hi", 0.0, TurnState.CANCELLED)
    assert marks(turn, False, WAYS) == [Mark("end", WARNING, "cancelled")]


def test_why_a_prompt_waits_is_said_of_all_and_what_can_be_done_about_it_of_the_last_only() -> None:
    turn = Turn(TurnId("1"), "Hi", 0.0, TurnState.WAITING_FOR_SERVER, failure=REFUSED)
    assert marks(turn, False, WAYS) == [Mark("mark", WARNING, "waits for the server: Connection refused.")]


def test_thinking_and_versions_in_words() -> None:
    assert (thought_words(None), thought_words(3.4)) == ("thought", "thought for 3 s")
    assert (version_words(Place()), version_words(Place(2, 3))) == ("", "2/3")
