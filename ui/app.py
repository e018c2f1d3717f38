"""The full-screen chat: its life from the first paint to the last word."""

import errno
import logging
import os
import signal
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TextIO

import urwid
from urwid.display.common import BaseScreen, InputClosedError

from protocol.address import Address
from protocol.errors import ChinwagError
from protocol.identity import TurnId
from protocol.input_handler import CancelPressed, InputHandlerMessage
from protocol.ui import UiEvent
from ui.bridge import Bridge
from ui.conversation import Notice, NoticeKind
from ui.face import Face
from ui.keys import Action, action_of, keys_help
from ui.log import errors_to
from ui.model import Model
from ui.outgoing import Outgoing
from ui.pacer import Clock, Pacer
from ui.palette import PALETTE
from ui.signals import LastResort, leaving_on_signals, stacks_on_signal
from ui.terminal import TerminalScreen, check_terminal, leave_terminal

QUIT_AGAIN = 2.0
"""Seconds in which a second Ctrl-C quits."""

_QUIT_HINT = "press Ctrl-C again to quit"
_BROKEN_HINT = "chinwag failed: copy what you need, quit, start it again"
_TICK = 1.0
_GONE = frozenset({errno.EIO, errno.ENXIO, errno.EPIPE, errno.EBADF})
_FAILED, _UNUSABLE, _HUNG_UP = 1, 2, 128 + signal.SIGHUP

_logger = logging.getLogger(__name__)


class Engine(Protocol):
    """What answers. The face knows no more of it than this."""

    @property
    def input(self) -> Address[InputHandlerMessage]:
        """Where the user's doings go."""
        ...

    def stop(self) -> None:
        """End everything, within 5 seconds."""
        ...


Key = str | tuple[str, int, int, int]
"""A key by its name in urwid, or what the mouse did: event, button, column, row."""

StartEngine = Callable[[Address[UiEvent]], Engine]
"""Start an engine that tells its events to the address. May raise ChinwagError."""


@dataclass(frozen=True)
class Farewell:
    """How a run ended."""

    status: int = 0
    words: tuple[str, ...] = ()
    """What is left to say, once the terminal is restored."""


def run_chat(
    start_engine: StartEngine,
    stdin: TextIO,
    stdout: TextIO,
    stderr: TextIO,
    environ: Mapping[str, str],
    log: int | None = None,
) -> int:
    """Run the chat on a terminal until the user leaves, and return the exit status. Main thread only.

    `start_engine` is called after the first paint. `log` is the descriptor that takes the threads' stacks on SIGUSR1,
    and what libraries write to standard error, which would spoil the screen.
    Raises InterfaceError if the terminal cannot be used.
    """
    check_terminal(stdin, stdout, environ)
    urwid.set_encoding("utf-8")
    settings = termios.tcgetattr(stdin.fileno())
    last_resort = LastResort(lambda: leave_terminal(stdin.fileno(), stdout.fileno(), settings))
    app = ChatApp(start_engine, TerminalScreen(stdin, stdout), time.monotonic)
    with errors_to(log), leaving_on_signals(app.events, last_resort), stacks_on_signal(log):
        farewell = app.run(last_resort.disarm)
    with suppress(OSError):
        stderr.writelines(f"chinwag: {sentence}\n" for sentence in farewell.words)
        stderr.flush()
    return farewell.status


