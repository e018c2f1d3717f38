import pytest

from actors.turns import BEING_ANSWERED, SENT_BEFORE, Turn, TurnBook
from protocol.chat import ChatRequest, Conversation
from protocol.errors import IllegalTransition
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.turn import ENDED, STREAMING, TurnEvent, TurnState
from protocol.ui import WaitReason

HERE, THERE = ConversationId("here"), ConversationId("there")
REQUEST = ChatRequest("tiny:1b", ())
TALK, MODELLESS = Conversation(HERE, "tiny:1b"), Conversation(HERE)


def turn(name: str, conversation: ConversationId = HERE, state: TurnState = TurnState.QUEUED) -> Turn:
    return Turn(TurnId(name), conversation, f"prompt of {name}", state)


def book(*turns: Turn) -> TurnBook:
    filled = TurnBook()
    for each in turns:
        filled.add(each)
    return filled


def test_a_turn_begins_in_the_queue_before_its_first_attempt() -> None:
    fresh = turn("a")
    assert (fresh.state, fresh.stream, fresh.tries) == (TurnState.QUEUED, StreamId(TurnId("a"), 0), 0)


@pytest.mark.parametrize("state", TurnState)
def test_a_reader_is_at_work_only_while_a_turn_streams(state: TurnState) -> None:
    assert turn("a", state=state).streaming == (state in STREAMING)


@pytest.mark.parametrize("state", TurnState)
def test_a_retry_keeps_its_slot_and_a_turn_that_waits_for_the_server_does_not(state: TurnState) -> None:
    assert turn("a", state=state).holds_slot == (state in {*STREAMING, TurnState.RETRYING})


def test_a_turn_follows_the_table_and_no_other_way() -> None:
    moving = turn("a")
    moving.move(TurnEvent.ADMITTED)
    moving.move(TurnEvent.ANSWERED)
    assert moving.state is TurnState.ANSWERING
    with pytest.raises(IllegalTransition):
        moving.move(TurnEvent.THOUGHT)
    assert moving.state is TurnState.ANSWERING


def test_tries_count_from_nothing_when_the_server_is_back_but_attempts_go_on() -> None:
    waiting = turn("a", state=TurnState.WAITING_FOR_SERVER)
    waiting.attempt = waiting.tries = 3
    waiting.move(TurnEvent.SERVER_RETURNED)
    assert (waiting.attempt, waiting.tries) == (3, 0)


def test_turns_are_kept_in_the_order_in_which_they_were_accepted() -> None:
    a, b, c = turn("a"), turn("b", THERE, TurnState.ANSWERING), turn("c")
    turns = book(a, b, c)
    assert (list(turns), len(turns)) == ([a, b, c], 3)
    assert (turns.of(HERE), turns.of(THERE)) == ([a, c], [b])
    assert (turns.in_state(TurnState.QUEUED), turns.in_state(TurnState.DONE)) == ([a, c], [])


def test_turns_may_be_taken_out_while_they_are_walked_through() -> None:
    turns = book(*(turn(name, state=TurnState.DONE) for name in "abc"))
    for each in turns:
        turns.remove_ended(each)
    assert list(turns) == []


@pytest.mark.parametrize("state", sorted(set(TurnState) - ENDED))
def test_a_turn_that_has_not_ended_is_never_let_go_of(state: TurnState) -> None:
    live = turn("a", state=state)
    with pytest.raises(AssertionError):
        book(live).remove_ended(live)


def test_only_the_attempt_under_way_is_current() -> None:
    second = turn("a", state=TurnState.ANSWERING)
    second.attempt, second.request = 2, REQUEST
    turns = book(second)
    assert turns.current(StreamId(TurnId("a"), 2)) is second
    assert turns.current(StreamId(TurnId("a"), 1)) is None
    assert turns.current(StreamId(TurnId("b"), 2)) is None


def test_the_first_of_its_conversation_with_a_model_may_start() -> None:
    first = turn("a")
    assert book(first).obstacle(first, TALK, surveyed=False) is None


@pytest.mark.parametrize("state", sorted(set(TurnState) - ENDED))
def test_a_prompt_waits_for_the_one_before_it_whatever_that_does(state: TurnState) -> None:
    later = turn("b")
    turns = book(turn("a", state=state), later)
    assert turns.obstacle(later, TALK, surveyed=True) is WaitReason.EARLIER_PROMPT


