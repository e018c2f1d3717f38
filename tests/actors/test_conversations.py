from itertools import count

import pytest

from actors.conversations import Conversations
from protocol.chat import Conversation
from protocol.coordinator import StartConversation
from protocol.errors import ServerUnreachable
from protocol.identity import ConversationId
from protocol.models import InstalledModel, ServerSurvey
from protocol.ui import ConversationStarted, ModelAsked, ModelSet, NoticePosted, SystemPromptSet, UiEvent
from tests.support.addresses import Recorder

FIRST, SECOND = ConversationId("1"), ConversationId("2")
ONE = ServerSurvey("here", models=(InstalledModel("tiny"),))
TWO = ServerSurvey("here", models=(InstalledModel("tiny"), InstalledModel("huge")))
AWAY = ServerSurvey("here", failure=ServerUnreachable("No server answers.").failure)


class Kept:
    """Conversations, and what the UI was told of them."""

    def __init__(self, *commands: StartConversation) -> None:
        self.ui = Recorder[UiEvent]()
        numbers = count(1)
        self.conversations = Conversations(self.ui, lambda: str(next(numbers)))
        for command in commands:
            self.conversations.start(command)
        self.started = self.ui.take()


def test_a_conversation_begins_empty_with_what_the_user_named() -> None:
    kept = Kept(StartConversation("huge", "Be brief."), StartConversation())
    assert kept.started == [ConversationStarted(FIRST, "huge", "Be brief."), ConversationStarted(SECOND, None, "")]
    assert kept.conversations[FIRST] == Conversation(FIRST, "huge", "Be brief.")
    assert kept.conversations[SECOND] == Conversation(SECOND)


def test_a_conversation_that_was_never_started_is_an_error() -> None:
    with pytest.raises(KeyError):
        Kept().conversations[FIRST]


def test_the_only_model_is_chosen_for_every_conversation_that_has_none() -> None:
    kept = Kept(StartConversation("huge"), StartConversation())
    kept.conversations.settle_models(ONE, None)
    assert kept.ui.take() == [ModelSet(SECOND, "tiny")]
    assert [kept.conversations[each].model for each in (FIRST, SECOND)] == ["huge", "tiny"]


def test_the_model_used_last_is_chosen_among_several() -> None:
    kept = Kept(StartConversation())
    kept.conversations.settle_models(TWO, "huge")
    assert kept.ui.take() == [ModelSet(FIRST, "huge")]


def test_the_user_is_asked_when_no_model_can_be_guessed() -> None:
    kept = Kept(StartConversation())
    kept.conversations.settle_models(TWO, "gone")
    assert kept.ui.take() == [ModelAsked(FIRST, "Which model? here has: tiny, huge.", ("tiny", "huge"))]
    assert kept.conversations[FIRST].model is None


def test_nobody_is_asked_while_the_server_is_away() -> None:
    kept = Kept(StartConversation())
    kept.conversations.settle_models(AWAY, "huge")
    assert kept.ui.take() == []


def test_a_model_of_the_users_choice_is_set_and_told() -> None:
    kept = Kept(StartConversation())
    kept.conversations.choose_model(FIRST, "huge")
    assert kept.ui.take() == [
        ModelSet(FIRST, "huge"),
        NoticePosted(FIRST, "huge answers from the next prompt on."),
    ]
    assert kept.conversations[FIRST].model == "huge"


def test_a_new_conversation_can_be_like_another() -> None:
    kept = Kept(StartConversation("tiny", "Be brief."))
    kept.conversations.start(StartConversation(like=FIRST))
    assert kept.ui.take() == [ConversationStarted(SECOND, "tiny", "Be brief.")]


def test_the_system_prompt_is_set_shown_and_removed() -> None:
    kept = Kept(StartConversation())
    kept.conversations.show_system(FIRST)
    kept.conversations.set_system(FIRST, "Be brief.")
    kept.conversations.show_system(FIRST)
    assert kept.conversations[FIRST].system == "Be brief."
    kept.conversations.set_system(FIRST, "")
    kept.conversations.show_system(FIRST)
    assert kept.ui.take() == [
        NoticePosted(FIRST, "There is no system prompt."),
        SystemPromptSet(FIRST, "Be brief."),
        NoticePosted(FIRST, "The system prompt is set for what follows."),
        NoticePosted(FIRST, "System prompt: Be brief."),
        SystemPromptSet(FIRST, ""),
        NoticePosted(FIRST, "The system prompt is removed."),
        NoticePosted(FIRST, "There is no system prompt."),
    ]