class ChatApp:
    """Joins the parts: events come over the bridge into the model, the pacer paints, keys go to the engine."""

    def __init__(self, start_engine: StartEngine, screen: BaseScreen, clock: Clock) -> None:
        self._start_engine = start_engine
        self._clock = clock
        self._bridge = Bridge()
        self._model = Model()
        self._engine: Engine | None = None
        self._outgoing = Outgoing()
        self._face = Face(self._submit)
        self._screen = screen
        self._loop = urwid.MainLoop(
            self._face, PALETTE, screen, unhandled_input=self._act, input_filter=self._see_input
        )
        self._pacer = Pacer(self._paint, self._loop.event_loop.alarm, clock)
        self._ticking = False
        self._hint = ""
        self._quit_before = 0.0
        self._stopping: TurnId | None = None
        self._mouse = True

    @property
    def events(self) -> Address[UiEvent]:
        """Where events for the screen go, from any thread or signal handler."""
        return self._bridge

    def run(self, terminal_restored: Callable[[], None]) -> Farewell:
        """Show the screen until the user leaves; then stop the engine. Never raises an Exception."""
        farewell = self._run_loop()
        terminal_restored()
        self._bridge.detach()
        if self._engine is not None:
            self._engine.stop()
        return farewell

    def _run_loop(self) -> Farewell:
        try:
            self._bridge.attach(self._loop, self._pacer.request)
            self._loop.event_loop.alarm(0, self._begin)
            self._loop.run()
        except ChinwagError as error:
            return Farewell(_UNUSABLE, (str(error),))
        except InputClosedError as error:
            return _gone(error)
        except OSError as error:
            return _gone(error) if error.errno in _GONE else _crash(error)
        except Exception as error:  # noqa: BLE001 - told and logged by _crash
            return _crash(error)
        leaving = self._model.leaving
        if leaving is None:
            return Farewell()
        return Farewell(leaving.status, (leaving.reason,) if leaving.reason else ())

    def _begin(self) -> None:
        """Paint first: what the engine needs to be imported takes longer than a blink."""
        self._refresh()
        self._loop.draw_screen()
        self._engine = self._start_engine(self._bridge)
        self._outgoing.connect(self._engine.input)

    def _paint(self) -> None:
        now = self._clock()
        for event in self._bridge.drain():
            self._apply(event, now)
        for text in self._model.returned:
            self._face.composer.put_back(text)
        self._model.returned.clear()
        if self._model.leaving is not None:
            raise urwid.ExitMainLoop
        self._outgoing.flush(self._model.shown.id)
        self._refresh()
        self._loop.draw_screen()

    def _apply(self, event: UiEvent, now: float) -> None:
        """An event that cannot be taken in is said in its place; the others go on."""
        try:
            self._model.apply(event, now)
        except Exception as error:
            _logger.exception("The event %r failed", event)
            self._model.shown.post(Notice(f"(something cannot be shown: {error})", NoticeKind.ERROR))

    def _refresh(self) -> None:
        self._face.show(self._model, self._clock(), self._hint)
        if self._model.shown.current is not None and not self._ticking:
            self._ticking = True
            self._loop.event_loop.alarm(_TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        self._refresh()

    def _submit(self, text: str) -> None:
        if self._model.broken:
            self._face.composer.put_back(text)
            self._set_hint(_BROKEN_HINT)
            return
        self._outgoing.submit(text)
        self._face.follow()
        self._outgoing.flush(self._model.shown.id)

    def _see_input(self, keys: list[Key], _raw: list[int]) -> list[Key]:
        """Any key takes the hint, and the wish to quit, away, but for the one that the hint asks for."""
        if any(isinstance(key, str) and action_of(key) is not Action.INTERRUPT for key in keys):
            self._quit_before = 0.0
            if self._hint:
                self._set_hint("")
        return keys

    def _act(self, key: Key) -> bool:
        """Do what the keys ask for that are neither text nor scrolling."""
        match action_of(key) if isinstance(key, str) else None:
            case Action.CANCEL:
                self._cancel()
            case Action.INTERRUPT:
                self._interrupt()
            case Action.END_OF_INPUT:
                raise urwid.ExitMainLoop
            case Action.HELP:
                self._model.post(keys_help())
                self._refresh()
                self._face.show_last_entry(self._screen.get_cols_rows())
            case Action.THINKING:
                self._face.toggle_thinking()
            case Action.MOUSE:
                self._toggle_mouse()
            case Action.SUSPEND:
                os.kill(os.getpid(), signal.SIGTSTP)
            case _:
                return False
        return True

    def _cancel(self) -> None:
        conversation = self._model.shown
        if self._engine is not None and conversation.id is not None and conversation.current is not None:
            self._engine.input.tell(CancelPressed(conversation.id))

    def _interrupt(self) -> None:
        """Stop the reply; pressed again for the same reply, it goes on as if that were done."""
        current = self._model.shown.current
        if current is not None and current.id != self._stopping:
            self._stopping = current.id
            self._cancel()
        elif self._face.composer.text:
            self._face.composer.set_aside()
        elif self._clock() < self._quit_before:
            raise urwid.ExitMainLoop
        else:
            self._quit_before = self._clock() + QUIT_AGAIN
            self._set_hint(_QUIT_HINT)
            self._loop.event_loop.alarm(QUIT_AGAIN, self._forget_quitting)

    def _forget_quitting(self) -> None:
        if self._hint == _QUIT_HINT:
            self._set_hint("")

    def _set_hint(self, hint: str) -> None:
        self._hint = hint
        self._refresh()

    def _toggle_mouse(self) -> None:
        self._mouse = not self._mouse
        self._screen.set_mouse_tracking(self._mouse)
        self._set_hint("" if self._mouse else "the mouse selects text; F2 takes it back")


def _gone(error: Exception) -> Farewell:
    _logger.info("The terminal is gone: %r", error)
    return Farewell(_HUNG_UP)


def _crash(error: Exception) -> Farewell:
    _logger.error("The chat failed", exc_info=error)
    return Farewell(_FAILED, (f"the chat failed: {error!r}. The log has the details.",))
