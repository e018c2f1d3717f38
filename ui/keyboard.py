"""What the keys do that neither write nor scroll: commands, leaving, and what is hinted at meanwhile."""

import os
import signal
from collections.abc import Callable

import urwid
from urwid.display.common import BaseScreen

from protocol.address import Address
from protocol.commands import Command, New
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.input_handler import CancelPressed, CommandPressed, InputHandlerMessage
from ui.comparison_keys import ComparisonKeys
from ui.conversation import Conversation
from ui.copier import Copier
from ui.face import Face
from ui.finder import Finder
from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.keys import COMMANDS_OF_KEYS, Action
from ui.model import Model
from ui.pacer import Clock
from ui.turn import Turn

QUIT_AGAIN = 2.0
"""Seconds in which a second Ctrl-C quits."""

_BROKEN_HINT = "chinwag failed: copy what you need, quit, start it again"
_NO_NEWS = "no other chat has news"

Key = str | tuple[str, int, int, int]
"""A key by its name in urwid, or what the mouse did: event, button, column, row."""


Asked = tuple[TurnId, int, StreamId | None]


class Keyboard:
    """Does what the keys ask for. UI thread only."""

    def __init__(
        self,
        model: Model,
        face: Face,
        finder: Finder,
        copier: Copier,
        screen: BaseScreen,
        clock: Clock,
        refresh: Callable[[], None],
        edit: Callable[[], str],
        keymap: Keymap = DEFAULT_KEYMAP,
    ) -> None:
        self.hint = ""
        """An answer to the last key, if it has one."""
        self._model = model
        self._face = face
        self._finder = finder
        self._copier = copier
        self._screen = screen
        self._clock = clock
        self._refresh = refresh
        self._edit = edit
        """Has what is written edited elsewhere, and returns what is to be said of it."""
        self._keymap = keymap
        self._comparing = ComparisonKeys(face.comparison, finder.submit, self._press_in, finder.choose_model, keymap)
        self._loop: urwid.EventLoop | None = None
        self._engine: Address[InputHandlerMessage] | None = None
        self._quit_hint = f"press {keymap.shown(Action.INTERRUPT)} again to quit"
        self._quit_before = 0.0
        self._stopping: Asked | None = None
        """What was stopped last; a turn that is asked again is another one."""
        self._mouse = True

    def attach(self, loop: urwid.EventLoop) -> None:
        """Hints that vanish by themselves need this loop."""
        self._loop = loop

    def connect(self, engine: Address[InputHandlerMessage]) -> None:
        """There is somebody to tell."""
        self._engine = engine

    def see(self, keys: list[Key], _raw: list[int]) -> list[Key]:
        """Any key takes the hint, and the wish to quit, away, but for the one that the hint asks for."""
        if any(isinstance(key, str) and self._keymap.action_of(key) is not Action.INTERRUPT for key in keys):
            self._quit_before = 0.0
            if self.hint:
                self._set_hint("")
        return keys

    def act(self, key: Key) -> bool:
        """Do what a key asks for; False where it asks for nothing. Raises urwid.ExitMainLoop for one that quits."""
        action = self._keymap.action_of(key) if isinstance(key, str) else None
        if self._compares(action):
            return True
        match action:
            case Action.PALETTE:
                self._finder.commands()
            case Action.MODELS:
                self._finder.models()
            case Action.HELP:
                self._finder.keys()
            case Action.GO_TO:
                self._go_to(self._keymap.place_of(str(key)))
            case Action.NEXT_CHAT:
                self._step(1)
            case Action.PREVIOUS_CHAT:
                self._step(-1)
            case Action.FINISHED_CHAT:
                self._go_to_news()
            case Action.CANCEL:
                self._cancel()
            case Action.INTERRUPT:
                self._interrupt()
            case Action.END_OF_INPUT:
                raise urwid.ExitMainLoop
            case Action.EDITOR:
                self._set_hint(self._edit())
            case Action.COPY:
                self._copier.begin(self._screen.get_cols_rows(), self._set_hint)
            case Action.COPY_REPLY:
                self._set_hint(self._copier.reply())
            case Action.COPY_CODE:
                self._set_hint(self._copier.code())
            case Action.PREVIOUS_MESSAGE | Action.NEXT_MESSAGE | Action.PREVIOUS_CODE | Action.NEXT_CODE:
                step = 1 if action in (Action.NEXT_MESSAGE, Action.NEXT_CODE) else -1
                self._face.jump(self._screen.get_cols_rows(), step, action in (Action.PREVIOUS_CODE, Action.NEXT_CODE))
            case Action.THINKING:
                self._face.toggle_thinking()
            case Action.MOUSE:
                self._toggle_mouse()
            case Action.SUSPEND:
                os.kill(os.getpid(), signal.SIGTSTP)
            case _:
                return action is not None and self._command(action)
        return True

    def refuse(self) -> None:
        """Say that nothing can be taken any more."""
        self._set_hint(_BROKEN_HINT)

    def _compares(self, action: Action | None) -> bool:
        """Do what is for answers that are compared; False where it is not for them."""
        said = self._comparing.does(action)
        if said:
            self._set_hint(said)
        elif said is not None:  # a hint that is there says why what was sent is refused
            self._refresh()
        return said is not None

    def _command(self, action: Action) -> bool:
        """Tell the engine what the action stands for; False if it stands for nothing."""
        command = COMMANDS_OF_KEYS.get(action)
        shown = self._model.shown.id
        if command is None:
            return False
        if self._model.broken:
            self.refuse()
        elif isinstance(command, New):
            self._finder.submit(command)
        elif self._engine is not None and shown is not None:
            self._face.follow()
            self._engine.tell(CommandPressed(shown, command))
        return True

    def _press_in(self, conversation: ConversationId, command: Command) -> None:
        """Tell the engine a command for a conversation that is not the one that is shown."""
        if self._model.broken:
            self.refuse()
        elif self._engine is not None:
            self._engine.tell(CommandPressed(conversation, command))

    def _go_to(self, place: int) -> None:
        open_now = self._model.open_conversations
        name = open_now[place].id if place < len(open_now) else None
        if name is None:
            self._set_hint(f"there is no such chat: {self._keymap.shown(Action.CHATS)} lists them all")
        else:
            self._show(name)

    def _step(self, step: int) -> None:
        names = [one.id for one in self._model.open_conversations]
        if self._model.shown.id in names and len(names) > 1:
            self._go_to((names.index(self._model.shown.id) + step) % len(names))

    def _go_to_news(self) -> None:
        """Go to a chat in which a reply has ended, the one that comes first."""
        news = next(
            (one.id for one in self._model.open_conversations if one.unread and one is not self._model.shown), None
        )
        if news is None:
            self._set_hint(_NO_NEWS)
        else:
            self._show(news)

    def _show(self, conversation: ConversationId) -> None:
        self._finder.go_to(conversation)

    @property
    def _talk(self) -> Conversation:
        """The conversation that keys are for: the one that is shown, or the column in focus."""
        column = self._face.comparison.focused
        return column.talk if column is not None else self._model.shown

    def _cancel(self) -> None:
        conversation = self._talk
        under_way = conversation.current is not None or conversation.running or conversation.awaited
        if self._engine is not None and conversation.id is not None and under_way:
            self._engine.tell(CancelPressed(conversation.id))

    def _interrupt(self) -> None:
        """Stop the reply; pressed again for the same reply, it goes on as if that were done."""
        current = self._talk.current
        if self._talk.running:
            self._cancel()
        elif current is not None and _asked(current) != self._stopping:
            self._stopping = _asked(current)
            self._cancel()
        elif self._face.composer.text:
            self._face.composer.set_aside()
        elif self._face.composer.tray.asks:
            self._face.composer.tray.drop()
            self._refresh()
        elif self._clock() < self._quit_before:
            raise urwid.ExitMainLoop
        else:
            self._quit_before = self._clock() + QUIT_AGAIN
            self._set_hint(self._quit_hint)
            if self._loop is not None:
                self._loop.alarm(QUIT_AGAIN, self._forget_quitting)

    def _forget_quitting(self) -> None:
        if self.hint == self._quit_hint:
            self._set_hint("")

    def _set_hint(self, hint: str) -> None:
        self.hint = hint
        self._refresh()

    def _toggle_mouse(self) -> None:
        self._mouse = not self._mouse
        self._screen.set_mouse_tracking(self._mouse)
        back = f"the mouse selects text; {self._keymap.shown(Action.MOUSE)} takes it back"
        self._set_hint("" if self._mouse else back)


def _asked(turn: Turn) -> Asked:
    return turn.id, turn.first, turn.attempt.stream if turn.attempt else None
