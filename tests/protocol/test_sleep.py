from collections.abc import Callable

import pytest
from msgspec.structs import replace

from protocol.attachments import lightened
from protocol.chat import Attachment, Role, ToolCall
from protocol.identity import MessageId
from protocol.sleep import account_of
from protocol.tree import Node
from protocol.turn import TurnState
from tests.support.pictures import png

PROMPT = Node(MessageId("1"), None, Role.USER, "Hi")
REPLY = Node(MessageId("1#1"), PROMPT.id, Role.ASSISTANT, "Hello.", "Hm.", (ToolCall("look", "{}"),))
ACCOUNT = account_of(REPLY.id, [PROMPT, REPLY])


def test_the_same_messages_give_the_same_account() -> None:
    assert account_of(REPLY.id, iter([replace(PROMPT), replace(REPLY)])) == ACCOUNT


def test_who_replied_and_when_is_no_part_of_it() -> None:
    assert account_of(REPLY.id, [PROMPT, replace(REPLY, model="tiny:1b", created=1.0)]) == ACCOUNT


@pytest.mark.parametrize(
    "change",
    [
        lambda node: replace(node, id=MessageId("1#2")),
        lambda node: replace(node, parent=None),
        lambda node: replace(node, text="Hello"),
        lambda node: replace(node, text="Hello.H", thinking="m."),
        lambda node: replace(node, tool_calls=()),
        lambda node: replace(node, state=TurnState.CUT),
        lambda node: replace(node, keeps=2),
        lambda node: replace(node, attachments=(Attachment("a", "image/png", b"1"),)),
    ],
)
def test_whatever_else_differs_gives_another(change: Callable[[Node], Node]) -> None:
    assert account_of(REPLY.id, [PROMPT, change(REPLY)]) != ACCOUNT


def test_another_head_or_another_order_is_another_account() -> None:
    assert account_of(PROMPT.id, [PROMPT, REPLY]) != ACCOUNT
    assert account_of(REPLY.id, [REPLY, PROMPT]) != ACCOUNT


def test_what_cannot_be_encoded_can_be_compared() -> None:
    assert account_of(None, [replace(PROMPT, text="\ud800")]) != account_of(None, [PROMPT])


def test_an_image_whose_bytes_are_on_disk_is_the_same() -> None:
    whole = replace(PROMPT, attachments=(Attachment("a.png", "image/png", png()),))
    light = replace(whole, attachments=lightened(whole.attachments))
    assert account_of(whole.id, [light]) == account_of(whole.id, [whole])
