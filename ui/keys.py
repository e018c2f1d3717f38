"""The keys: one table, from which the keymap, the lists on the screen and the README are made."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from urwid.command_map import Command

from protocol import commands


class Action(StrEnum):
    """What a key does, apart from editing the text, which is urwid's `Command`."""

    SEND = "send"
    NEW_LINE = "new line"
    OLDER = "older text"
    NEWER = "newer text"
    CANCEL = "cancel"
    INTERRUPT = "interrupt"
    END_OF_INPUT = "end of input"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    ROW_UP = "row up"
    ROW_DOWN = "row down"
    TOP = "top"
    BOTTOM = "bottom"
    RETRY = "retry"
    CONTINUE = "continue"
    EDIT = "edit"
    UNDO_PROMPT = "undo prompt"
    REDO_PROMPT = "redo prompt"
    VERSION_BEFORE = "version before"
    VERSION_AFTER = "version after"
    SEND_NOW = "send now"
    TRY_NOW = "try now"
    SEARCH = "search"
    COMPLETE = "complete"
    OPEN_PASTE = "open paste"
    EDITOR = "editor"
    THINKING = "thinking"
    MOUSE = "mouse"
    REDRAW = "redraw"
    SUSPEND = "suspend"
    PALETTE = "commands"
    CHATS = "chats"
    NEW_CHAT = "new chat"
    GO_TO = "go to chat"
    NEXT_CHAT = "next chat"
    PREVIOUS_CHAT = "previous chat"
    FINISHED_CHAT = "finished chat"
    MODELS = "models"
    COPY = "copy"
    COPY_REPLY = "copy reply"
    COPY_CODE = "copy code"
    PREVIOUS_MESSAGE = "previous message"
    NEXT_MESSAGE = "next message"
    PREVIOUS_CODE = "previous code"
    NEXT_CODE = "next code"
    HELP = "help"
    COMPARISON = "comparison"
    NEXT_ANSWER = "next answer"
    PREVIOUS_ANSWER = "previous answer"
    PICK_ANSWER = "pick answer"
    TOGETHER = "scroll together"
    WIDEN = "widen answer"
    DIFFERENCES = "differences"
    JUDGE = "judge"
    MERGE = "merge"


@dataclass(frozen=True)
class Binding:
    """One row of the table."""

    does: Action | Command
    keys: tuple[str, ...]
    """In urwid's names."""
    shown: str
    """As a person reads them."""
    help: str


