import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.chat import ChatMessage, ChatRequest, Conversation, Role
from protocol.identity import ConversationId

ID = ConversationId("c1")
HISTORY = tuple(ChatMessage((Role.USER, Role.ASSISTANT)[number % 2], str(number)) for number in range(6))
BRIEF = ChatMessage(Role.SYSTEM, "Be brief.")
ASKED = ChatMessage(Role.USER, "Why?")


def test_the_first_prompt_is_alone() -> None:
    assert Conversation(ID).request("m", "Why?", 10) == ChatRequest("m", (ASKED,))


def test_the_system_prompt_comes_first_then_the_history_then_the_prompt() -> None:
    conversation = Conversation(ID, "other", "Be brief.", HISTORY)
    assert conversation.request("m", "Why?", 10) == ChatRequest("m", (BRIEF, *HISTORY, ASKED))


@pytest.mark.parametrize(
    ("bound", "kept"),
    [(0, ()), (1, ()), (2, HISTORY[4:]), (5, HISTORY[2:]), (6, HISTORY), (7, HISTORY)],
)
def test_only_the_last_messages_are_sent_along_beginning_with_a_prompt(
    bound: int, kept: tuple[ChatMessage, ...]
) -> None:
    conversation = Conversation(ID, system="Be brief.", messages=HISTORY)
    assert conversation.request("m", "Why?", bound).messages == (BRIEF, *kept, ASKED)


@given(st.integers(0, 300), st.integers(0, 250))
def test_a_request_never_holds_more_history_than_the_bound(length: int, bound: int) -> None:
    messages = tuple(ChatMessage(Role.USER, str(number)) for number in range(length))
    sent = Conversation(ID, messages=messages).request("m", "Why?", bound).messages
    assert sent == (*messages[max(0, length - bound) :], ASKED)
