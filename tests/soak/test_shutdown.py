"""Shutdown is asked for at the worst moments: nobody is late, nothing is left, and every turn ends or waits on."""

import random
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from actors.shutdown import STOP_SECONDS
from protocol.identity import StreamId, TurnId
from protocol.turn import ENDED, STREAMING, TurnState
from protocol.ui import ReplyGrew, TurnAccepted, TurnEnded, TurnMoved, TurnQueued, UiEvent
from tests.soak.scenes import SCENES, Scene
from tests.support.addresses import PATIENCE
from tests.support.answers import endless, ndjson_chat, silence_after, silence_before_headers
from tests.support.chatting import Chat, chatting, over_http
from tests.support.engine import DeafServer, ScriptedServer
from tests.support.leaks import nothing_left
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer

WAITING = {TurnState.QUEUED, TurnState.WAITING_FOR_SERVER}
AFTER = dict.fromkeys(STREAMING, TurnState.CANCELLED) | {TurnState.RETRYING: TurnState.WAITING_FOR_SERVER}
"""What shutdown makes of the states that it does not leave as they are."""
MANY = 50
CANCELS = 100
SEED = 20261122


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


@pytest.mark.parametrize(("state", "scene"), SCENES.values(), ids=SCENES.keys())
def test_shutdown_completes_in_every_state_of_a_turn(state: TurnState, scene: Scene) -> None:
    with ExitStack() as stack:
        chat = scene(stack)
        assert last_state(chat.ui.taken) is state
        report = chat.stop(STOP_SECONDS)
    assert report.late == ()
    assert report.seconds < STOP_SECONDS
    outcomes = outcomes_of([*chat.ui.taken, *chat.ui.drain()])
    assert list(outcomes.values())[-1] is AFTER.get(state, state)
    assert set(outcomes.values()) <= {*ENDED, *WAITING}


def test_the_scenes_are_all_states_but_the_one_that_only_a_dead_program_leaves_behind() -> None:
    assert {state for state, _ in SCENES.values()} == set(TurnState) - {TurnState.INTERRUPTED}


def test_shutdown_completes_with_a_turn_in_every_state_of_waiting_and_streaming_at_once() -> None:
    with ReplayServer(silence_after(["a"]), silence_before_headers(), endless()) as server:
        chat = Chat(over_http(server.port))
        talks = [chat.begin() for _ in range(6)]
        for talk in talks:
            chat.submit(talk)
            chat.submit(talk, "later")
        server.request_received(4)
        report = chat.stop(STOP_SECONDS)
    assert report.late == ()
    outcomes = outcomes_of([*chat.ui.taken, *chat.ui.drain()])
    assert sorted(outcomes.values()) == [TurnState.CANCELLED] * 4 + [TurnState.QUEUED] * 8


def test_a_source_that_ignores_its_cancel_is_named_and_stopping_takes_no_longer_for_it() -> None:
    server = DeafServer()
    chat = Chat(server)
    for _ in range(3):
        chat.submit(chat.begin())
    assert server.entered.wait(PATIENCE)
    report = chat.stop(1.0)
    assert report.late == ("StreamReader",)
    assert report.seconds < 1.0 + PATIENCE / 4
    assert set(outcomes_of([*chat.ui.taken, *chat.ui.drain()]).values()) == {TurnState.CANCELLED}
    server.release()


def test_many_engines_come_and_go_without_a_trace() -> None:
    for _ in range(MANY):
        with chatting(ScriptedServer()):
            pass


def test_many_engines_come_and_go_in_the_middle_of_a_reply() -> None:
    with ReplayServer(endless()) as server:
        for _ in range(MANY):
            with chatting(over_http(server.port)) as chat:
                chat.submit(chat.begin())
                chat.ui.until(ReplyGrew)
        server.connections_are(0)


def test_streams_cancelled_at_any_moment_end_as_cancelled_or_as_done() -> None:
    chance = random.Random(SEED)
    answers = [_some_answer(chance) for _ in range(CANCELS)]
    with ReplayServer(*(answer for answer, _ in answers)) as server, chatting(over_http(server.port)) as chat:
        ends = [_cancel_after(chat, words, server, number) for number, (_, words) in enumerate(answers, 1)]
        server.connections_are(0)
    assert {end.state for end in ends} == {TurnState.CANCELLED, TurnState.DONE}
    for end in ends:
        assert end.reply.text == shown(chat.ui.taken, end.stream)


def _some_answer(chance: random.Random) -> tuple[Answer, int]:
    """An answer, and after how many of its words to cancel it; one too many for one that is to end by itself."""
    words = ["word "] * chance.randrange(1, 30)
    some = chance.randrange(len(words) + 1)
    some_or_none = chance.choice((some, len(words) + 1))
    return chance.choice(
        (
            (silence_before_headers(), 0),
            (silence_after(words), some),
            (endless(), some),
            (ndjson_chat(words), some_or_none),
        )
    )


def _cancel_after(chat: Chat, words: int, server: ReplayServer, number: int) -> TurnEnded:
    """Cancel when so many words are on the screen, or when the reply has ended before."""
    talk = chat.begin()
    chat.submit(talk)
    server.request_received(number)
    seen = 0
    while seen < words:
        event = chat.ui.next()
        if isinstance(event, TurnEnded):
            return event
        if isinstance(event, ReplyGrew):
            seen += sum(chunk.text.count(" ") for chunk in event.chunks)
    chat.cancel(talk)
    return chat.ended()


def shown(told: list[UiEvent], stream: StreamId) -> str:
    """The text of one stream, as the UI was told of it."""
    grown = [event for event in told if isinstance(event, ReplyGrew) and event.stream == stream]
    return "".join(chunk.text for event in grown for chunk in event.chunks)


def last_state(told: list[UiEvent]) -> TurnState:
    """The state of the turn that the UI was told of last."""
    for event in reversed(told):
        match event:
            case TurnAccepted() | TurnQueued():
                return TurnState.QUEUED
            case TurnMoved(state=state) | TurnEnded(state=state):
                return state
            case _:
                pass
    raise AssertionError(told)


def outcomes_of(told: list[UiEvent]) -> dict[TurnId, TurnState]:
    """The state of each turn that the UI was told of last; a second end is an error."""
    outcomes = {event.turn: TurnState.QUEUED for event in told if isinstance(event, TurnAccepted)}
    for event in told:
        if isinstance(event, TurnMoved | TurnEnded):
            assert outcomes[event.stream.turn] not in ENDED
            outcomes[event.stream.turn] = event.state
    return outcomes