KEYS = (
    Binding(Action.SEND, ("enter",), "Enter", "send the text"),
    Binding(
        Action.NEW_LINE,
        ("ctrl j", "meta enter", "shift enter", "ctrl enter", "meta ctrl j"),
        "Ctrl-J, Alt-Enter",
        "break the line (in some terminals Shift-Enter too)",
    ),
    Binding(Action.CANCEL, ("esc",), "Esc", "stop the reply"),
    Binding(Action.INTERRUPT, ("ctrl c",), "Ctrl-C", "stop the reply, else clear the text, else (twice) quit"),
    Binding(Action.END_OF_INPUT, ("ctrl d",), "Ctrl-D", "quit where there is no text, else delete a character"),
    Binding(Action.OLDER, ("up",), "Up", "on the first line: the text sent before"),
    Binding(Action.NEWER, ("down",), "Down", "on the last line: the text sent after"),
    Binding(Action.SEARCH, ("ctrl r",), "Ctrl-R", "search the texts sent before; again for an older one"),
    Binding(Action.COMPLETE, ("tab",), "Tab", "complete a command, a model, a title, or a file after @"),
    Binding(Action.OPEN_PASTE, ("ctrl o",), "Ctrl-O", "open the pasted text at the cursor"),
    Binding(Action.EDITOR, ("ctrl g",), "Ctrl-G", "write in your editor ($VISUAL, $EDITOR)"),
    Binding(Action.SEND_NOW, ("meta s",), "Alt-S", "stop the reply and send the text, or what waits, now"),
    Binding(Action.TRY_NOW, ("meta g",), "Alt-G", "try again at once, where it waits to be tried again"),
    Binding(Action.RETRY, ("meta r",), "Alt-R", "ask the last prompt again"),
    Binding(Action.CONTINUE, ("meta c",), "Alt-C", "have the model go on with the last reply"),
    Binding(Action.EDIT, ("meta e",), "Alt-E", "edit the last prompt"),
    Binding(Action.VERSION_BEFORE, ("meta p",), "Alt-P", "show the version before, where there are several"),
    Binding(Action.VERSION_AFTER, ("meta n",), "Alt-N", "show the version after"),
    Binding(Action.UNDO_PROMPT, ("meta u",), "Alt-U", "go back before the last prompt"),
    Binding(Action.REDO_PROMPT, ("meta y",), "Alt-Y", "take that back"),
    Binding(Action.PAGE_UP, ("page up",), "PageUp", "scroll back (the mouse wheel does too)"),
    Binding(Action.PAGE_DOWN, ("page down",), "PageDown", "scroll on"),
    Binding(Action.ROW_UP, ("meta up", "ctrl up"), "Alt-Up", "scroll back by a line"),
    Binding(Action.ROW_DOWN, ("meta down", "ctrl down"), "Alt-Down", "scroll on by a line"),
    Binding(Action.TOP, ("ctrl home", "shift home"), "Ctrl-Home", "to the first line (where there is no text: Home)"),
    Binding(Action.BOTTOM, ("ctrl end", "shift end"), "Ctrl-End", "to the last line (where there is no text: End)"),
    Binding(Action.PREVIOUS_MESSAGE, ("meta k",), "Alt-K", "to the message before"),
    Binding(Action.NEXT_MESSAGE, ("meta j",), "Alt-J", "to the next message"),
    Binding(Action.PREVIOUS_CODE, ("meta K",), "Alt-Shift-K", "to the code before"),
    Binding(Action.NEXT_CODE, ("meta J",), "Alt-Shift-J", "to the next code"),
    Binding(Action.COPY, ("f3", "meta v"), "F3, Alt-V", "choose what to copy or save: code, messages, lines"),
    Binding(Action.COPY_REPLY, ("meta w",), "Alt-W", "copy the last reply"),
    Binding(Action.COPY_CODE, ("meta x",), "Alt-X", "copy the last code"),
    Binding(Action.COMPARISON, ("f4",), "F4", "show the answers side by side, or the chat again"),
    Binding(Action.NEXT_ANSWER, ("shift right",), "Shift-Right", "to the next answer (where there is no text: Tab)"),
    Binding(Action.PREVIOUS_ANSWER, ("shift left",), "Shift-Left", "to the answer before"),
    Binding(Action.PICK_ANSWER, ("meta a",), "Alt-A", "go on with this answer"),
    Binding(Action.WIDEN, ("meta z",), "Alt-Z", "give this answer the whole width, or show it beside the others"),
    Binding(Action.TOGETHER, ("meta t",), "Alt-T", "scroll this answer alone, or all of them together"),
    Binding(Action.DIFFERENCES, ("meta =",), "Alt-=", "how this answer differs from the next; again for another"),
    Binding(Action.JUDGE, ("meta q",), "Alt-Q", "have a model judge the answers without knowing whose they are"),
    Binding(Action.MERGE, ("meta +",), "Alt-+", "have a model make one answer of all"),
    Binding(Action.THINKING, ("ctrl t",), "Ctrl-T", "fold or unfold the model's thinking, and files"),
    Binding(Action.MOUSE, ("f2",), "F2", "leave the mouse to the terminal, or take it back"),
    Binding(Action.REDRAW, ("ctrl l",), "Ctrl-L", "draw the screen anew"),
    Binding(Action.SUSPEND, ("ctrl z",), "Ctrl-Z", "go to the shell; `fg` comes back"),
    Binding(Action.PALETTE, ("ctrl p",), "Ctrl-P", "find a command and do it"),
    Binding(Action.CHATS, ("meta l",), "Alt-L", "find a chat, by its title or by what was said"),
    Binding(Action.NEW_CHAT, ("ctrl n",), "Ctrl-N", "begin a new chat"),
    Binding(Action.GO_TO, tuple(f"meta {number}" for number in range(1, 10)), "Alt-1 to Alt-9", "to an open chat"),
    Binding(Action.NEXT_CHAT, ("ctrl page down", "meta ."), "Ctrl-PageDown, Alt-.", "to the next open chat"),
    Binding(Action.PREVIOUS_CHAT, ("ctrl page up", "meta ,"), "Ctrl-PageUp, Alt-,", "to the open chat before"),
    Binding(Action.FINISHED_CHAT, ("meta 0",), "Alt-0", "to the chat that has news"),
    Binding(Action.MODELS, ("meta m",), "Alt-M", "choose the model"),
    Binding(Action.HELP, ("f1",), "F1", "show the keys"),
    Binding(Command.LINE_START, ("ctrl a",), "Ctrl-A", "to the beginning of the line"),
    Binding(Command.LINE_END, ("ctrl e",), "Ctrl-E", "to the end of the line"),
    Binding(Command.WORD_LEFT, ("meta b", "ctrl left", "meta left"), "Alt-B, Ctrl-Left", "a word back"),
    Binding(Command.WORD_RIGHT, ("meta f", "ctrl right", "meta right"), "Alt-F, Ctrl-Right", "a word on"),
    Binding(Command.DELETE_SPACE_WORD_LEFT, ("ctrl w",), "Ctrl-W", "delete the word before"),
    Binding(Command.DELETE_WORD_LEFT, ("meta backspace",), "Alt-Backspace", "the same, up to punctuation"),
    Binding(Command.DELETE_WORD_RIGHT, ("meta d",), "Alt-D", "delete the word after"),
    Binding(Command.DELETE_TO_LINE_START, ("ctrl u",), "Ctrl-U", "delete to the beginning of the line"),
    Binding(Command.DELETE_TO_LINE_END, ("ctrl k",), "Ctrl-K", "delete to the end of the line"),
    Binding(Command.YANK, ("ctrl y",), "Ctrl-Y", "put back what was deleted last"),
    Binding(Command.UNDO, ("ctrl _",), "Ctrl-_", "undo"),
)


COMMANDS_OF_KEYS = MappingProxyType[Action, commands.Command](
    {
        Action.RETRY: commands.Retry(),
        Action.CONTINUE: commands.Continue(),
        Action.EDIT: commands.Edit(),
        Action.UNDO_PROMPT: commands.Undo(),
        Action.REDO_PROMPT: commands.Redo(),
        Action.VERSION_BEFORE: commands.Version(-1),
        Action.VERSION_AFTER: commands.Version(1),
        Action.SEND_NOW: commands.QueueNow(None),
        Action.TRY_NOW: commands.Now(),
        Action.CHATS: commands.Chats(),
        Action.NEW_CHAT: commands.New(),
        Action.MODELS: commands.Model(""),
        Action.HELP: commands.Help(),
    }
)
"""The commands that say the same as these keys."""


def name_of(does: Action | Command) -> str:
    """Return what a configuration file calls an action or a command of the editor."""
    return does.name.lower().replace("_", "-")