def test_a_prompt_does_not_wait_for_one_of_another_conversation() -> None:
    later = turn("b")
    turns = book(turn("a", THERE, TurnState.ANSWERING), later)
    assert turns.obstacle(later, TALK, surveyed=True) is None


def test_a_prompt_without_a_model_waits_for_the_list_and_then_for_a_choice() -> None:
    first = turn("a")
    turns = book(first)
    assert turns.obstacle(first, MODELLESS, surveyed=False) is WaitReason.SURVEY
    assert turns.obstacle(first, MODELLESS, surveyed=True) is WaitReason.MODEL_UNKNOWN


def sent(name: str, state: TurnState, conversation: ConversationId = HERE) -> Turn:
    begun = turn(name, conversation, state)
    begun.attempt, begun.request = 1, REQUEST
    return begun


def asked_again(name: str) -> Turn:
    again = turn(name)
    again.attempt, again.again = 2, True
    return again


def test_the_attempts_of_an_earlier_turn_of_the_same_prompt_are_not_its_own() -> None:
    again = asked_again("a")
    assert (again.begun, again.sent, again.stream) == (False, True, StreamId(TurnId("a"), 0))
    assert book(again).current(StreamId(TurnId("a"), 2)) is None


@pytest.mark.parametrize("state", [TurnState.QUEUED, TurnState.WAITING_FOR_SERVER])
def test_what_waits_has_no_attempt_that_news_could_be_of(state: TurnState) -> None:
    assert book(sent("a", state)).current(StreamId(TurnId("a"), 1)) is None


def test_the_outbox_is_what_waits_in_order() -> None:
    queued, parked = turn("b"), sent("c", TurnState.WAITING_FOR_SERVER)
    turns = book(sent("a", TurnState.ANSWERING), queued, parked, sent("d", TurnState.RETRYING, THERE))
    assert turns.waiting == [queued, parked]


def test_a_prompt_can_be_changed_while_it_waits_and_was_never_sent() -> None:
    waiting = [turn("a"), turn("a", state=TurnState.WAITING_FOR_SERVER)]
    assert [each.fixed for each in waiting] == ["", ""]
    assert {asked_again("a").fixed, sent("a", TurnState.WAITING_FOR_SERVER).fixed} == {SENT_BEFORE}
    assert {sent("a", state).fixed for state in (*STREAMING, TurnState.RETRYING)} == {BEING_ANSWERED}


def test_turns_have_numbers_from_one() -> None:
    a, b = turn("a"), turn("b", THERE)
    assert [book(a, b).numbered(number) for number in (-1, 0, 1, 2, 3)] == [None, None, a, b, None]


def test_a_turn_has_a_name() -> None:
    a = turn("a")
    assert [book(a).get(name) for name in (TurnId("a"), TurnId("b"), None)] == [a, None, None]


@pytest.mark.parametrize(
    ("name", "number", "order"),
    [("c", 1, "cxab"), ("x", 4, "abcx"), ("a", 3, "xbac"), ("b", 3, "xabc"), ("c", 2, "xcab")],
)
def test_a_turn_is_put_where_a_number_is(name: str, number: int, order: str) -> None:
    turns = book(turn("x", THERE), turn("a"), turn("b"), turn("c"))
    moved = turns.get(TurnId(name))
    assert moved is not None
    turns.put_at(moved, number)
    assert "".join(each.id for each in turns) == order


def test_nothing_of_its_conversation_is_put_before_what_was_sent() -> None:
    under_way, x, a, b = sent("s", TurnState.ANSWERING), turn("x", THERE), turn("a"), turn("b")
    turns = book(x, under_way, a, b)
    turns.put_at(b, 1)
    assert list(turns) == [under_way, x, b, a]
    turns.put_at(under_way, 4)
    assert list(turns) == [x, under_way, b, a]


def test_the_first_of_a_conversation_comes_behind_what_was_sent_and_before_all_that_was_not() -> None:
    again, x, a, b = asked_again("r"), turn("x", THERE), turn("a"), turn("b")
    turns = book(again, x, a, b)
    turns.put_first(b)
    assert list(turns) == [again, x, b, a]
    turns.put_first(b)
    turns.put_first(again)
    assert list(turns) == [again, x, b, a]


def test_what_waited_in_an_earlier_run_needs_a_look_at_the_server_first() -> None:
    adopted = turn("a")
    adopted.adopted = True
    assert book(adopted).obstacle(adopted, TALK, surveyed=False) is WaitReason.SURVEY
    assert book(adopted).obstacle(adopted, TALK, surveyed=True) is None
