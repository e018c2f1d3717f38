"""What an entry of a conversation looks like: a view holds its blocks, from top to bottom."""

import urwid

from protocol.chat import ToolCall
from protocol.turn import TurnState
from ui.blocks import GrowingText
from ui.caption import one_line
from ui.column import Block
from ui.conversation import Attempt, Entry, Notice, NoticeKind, Turn
from ui.palette import Role
from ui.paragraph import paragraph
from ui.sanitiser import sanitise

_NOTICE_ROLES = {
    NoticeKind.NOTICE: Role.NOTICE,
    NoticeKind.WARNING: Role.WARNING,
    NoticeKind.ERROR: Role.ERROR,
}
_TOOL_CALL_COLUMNS = 500


class WelcomeView:
    """What an empty transcript says, until the first prompt."""

    def __init__(self) -> None:
        self._lines = [paragraph(role, "") for role in (Role.PROMPT, Role.TEXT, Role.MARK)]
        self.blocks: list[urwid.Text] = []

    def show(self, model: str, server: str) -> None:
        """Say what this is, with which model and server, and how to begin."""
        texts = (
            "chinwag: a chat with a language model",
            f"{one_line(model, 60) or 'no model yet'} on {one_line(server, 60)}" if server else "looking for a server",
            "Enter sends, Ctrl-J breaks the line, Esc stops, /help",
        )
        for line, role, text in zip(self._lines, (Role.PROMPT, Role.TEXT, Role.MARK), texts, strict=True):
            _say(line, role, text)
        self.blocks = [*self._lines, paragraph(Role.TEXT, "")]

    def vanish(self) -> None:
        """Make room for the talk."""
        self.blocks = []


class NoticeView:
    """A notice, in the colour of how serious it is."""

    def __init__(self, notice: Notice, lead: bool) -> None:
        text = GrowingText(_NOTICE_ROLES[notice.kind])
        text.feed(notice.text)
        self.blocks = [*_lead(lead), *text.blocks]


class TurnView:
    """A prompt, the thinking and the answer to it, and how it ended."""

    def __init__(self, turn: Turn, lead: bool, folded: bool) -> None:
        self.blocks: list[Block] = []
        self.may_fold = False
        """True while finished thinking is shown that is to be folded when nobody reads it."""
        self._top = [*_lead(lead), *_prompt_blocks(turn.prompt)]
        self._lines: dict[str, urwid.Text] = {}
        self._folding = folded
        self._folded = False
        self._begin(None)
        self.update(turn, settle=True)

    def update(self, turn: Turn, settle: bool) -> None:
        """Show what became of the turn. `settle` allows thinking that is over to be folded."""
        attempt = turn.attempt
        if attempt is not self._attempt:
            self._begin(attempt)
        if attempt is not None:
            self._feed(attempt)
        self.may_fold = self._folding and not self._folded and attempt is not None and attempt.thought_for is not None
        if settle and self.may_fold:
            self._folded, self.may_fold = True, False
        self._arrange(turn)

    def fold(self, turn: Turn, folded: bool) -> None:
        """Fold the thinking when it is over, or show it."""
        self._folding = folded
        self._folded = False
        self.update(turn, settle=True)

    def _begin(self, attempt: Attempt | None) -> None:
        self._attempt = attempt
        self._thinking, self._answer = GrowingText(Role.THINKING), GrowingText(Role.TEXT)
        self._thoughts, self._pieces = 0, 0
        self._calls: list[urwid.Text] = []
        self._folded = False

    def _feed(self, attempt: Attempt) -> None:
        if len(attempt.thinking) > self._thoughts:
            self._thinking.feed("".join(attempt.thinking[self._thoughts :]))
            self._thoughts = len(attempt.thinking)
        if len(attempt.answer) > self._pieces:
            self._answer.feed("".join(attempt.answer[self._pieces :]))
            self._pieces = len(attempt.answer)
        self._calls.extend(_call_line(call) for call in attempt.tool_calls[len(self._calls) :])

    def _arrange(self, turn: Turn) -> None:
        below = [self._line(name, role, text) for name, role, text in _marks(turn)]
        reply = self._reply_blocks(self._attempt) if self._attempt is not None else []
        blank = [self._line("gap", Role.TEXT, "")] if reply or below else []
        self.blocks = [*self._top, *blank, *reply, *below]

    def _reply_blocks(self, attempt: Attempt) -> list[urwid.Text]:
        label = [self._line("label", Role.LABEL, one_line(attempt.model, 60))] if attempt.model else []
        return [*label, *self._thinking_blocks(attempt), *self._answer.blocks, *self._calls]

    def _thinking_blocks(self, attempt: Attempt) -> list[urwid.Text]:
        if not self._thinking.blocks:
            return []
        if self._folded and attempt.thought_for is not None:
            return [self._line("thought", Role.MARK, f"thought for {attempt.thought_for:.0f} s")]
        gap = [self._line("thinking gap", Role.TEXT, "")] if self._answer.blocks else []
        return [self._line("thinking", Role.MARK, "thinking"), *self._thinking.blocks, *gap]

    def _line(self, name: str, role: Role, text: str) -> urwid.Text:
        line = self._lines.setdefault(name, paragraph(role, ""))
        _say(line, role, text)
        return line


