"""The full-screen chat: its life from the first paint to the last word."""

import logging
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import urwid
from urwid.display.common import BaseScreen, InputClosedError

from protocol.address import Address
from protocol.chat import Attachment
from protocol.commands import Command
from protocol.errors import InterfaceError
from protocol.identity import ConversationId
from protocol.input_handler import CommandPressed, DraftChanged
from protocol.ui import NoticePosted, ReplyGrew, UiEvent
from ui.attaching import Attaching
from ui.bridge import Bridge
from ui.completion import Knowledge
from ui.conversation import Notice, NoticeKind
from ui.copier import Copier
from ui.drafts import Drafts
from ui.engine import Engine, StartEngine
from ui.event_loop import SteadyEventLoop
from ui.face import Face
from ui.farewell import Farewell, asked_for, failed, gone
from ui.finder import Finder
from ui.handover import Handover
from ui.key_words import key_words
from ui.keyboard import Key, Keyboard
from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.main_loop import ChatLoop
from ui.model import Model
from ui.outgoing import Outgoing, Written
from ui.pacer import Pacer
from ui.preload import DELAY, preload
from ui.surroundings import Surroundings
from ui.themes import Entry
from ui.warming import Warming

if TYPE_CHECKING:
    from ui.forewarning import Forewarning

_TICK = 1.0
_MOST_BEATS = 3
"""Of the pacer, in which one frame comes while as many answers grow side by side."""

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


