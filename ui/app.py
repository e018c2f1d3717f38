"""The full-screen chat: its life from the first paint to the last word."""

import errno
import logging
import shutil
import signal
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

import urwid
from urwid.display.common import BaseScreen, InputClosedError

from protocol.address import Address
from protocol.commands import Command
from protocol.errors import ChinwagError
from protocol.ui import NoticePosted, UiEvent
from ui.ascii import speaks_utf8
from ui.bridge import Bridge
from ui.clipboard import Clipboard, run_tool
from ui.configuration import NOTHING_CONFIGURED, Configuration
from ui.conversation import Notice, NoticeKind
from ui.copier import Copier
from ui.engine import Engine, StartEngine
from ui.face import Face
from ui.finder import Finder
from ui.key_words import key_words
from ui.keyboard import Key, Keyboard
from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.link import shows_links
from ui.log import errors_to
from ui.model import Model
from ui.outgoing import Outgoing, Written
from ui.pacer import Clock, Pacer
from ui.sanitiser import sanitise
from ui.signals import LastResort, leaving_on_signals, stacks_on_signal
from ui.terminal import TerminalScreen, leave_terminal
from ui.terminal_check import check_terminal
from ui.themes import Entry, ThemeName, colours_of, palette_of

_TICK = 1.0
_GONE = frozenset({errno.EIO, errno.ENXIO, errno.EPIPE, errno.EBADF})
_FAILED, _UNUSABLE, _HUNG_UP = 1, 2, 128 + signal.SIGHUP

_logger = logging.getLogger(__name__)


class Playback(Protocol):
    """What is played back instead of lived through: it has a place to be told, and keys of its own. UI thread only."""

    @property
    def place(self) -> str:
        """Where it is, for the status line."""
        ...

    def takes(self, key: Key) -> bool:
        """Act on a key that is pressed where nothing is written; False if it is none of its own."""
        ...


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
    playback: Playback | None = None,
    configuration: Configuration = NOTHING_CONFIGURED,
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
    screen = TerminalScreen(stdin, stdout, not speaks_utf8(environ), shows_links(environ))
    screen.set_terminal_properties(colors=colours_of(configuration.theme, environ))
    palette, keymap = palette_of(configuration.theme or ThemeName.AUTO), Keymap(configuration.keys)
    clipboard = Clipboard(screen.copy_to_clipboard, environ, shutil.which, run_tool)
    app = ChatApp(start_engine, screen, time.monotonic, time.time, clipboard, Path.cwd(), playback, keymap, palette)
    with errors_to(log), leaving_on_signals(app.events, last_resort), stacks_on_signal(log):
        farewell = app.run(last_resort.disarm)
    with suppress(OSError):
        stderr.writelines(f"chinwag: {sanitise(sentence)}\n" for sentence in farewell.words)
        stderr.flush()
    return farewell.status


