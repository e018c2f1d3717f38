from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol.chat import Attachment, ChatMessage, Role, ToolCall
from protocol.identity import MessageId
from protocol.reply import Reply
from protocol.tree import MessageTree, Node, Place, history
from protocol.turn import TurnState

CALL = ToolCall("weather", "{}")


def prompt(name: str, parent: str | None = None, text: str = "Why?") -> Node:
    return Node(MessageId(name), None if parent is None else MessageId(parent), Role.USER, text)


def reply(name: str, parent: str, text: str = "So.") -> Node:
    return Node(MessageId(name), MessageId(parent), Role.ASSISTANT, text)


def tree(*nodes: Node) -> MessageTree:
    """A tree that grew by these messages."""
    grown = MessageTree()
    for node in nodes:
        grown.add(node)
    return grown


def names(nodes: list[Node]) -> list[str]:
    return [node.id for node in nodes]


FIRST = (prompt("a"), reply("a#1", "a"))
SECOND = (prompt("b", "a#1"), reply("b#1", "b"))
AGAIN = reply("b#2", "b")
EDITED = (prompt("c", "a#1"), reply("c#1", "c"))


def test_an_empty_tree_has_neither_head_nor_path() -> None:
    empty = MessageTree()
    assert (empty.head, empty.path(), list(empty), empty.children(None)) == (None, [], [], [])
    assert (empty.undo(), empty.redo(), empty.head) == (None, False, None)


def test_what_is_added_is_the_head_and_ends_the_path() -> None:
    grown = tree(*FIRST, *SECOND)
    assert (grown.head, grown.path(), list(grown)) == ("b#1", [*FIRST, *SECOND], [*FIRST, *SECOND])
    assert grown[MessageId("b")] == SECOND[0]
    assert (MessageId("b") in grown, MessageId("x") in grown) == (True, False)


def test_a_retry_is_a_version_beside_the_reply() -> None:
    grown = tree(*FIRST, *SECOND, AGAIN)
    assert grown.path() == [*FIRST, SECOND[0], AGAIN]
    assert grown.versions(AGAIN.id) == [SECOND[1], AGAIN]
    assert (grown.place(SECOND[1].id), grown.place(AGAIN.id)) == (Place(1, 2), Place(2, 2))
    assert grown.place(MessageId("a")) == Place(1, 1)


def test_an_edited_prompt_is_a_sibling_of_the_one_before() -> None:
    grown = tree(*FIRST, *SECOND)
    grown.move(MessageId("a#1"))
    for node in EDITED:
        grown.add(node)
    assert grown.path() == [*FIRST, *EDITED]
    assert (grown.place(MessageId("b")), grown.place(MessageId("c"))) == (Place(1, 2), Place(2, 2))


def test_first_prompts_are_versions_of_each_other() -> None:
    grown = tree(*FIRST)
    grown.move(None)
    grown.add(prompt("z"))
    assert names(grown.children(None)) == names(grown.versions(MessageId("z"))) == ["a", "z"]


def test_an_attempt_that_brought_nothing_is_a_version_only_for_itself() -> None:
    empty = reply("a#1", "a", "")
    grown = tree(prompt("a"), empty, reply("a#2", "a"))
    assert names(grown.versions(MessageId("a#2"))) == ["a#2"]
    assert names(grown.versions(empty.id)) == ["a#1", "a#2"]
    assert (grown.place(MessageId("a#2")), grown.place(empty.id)) == (Place(1, 1), Place(1, 2))


def test_a_prompt_that_was_never_sent_can_be_followed_and_answered_later() -> None:
    grown = tree(prompt("a"), prompt("b", "a"), reply("b#1", "b"))
    grown.move(MessageId("a"))
    grown.add(reply("a#1", "a"))
    assert names(grown.versions(MessageId("a#1"))) == ["a#1"]
    assert names(grown.versions(MessageId("b"))) == ["b"]
    grown.move(None)
    assert (grown.redo(), grown.head) == (True, "a#1")
    grown.move(MessageId("a"))
    assert (grown.redo(), grown.head) == (True, "b#1")


def test_whoever_steps_on_sees_every_version_of_everything_and_comes_round() -> None:
    grown = tree(*FIRST, *SECOND, AGAIN)
    grown.move(MessageId("a#1"))
    for node in EDITED:
        grown.add(node)
    seen = [grown.head for _ in range(4) if grown.step(1)]
    assert seen == ["b#1", "b#2", "c#1", "b#1"]
    back = [grown.head for _ in range(4) if grown.step(-1)]
    assert back == ["c#1", "b#2", "b#1", "c#1"]


