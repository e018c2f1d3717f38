from protocol.identity import TurnId
from tests.ui.talk import stream
from ui.entries import TurnView
from ui.folding import Folding
from ui.turn import Attempt, Turn


def test_an_answer_that_nobody_looks_at_is_not_handed_on_and_all_of_it_is_when_somebody_does() -> None:
    attempt = Attempt(stream("1"))
    attempt.say("One. ")
    view = TurnView(Turn(TurnId("1"), "Hi", 0.0, attempt=attempt), False, Folding.WHEN_OVER)
    view.update(settle=True)
    attempt.say("Two.")
    view.update(settle=True)
    assert view._said == 0
    assert [item.text for item in view.items] == ["Hi", "One. Two."]
    assert (view._said, view.behind) == (9, False)
