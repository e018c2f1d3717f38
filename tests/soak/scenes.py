"""Turns in every state of the turn table, by every way that leads there."""

import threading
from collections.abc import Callable
from contextlib import ExitStack

from actors.source import Server
from protocol.limits import ResourceLimits
from protocol.retry import RetryPolicy
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from protocol.ui import WaitReason
from tests.support.answers import cut_off, endless, head, ndjson_chat, opening, silence_after, status, thought
from tests.support.chatting import QUICK, Chat, over_http
from tests.support.listeners import listener
from tests.support.ports import refusing_port, unanswering_port
from tests.support.replay_server import ReplayServer
from tests.support.wire import Answer, Hold, Send, Tell

HOUR = 3600.0
NDJSON = "application/x-ndjson"
NO_RETRY = EngineSettings(retry=RetryPolicy(attempts=1), survey_interval=HOUR)
LONG_BREAK = EngineSettings(retry=RetryPolicy(base=HOUR, cap=HOUR))
A_LOT = "x" * 64 * 1024 * 1024
"""More than the buffers between two sockets hold."""

Scene = Callable[[ExitStack], Chat]
"""Brings the last turn of an engine to some state; what else it needs is closed with the stack."""


def chat_over(stack: ExitStack, *script: Answer, settings: EngineSettings | None = None) -> Chat:
    """An engine that talks to a server with this script."""
    return engine(stack, over_http(stack.enter_context(ReplayServer(*script)).port), settings)


def engine(stack: ExitStack, server: Server, settings: EngineSettings | None = None) -> Chat:
    """An engine that is stopped with the stack if the test has not come so far."""
    chat = Chat(server, settings)
    stack.callback(chat.stop)
    return chat


def queued_for_the_list(stack: ExitStack) -> Chat:
    """QUEUED: nobody knows yet which models there are."""
    server = stack.enter_context(ReplayServer(gets={"/api/version": (Hold(),)}))
    chat = engine(stack, over_http(server.port))
    chat.submit(chat.begin(None))
    chat.waits_for(WaitReason.SURVEY)
    server.request_received(path="/api/version")
    return chat


def queued_for_a_model(stack: ExitStack) -> Chat:
    """QUEUED: the user has been asked for a model."""
    server = stack.enter_context(ReplayServer(models=["tiny:1b", "huge:70b"]))
    chat = engine(stack, over_http(server.port))
    chat.submit(chat.begin(None))
    chat.waits_for(WaitReason.MODEL_UNKNOWN)
    return chat


def queued_behind_another(stack: ExitStack) -> Chat:
    """QUEUED: an earlier prompt of the conversation streams."""
    chat = chat_over(stack, silence_after(["a"]))
    talk = chat.begin()
    chat.submit(talk)
    chat.submit(talk, "later")
    chat.waits_for(WaitReason.EARLIER_PROMPT)
    return chat


def queued_for_a_stream(stack: ExitStack) -> Chat:
    """QUEUED: other conversations stream."""
    settings = EngineSettings(limits=ResourceLimits(max_concurrent_streams=1))
    chat = chat_over(stack, silence_after(["a"]), settings=settings)
    chat.submit(chat.begin())
    chat.submit(chat.begin())
    chat.waits_for(WaitReason.STREAM_LIMIT)
    return chat


def connecting(stack: ExitStack) -> Chat:
    """CONNECTING: nothing answers, nothing refuses."""
    chat = engine(stack, over_http(stack.enter_context(unanswering_port())))
    chat.submit(chat.begin())
    chat.reaches(TurnState.CONNECTING)
    return chat


def shaking_hands(stack: ExitStack) -> Chat:
    """CONNECTING: the TLS handshake is not answered."""
    nobody = stack.enter_context(listener())
    chat = engine(stack, over_http(nobody.port, scheme="https"))
    chat.submit(chat.begin())
    chat.reaches(TurnState.CONNECTING)
    assert nobody.spoken_to.wait(QUICK)
    return chat


def sending(stack: ExitStack) -> Chat:
    """CONNECTING: the request is not read."""
    nobody = stack.enter_context(listener())
    limits = ResourceLimits(max_prompt_bytes=len(A_LOT))
    chat = engine(stack, over_http(nobody.port), EngineSettings(limits=limits))
    chat.submit(chat.begin(), A_LOT)
    chat.reaches(TurnState.CONNECTING)
    assert nobody.spoken_to.wait(QUICK)
    return chat