def test_where_there_is_one_version_of_everything_no_step_leads_away() -> None:
    grown = tree(*FIRST, *SECOND)
    grown.move(MessageId("a#1"))
    assert (grown.step(1), grown.head) == (False, "a#1")


def test_undo_goes_before_the_last_prompt_and_redo_back_to_the_same_version() -> None:
    grown = tree(*FIRST, *SECOND, AGAIN)
    grown.move(MessageId("b#1"))
    assert (grown.undo(), grown.head) == (SECOND[0], "a#1")
    assert (grown.undo(), grown.head) == (FIRST[0], None)
    assert (grown.undo(), grown.head) == (None, None)
    assert (grown.redo(), grown.head) == (True, "a#1")
    assert (grown.redo(), grown.head) == (True, "b#1")
    assert (grown.redo(), grown.head) == (False, "b#1")


def test_a_redo_that_knows_of_no_undo_goes_on_to_the_latest_exchange() -> None:
    grown = MessageTree([*FIRST, *SECOND, AGAIN], MessageId("a#1"))
    assert (grown.redo(), grown.head) == (True, "b#2")
    unanswered = MessageTree([*FIRST, SECOND[0]], MessageId("a#1"))
    assert (unanswered.redo(), unanswered.head) == (True, "b")


@pytest.mark.parametrize("move", ["add", "move", "step"])
def test_after_another_move_an_undo_cannot_be_taken_back(move: str) -> None:
    grown = tree(*FIRST, *SECOND, AGAIN)
    grown.move(MessageId("b#1"))
    grown.undo()
    match move:
        case "add":
            grown.add(prompt("d", "a#1"))
            assert grown.redo() is False
        case "move":
            grown.move(MessageId("a#1"))
        case _:
            grown.redo()
            grown.step(1)
            assert grown.head == "b#2"
    grown.move(MessageId("a#1"))
    grown.redo()
    assert grown.head == ("d" if move == "add" else "b#2")


def test_what_is_known_of_a_message_is_replaced_in_its_place() -> None:
    grown = tree(*FIRST, *SECOND)
    more = reply("a#1", "a", "So, and so on.")
    grown.replace(more)
    assert (list(grown), grown.head) == ([FIRST[0], more, *SECOND], "b#1")
    with pytest.raises(ValueError) as error:
        grown.replace(prompt("b", None))
    assert str(error.value) == "the message b cannot move"


def test_what_is_no_tree_is_refused() -> None:
    said = []
    for nodes, head in [
        ((reply("a#1", "a"),), None),
        ((*FIRST, prompt("a")), None),
        (FIRST, MessageId("x")),
        ((prompt("a", "a"),), None),
    ]:
        with pytest.raises(ValueError) as error:
            MessageTree(nodes, head)
        said.append(str(error.value))
    assert said == [
        "the message a#1 follows a, which is not there",
        "there is a message a already",
        "the head x is not there",
        "the message a follows a, which is not there",
    ]


def test_what_is_refused_changes_nothing() -> None:
    grown = tree(*FIRST)
    for wrong in (prompt("a"), prompt("b", "x")):
        with pytest.raises(ValueError):
            grown.add(wrong)
    for lost in (grown.move, grown.place):
        with pytest.raises(KeyError):
            lost(MessageId("x"))
    assert (grown.head, list(grown)) == ("a#1", [*FIRST])


def test_a_message_is_sent_without_its_thoughts_and_its_attachments_stay() -> None:
    file = Attachment("a.png", "image/png", b"\x89")
    node = Node(MessageId("a#1"), MessageId("a"), Role.ASSISTANT, "So.", "Hm.", (CALL,), attachments=(file,))
    assert node.as_message() == ChatMessage(Role.ASSISTANT, "So.", tool_calls=(CALL,))
    assert node.reply == Reply("So.", "Hm.", (CALL,))


