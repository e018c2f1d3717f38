"""What an entry of a conversation looks like: a view holds its blocks, from top to bottom."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import urwid

from protocol.chat import Attachment
from protocol.tree import Place
from ui.bar import barred
from ui.blocks import GrowingText
from ui.caption import one_line
from ui.column import Block
from ui.conversation import Notice, NoticeKind
from ui.folding import Folding
from ui.key_words import DEFAULT_KEY_WORDS, KeyWords
from ui.markdown import MarkdownText
from ui.marks import MarkKind, marks, summary_words, thought_words, version_words
from ui.markup import Run
from ui.palette import Role
from ui.paragraph import paragraph
from ui.sanitiser import sanitise
from ui.selection import Item, numbered
from ui.tool_call import ToolCallView
from ui.turn import Attempt, Turn

if TYPE_CHECKING:
    from ui.attachment import AttachmentView

_NOTICE_ROLES = {
    NoticeKind.NOTICE: Role.NOTICE,
    NoticeKind.WARNING: Role.WARNING,
    NoticeKind.ERROR: Role.ERROR,
}
_MARK_ROLES = {
    MarkKind.MARK: Role.MARK,
    MarkKind.WARNING: Role.WARNING,
    MarkKind.ERROR: Role.ERROR,
}


class WelcomeView:
    """What an empty transcript says, until the first prompt."""

    def __init__(self, words: KeyWords = DEFAULT_KEY_WORDS) -> None:
        self._keys = words
        self._lines = [paragraph(role, "") for role in (Role.PROMPT, Role.TEXT, Role.MARK)]
        self.blocks: list[urwid.Text] = []
        self.items: list[Item] = []
        self.message = self.reply = ""

    def show(self, model: str, server: str, kept: bool) -> None:
        """Say what this is, with which model and server, and how to begin; `kept` where others may be gone back to."""
        texts = (
            "chinwag: a chat with a language model",
            f"{one_line(model, 60) or 'no model yet'} on {one_line(server, 60)}" if server else "looking for a server",
            self._keys.welcome_back if kept else self._keys.welcome,
        )
        for line, role, text in zip(self._lines, (Role.PROMPT, Role.TEXT, Role.MARK), texts, strict=True):
            _say(line, role, text)
        self.blocks = [*self._lines, paragraph(Role.TEXT, "")]

    def vanish(self) -> None:
        """Make room for the talk."""
        self.blocks = []


class NoticeView:
    """A notice, in the colour of how serious it is; an error has a bar."""

    def __init__(self, notice: Notice, lead: bool) -> None:
        text = GrowingText(_NOTICE_ROLES[notice.kind])
        text.feed(notice.text)
        failed = notice.kind is NoticeKind.ERROR
        shown: list[Block] = [barred(block, Role.ERROR) if failed else block for block in text.blocks]
        self.blocks: list[Block] = [*_lead(lead), *shown]
        self.message, self.reply = notice.text, ""
        self.items = [Item(notice.text, tuple(shown), first=True)] if shown else []


class TurnView:
    """A prompt, the thinking and the answer to it, and how it ended.

    `answer_only`: what was asked, who answers, and what can be done is said elsewhere.
    """

    def __init__(
        self,
        turn: Turn,
        lead: bool,
        folding: Folding,
        words: KeyWords = DEFAULT_KEY_WORDS,
        answer_only: bool = False,
    ) -> None:
        self.turn = turn
        self._answer_only = answer_only
        self._keys = words
        self._blocks: list[Block] | None = None
        self.may_fold = False
        """True while finished thinking is shown that is to be folded when nobody reads it."""
        self.last = False
        """True while no other turn follows: what can be done about its end is said."""
        self._lead = _lead(lead)
        self._lines: dict[str, tuple[urwid.Text, tuple[Run, ...]]] = {}
        self._barred: dict[str, tuple[Block, Role]] = {}
        self._folding = folding
        self._folded = False
        self._show_prompt()
        self._begin(None)

    @property
    def blocks(self) -> Sequence[Block]:
        """Its blocks, from top to bottom. The answer is parsed when they are asked for: when somebody sees it."""
        if self._blocks is None:
            self._blocks = self._arranged()
        return self._blocks

    @property
    def items(self) -> Sequence[Item]:
        """What can be copied: the prompt, the thoughts that are shown, the blocks of the answer."""
        shown = tuple(self._top[len(self._lead) :])
        prompt = [Item(self.turn.prompt, shown, first=True)] if shown else []
        asked = [*prompt, *(one.item(self._folds) for one in self._attached)]
        if self._attempt is None:
            return asked
        self._feed_answer()
        thoughts = self._thinking.blocks if not self._hides_thinking(self._attempt) else []
        thinking = [Item(str(self._attempt.thinking).strip(), tuple(thoughts))] if thoughts else []
        answer = [
            Item(part.text if part.code is None else part.code, part.blocks, part.code is not None, part.language)
            for part in self._answer.sources
        ]
        drawn = [one.item(self._folds) for one in self._images]
        reply = [] if self._hides_summary else [*thinking, *answer, *drawn]
        return numbered([*asked, *(replace(item, first=place == 0) for place, item in enumerate(reply))])

    @property
    def message(self) -> str:
        """The answer as the model wrote it; the prompt while there is none."""
        return self.reply or self.turn.prompt

    @property
    def reply(self) -> str:
        """The answer as the model wrote it; empty while there is none."""
        return str(self._attempt.answer).strip() if self._attempt is not None else ""

    @property
    def behind(self) -> bool:
        """True when more is to be shown than was parsed for the last frame."""
        return self._answer.behind

    def go_on(self) -> None:
        """Show more of it."""
        self._answer.go_on()
        self._blocks = None

    def update(self, settle: bool) -> None:
        """Show what became of the turn. `settle` allows thinking that is over to be folded."""
        attempt = self.turn.attempt
        if self._prompt != self._prompt_words:
            self._show_prompt()
        if attempt is not self._attempt:
            self._begin(attempt)
        if attempt is not None:
            self._feed(attempt)
        over = attempt is not None and attempt.thinking_over
        self.may_fold = over and not self._folded and self._folding is not Folding.NEVER
        if settle and self.may_fold:
            self._folded, self.may_fold = True, False
        self._blocks = None

    @property
    def thinks(self) -> bool:
        """True while thinking comes."""
        return bool(self._thinking.blocks) and self._attempt is not None and not self._attempt.thinking_over

    def fold(self, folding: Folding) -> None:
        """Fold the thinking, or show it."""
        self._folding = folding
        self._folded = False
        self.update(settle=True)

    def _show_prompt(self) -> None:
        self._prompt = self._prompt_words
        text, place, attachments, sums_up = self._prompt
        self._attached = [] if self._answer_only else _attachment_views(attachments)
        asked = _summary_blocks(text, place) if sums_up else _prompt_blocks(text, place)
        self._top = [*self._lead, *([] if self._answer_only else asked)]

    @property
    def _prompt_words(self) -> tuple[str, Place, tuple[Attachment, ...], bool]:
        """What stands at its top: the prompt and what goes with it; where that asks for a summary, that it does."""
        place, with_it = self.turn.prompt_place, self.turn.attachments
        if self.turn.keeps is None:
            return self.turn.prompt, place, with_it, False
        shows = f"  {self._keys.unfolds}" if self._hides_summary else ""
        return f"{summary_words(self.turn)}{shows}", place, with_it, True

    @property
    def _hides_summary(self) -> bool:
        """A summary that is done is for the model: who wants to read it unfolds it."""
        return self.turn.is_summary and self._folding is not Folding.NEVER

    def _begin(self, attempt: Attempt | None) -> None:
        self._attempt = attempt
        self._thinking, self._answer = GrowingText(Role.THINKING), MarkdownText()
        self._thoughts, self._said = 0, 0
        self._calls: list[ToolCallView] = []
        self._images: list[AttachmentView] = []
        self._folded = False

    def _feed(self, attempt: Attempt) -> None:
        if len(attempt.thinking) > self._thoughts:
            self._thinking.feed(attempt.thinking.after(self._thoughts))
            self._thoughts = len(attempt.thinking)
        self._calls.extend(ToolCallView(call) for call in attempt.tool_calls[len(self._calls) :])
        self._images.extend(_attachment_views(attempt.images[len(self._images) :], indent=0))

    def _feed_answer(self) -> None:
        """Hand on what has come of the answer since somebody saw it last."""
        attempt = self._attempt
        if attempt is not None and len(attempt.answer) > self._said:
            self._answer.feed(attempt.answer.after(self._said))
            self._said = len(attempt.answer)

    def _arranged(self) -> list[Block]:
        self._feed_answer()
        marked = marks(self.turn, self.last, None if self._answer_only else self._keys.remedies)
        below = [self._mark(mark.name, _MARK_ROLES[mark.kind], mark.text) for mark in marked]
        reply = self._reply_blocks(self._attempt) if self._attempt is not None and not self._hides_summary else []
        blank = [self._line("gap", (Role.TEXT, ""))] if self._top and (reply or below) else []
        attached = [block for one in self._attached for block in one.blocks(self._folds)]
        return [*self._top, *attached, *blank, *reply, *below]

    def _reply_blocks(self, attempt: Attempt) -> list[Block]:
        runs = [run for run in _label(attempt.model, self.turn.reply_place) if run[1]]
        label = [self._line("label", *runs)] if runs and not self._answer_only else []
        calls = [block for call in self._calls for block in call.blocks(self._folds)]
        images = [block for image in self._images for block in image.blocks(self._folds)]
        return [*label, *self._thinking_blocks(attempt), *self._answer.blocks, *calls, *images]

    @property
    def _folds(self) -> bool:
        """Whether tool calls and files are one line each."""
        return self._folding is not Folding.NEVER

    def _hides_thinking(self, attempt: Attempt) -> bool:
        return self._folding is Folding.ALWAYS or (self._folded and attempt.thinking_over)

    def _thinking_blocks(self, attempt: Attempt) -> list[urwid.Text]:
        if not self._thinking.blocks:
            return []
        if self._hides_thinking(attempt):
            said = thought_words(attempt.thought_for) if attempt.thinking_over else "thinking"
            shows = f"  {self._keys.unfolds}" if self.last else ""
            thought = [self._line("thought", (Role.MARK, f"{said}{shows}"))]
        else:
            thought = [self._line("thinking", (Role.MARK, "thinking")), *self._thinking.blocks]
        return [*thought, self._line("thinking gap", (Role.TEXT, ""))] if self._answer.blocks else thought

    def _mark(self, name: str, role: Role, text: str) -> Block:
        """Return a line below the turn; what tells of a failure has a bar."""
        line = self._line(name, (role, text))
        if self.turn.failure is None or role is Role.MARK:
            return line
        bar, drawn = self._barred.get(name) or (line, None)
        if drawn is not role:
            bar = barred(line, role)
            self._barred[name] = bar, role
        return bar

    def _line(self, name: str, *runs: Run) -> urwid.Text:
        line, said = self._lines.get(name) or (paragraph(Role.TEXT, ""), ())
        if runs != said:
            line.set_text([(role, sanitise(text)) for role, text in runs])
            self._lines[name] = line, runs
        return line


EntryView = WelcomeView | NoticeView | TurnView
"""What shows an entry, or that there is none yet."""


def _label(model: str, place: Place) -> list[Run]:
    name = one_line(model, 60)
    mark = version_words(place)
    return [(Role.LABEL, name), (Role.MARK, f"  {mark}" if name and mark else mark)]


def _lead(wanted: bool) -> list[urwid.Text]:
    return [paragraph(Role.TEXT, "")] if wanted else []


def _prompt_blocks(prompt: str, place: Place) -> list[Block]:
    text = GrowingText(Role.PROMPT)
    text.feed(prompt)
    first, *others = text.blocks or [paragraph(Role.PROMPT, "")]
    mark = version_words(place)
    if mark:
        end = others[-1] if others else first
        end.set_text([(Role.PROMPT, end.text), (Role.MARK, f"  {mark}")])
    marked = urwid.Columns([(2, paragraph(Role.GUTTER, "> ")), first])
    return [marked, *(urwid.Padding(block, left=2) for block in others)]


def _summary_blocks(words: str, place: Place) -> list[Block]:
    mark = version_words(place)
    return [paragraph(Role.MARK, f"{words}  {mark}" if mark else words)]


def _attachment_views(attachments: Sequence[Attachment], indent: int = 2) -> "list[AttachmentView]":
    if not attachments:
        return []
    from ui.attachment import AttachmentView  # most talks have none

    return [AttachmentView(one, indent) for one in attachments]


def _say(line: urwid.Text, role: Role, text: str) -> None:
    clean = sanitise(text)
    if line.text != clean:
        line.set_text((role, clean))
