"""What a model is sent of a path in which summaries stand."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol.chat import ChatMessage, Role
from protocol.compaction import compacted, for_summary, summed_up
from protocol.identity import MessageId
from protocol.parameters import Parameters
from protocol.tree import MessageTree, Node, history, summarised
from protocol.turn import TurnState

LIMIT = 200


def exchange(name: str, keeps: int | None = None, state: TurnState = TurnState.DONE, answer: str = "") -> list[Node]:
    """A prompt and its reply, whose texts are its name in small and in capital letters."""
    prompt = Node(MessageId(name), None, Role.USER, name, keeps=keeps, state=state)
    return [prompt, Node(MessageId(f"{name}#1"), None, Role.ASSISTANT, answer or name.upper(), state=state)]


def path_of(*exchanges: list[Node]) -> list[Node]:
    return [node for each in exchanges for node in each]


def sent(path: list[Node], limit: int = LIMIT, before_summary: int | None = None) -> str:
    """The prompts that are sent, in order; each must be followed by its reply."""
    messages = history(path, limit, before_summary=before_summary)
    prompts, replies = messages[::2], messages[1::2]
    assert [message.content.upper() for message in prompts] == [message.content for message in replies]
    return "".join(message.content for message in prompts)


A, B, C, D = (exchange(name) for name in "abcd")


def test_a_summary_stands_for_what_was_said_before_it_and_the_last_exchanges_follow_it() -> None:
    path = path_of(A, B, C, exchange("s", keeps=1), D)
    assert sent(path) == "scd"
    assert history(path, LIMIT)[:2] == (ChatMessage(Role.USER, "s"), ChatMessage(Role.ASSISTANT, "S"))


def test_a_summary_may_keep_none_or_more_than_there_are() -> None:
    assert sent(path_of(A, B, exchange("s", keeps=0), C)) == "sc"
    assert sent(path_of(A, B, exchange("s", keeps=9), C)) == "sabc"


def test_a_second_summary_is_made_of_the_first_one() -> None:
    path = path_of(A, B, C, exchange("s", keeps=1), D)
    assert sent(path, before_summary=1) == "sc"
    assert sent([*path, *exchange("t", keeps=1)]) == "td"


def test_a_summary_that_is_not_whole_changes_nothing() -> None:
    for state in (TurnState.CUT, TurnState.FAILED, TurnState.CANCELLED, TurnState.INTERRUPTED, TurnState.ANSWERING):
        assert sent(path_of(A, B, exchange("s", keeps=0, state=state), C)) == "abc"


def test_a_summary_that_says_nothing_changes_nothing() -> None:
    prompt, reply = exchange("s", keeps=0)
    empty = Node(reply.id, None, Role.ASSISTANT, "")
    assert sent([*A, prompt, empty, *B]) == "ab"


def test_of_too_many_messages_the_summary_stays_and_the_oldest_go() -> None:
    path = path_of(A, B, exchange("s", keeps=1), C, D)
    assert [sent(path, limit) for limit in (0, 1, 2, 3, 4, 5, 6, 8)] == ["", "", "d", "d", "sd", "sd", "scd", "sbcd"]


def test_what_a_summary_is_made_of_is_counted_in_messages() -> None:
    path = path_of(A, B, exchange("x", state=TurnState.FAILED), C)
    assert [summarised(path, keep) for keep in (None, 0, 1, 4, 5)] == [None, 8, 6, 0, 0]


@given(st.lists(st.none() | st.integers(0, 4), max_size=12))
def test_no_exchange_is_told_twice_and_only_those_before_a_summary_are_missing(marks: list[int | None]) -> None:
    told = compacted(enumerate(marks), lambda exchange: exchange[1])
    last = max((place for place, keeps in enumerate(marks) if keeps is not None), default=-1)
    assert len(set(told)) == len(told)
    assert [place for place, _ in told if place > last] == list(range(last + 1, len(marks)))
    if last >= 0:
        keeps = marks[last] or 0
        before = compacted(enumerate(marks[:last]), lambda exchange: exchange[1])
        assert told[0] == (last, marks[last])
        assert told[1 : len(told) - (len(marks) - last - 1)] == (before[-keeps:] if keeps else [])
        assert [*summed_up(before, keeps), *told[1 : 1 + len(before) - len(summed_up(before, keeps))]] == before


@given(st.integers(0, 6), st.integers(0, 6))
def test_going_back_before_a_summary_is_the_path_without_it(said: int, keeps: int) -> None:
    tree = MessageTree()
    for number in range(said):
        for node in exchange(f"m{number}"):
            tree.add(Node(node.id, tree.head, node.role, node.text))
    before, path = tree.head, tree.path()
    for node in exchange("s", keeps=keeps):
        tree.add(Node(node.id, tree.head, node.role, node.text, keeps=node.keeps))
    summary = tree.head
    assert tree.undo() == tree[MessageId("s")]
    assert (tree.head, tree.path()) == (before, path)
    assert tree.redo()
    assert tree.head == summary


def test_a_summary_has_no_form_and_is_not_cut_short_whatever_is_set_for_replies() -> None:
    options = Parameters.of_options({"num_ctx": 512, "num_predict": 5, "stop": ("END",), "temperature": 0.5})
    parameters = replace(options, format='"json"', think=False, keep_alive="1h", truncate=False, shift=True)
    kept = Parameters.of_options({"num_ctx": 512, "temperature": 0.5})
    assert for_summary(parameters) == replace(kept, think=False, keep_alive="1h", truncate=False, shift=True)
