from actors.conversations import Conversations
from actors.model_questions import ModelQuestions
from protocol.coordinator import StartConversation
from protocol.identity import ConversationId
from protocol.models import InstalledModel, ServerSurvey
from protocol.ui import NoticePosted, UiEvent
from tests.support.addresses import Recorder
from tests.support.coordinating import AWAY, SURVEY

TALK = ConversationId("talk")
CHOSEN = "answers from the next prompt on."


class Asking:
    """Questions about one conversation, and what is told because of them."""

    def __init__(self) -> None:
        self.ui = Recorder[UiEvent]()
        self.looks = 0
        conversations = Conversations(self.ui, lambda: TALK)
        conversations.start(StartConversation())
        self.chosen: list[ConversationId] = []
        self.questions = ModelQuestions(conversations, self._look, self.chosen.append)

    def _look(self, conversation: ConversationId) -> None:
        assert conversation == TALK
        self.looks += 1

    def notices(self) -> list[str]:
        return [event.text for event in self.ui.take() if isinstance(event, NoticePosted)]


def test_a_model_that_is_there_needs_no_look() -> None:
    asking = Asking()
    asking.questions.choose(TALK, "tiny:1b", SURVEY)
    assert (asking.notices(), asking.looks) == ([f"tiny:1b {CHOSEN}"], 0)


def test_a_model_is_taken_on_trust_while_nobody_knows_what_is_there() -> None:
    asking = Asking()
    asking.questions.choose(TALK, "a", None)
    asking.questions.choose(TALK, "b", AWAY)
    assert (asking.notices(), asking.looks) == ([f"a {CHOSEN}", f"b {CHOSEN}"], 0)


def test_a_tag_that_is_the_default_may_be_left_out() -> None:
    asking = Asking()
    asking.questions.choose(TALK, "tiny", ServerSurvey("here", models=(InstalledModel("tiny:latest"),)))
    assert asking.notices() == [f"tiny {CHOSEN}"]


def test_where_no_model_was_chosen_none_stays_chosen() -> None:
    asking = Asking()
    asking.questions.choose(TALK, "gone", SURVEY)
    assert asking.looks == 1
    asking.questions.answer(SURVEY)
    assert asking.notices() == ["gone is not on here now. It has: tiny:1b. /pull gone gets it."]


def test_every_question_is_answered_once() -> None:
    asking = Asking()
    asking.questions.list(TALK)
    asking.questions.answer(SURVEY)
    asking.questions.answer(SURVEY)
    assert asking.notices() == ["Models on here (choose with /model NAME):\n   tiny:1b"]