@pytest.mark.parametrize(
    ("node", "empty", "answered"),
    [
        (reply("a#1", "a"), False, True),
        (reply("a#1", "a", ""), True, False),
        (Node(MessageId("a#1"), MessageId("a"), Role.ASSISTANT, "", "Hm."), False, False),
        (Node(MessageId("a#1"), MessageId("a"), Role.ASSISTANT, "", "", (CALL,)), False, True),
        (prompt("a"), False, False),
    ],
)
def test_only_what_was_said_is_an_answer(node: Node, empty: bool, answered: bool) -> None:
    assert (node.empty, node.answered) == (empty, answered)


def sent(*path: Node, limit: int = 100) -> list[str]:
    return [message.content for message in history(path, limit)]


def test_the_path_is_sent_without_prompts_that_got_no_answer() -> None:
    path = [
        *FIRST,
        prompt("b", "a#1", "lost"),
        reply("b#1", "b", ""),
        prompt("c", "b#1", "never sent"),
        prompt("d", "c", "last"),
        reply("d#1", "d", "end"),
    ]
    assert sent(*path) == ["Why?", "So.", "last", "end"]


def test_a_partial_reply_is_sent_as_it_is() -> None:
    cut = Node(MessageId("a#1"), MessageId("a"), Role.ASSISTANT, "So, a", state=TurnState.CUT)
    assert sent(prompt("a"), cut) == ["Why?", "So, a"]


@pytest.mark.parametrize(("limit", "kept"), [(0, 0), (1, 0), (2, 2), (3, 2), (5, 4), (6, 6), (7, 6)])
def test_only_the_last_messages_are_sent_along_beginning_with_a_prompt(limit: int, kept: int) -> None:
    said = [ChatMessage((Role.USER, Role.ASSISTANT)[at % 2], str(at)) for at in range(6)]
    path = [Node(MessageId(str(at)), None, one.role, one.content) for at, one in enumerate(said)]
    assert history(path, limit) == tuple(said[6 - kept :])


@given(st.lists(st.sampled_from(["answered", "lost", "unanswered"]), max_size=30), st.integers(0, 40))
def test_a_history_is_made_of_whole_exchanges_and_within_the_limit(kinds: list[str], limit: int) -> None:
    path: list[Node] = []
    for at, kind in enumerate(kinds):
        path.append(prompt(str(at), path[-1].id if path else None, f"prompt {at}"))
        if kind != "unanswered":
            path.append(reply(f"{at}#1", str(at), f"reply {at}" if kind == "answered" else ""))
    found = history(path, limit)
    assert len(found) <= limit
    answered = [at for at, kind in enumerate(kinds) if kind == "answered"]
    whole = [word for at in answered for word in (f"prompt {at}", f"reply {at}")]
    assert [one.content for one in found] == whole[len(whole) - len(found) :]
    assert len(found) == min(limit // 2 * 2, len(whole))
    assert all(one.role is not two.role for one, two in pairwise(found))


LONG = "🦉 says " * 500


def test_long_texts_are_kept_small_and_come_back_whole() -> None:
    prompt = Node(MessageId("1"), None, Role.USER, LONG)
    first = Node(MessageId("1#1"), prompt.id, Role.ASSISTANT, "", LONG)
    second = Node(MessageId("1#2"), prompt.id, Role.ASSISTANT, f"{LONG}!", LONG)
    tree = MessageTree([prompt, first, second], second.id)
    assert list(tree) == [prompt, first, second]
    assert (tree[first.id], tree.path(), tree.children(prompt.id)) == (first, [prompt, second], [first, second])
    assert (tree.versions(first.id), tree.place(second.id)) == ([first, second], Place(2, 2))
    assert tree.size < sum(len((node.text + node.thinking).encode()) for node in tree) + 1
    assert tree.undo() == prompt
    tree.replace(replace(first, thinking="", text="short"))
    assert tree[first.id] == replace(first, thinking="", text="short")


def test_a_long_reply_is_no_empty_one_and_an_empty_one_is_no_version() -> None:
    prompt = Node(MessageId("1"), None, Role.USER, "Hi")
    nothing = Node(MessageId("1#1"), prompt.id, Role.ASSISTANT, "")
    long = Node(MessageId("1#2"), prompt.id, Role.ASSISTANT, LONG)
    tree = MessageTree([prompt, nothing, long], long.id)
    assert tree.versions(long.id) == [long]
    assert tree.step(1) is False
    tree.add(Node(MessageId("1#3"), prompt.id, Role.ASSISTANT, LONG))
    assert tree.step(-1) is True
    assert tree.head == long.id
