"""The fault matrix: each fault of a server, over real sockets, and exactly what becomes of a prompt that meets it."""

import logging
from collections.abc import Iterator

import pytest

from protocol.coordinator import ChooseVersion, RetryNow
from protocol.reply import Reply, Stopped
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from protocol.ui import PathShown, ReplyGrew, ServerChanged
from tests.end_to_end.faults_of_connection import BREAKS, DIES, FRAMES
from tests.end_to_end.faults_of_openai import OPENAI_BREAKS, OPENAI_HABITS, OPENAI_STATUSES
from tests.end_to_end.faults_of_reply import GARBAGE, ORDER, TYPES
from tests.end_to_end.faults_of_server import SERVERS
from tests.end_to_end.faults_of_status import ODD, STATUSES
from tests.support.answers import opening, silence_after
from tests.support.chatting import chatting, over_http
from tests.support.faults import HOUR, WORKS, Fault, live_through
from tests.support.leaks import nothing_left
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Hold, SendChunk

FAULTS = (
    *DIES,
    *BREAKS,
    *FRAMES,
    *TYPES,
    *GARBAGE,
    *ORDER,
    *STATUSES,
    *ODD,
    *SERVERS,
    *OPENAI_BREAKS,
    *OPENAI_STATUSES,
    *OPENAI_HABITS,
)
HASTY = EngineSettings(retry=RetryPolicy(attempts=2, base=0.0), survey_interval=HOUR)
GARBAGE_AFTER_TEXT: Answer = (*opening(["Half a"]), SendChunk(b"\x00what?\n"), Hold())


@pytest.fixture(autouse=True)
def leaks() -> Iterator[None]:
    with nothing_left():
        yield


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_its_outcome_and_the_next_prompt_works(fault: Fault) -> None:
    assert live_through(fault) == fault.outcome


def test_every_fault_has_a_name_of_its_own_and_there_are_many() -> None:
    names = {fault.name for fault in FAULTS}
    assert len(names) == len(FAULTS)
    assert len(names) >= 100


def test_every_attempt_at_a_garbled_reply_is_kept_and_what_came_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        caplog.at_level(logging.WARNING),
        ReplayServer(GARBAGE_AFTER_TEXT, WORKS) as server,
        chatting(over_http(server.port), HASTY) as chat,
    ):
        talk = chat.begin()
        chat.submit(talk)
        assert chat.ended().reply == Reply("Fine.")
        chat.system.coordinator.tell(ChooseVersion(talk, 1))
        (exchange,) = chat.ui.until(PathShown).exchanges
        assert (exchange.reply, exchange.state) == (Reply("Half a"), TurnState.FAILED)
    assert [record.getMessage() for record in caplog.records] == [
        r"2#1: the server sent what is no chat, beginning with b'\x00what?'"
    ]


def test_a_client_that_goes_away_leaves_at_once_and_what_came_is_kept() -> None:
    with ReplayServer(silence_after(["Once"]), WORKS) as server, chatting(over_http(server.port), HASTY) as chat:
        talk = chat.begin()
        chat.submit(talk)
        chat.ui.until(ReplyGrew)
        chat.cancel(talk)
        ended = chat.ended()
        assert (ended.state, ended.reply) == (TurnState.CANCELLED, Reply("Once"))
        assert isinstance(ended.ending, Stopped)
        assert ended.ending.first_token > 0
        server.client_gone()
        chat.submit(talk)
        assert chat.ended().reply == Reply("Fine.")


def test_a_server_that_is_killed_mid_stream_is_waited_for_by_the_next_prompt() -> None:
    with ReplayServer((*opening(["Once"]), Hold())) as server, chatting(over_http(server.port), HASTY) as chat:
        talk = chat.begin()
        chat.ui.until(ServerChanged)
        chat.submit(talk)
        chat.ui.until(ReplyGrew)
        server.stop()
        ended = chat.ended()
        assert (ended.state, ended.reply) == (TurnState.FAILED, Reply("Once"))
        chat.submit(talk)
        parked = chat.reaches(TurnState.WAITING_FOR_SERVER)
        assert parked.failure is not None
        assert parked.failure.summary == f"No server answers at {server.url} (connection refused)."
        with ReplayServer(WORKS, port=server.port):
            chat.system.coordinator.tell(RetryNow(talk))
            assert chat.ended().reply == Reply("Fine.")


def test_what_one_conversation_meets_is_none_of_the_others_business() -> None:
    with ReplayServer(GARBAGE_AFTER_TEXT, *[WORKS] * 9) as server, chatting(over_http(server.port), HASTY) as chat:
        first, second = chat.begin(), chat.begin()
        chat.submit(first)
        chat.reaches(TurnState.RETRYING)
        chat.submit(second)
        assert {chat.ended().conversation, chat.ended().conversation} == {first, second}
