"""Where the user writes: several lines, readline's keys, history, and pastes that never send."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import urwid

from protocol.attachment_events import FilesOffered
from protocol.command_table import is_command, shell_command
from protocol.comparison import JudgeOffered
from protocol.ui import PromptOffered
from ui.caption import one_line
from ui.completer import Completer
from ui.completion import Knowledge
from ui.conversation import Conversation
from ui.editor import Editor
from ui.history import History
from ui.key_words import key_words
from ui.keymap import DEFAULT_KEYMAP, Keymap
from ui.keys import Action
from ui.outgoing import Written
from ui.palette import Role
from ui.paragraph import paragraph
from ui.paste import Folder, Pasted
from ui.recall import Recall
from ui.sanitiser import sanitise
from ui.tray import ASKS, Tray

GUTTER = 2
"""Columns left of the text."""

Offer = PromptOffered | JudgeOffered
"""What somebody else has written, to be changed and sent."""


@dataclass(frozen=True)
class Edit:
    """What was offered, and what has become of its text."""

    offer: Offer
    text: str


_LEAVES = ("esc", "ctrl g")
_LONGEST_MODEL = 30
_INVITATION = "Write here"
_INVITATION_AHEAD = "Write ahead: it waits its turn"


class Composer(urwid.Widget):
    """A box widget that shows the part of its text where the cursor is. UI thread only."""

    _sizing = frozenset({urwid.BOX})
    _selectable = True

    def __init__(
        self,
        send: Callable[[Written], None],
        keymap: Keymap = DEFAULT_KEYMAP,
        knowledge: Knowledge | None = None,
        pasted: Callable[[str], None] = lambda _: None,
        may_send: Callable[[Written], bool] = lambda _: True,
    ) -> None:
        """`pasted` is called with what was pasted, as it was. `may_send` tells of what is to be sent whether it may
        go; else it stays as it is written."""
        super().__init__()
        self._send = send
        self._pasted = pasted
        self._may_send = may_send
        self._keymap = keymap
        self._words = key_words(keymap)
        self._history = History()
        self._offer: Offer | None = None
        """The prompt that is being edited, or the question to one who judges answers."""
        self._recall: Recall | None = None
        """The search that is under way."""
        self._folder = Folder()
        self._edit = Editor(keymap, _INVITATION)
        self._completer = Completer(self._edit, knowledge or Knowledge(), keymap)
        self.tray = Tray()
        """What goes with what is written."""
        self._gutters = [urwid.Filler(paragraph(Role.GUTTER, mark), valign="top") for mark in (">", "*")]

    @property
    def text(self) -> str:
        """What is written."""
        return self._edit.get_edit_text()

    @property
    def searching(self) -> bool:
        """True while the texts sent before are searched."""
        return self._recall is not None

    @property
    def mode(self) -> str:
        """What Enter and Esc do here, where that is not as usual."""
        if self._recall is not None:
            return self._words.searches
        if isinstance(self._offer, JudgeOffered):
            return f"for {one_line(self._offer.model, _LONGEST_MODEL)} to {self._offer.kind.value}: {self._words.sends}"
        if self.tray.asks:
            return ASKS
        return self._words.edits if self._offer is not None else ""

    @property
    def for_the_chat(self) -> str:
        """What is written, unless it is a question to one who judges answers."""
        return "" if isinstance(self._offer, JudgeOffered) else self.text

    def show(self, conversation: Conversation) -> None:
        """This conversation is shown: what it has for the next prompt goes with what is written."""
        self.tray.conversation = conversation
        self.settle()

    def settle(self) -> bool:
        """What is written may have changed: say what goes with it. True where that is something else than before."""
        kept = self._offer.attachments if isinstance(self._offer, PromptOffered) else ()
        changed = self.tray.show(self.tray.conversation, kept, self.for_the_chat)
        if changed:
            self._invalidate()
        return changed

    def attach(self, offer: FilesOffered) -> None:
        """Write the words that attach something: in the place of what was pasted, or where the cursor is."""
        text = self.text
        start = text.rfind(pasted) if (pasted := sanitise(offer.pasted)) else -1
        if start >= 0:
            self._edit.write_over(start, start + len(pasted), f"{offer.words} ")
        elif not offer.pasted:
            before = text[: self._edit.edit_pos]
            gap = "" if not before or before[-1].isspace() else " "
            self._edit.write_over(len(before), len(before), f"{gap}{offer.words} ")
        self._completer.forget()
        self._invalidate()

    def invite(self, ahead: bool, models: int = 0, obstacle: str = "") -> None:
        """Say where nothing is written that one can write; `ahead` while a reply is under way. What is written then
        goes to so many models, if there are any. `obstacle` is what is to be done before, if anything."""
        compares = f"Write the prompt for {models} answers" if models else ""
        self._edit.invite(compares or obstacle or (_INVITATION_AHEAD if ahead else _INVITATION))

    def rows_wanted(self, columns: int) -> int:
        """How many rows the whole text takes, at least one, and the candidates above it."""
        if self._recall is not None:
            return 1
        return self._above + self._edit.rows_wanted(max(1, columns - GUTTER))

    @property
    def _above(self) -> int:
        """Rows above the text, where there is room."""
        return self._completer.rows + self.tray.rows

    def put_back(self, text: str) -> None:
        """Return a text that was refused: to be mended where nothing is written, else to be found with Up."""
        if not self.text:
            self._replace(self._folder.fold(text))

    def begin(self, text: str) -> None:
        """Write this for the user, who goes on with it; what was written is set aside."""
        self.set_aside()
        self._replace(text)

    @property
    def draft(self) -> str:
        """What is written and not sent, pastes and all; empty while a prompt is edited, which is kept elsewhere."""
        return "" if self._offer is not None else self._folder.unfold(self.text)

    def exchange(self, draft: str) -> None:
        """Write another draft, in the place of what was written, which somebody keeps; of an edit Up finds it."""
        if self._offer is not None:
            self.set_aside()
        self._recall = None
        self._replace(self._folder.fold(sanitise(draft)))

    def edit(self, change: Callable[[str], str]) -> None:
        """Have the whole text changed by somebody else, pastes and all. What that raises leaves it as it was."""
        changed = self._folder.fold(sanitise(change(self._folder.unfold(self.text))))
        self._edit.write_over(0, len(self.text), changed)
        self._completer.forget()
        self._invalidate()

    def set_aside(self) -> None:
        """Clear the text; Up brings it back. It is no edit any more."""
        unchanged = self._offer is not None and self._folder.unfold(self.text) == sanitise(self._offer.prompt)
        self._history.add("" if unchanged else self.text)
        self._recall = self._offer = None
        self._replace("")

    def remember(self, texts: Sequence[str]) -> None:
        """Take texts of earlier runs, the oldest first, into the history. What is being written stays."""
        known = len(self._history)
        self._history.recall([self._folder.fold(sanitise(text)) for text in texts])
        if self._recall is not None:
            self._recall.lengthen(len(self._history) - known)
            self._invalidate()

    def offer(self, offer: Offer) -> None:
        """Put a prompt here to be edited; what was written is set aside."""
        self.resume(Edit(offer, offer.prompt))

    def take_edit(self) -> Edit | None:
        """Clear what somebody else has written, and return it as it is now; None where nothing of that kind is here."""
        if self._offer is None:
            return None
        edit = Edit(self._offer, self._folder.unfold(self.text))
        self._recall = self._offer = None
        self._replace("")
        return edit

    def resume(self, edit: Edit) -> None:
        """Go on with what was taken; what was written meanwhile is set aside."""
        self.set_aside()
        self._offer = edit.offer
        self._replace(self._folded(edit.text))

    def _folded(self, text: str) -> str:
        """What an offer is written as: a question with answers is seen whole."""
        clean = sanitise(text)
        return clean if isinstance(self._offer, JudgeOffered) else self._folder.fold(clean)

    def render(self, size: tuple[int, int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]
        """Draw the rows around the cursor."""
        columns, rows = size
        if columns <= GUTTER or not rows:
            return urwid.SolidCanvas(" ", columns, rows)
        if self._recall is not None:
            return _padded(self._recall.draw(columns), rows)
        above = min(self._above, rows - 1)
        canvas = self._edit.draw(columns - GUTTER, rows - above, focus)
        gutter = self._gutters[self._offer is not None].render((GUTTER, rows - above))
        text = urwid.CanvasJoin([(gutter, None, False, GUTTER), (canvas, None, True, columns - GUTTER)])
        tray = self.tray.rows if above else 0
        offers = self._completer.draw(columns, above - tray)
        top = [*([offers] if offers is not None else []), *([self.tray.draw(columns)] if tray else [])]
        return urwid.CanvasCombine([*((one, None, False) for one in top), (text, None, True)]) if top else text

    def keypress(self, size: tuple[int, int], key: str) -> str | None:  # type: ignore[override]
        """Handle a key that writes, edits, sends or recalls; return any other."""
        self._invalidate()
        if self._recall is not None and self._search(self._recall, key):
            return None
        if self._recall is None and self._completer.takes(key):
            return None
        unused = self._write(size, key)
        self._completer.follow()
        return unused

    def _write(self, size: tuple[int, int], key: str) -> str | None:
        """Handle a key that writes, edits, sends or recalls; return any other."""
        if isinstance(key, Pasted):
            self._edit.insert_text(self._folder.fold(sanitise(key.text)))
            self._pasted(key.text)
            return None
        inner = (max(1, size[0] - GUTTER),)
        match self._keymap.action_of(key):
            case Action.SEND:
                self._submit()
            case Action.SEND_NOW if self.text.strip() or self.tray.asks:
                self._submit(urgent=True)
            case Action.NEW_LINE:
                self._edit.keypress(inner, "enter")
            case Action.SEARCH:
                self._recall = Recall(self._history)
            case Action.CANCEL if self.tray.asks:
                self.tray.drop()
            case Action.CANCEL if self._offer is not None:
                self.set_aside()
            case Action.END_OF_INPUT if self.text:
                self._edit.keypress(inner, "delete")
            case Action.OPEN_PASTE:
                self._open_paste()
            case None if key == "backspace" and self._drop_paste():
                pass
            case Action.COMPLETE:
                self._completer.complete()
            case Action.OLDER:
                if self._edit.keypress(inner, "up"):
                    self._replace_known(self._history.older(self.text))
            case Action.NEWER:
                if self._edit.keypress(inner, "down"):
                    self._replace_known(self._history.newer(self.text))
            case None:
                clean = sanitise(key)
                return self._edit.keypress(inner, clean) if clean else None
            case _:
                return key
        return None

    def mouse_event(  # type: ignore[override]
        self, size: tuple[int, int], event: str, button: int, col: int, row: int, focus: bool
    ) -> bool:
        """Put the cursor where the mouse is pressed."""
        self._leave_search(take=True)
        inner = (max(1, size[0] - GUTTER),)
        line = row + self._edit.top - self._above
        return bool(self._edit.mouse_event(inner, event, button, max(0, col - GUTTER), line, focus))

    def _open_paste(self) -> None:
        """Put what was pasted in the place of the words that stand for it, at the cursor."""
        found = self._folder.find(self.text, self._edit.edit_pos)
        if found is not None:
            self._edit.write_over(*found)

    def _drop_paste(self) -> bool:
        """Delete the words that stand for a paste and end at the cursor; False where there are none."""
        found = self._folder.find(self.text, self._edit.edit_pos)
        if found is None or found[1] != self._edit.edit_pos:
            return False
        self._edit.write_over(found[0], found[1], "")
        return True

    def _submit(self, urgent: bool = False) -> None:
        text, offer = self.text, self._offer
        edits, asks = (None, offer) if isinstance(offer, JudgeOffered) else (offer, None)
        said = text if text.strip() else self.tray.default_text() if self.tray.asks and asks is None else ""
        unfolded = self._folder.unfold(said)
        is_prompt = not text.strip() or not (is_command(unfolded) or shell_command(unfolded))
        takes = is_prompt and asks is None
        written = Written(unfolded, edits, urgent, attachments=tuple(self.tray.outputs) if takes else (), asks=asks)
        if not said or not self._may_send(written):
            return
        self._history.add(text)
        self._offer = None
        self._replace("")
        if takes:
            self.tray.drop()
        self._send(written)

    def _search(self, recall: Recall, key: str) -> bool:
        """Handle a key of the search; any other ends it, takes what was found, and is still to be handled."""
        if isinstance(key, Pasted):
            recall.narrow(key.text)
        elif key in _LEAVES:
            self._leave_search(take=False)
        elif self._keymap.action_of(key) is Action.SEARCH:
            recall.older()
        elif key == "backspace":
            recall.widen()
        elif len(key) == 1:
            recall.narrow(key)
        else:
            self._leave_search(take=True)
            return self._keymap.action_of(key) is Action.SEND
        return True

    def _leave_search(self, take: bool) -> None:
        recall, self._recall = self._recall, None
        if take and recall is not None and recall.place is not None:
            self._replace_known(self._history.go(recall.place, self.text))
        self._invalidate()

    def _replace_known(self, text: str | None) -> None:
        if text is not None:
            self._replace(text)

    def _replace(self, text: str) -> None:
        clean = sanitise(text)
        self._edit.set_edit_text(clean, edit_pos=len(clean))
        self._completer.forget()
        self.settle()
        self._invalidate()


def _padded(canvas: urwid.CompositeCanvas, rows: int) -> urwid.CompositeCanvas:
    if rows > 1:
        canvas.pad_trim_top_bottom(0, rows - 1)
    return canvas