class ChatApp:
    """Joins the parts: events come over the bridge into the model, the pacer paints, keys go to the engine."""

    def __init__(
        self,
        start_engine: StartEngine,
        screen: BaseScreen,
        clock: Clock,
        wall_clock: Clock,
        clipboard: Clipboard,
        folder: Path,
        playback: Playback | None = None,
        keymap: Keymap = DEFAULT_KEYMAP,
        palette: Sequence[Entry] = (),
    ) -> None:
        self._start_engine = start_engine
        self._playback = playback
        self._clock = clock
        self._bridge = Bridge()
        self._model = Model(way_to_choose=key_words(keymap).asks_model)
        self._engine: Engine | None = None
        self._outgoing = Outgoing()
        self._face = Face(self._submit, self._go_to, keymap)
        self._screen = screen
        self._finder = Finder(
            self._model,
            self._face.open_list,
            self._face.close_list,
            self._press,
            self._submit,
            self._face.composer.begin,
            wall_clock,
            keymap,
        )
        self._keyboard = Keyboard(
            self._model,
            self._face,
            self._finder,
            Copier(self._face, clipboard, folder, keymap),
            screen,
            clock,
            self._refresh,
            keymap,
        )
        self._loop = urwid.MainLoop(
            self._face, palette, screen, unhandled_input=self._keyboard.act, input_filter=self._see
        )
        self._keyboard.attach(self._loop.event_loop)
        self._finder.attach(self._loop.event_loop.alarm)
        self._pacer = Pacer(self._paint, self._loop.event_loop.alarm, clock)
        self._ticking = False

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
        self._keyboard.connect(self._engine.input)

    def _paint(self) -> None:
        now = self._clock()
        events = self._bridge.drain()
        for event in events:
            self._apply(event, now)
        self._hand_over()
        if self._model.leaving is not None:
            raise urwid.ExitMainLoop
        self._outgoing.flush(self._model.shown.id)
        self._refresh()
        if self._face.follows and self._answers(events):
            self._face.show_last_entry(self._screen.get_cols_rows())
        self._loop.draw_screen()
        if self._face.behind:
            self._pacer.request()

    def _answers(self, events: Sequence[UiEvent]) -> bool:
        """Tell whether an answer to a command is the last that is shown: it may be longer than the screen."""
        shown = self._model.shown
        posted = any(isinstance(event, NoticePosted) and event.conversation == shown.id for event in events)
        return posted and isinstance(shown.entries[-1], Notice)

    def _hand_over(self) -> None:
        """Give the composer what came for it."""
        composer = self._face.composer
        composer.withdraw_from(self._model.shown.id)
        for text in self._model.returned:
            composer.put_back(text)
        self._model.returned.clear()
        if self._model.recalled:
            composer.remember(self._model.recalled)
            self._model.recalled.clear()
        offer, self._model.offered = self._model.offered, None
        if offer is not None:
            composer.offer(offer)
        for answer in self._model.answers:
            self._finder.answer(answer)
        self._model.answers.clear()

    def _apply(self, event: UiEvent, now: float) -> None:
        """An event that cannot be taken in is said in its place; the others go on."""
        try:
            self._outgoing.hear(event)
            self._model.apply(event, now)
        except Exception as error:
            _logger.exception("The event %s failed", type(event).__name__)  # what was said is not for the log
            self._model.shown.post(Notice(f"(something cannot be shown: {error})", NoticeKind.ERROR))

    def _see(self, keys: list[Key], raw: list[int]) -> list[Key]:
        seen = self._keyboard.see(keys, raw)
        if self._playback is None or self._face.composer.text:
            return seen
        while seen and self._playback.takes(seen[0]):  # what comes after another key belongs to a text
            seen = seen[1:]
        return seen

    def _refresh(self) -> None:
        place = self._playback.place if self._playback is not None else ""
        self._face.show(self._model, self._clock(), self._keyboard.hint or place)
        if self._model.shown.current is not None and not self._ticking:
            self._ticking = True
            self._loop.event_loop.alarm(_TICK, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        self._refresh()

    def _press(self, key: str) -> None:
        self._loop.process_input([key])

    def _go_to(self, number: int) -> None:
        conversation = self._model.open_conversations[number - 1].id
        if conversation is not None:
            self._finder.go_to(conversation)

    def _submit(self, what: Written | Command) -> None:
        if self._model.broken:
            if isinstance(what, Written):
                self._face.composer.put_back(what.text)
            self._keyboard.refuse()
            return
        if isinstance(what, Written) and self._finder.takes(what.text):
            return
        self._outgoing.submit(what)
        self._face.follow()
        self._outgoing.flush(self._model.shown.id)
        self._refresh()


def _gone(error: Exception) -> Farewell:
    _logger.info("The terminal is gone: %r", error)
    return Farewell(_HUNG_UP)


def _crash(error: Exception) -> Farewell:
    _logger.error("The chat failed", exc_info=error)
    return Farewell(_FAILED, (f"the chat failed: {error!r}. The log has the details.",))