def view_of(entry: Entry, lead: bool, folded: bool) -> NoticeView | TurnView:
    """Return a new view of an entry; `lead` puts a blank row above it."""
    return TurnView(entry, lead, folded) if isinstance(entry, Turn) else NoticeView(entry, lead)


def _marks(turn: Turn) -> list[tuple[str, Role, str]]:
    """Return the lines below a turn, with their names: why it waits, or how it ended."""
    failure = turn.failure
    summary = failure.summary if failure else ""
    match turn.state:
        case TurnState.QUEUED if turn.wait is not None:
            return [("mark", Role.MARK, f"queued: {turn.wait.value}")]
        case TurnState.RETRYING:
            number = turn.attempt.stream.attempt if turn.attempt else 1
            return [("mark", Role.WARNING, f"retry {number} in {turn.delay:.1f} s: {summary}")]
        case TurnState.WAITING_FOR_SERVER:
            return [("mark", Role.WARNING, f"waits for the server: {failure or ''}".rstrip())]
        case TurnState.CUT:
            return [("end", Role.WARNING, "cut: the length limit was reached")]
        case TurnState.CANCELLED:
            return [("end", Role.WARNING, "cancelled")]
        case TurnState.INTERRUPTED:
            return [("end", Role.WARNING, "interrupted")]
        case TurnState.FAILED:
            advice = failure.advice if failure else ""
            lines = [("end", Role.ERROR, summary or "failed")]
            return [*lines, ("advice", Role.WARNING, advice)] if advice else lines
        case TurnState.DONE if turn.attempt is None or not _said_anything(turn.attempt):
            return [("end", Role.MARK, "the model said nothing")]
        case _:
            return []


def _said_anything(attempt: Attempt) -> bool:
    return bool(attempt.answer or attempt.thinking or attempt.tool_calls)


def _lead(wanted: bool) -> list[urwid.Text]:
    return [paragraph(Role.TEXT, "")] if wanted else []


def _prompt_blocks(prompt: str) -> list[Block]:
    text = GrowingText(Role.PROMPT)
    text.feed(prompt)
    first, *others = text.blocks or [paragraph(Role.PROMPT, "")]
    marked = urwid.Columns([(2, paragraph(Role.GUTTER, "> ")), first])
    return [marked, *(urwid.Padding(block, left=2) for block in others)]


def _call_line(call: ToolCall) -> urwid.Text:
    line = one_line(f"calls {call.name}({call.arguments})", _TOOL_CALL_COLUMNS)
    return urwid.Text((Role.MARK, line), wrap=urwid.WrapMode.ELLIPSIS)


def _say(line: urwid.Text, role: Role, text: str) -> None:
    clean = sanitise(text)
    if line.text != clean:
        line.set_text((role, clean))
