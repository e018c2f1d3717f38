from msgspec.structs import replace

from actors.sleeper import Sleeper
from protocol.chat import Role
from protocol.identity import ConversationId, MessageId
from protocol.kept import ConversationRecord
from protocol.tree import MessageTree, Node

PROMPT = Node(MessageId("1"), None, Role.USER, "Hi")
REPLY = Node(MessageId("1#1"), PROMPT.id, Role.ASSISTANT, "Hello.")
RECORD = ConversationRecord(ConversationId("talk"), "Hi", None, "", 0.0, 0.0, PROMPT.id, messages=(PROMPT, REPLY))


def test_it_knows_its_head_its_prompts_and_where_undo_has_left() -> None:
    tree = MessageTree([PROMPT, REPLY], REPLY.id)
    tree.undo()
    sleeper = Sleeper(tree)
    assert (sleeper.head, sleeper.undone) == (None, (REPLY.id,))
    assert (PROMPT.id in sleeper, REPLY.id in sleeper, MessageId("2") in sleeper) == (True, False, False)


def test_it_wakes_with_its_own_head_if_that_is_there() -> None:
    sleeper = Sleeper(MessageTree([PROMPT, REPLY], REPLY.id))
    assert sleeper.woken(RECORD) == replace(RECORD, head=REPLY.id)
    lost = replace(RECORD, messages=(PROMPT,))
    assert sleeper.woken(lost) == lost
