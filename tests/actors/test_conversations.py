from itertools import count

import pytest
from msgspec.structs import replace

from actors.conversations import Conversations
from actors.turns import Turn
from protocol.chat import ChatMessage, ChatRequest, Conversation, Role
from protocol.coordinator import RestoreConversation, ShowConversation, StartConversation
from protocol.errors import ServerUnreachable
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.kept import ConversationRecord
from protocol.models import InstalledModel, ServerSurvey
from protocol.parameter_events import ParametersSet
from protocol.parameters import Option, Parameters
from protocol.reply import Reply
from protocol.tree import Node
from protocol.ui import ConversationStarted, ModelAsked, ModelSet, NoticePosted, SystemPromptSet, UiEvent
from tests.support.addresses import Recorder

FIRST, SECOND = ConversationId("1"), ConversationId("2")
ONE = ServerSurvey("here", models=(InstalledModel("tiny"),))
TWO = ServerSurvey("here", models=(InstalledModel("tiny"), InstalledModel("huge")))
COLD = Parameters((Option("temperature", 0.2),), think=False)
WARM = Parameters((Option("seed", 7), Option("temperature", 1.5)), keep_alive="10m")
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


def test_a_new_conversation_has_the_parameters_of_the_one_that_it_is_like() -> None:
    kept = Kept(StartConversation("tiny", parameters=WARM))
    kept.conversations.set_parameters(FIRST, COLD)
    kept.conversations.start(StartConversation(like=FIRST))
    assert kept.ui.take() == [ParametersSet(FIRST, COLD), ConversationStarted(SECOND, "tiny", parameters=COLD)]


def test_a_request_has_the_parameters_of_its_conversation() -> None:
    kept = Kept(StartConversation("tiny", parameters=WARM))
    request = kept.conversations.request(Turn(TurnId("new"), FIRST, "Hi"), "tiny", 9)
    assert request == ChatRequest("tiny", (ChatMessage(Role.USER, "Hi"),), parameters=WARM)


def test_what_the_user_names_besides_is_said_over_the_parameters_that_are_kept() -> None:
    kept = Kept()
    restored = replace(record(), parameters=WARM)
    kept.conversations.restore(RestoreConversation(restored, parameters=COLD))
    assert kept.conversations[FIRST].parameters == COLD.over(WARM)
    kept.conversations.show(ShowConversation(FIRST, parameters=Parameters(shift=True)))
    assert kept.conversations[FIRST].parameters == Parameters(shift=True).over(COLD.over(WARM))


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


def said(*texts: str) -> tuple[Node, ...]:
    """Prompts and replies, in turn."""
    names = [name for number in range(len(texts)) for name in (f"t{number}", f"t{number}#1")][: len(texts)]
    parents = [None, *names]
    return tuple(
        Node(MessageId(name), MessageId(parent) if parent else None, (Role.USER, Role.ASSISTANT)[number % 2], text)
        for number, (name, parent, text) in enumerate(zip(names, parents, texts, strict=False))
    )


def record(*texts: str, system: str = "") -> ConversationRecord:
    nodes = said(*texts)
    head = nodes[-1].id if nodes else None
    return ConversationRecord(FIRST, "Birds", "tiny", system, 1.0, 2.0, head, messages=nodes)


def test_a_request_is_the_system_prompt_what_was_said_and_the_prompt() -> None:
    kept = Kept()
    assert kept.conversations.restore(RestoreConversation(record("1?", "1.", "2?", "2.", system="Be brief.")))
    turn = Turn(TurnId("new"), FIRST, "3?")
    expected = (Role.SYSTEM, "Be brief."), (Role.USER, "2?"), (Role.ASSISTANT, "2."), (Role.USER, "3?")
    messages = tuple(ChatMessage(role, text) for role, text in expected)
    assert kept.conversations.request(turn, "huge", 2) == ChatRequest("huge", messages)


def test_a_request_that_asks_again_has_what_was_said_before_and_the_partial_reply() -> None:
    kept = Kept()
    kept.conversations.restore(RestoreConversation(record("1?", "1.", "2?", "Half")))
    half = Reply("Half", "Hm.")
    turn = Turn(TurnId("t1"), FIRST, "2?", again=True, continues=MessageId("t1#1"), prefix=half)
    messages = kept.conversations.request(turn, "huge", 99).messages
    assert [message.content for message in messages] == ["1?", "1.", "2?", "Half"]
    assert {message.thinking for message in messages} == {""}


def test_the_one_shown_last_is_known() -> None:
    kept = Kept()
    assert kept.conversations.shown is None
    kept.conversations.start(StartConversation())
    kept.conversations.restore(RestoreConversation(record(), shown=False))
    assert kept.conversations.shown == FIRST
    kept.conversations.start(StartConversation())
    assert kept.conversations.shown == SECOND
    kept.conversations.restore(RestoreConversation(record()))
    assert kept.conversations.shown == FIRST


def test_a_message_is_found_in_whatever_conversation_it_is() -> None:
    kept = Kept()
    kept.conversations.restore(RestoreConversation(record("1?")))
    assert kept.conversations.place_of(MessageId("t0")) == FIRST
    assert kept.conversations.place_of(MessageId("gone")) is None


def test_titles_are_known_of_what_was_kept() -> None:
    kept = Kept()
    kept.conversations.restore(RestoreConversation(record()))
    assert (kept.conversations.title(FIRST), kept.conversations.title(SECOND)) == ("Birds", "")


def test_a_discarded_conversation_takes_nothing_more_and_is_there_again_when_it_is_restored() -> None:
    kept = Kept(StartConversation("tiny"))
    kept.conversations.discard(FIRST, busy=())
    assert FIRST not in kept.conversations
    assert kept.conversations[FIRST].model == "tiny"
    assert not kept.conversations.restore(RestoreConversation(record()))
    assert FIRST in kept.conversations


def test_no_model_is_looked_for_in_a_discarded_conversation() -> None:
    kept = Kept(StartConversation())
    kept.conversations.discard(FIRST, busy=())
    kept.conversations.settle_models(TWO, None)
    assert kept.ui.take() == []


def test_of_many_that_are_discarded_the_earliest_are_forgotten_unless_they_are_busy() -> None:
    kept = Kept(*[StartConversation()] * 23)
    names = [event.conversation for event in kept.started if isinstance(event, ConversationStarted)]
    for name in names:
        kept.conversations.discard(name, busy={names[1]})
    for forgotten in (names[0], names[2]):
        with pytest.raises(KeyError):
            kept.conversations[forgotten]
    assert [kept.conversations[name].id for name in (names[1], *names[3:])] == [names[1], *names[3:]]
