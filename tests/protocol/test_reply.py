from protocol.chat import ChatMessage, Role, ToolCall
from protocol.reply import Reply

CALL = ToolCall("f", '{"a":1}')


def test_a_reply_is_empty_only_when_nothing_at_all_came() -> None:
    assert Reply().empty
    assert [reply for reply in (Reply("a"), Reply(thinking="a"), Reply(tool_calls=(CALL,))) if reply.empty] == []


def test_a_reply_becomes_a_message_without_its_thinking() -> None:
    assert Reply("a", "hm", (CALL,)).as_message() == ChatMessage(Role.ASSISTANT, "a", tool_calls=(CALL,))
