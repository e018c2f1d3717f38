"""Who takes turns where many wait for few streams, with a pool and without one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from protocol.comparison import Compare, Contestant
from protocol.coordinator import MoveQueued, SendNow
from protocol.identity import DEFAULT_SERVER, ConversationId
from protocol.limits import ResourceLimits
from protocol.settings import EngineSettings
from protocol.ui import WaitReason
from tests.support.coordinating import A, B, C, Desk, finished, stream, submit
from tests.support.pooling import MILL, desk, opened, pool, reasons


def test_one_chat_does_not_starve_another_and_its_own_prompts_keep_their_order() -> None:
    made = desk(2, pool(MILL))
    made.given(*(submit(A, str(number)) for number in range(20)))
    assert [server for _, server in opened(made.after(submit(B)))] == []
    order = [made.after(finished(stream(3)))]
    first = opened(order[0])[0][0]
    assert first == stream(23)
    assert opened(made.after(finished(first)))[0][0] == stream(4)


def test_chats_take_turns_whoever_has_more_to_say() -> None:
    made = desk(3, pool(MILL))
    made.given(*(submit(chat) for chat in (A, A, A, B, B, C)))
    order, current = [], stream(4)
    for _ in range(5):
        ((current, _),) = opened(made.after(finished(current)))
        order.append(made.coordinator._turns.get(current.turn))
    assert [turn.conversation for turn in order if turn is not None] == [B, C, A, B, A]


@given(st.lists(st.sampled_from([A, B, C]), min_size=2, max_size=12))
def test_nobody_has_two_turns_while_another_waits_for_its_first(chats: list[ConversationId]) -> None:
    made = desk(3, pool(MILL))
    told = made.after(*map(submit, chats))
    left, order = Counter(chats), list[ConversationId]()
    while begins := opened(told):
        ((now, _),) = begins
        turn = made.coordinator._turns.get(now.turn)
        assert turn is not None
        waits = [chat for chat, number in left.items() if number and chat != turn.conversation]
        since = order[len(order) - order[::-1].index(turn.conversation) :] if turn.conversation in order else order
        assert turn.conversation not in order or set(waits) <= set(since)
        left[turn.conversation] -= 1
        order.append(turn.conversation)
        told = made.after(finished(now))
    assert Counter(order) == Counter(chats)


def test_what_the_user_puts_first_is_sent_first() -> None:
    made = desk(3, pool(MILL))
    made.given(submit(A), submit(B), submit(C), MoveQueued(A, 3, 2))
    assert opened(made.after(finished(stream(4)))) == [(stream(6), MILL)]


def test_a_prompt_that_is_hurried_has_the_place_of_its_chat() -> None:
    made = desk(3, pool(MILL))
    made.given(submit(A), submit(B), submit(B), submit(C), SendNow(B, 3))
    assert opened(made.after(finished(stream(4)))) == [(stream(6), MILL)]
    assert opened(made.after(finished(stream(6)))) == [(stream(7), MILL)]


def test_chats_take_turns_without_a_pool_too() -> None:
    made = Desk(2, settings=EngineSettings(limits=ResourceLimits(max_concurrent_streams=1)))
    made.given(submit(A), *(submit(A, str(number)) for number in range(20)), submit(B))
    assert opened(made.after(finished(stream(3)))) == [(stream(24), DEFAULT_SERVER)]


def test_the_streams_over_all_are_limited_too() -> None:
    made = desk(2, pool(limits=ResourceLimits(max_concurrent_streams=1)))
    assert reasons(made.after(submit(A), submit(B))) == [WaitReason.STREAM_LIMIT]


def test_all_that_are_compared_take_turns_with_another_chat_as_one() -> None:
    made = desk(2, pool(MILL))
    three = tuple(Contestant("tiny:1b", seed=seed) for seed in (1, 2, 3))
    assert opened(made.after(Compare(A, three, "Why?"), submit(B))) == [(stream(4), MILL)]
    assert opened(made.after(finished(stream(4)))) == [(stream(6), MILL)]
    assert opened(made.after(finished(stream(6)))) == [(stream(11), MILL)]
    assert opened(made.after(finished(stream(11)))) == [(stream(8), MILL)]


def test_without_a_pool_all_that_are_compared_take_turns_with_another_chat_as_one_too() -> None:
    made = Desk(2, settings=EngineSettings(limits=ResourceLimits(max_concurrent_streams=1)))
    four = tuple(Contestant("tiny:1b", seed=seed) for seed in (1, 2, 3, 4))
    told, order = made.after(Compare(A, four, "Why?"), submit(B), submit(B)), list[ConversationId]()
    while begins := opened(told):
        ((now, _),) = begins
        turn = made.coordinator._turns.get(now.turn)
        assert turn is not None
        conversation = made.coordinator._conversations[turn.conversation]
        order.append(conversation.column_of or conversation.id)
        told = made.after(finished(now))
    assert order == [A, A, B, A, B, A]