class ChatApp:
    """Joins the parts: events come over the bridge into the model, the pacer paints, keys go to the engine."""

    def __init__(
        self,
        start_engine: StartEngine,
        screen: BaseScreen,
        around: Surroundings,
        playback: Playback | None = None,
        keymap: Keymap = DEFAULT_KEYMAP,
        palette: Sequence[Entry] = (),
        warm: bool = False,
    ) -> None:
        self._start_engine = start_engine
        self._playback = playback
        self._clock = around.clock
        self._editor = around.editor
        self._bridge = Bridge()
        self._model = Model(way_to_choose=key_words(keymap).asks_model, servers=around.servers)
        self._warns = around.warns
        self._engine: Engine | None = None
        self._outgoing = Outgoing()
        knowledge = Knowledge(
            self._model.models,
            self._model.titles,
            around.folder,
            lambda: around.presets,
            around.servers.labels,
            self._model.jobs.names,
        )
        self._face = Face(
            self._submit, self._go_to, keymap, knowledge, lambda text: self._attaching.paste(text), self._may_send
        )
        self._screen = screen
        self._finder = Finder(
            self._model,
            self._face.open_list,
            self._face.close_list,
            self._press,
            self._submit,
            self._face.composer.begin,
            around.wall_clock,
            keymap,
        )
        self._keyboard = Keyboard(
            self._model,
            self._face,
            self._finder,
            Copier(self._face, around.clipboard, around.folder, keymap, self._save),
            screen,
            around.clock,
            self._refresh,
            self._edit,
            keymap,
        )
        self._loop = ChatLoop(
            self._face,
            palette,
            screen,
            event_loop=SteadyEventLoop(),
            unhandled_input=self._keyboard.act,
            input_filter=self._see,
        )
        self._keyboard.attach(self._loop.event_loop)
        self._finder.attach(self._loop.event_loop.alarm)
        self._pacer = Pacer(self._paint, self._loop.event_loop.alarm, around.clock)
        self._attaching = Attaching(self._face.composer, self._loop.event_loop.alarm, self._pacer.request)
        self._drafts = Drafts(self._face.composer, self._keep_draft, self._loop.event_loop.alarm)
        self._handover = Handover(self._model, self._face.composer, self._drafts, self._attaching, self._finder)
        self._warming = Warming(self._model, self._press_command, warm and playback is None)
        self._ticking = False

    @property
    def events(self) -> Address[UiEvent]:
        """Where events for the screen go, from any thread or signal handler."""
        return self._bridge

    def run(self, terminal_restored: Callable[[], None]) -> Farewell:
        """Show the screen until the user leaves; then stop the engine. Never raises an Exception."""
        farewell = self._run_loop()
        self._drafts.tell()
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
        except InputClosedError as error:
            return gone(error)
        except Exception as error:  # noqa: BLE001 - told and logged there
            return failed(error)
        return asked_for(self._model.leaving)

    def _begin(self) -> None:
        """Paint first: what the engine needs to be imported takes longer than a blink."""
        self._refresh()
        self._loop.draw_screen()
        self._engine = self._start_engine(self._bridge)
        self._outgoing.connect(self._engine.input)
        self._keyboard.connect(self._engine.input)
        self._attaching.connect(self._engine.input)
        self._loop.event_loop.alarm(DELAY, preload)

    def _paint(self) -> None:
        now = self._clock()
        events = self._bridge.drain()
        for event in events:
            self._apply(event, now)
        if events and not self._face.behind and all(map(self._is_out_of_sight, events)):
            return
        self._handover.hand_over()
        if self._model.leaving is not None:
            raise urwid.ExitMainLoop
        self._outgoing.flush(self._model.shown.id)
        only_growth = bool(events) and all(isinstance(event, ReplyGrew) for event in events)
        self._refresh(only_growth)
        if self._face.follows and self._answers(events):
            self._face.show_last_entry(self._screen.get_cols_rows())
        self._loop.draw_screen()
        if self._face.behind:
            self._pacer.hurry()
        elif only_growth:
            self._pacer.spare(min(self._face.growing, _MOST_BEATS))

    def _is_out_of_sight(self, event: UiEvent) -> bool:
        """Tell whether an event changes nothing on the screen: a reply grew in a conversation that is not shown."""
        if not isinstance(event, ReplyGrew) or self._face.comparison.shows(event.conversation):
            return False
        return event.conversation != self._model.shown.id or self._face.comparison.on_screen

    def _answers(self, events: Sequence[UiEvent]) -> bool:
        """Tell whether an answer to a command is the last that is shown: it may be longer than the screen."""
        shown = self._model.shown
        posted = any(isinstance(event, NoticePosted) and event.conversation == shown.id for event in events)
        return posted and isinstance(shown.entries[-1], Notice)

    def _apply(self, event: UiEvent, now: float) -> None:
        """An event that cannot be taken in is said in its place; the others go on."""
        try:
            self._outgoing.hear(event)
            self._model.apply(event, now)
        except Exception as error:
            _logger.exception("The event %s failed", type(event).__name__)  # what was said is not for the log
            self._model.shown.post(Notice(f"(something cannot be shown: {error})", NoticeKind.ERROR))

    def _keep_draft(self, conversation: ConversationId, text: str) -> None:
        if self._engine is not None and not self._model.broken:
            self._engine.input.tell(DraftChanged(conversation, text))

    def _see(self, keys: list[Key], raw: list[int]) -> list[Key]:
        self._drafts.watch()
        self._attaching.watch(keys)
        self._warming.watch(keys)
        seen = self._keyboard.see(keys, raw)
        if self._playback is None or self._face.composer.text:
            return seen
        while seen and self._playback.takes(seen[0]):  # what comes after another key belongs to a text
            seen = seen[1:]
        return seen

    def _refresh(self, only_growth: bool = False) -> None:
        place = self._playback.place if self._playback is not None else ""
        self._face.show(self._model, self._clock(), self._keyboard.hint or place, only_growth)
        self._go_to_what_is_sought()
        self._loop.touch()
        if (self._model.shown.current is not None or self._face.comparison.under_way) and not self._ticking:
            self._ticking = True
            self._loop.event_loop.alarm(_TICK, self._tick)

    def _go_to_what_is_sought(self) -> None:
        """Go to a message that was found, where the talk that has it is shown by now; its end, where it has it not."""
        found, shown = self._model.sought, self._model.shown
        if found is None or found.conversation != shown.id or shown.last_turn is None:
            return
        self._model.sought = None
        place = found.place_in(shown)
        if place is not None:
            self._face.find(self._screen.get_cols_rows(), place, found.words, found.reply)

    def _tick(self) -> None:
        self._ticking = False
        self._refresh()

    def _press(self, key: str) -> None:
        self._loop.process_input([key])

    def _edit(self) -> str:
        """Have what is written edited in the user's editor, and return what went wrong. What comes meanwhile waits."""
        try:
            with self._loop.paused():
                self._face.composer.edit(self._editor.edit)
        except InterfaceError as error:
            return str(error)
        finally:
            self._pacer.request()
        return ""

    def _save(self, image: Attachment, folder: str, name: str) -> None:
        self._attaching.save(image, folder, name)

    def _press_command(self, conversation: ConversationId, command: Command) -> None:
        if self._engine is not None and not self._model.broken:
            self._engine.input.tell(CommandPressed(conversation, command))

    def _go_to(self, number: int) -> None:
        conversation = self._model.open_conversations[number - 1].id
        if conversation is not None:
            self._finder.go_to(conversation)

    @cached_property
    def _forewarning(self) -> "Forewarning":
        """Made when something is sent: what weighs a talk is imported then, or by `preload`."""
        from ui.forewarning import Forewarning

        return Forewarning(self._model, self._warns)

    def _may_send(self, written: Written) -> bool:
        """Warn of a prompt that will not fit, and hold it back: who presses Enter again wants it sent."""
        now, shown = self._clock(), self._model.shown.id
        if written.asks is not None:
            return True
        edits = written.edits.turn if written.edits and written.edits.conversation == shown else None
        kept = written.edits.attachments if written.edits else ()
        self._face.composer.settle()
        sights = self._face.composer.tray.sights
        words = self._forewarning.words(written.text, now, edits, (*kept, *written.attachments), sights)
        if words:
            self._model.shown.post(Notice(words, NoticeKind.WARNING))
            self._face.follow()
            self._refresh()
        return not (words or self._forewarning.bounces(written.text, now))

    def _submit(self, what: Written | Command) -> None:
        if self._model.broken:
            if isinstance(what, Written):
                self._face.composer.put_back(what.text)
                self._model.shown.outputs.extend(what.attachments)
            self._keyboard.refuse()
            return
        if isinstance(what, Written) and self._finder.takes(what.text):
            return
        self._drafts.tell()
        if isinstance(what, Written) and what.asks is None:
            self._face.comparison.leave()
        self._outgoing.submit(what)
        self._drafts.show(self._model.shown.id, self._model.shown.silent)  # the next key is for that chat
        self._face.follow()
        self._outgoing.flush(self._model.shown.id)
        self._refresh()
