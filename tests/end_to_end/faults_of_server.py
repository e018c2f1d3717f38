"""Faults before a request is read: nobody is there, nobody speaks, or nobody can be trusted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from socket import AF_INET6, socket
from threading import Event, Thread

from actors.cancel import CancelToken
from actors.ollama_server import OllamaServer
from actors.source import ChatBody, Server
from protocol.chat import ChatRequest
from protocol.limits import ResourceLimits, TimeLimits
from protocol.models import ServerSurvey
from protocol.ollama_host import ServerUrl
from protocol.server_settings import ServerSettings
from tests.support.addresses import PATIENCE
from tests.support.answers import head, opening
from tests.support.chatting import over_http
from tests.support.faults import WORKS, Fault, Stage, ends, tried_twice, waits
from tests.support.ports import refusing_port, silent_port, unanswering_port
from tests.support.replay_server import ReplayServer
from tests.support.rude_server import Handshake, Listen, RudeServer
from tests.support.wire import Close, Hold, Receive, Reset, Send, Step, Tell

START = "Start it with `ollama serve`, or name another with --host or OLLAMA_HOST."
QUICK = ResourceLimits(time=TimeLimits(connect=0.2, first_byte=0.2, survey=0.2))
REFUSED = f"No server answers at URL (connection refused). {START}"
NO_NAME = f"No server answers at URL (no name). {START}"
UNANSWERED = f"Nothing answered at URL within the time limit for connecting. {START}"
SILENT = "The server at URL was silent for longer than the time limit. Try again."
RESET = "The connection to URL broke (connection reset by peer). Try again."
NO_HTTP = "The connection to URL broke (it does not speak HTTP as it should). Try again."
NO_ADDRESS = "The address URL cannot be used. Write it like 127.0.0.1:11434."
NO_TLS = "The secure connection to URL failed (wrong version number). Check that it speaks TLS, or write http://."
NO_TRUST = (
    "The secure connection to URL failed (self-signed certificate). "
    "Check its certificate, and name who signed it with ca_file in the configuration."
)
GREETING = (Send(b"220 mail\r\n"), Listen(), Receive(), Close())
NO = (Receive(), Send(head(400, "text/plain", 0)), Close())
NOTHING = (Receive(), Hold())
ENDED = "The connection to URL broke (it ended before the reply did). Try again."


class Moving:
    """Satisfies `actors.source.Server` with one server, and with another one from when it is told to."""

    def __init__(self, before: Server, after: Server) -> None:
        self._before = before
        self._after = after
        self._moved = Event()

    def move(self) -> None:
        """Be the other server from now on. Any thread."""
        self._moved.set()

    def open(self, request: ChatRequest, cancel: CancelToken) -> AbstractContextManager[ChatBody]:
        """See `ChatSource.open`."""
        return self._now.open(request, cancel)

    def survey(self, cancel: CancelToken) -> ServerSurvey:
        """See `Catalogue.survey`."""
        return self._now.survey(cancel)

    def close(self, seconds: float) -> bool:
        """See `Server.close`."""
        return all([self._before.close(seconds), self._after.close(seconds)])

    @property
    def _now(self) -> Server:
        return self._after if self._moved.is_set() else self._before


@contextmanager
def at_a_port(open_port: Callable[[], AbstractContextManager[int]]) -> Iterator[Stage]:
    """A port where no server is, until one is started there."""
    with ExitStack() as later:
        closed = later.enter_context(ExitStack())
        port = closed.enter_context(open_port())

        def mend() -> None:
            closed.close()
            later.enter_context(ReplayServer(WORKS, port=port))

        yield Stage(over_http(port, QUICK), f"http://127.0.0.1:{port}", lambda: 0, mend, QUICK)


@contextmanager
def elsewhere(url: ServerUrl, limits: ResourceLimits = QUICK) -> Iterator[Stage]:
    """An address that cannot be talked to, until the user gives another one."""
    with ReplayServer(WORKS) as server:
        source = Moving(OllamaServer(ServerSettings(url), limits.time, "1"), over_http(server.port))
        yield Stage(source, str(url), lambda: len(server.chats), source.move, limits)


@contextmanager
def rude(*steps: Step, scheme: str = "http", limits: ResourceLimits | None = None) -> Iterator[Stage]:
    """A server that treats everybody alike."""
    with RudeServer(*steps, reply=WORKS) as server:
        chosen = limits or ResourceLimits()
        source = Moving(over_http(server.port, chosen, scheme), over_http(server.port))

        def mend() -> None:
            server.mend()
            source.move()

        yield Stage(source, f"{scheme}://{server.host}", lambda: len(server.chats), mend, chosen)


@contextmanager
def restarted() -> Iterator[Stage]:
    """A server that ends while it replies; another one comes up at its port."""
    spoken, up = Event(), Event()
    with ExitStack() as later:
        first = later.enter_context(ReplayServer((*opening(["Once"]), Tell(spoken), Hold())))

        def restart() -> None:
            assert spoken.wait(PATIENCE)
            first.stop()
            later.enter_context(ReplayServer(WORKS, port=first.port))
            up.set()

        Thread(target=restart, name="restart").start()
        yield Stage(over_http(first.port), first.url, lambda: len(first.chats), lambda: _wait(up))


@contextmanager
def refusing_six() -> Iterator[Stage]:
    """A port of IPv6 where nobody listens."""
    with socket(AF_INET6) as bound:
        bound.bind(("::1", 0))
        with elsewhere(ServerUrl(host="::1", port=bound.getsockname()[1])) as stage:
            yield stage


def _wait(event: Event) -> None:
    assert event.wait(PATIENCE)


SERVERS: tuple[Fault, ...] = (
    Fault("nobody listens", partial(at_a_port, refusing_port), waits(REFUSED, 0)),
    Fault("nobody listens, on IPv6", refusing_six, waits(REFUSED, 0)),
    Fault("a full backlog", partial(at_a_port, unanswering_port), waits(UNANSWERED, 0)),
    Fault("a port that takes and never reads", partial(at_a_port, silent_port), tried_twice(SILENT, 0)),
    Fault("a name that nobody knows", partial(elsewhere, ServerUrl(host="no-such-host.invalid")), waits(NO_NAME, 0)),
    Fault("a name that cannot be", partial(elsewhere, ServerUrl(host="x" * 70)), ends(NO_ADDRESS, requests=0)),
    Fault("a reset before the request is read", partial(rude, Listen(), Reset()), tried_twice(RESET, 0)),
    Fault("a greeting before the request", partial(rude, *GREETING), tried_twice(NO_HTTP, 0)),
    Fault("TLS to a port without", partial(rude, *NO, scheme="https"), ends(NO_TLS, requests=0)),
    Fault(
        "TLS to a port that says nothing", partial(rude, *NOTHING, scheme="https", limits=QUICK), tried_twice(SILENT, 0)
    ),
    Fault("TLS to a port that breaks off", partial(rude, Receive(), Reset(), scheme="https"), tried_twice(RESET, 0)),
    Fault(
        "TLS with a certificate that nobody signed",
        partial(rude, Handshake(), scheme="https"),
        ends(NO_TRUST, requests=0),
    ),
    Fault("the server restarts mid-stream, on the same port", restarted, ends(ENDED, "Once")),
)
