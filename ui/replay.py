"""Plays a trace back: what takes the engine's place when there is none."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Protocol

from protocol.address import Address
from protocol.errors import ActorDied
from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, CommandPressed, DraftChanged, InputHandlerMessage, TextSubmitted
from protocol.sleep import ConversationSlept
from protocol.trace import TracedEvent
from protocol.ui import ConversationStarted, DraftsRecalled, EngineFailed, NoticePosted, QuitRequested, UiEvent
from ui.keyboard import Key

KEYS = frozenset({" ", "right"})
"""What shows the next event, in urwid's names."""

_NOTHING_SENT = "This is a replay: nothing is sent, and nothing can be changed. Ctrl-D leaves."
_LEFT = "Here the chat was left."
_STOP_SECONDS = 2.0
_BURST = 256

_logger = logging.getLogger(__name__)


class Trace(Protocol):
    """Where the events come from. `ui.trace_reader` has one."""

    bad: int
    missed: int
    trouble: str

    @property
    def share(self) -> float:
        """How much of it is read, from 0 to 1."""
        ...

    def next(self) -> TracedEvent | None:
        """Return the next event; None after the last."""
        ...


class Player:
    """Tells the UI the events of a trace when their time has come. One thread: the replay's own.

    `speed` is how many times as fast as it was; None for a key at each event. `clock` tells seconds.
    """

    def __init__(
        self, trace: Trace, ui: Address[UiEvent], speed: float | None, clock: Callable[[], float] = monotonic
    ) -> None:
        self._trace = trace
        self._ui = ui
        self._speed = speed
        self._clock = clock
        self._shown: ConversationId | None = None
        self._told = 0
        self._share = 0.0
        self._next = trace.next()
        self._moment = clock()
        """When the next event is due."""
        self._over = False
        if self._next is None:
            self._end()

    @property
    def place(self) -> str:
        """Where it is, for the status line. Any thread."""
        at = f"event {self._told:,}, {self._share:.0%}"
        if self._over:
            return f"replay over: {self._told:,} events"
        return f"replay: {at}   Space: the next" if self._speed is None else f"replay: {at}"

    def next_deadline(self) -> float | None:
        """Seconds until the next event is due; None when there is none, or a key brings it."""
        return None if self._next is None or self._speed is None else max(0.0, self._moment - self._clock())

    def tell_due(self) -> None:
        """Tell the events whose time has come, but not so many that nobody is listened to meanwhile."""
        for _ in range(_BURST):
            if self._next is None or self._speed is None or self._moment > self._clock():
                return
            self._tell_next(self._moment)

    def step(self) -> None:
        """Tell the next event at once; those after it follow at their distance."""
        if self._next is not None:
            self._tell_next(self._clock())

    def answer(self, message: InputHandlerMessage) -> None:
        """Say that nobody is there to take what was typed, but for the wish to quit."""
        match message:
            case TextSubmitted(text=text) if text.strip() == "/quit":
                self._ui.tell(QuitRequested())
            case TextSubmitted() | CommandPressed() | CancelPressed():
                self._ui.tell(NoticePosted(message.conversation, _NOTHING_SENT))
            case DraftChanged():
                pass  # there is nobody to keep it

    def _tell_next(self, moment: float) -> None:
        traced = self._next
        assert traced is not None
        self._told += 1
        self._share = self._trace.share
        self._next = self._trace.next()
        if self._next is not None:
            distance = max(0.0, self._next.at - traced.at)
            self._moment = moment + distance / (self._speed or 1.0)
        self._show(traced.event)
        if self._next is None:
            self._end()

    def _show(self, event: UiEvent) -> None:
        match event:
            case DraftsRecalled():
                pass  # what was not sent then is no matter of what is written now
            case ConversationSlept():
                pass  # nobody would wake it for whoever looks there
            case QuitRequested():
                self._say(_LEFT)  # the replay is not left with it
            case ConversationStarted(conversation=conversation, shown=True):
                self._shown = conversation
                self._ui.tell(event)
            case _:
                self._ui.tell(event)

    def _end(self) -> None:
        self._over = True
        self._say(
            " ".join(
                words
                for words in (
                    f"The replay is over: {self._told:,} events.",
                    f"{self._trace.bad:,} lines could not be read and are left out." if self._trace.bad else "",
                    f"{self._trace.missed:,} messages are missing in the trace." if self._trace.missed else "",
                    self._trace.trouble,
                )
                if words
            )
        )

    def _say(self, words: str) -> None:
        """Say something where one looks; there may be no conversation at all yet."""
        if self._shown is None:
            self._shown = ConversationId("replay")
            self._ui.tell(ConversationStarted(self._shown, None))
        self._ui.tell(NoticePosted(self._shown, words))


@dataclass(frozen=True)
class _Step:
    """Show the next event."""


@dataclass(frozen=True)
class _Stop:
    """End."""


class Replay:
    """An `ui.engine.Engine` and `ui.app.Playback`: a thread in which a Player waits for deadlines and messages."""

    def __init__(self, trace: Trace, speed: float | None) -> None:
        self._trace = trace
        self._speed = speed
        self._mailbox: SimpleQueue[InputHandlerMessage | _Step | _Stop] = SimpleQueue()
        self._player: Player | None = None
        self._thread: threading.Thread | None = None

    def start(self, ui: Address[UiEvent]) -> "Replay":
        """Begin to play. The UI thread, once."""
        self._thread = threading.Thread(target=self._play, args=(ui,), name="Replay", daemon=True)
        self._thread.start()
        return self

    @property
    def input(self) -> Address[InputHandlerMessage]:
        """Where the user's doings go."""
        return self

    @property
    def place(self) -> str:
        """Where it is, for the status line."""
        return self._player.place if self._player is not None else ""

    def takes(self, key: Key) -> bool:
        """Show the next event, where that is what the key is for."""
        if key not in KEYS:
            return False
        self._mailbox.put(_Step())
        return True

    def tell(self, message: InputHandlerMessage, /) -> None:
        """Put what the user did into the mailbox. Any thread; never blocks."""
        self._mailbox.put(message)

    def stop(self) -> None:
        """End, within a moment. Any thread but the replay's own."""
        self._mailbox.put(_Stop())
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _play(self, ui: Address[UiEvent]) -> None:
        try:
            player = self._player = Player(self._trace, ui, self._speed)
            if self._speed is None:
                player.step()  # so that there is something to see, and the place is said
            while self._act(player):
                player.tell_due()
        except Exception as error:
            _logger.exception("the replay failed")
            failure = ActorDied(f"The replay failed ({error!r}).", "The log has the details.").failure
            ui.tell(EngineFailed(failure, fatal=True))

    def _act(self, player: Player) -> bool:
        """Wait for a message or the next deadline; False when that is the end."""
        try:
            message = self._mailbox.get(timeout=player.next_deadline())
        except Empty:
            return True
        match message:
            case _Stop():
                return False
            case _Step():
                player.step()
            case _:
                player.answer(message)
        return True
