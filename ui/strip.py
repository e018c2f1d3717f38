"""The strip: the open conversations on one row, with what goes on in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import urwid

from protocol.identity import ConversationId
from protocol.turn import TurnState
from ui.caption import one_line
from ui.conversation import Conversation
from ui.palette import Role
from ui.paragraph import Paragraph

_UNNAMED = "new"
_COMPARING = "comparing"
_MOST_TITLE = 24
_LEAST_TITLE = 6
PHASES = {
    TurnState.QUEUED: "queued",
    TurnState.CONNECTING: "loading",
    TurnState.THINKING: "thinking",
    TurnState.ANSWERING: "answering",
    TurnState.RETRYING: "retrying",
    TurnState.WAITING_FOR_SERVER: "waits for server",
}


@dataclass(frozen=True)
class Tab:
    """What the strip says of one conversation."""

    number: int
    """Its place, from 1 on: the key that leads to it."""
    title: str
    phase: str
    unread: bool
    shown: bool

    def text(self, title_columns: int) -> str:
        """The whole of it, with the title cut to so many columns."""
        mark = "*" if self.unread else ""
        phase = f" {self.phase}" if self.phase else ""
        return f" {self.number}{mark} {one_line(self.title, title_columns)}{phase} "


def tabs(
    conversations: Sequence[Conversation], shown: Conversation, comparing: Collection[ConversationId | None] = ()
) -> list[Tab]:
    """Return what there is to say, in order. `comparing` are those in which several answers are under way."""
    return [
        Tab(
            number,
            one.title or _UNNAMED,
            phase(one) or (_COMPARING if one.id in comparing else ""),
            one.unread and one is not shown,
            one is shown,
        )
        for number, one in enumerate(conversations, 1)
    ]


def phase(conversation: Conversation) -> str:
    """What goes on in a conversation, in a word or two; empty where nothing does."""
    current = conversation.current
    if current is not None:
        return PHASES.get(current.state, current.state.value)
    return "failed" if conversation.has_failed else ""


def fitted(found: Sequence[Tab], columns: int) -> list[tuple[Tab, str]]:
    """Return the tabs there is room for, with their texts: titles are cut first, then the far ones go."""
    if not found:
        return []
    for title_columns in range(_MOST_TITLE, _LEAST_TITLE - 1, -1):
        texts = [tab.text(title_columns) for tab in found]
        if sum(map(_width, texts)) <= columns:
            return list(zip(found, texts, strict=True))
    texts = [tab.text(_LEAST_TITLE) for tab in found]
    shown = next((place for place, tab in enumerate(found) if tab.shown), 0)
    near = sorted(range(len(found)), key=lambda place: abs(place - shown))
    kept: list[int] = []
    room = columns
    for place in near:
        room -= _width(texts[place])
        if room < 0 and kept:
            break
        kept.append(place)
    return [(found[place], texts[place]) for place in sorted(kept)]


class Strip(urwid.Widget):
    """One row, or none where there is only one conversation. A flow widget; UI thread only."""

    _sizing = frozenset({urwid.FLOW})
    _selectable = False
    ignore_focus = True

    def __init__(self) -> None:
        super().__init__()
        self._tabs: list[Tab] = []

    def show(self, found: list[Tab]) -> None:
        """Say something else."""
        if found != self._tabs:
            self._tabs = found
            self._invalidate()

    def rows(self, size: tuple[int], focus: bool = False) -> int:  # noqa: ARG002
        """Count its rows."""
        return 1 if len(self._tabs) > 1 else 0

    def number_at(self, columns: int, column: int) -> int | None:
        """Return the number of the tab at a column of the screen; None where there is none."""
        end = 0
        for tab, text in fitted(self._tabs, columns):
            end += _width(text)
            if column < end:
                return tab.number
        return None

    def render(self, size: tuple[int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw the tabs there is room for."""
        columns = size[0]
        markup: list[tuple[Role, str]] = []
        for tab, text in fitted(self._tabs, columns):
            markup.append((_role(tab), text))
        used = sum(_width(text) for _, text in markup)
        markup.append((Role.MARK, " " * max(0, columns - used)))
        return Paragraph(markup, wrap=urwid.WrapMode.CLIP).render(size)


def _role(tab: Tab) -> Role:
    if tab.shown:
        return Role.STATUS_STRONG
    return Role.LABEL if tab.unread or tab.phase else Role.MARK


def _width(text: str) -> int:
    return urwid.calc_width(text, 0, len(text))
