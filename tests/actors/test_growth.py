import pytest

from actors.growth import attempts, begin_attempt, end_attempt, end_turn, exchanges, pairs, place
from actors.turns import Turn
from protocol.chat import ChatRequest, Role
from protocol.errors import ConnectionLost
from protocol.frames import Metrics
from protocol.identity import ConversationId, MessageId, StreamId, TurnId
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.tree import MessageTree, Node, Place
from protocol.turn import TurnState
from protocol.ui import Exchange

PROMPT = MessageId("p")
FIRST, SECOND = StreamId(TurnId("p"), 1), StreamId(TurnId("p"), 2)
DONE, LOST = Finished("stop", Metrics()), Broken(ConnectionLost("Lost.").failure)


def turn(state: TurnState, attempt: int = 1, again: bool = False, name: str = "p") -> Turn:
    return Turn(
        TurnId(name), ConversationId("talk"), f"{name}?", state, attempt, request=ChatRequest("tiny", ()), again=again
    )


def unsent(state: TurnState, again: bool = False, name: str = "p") -> Turn:
    return Turn(TurnId(name), ConversationId("talk"), f"{name}?", state, again=again)


def prompt(state: TurnState = TurnState.CONNECTING, ending: Ending | None = None) -> Node:
    return Node(PROMPT, None, Role.USER, "p?", state=state, ending=ending)


def connecting(stream: StreamId) -> Node:
    return Node(stream.message, PROMPT, Role.ASSISTANT, "", state=TurnState.CONNECTING, model="tiny")


def begun() -> MessageTree:
    tree = MessageTree()
    begin_attempt(tree, turn(TurnState.CONNECTING))
    return tree


def test_a_first_attempt_adds_the_prompt_and_room_for_its_reply() -> None:
    tree = begun()
    assert (list(tree), tree.head) == ([prompt(), connecting(FIRST)], FIRST.message)


def test_a_prompt_follows_the_head() -> None:
    tree = begun()
    begin_attempt(tree, turn(TurnState.CONNECTING, name="q"))
    assert [node.id for node in tree.path()] == ["p", "p#1", "q", "q#1"]


def test_a_further_attempt_is_a_sibling_and_the_head() -> None:
    tree = begun()
    begin_attempt(tree, turn(TurnState.CONNECTING, 2, again=True))
    assert (list(tree), tree.head) == ([prompt(), connecting(FIRST), connecting(SECOND)], SECOND.message)


def test_an_attempt_leaves_other_versions_of_the_reply_behind_and_tells_when_it_leaves_more() -> None:
    tree, dropped = begun(), unsent(TurnState.CANCELLED, name="q")
    assert begin_attempt(tree, turn(TurnState.CONNECTING, 2))
    end_turn(tree, dropped, Reply(), Stopped())
    assert not begin_attempt(tree, turn(TurnState.CONNECTING, 3))
    assert [node.id for node in tree.path()] == ["p", "p#3"]
    assert begin_attempt(tree, turn(TurnState.CONNECTING, name="r"))


def test_an_attempt_ends_once() -> None:
    tree, thought = begun(), Reply("a", "Hm.")
    end_attempt(tree, FIRST, thought, TurnState.FAILED, LOST)
    end_attempt(tree, FIRST, Reply("b"), TurnState.DONE, DONE)
    failed = tree[FIRST.message]
    assert (failed.reply, failed.state, failed.ending) == (thought, TurnState.FAILED, LOST)


def test_the_end_of_a_turn_is_that_of_its_reply_and_of_its_prompt() -> None:
    tree = begun()
    end_turn(tree, turn(TurnState.DONE), Reply("a"), DONE)
    said = Node(FIRST.message, PROMPT, Role.ASSISTANT, "a", state=TurnState.DONE, ending=DONE, model="tiny")
    assert (list(tree), tree.head) == ([prompt(TurnState.DONE, DONE), said], FIRST.message)


