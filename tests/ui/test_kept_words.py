from protocol.chat import Role
from protocol.identity import ConversationId, MessageId
from protocol.kept import Hit, KeptConversation
from ui.kept_words import describe_conversations, describe_hits

READ = KeptConversation(ConversationId("1"), "Capital of France?", "tiny:1b", 1.0)
UNREAD = KeptConversation(ConversationId("2"), "A story", None, 2.0, unread=True)


def test_conversations_are_listed_and_those_with_news_marked() -> None:
    assert describe_conversations([UNREAD, READ]).splitlines() == [
        "The latest chats (go to one with /open TITLE):",
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
        "Found 'is' (go to a chat with /open TITLE):",
        "  Capital of France? - you: the capital of France",
        "  Capital of France? - reply: It is Paris.",
        "  A story - tool: a tool",
    ]


def test_what_was_not_found_is_said() -> None:
    assert describe_hits("sea", []) == "Nothing that is kept says 'sea'."


def test_of_many_the_latest_are_listed() -> None:
    assert len(describe_conversations([READ] * 100).splitlines()) == 1 + 20
    assert len(describe_hits("is", [Hit(READ, MessageId("1"), Role.USER, "it is")] * 100).splitlines()) == 1 + 10
