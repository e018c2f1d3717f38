import pytest

from actors.kept_notices import (
    describe_adopted,
    describe_conversations,
    describe_deleted,
    describe_hits,
    describe_missing,
    describe_title,
)
from protocol.chat import Role
from protocol.identity import ConversationId, MessageId
from protocol.kept import Hit, KeptConversation

READ = KeptConversation(ConversationId("1"), "Capital of France?", "tiny:1b", 1.0)
UNREAD = KeptConversation(ConversationId("2"), "A story", None, 2.0, unread=True)


def test_conversations_are_listed_and_those_with_news_marked() -> None:
    assert describe_conversations([UNREAD, READ]).splitlines() == [
        "The latest conversations (go to one with /open TITLE):",
        "  A story  (unread)",
        "  Capital of France?",
    ]


def test_where_none_is_kept_that_is_said() -> None:
    assert describe_conversations([]) == "Nothing is kept yet."


def test_of_what_was_found_it_is_said_where_by_whom_and_in_which_words() -> None:
    hits = [
        Hit(READ, MessageId("1"), Role.USER, "the capital of France"),
        Hit(READ, MessageId("1#1"), Role.ASSISTANT, "It is Paris."),
        Hit(UNREAD, MessageId("2"), Role.TOOL, "a tool"),
    ]
    assert describe_hits("is", hits).splitlines() == [
        "Found 'is' (go to a conversation with /open TITLE):",
        "  Capital of France? - you: the capital of France",
        "  Capital of France? - reply: It is Paris.",
        "  A story - tool: a tool",
    ]


def test_what_was_not_found_is_said() -> None:
    assert describe_hits("sea", []) == "Nothing that is kept says 'sea'."


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (describe_missing("sea"), "No conversation begins with 'sea'."),
        (describe_missing(""), "Nothing is kept yet."),
        (describe_adopted(1), "1 prompt of an earlier run waits for its reply: /queue shows it."),
        (describe_adopted(2), "2 prompts of an earlier run wait for their replies: /queue shows them."),
        (describe_title("Paris"), "This conversation is called 'Paris'."),
        (describe_title(""), "This conversation has no title yet."),
        (describe_deleted("Paris"), "Deleted 'Paris'. /undelete brings it back."),
    ],
)
def test_the_other_answers_are_sentences(said: str, words: str) -> None:
    assert said == words