def silent(begin: bytes) -> Scene:
    """CONNECTING: the server has said so much, and then nothing more."""

    def scene(stack: ExitStack) -> Chat:
        said = threading.Event()
        chat = chat_over(stack, (Send(begin), Tell(said), Hold()))
        chat.submit(chat.begin())
        chat.reaches(TurnState.CONNECTING)
        assert said.wait(QUICK)
        return chat

    return scene


def growing(answer: Answer, state: TurnState) -> Scene:
    """THINKING or ANSWERING, in which the server rests or does not."""

    def scene(stack: ExitStack) -> Chat:
        chat = chat_over(stack, answer)
        chat.submit(chat.begin())
        chat.reaches(state)
        return chat

    return scene


def retrying(stack: ExitStack) -> Chat:
    """RETRYING: the next attempt is an hour away."""
    chat = chat_over(stack, cut_off([]), settings=LONG_BREAK)
    chat.submit(chat.begin())
    chat.reaches(TurnState.RETRYING)
    return chat


def waiting_for_the_server(stack: ExitStack) -> Chat:
    """WAITING_FOR_SERVER: nobody listens at its port."""
    chat = engine(stack, over_http(stack.enter_context(refusing_port())), NO_RETRY)
    chat.submit(chat.begin())
    chat.reaches(TurnState.WAITING_FOR_SERVER)
    return chat


def over(answer: Answer, state: TurnState) -> Scene:
    """A turn that has ended by itself."""

    def scene(stack: ExitStack) -> Chat:
        chat = chat_over(stack, answer)
        chat.submit(chat.begin())
        assert chat.ended().state is state
        return chat

    return scene


def cancelled(stack: ExitStack) -> Chat:
    """CANCELLED, by the user, in the middle of a reply."""
    chat = chat_over(stack, silence_after(["a"]))
    talk = chat.begin()
    chat.submit(talk)
    chat.reaches(TurnState.ANSWERING)
    chat.cancel(talk)
    assert chat.ended().state is TurnState.CANCELLED
    return chat


def being_cancelled(stack: ExitStack) -> Chat:
    """ANSWERING: the user has cancelled this very moment."""
    chat = chat_over(stack, endless())
    talk = chat.begin()
    chat.submit(talk)
    chat.reaches(TurnState.ANSWERING)
    chat.cancel(talk)
    return chat


CHUNKED = head(200, NDJSON)
SCENES: dict[str, tuple[TurnState, Scene]] = {
    "queued for the list of models": (TurnState.QUEUED, queued_for_the_list),
    "queued for a model": (TurnState.QUEUED, queued_for_a_model),
    "queued behind another prompt": (TurnState.QUEUED, queued_behind_another),
    "queued for a free stream": (TurnState.QUEUED, queued_for_a_stream),
    "connecting": (TurnState.CONNECTING, connecting),
    "shaking hands": (TurnState.CONNECTING, shaking_hands),
    "sending": (TurnState.CONNECTING, sending),
    "waiting for the headers": (TurnState.CONNECTING, silent(b"")),
    "inside the headers": (TurnState.CONNECTING, silent(CHUNKED[:20])),
    "after the headers": (TurnState.CONNECTING, silent(CHUNKED)),
    "inside the first chunk": (TurnState.CONNECTING, silent(CHUNKED + b"ff\r\n{")),
    "inside an error": (TurnState.CONNECTING, silent(head(500, NDJSON, 99) + b"{")),
    "thinking": (TurnState.THINKING, growing((*opening([thought("Hm")]), Hold()), TurnState.THINKING)),
    "answering, silent": (TurnState.ANSWERING, growing(silence_after(["a"]), TurnState.ANSWERING)),
    "answering, in a chunk": (
        TurnState.ANSWERING,
        growing((*opening(["a"]), Send(b"ff\r\n{"), Hold()), TurnState.ANSWERING),
    ),
    "answering, a flood": (TurnState.ANSWERING, growing(endless(), TurnState.ANSWERING)),
    "answering, being cancelled": (TurnState.ANSWERING, being_cancelled),
    "retrying": (TurnState.RETRYING, retrying),
    "waiting for the server": (TurnState.WAITING_FOR_SERVER, waiting_for_the_server),
    "done": (TurnState.DONE, over(ndjson_chat(["a"]), TurnState.DONE)),
    "cut": (TurnState.CUT, over(ndjson_chat(["a"], "length"), TurnState.CUT)),
    "failed": (TurnState.FAILED, over(status(400), TurnState.FAILED)),
    "cancelled": (TurnState.CANCELLED, cancelled),
}