def test_a_turn_that_ends_between_two_attempts_leaves_the_last_as_it_is() -> None:
    tree = begun()
    end_attempt(tree, FIRST, Reply("a"), TurnState.FAILED, LOST)
    end_turn(tree, turn(TurnState.CANCELLED), Reply(), Stopped())
    assert tree[PROMPT] == prompt(TurnState.CANCELLED, Stopped())
    assert (tree[FIRST.message].text, tree[FIRST.message].state) == ("a", TurnState.FAILED)


def test_a_prompt_that_was_never_sent_follows_the_head_once_its_turn_has_ended() -> None:
    tree = MessageTree()
    end_turn(tree, unsent(TurnState.CANCELLED), Reply(), Stopped())
    assert (list(tree), tree.head) == ([prompt(TurnState.CANCELLED, Stopped())], PROMPT)


def test_a_turn_that_was_to_ask_again_and_never_did_ends_a_prompt_that_still_waited() -> None:
    tree = begun()
    end_turn(tree, unsent(TurnState.CANCELLED, again=True), Reply(), Stopped())
    assert (list(tree), tree.head) == ([prompt(TurnState.CANCELLED, Stopped()), connecting(FIRST)], FIRST.message)


def test_a_turn_that_was_to_ask_again_and_never_did_leaves_an_end_as_it_was() -> None:
    tree = begun()
    tree.replace(prompt(TurnState.FAILED, LOST))
    end_turn(tree, unsent(TurnState.CANCELLED, again=True), Reply(), Stopped())
    assert list(tree) == [prompt(TurnState.FAILED, LOST), connecting(FIRST)]


def test_a_prompt_that_is_asked_again_is_under_way_again() -> None:
    tree = begun()
    end_turn(tree, turn(TurnState.DONE), Reply("a"), DONE)
    begin_attempt(tree, turn(TurnState.CONNECTING, 2, again=True))
    assert tree[PROMPT] == prompt()


def test_attempts_are_counted_by_their_highest_number_whatever_else_follows_a_prompt() -> None:
    tree = MessageTree()
    end_turn(tree, unsent(TurnState.CANCELLED), Reply(), Stopped())
    assert attempts(tree, PROMPT) == 0
    end_turn(tree, unsent(TurnState.CANCELLED, name="q"), Reply(), Stopped())
    begin_attempt(tree, turn(TurnState.CONNECTING, 7, again=True))
    assert attempts(tree, PROMPT) == 7


def test_what_is_not_there_has_no_versions() -> None:
    assert place(MessageTree(), PROMPT) == Place()


def test_an_exchange_is_a_prompt_and_the_reply_on_the_path() -> None:
    tree = begun()
    end_turn(tree, turn(TurnState.DONE), Reply("a"), DONE)
    begin_attempt(tree, turn(TurnState.CONNECTING, 2, again=True))
    end_turn(tree, turn(TurnState.DONE, 2, again=True), Reply("b"), DONE)
    end_turn(tree, unsent(TurnState.CANCELLED, name="q"), Reply(), Stopped())
    answered = Exchange(TurnId("p"), "p?", Place(), SECOND, "tiny", Reply("b"), TurnState.DONE, DONE, Place(2, 2))
    never = StreamId(TurnId("q"), 0)
    alone = Exchange(TurnId("q"), "q?", Place(), never, "", Reply(), TurnState.CANCELLED, Stopped(), Place())
    assert exchanges(tree) == (answered, alone)


@pytest.mark.parametrize(
    ("names", "expected"), [("", []), ("p", ["p-"]), ("pa", ["pa"]), ("ppa", ["p-", "pa"]), ("pap", ["pa", "p-"])]
)
def test_a_path_is_prompts_with_and_without_replies(names: str, expected: list[str]) -> None:
    path = [Node(MessageId(one), None, Role.USER if one == "p" else Role.ASSISTANT, "") for one in names]
    assert [f"{said.id}{reply.id if reply else '-'}" for said, reply in pairs(path)] == expected
