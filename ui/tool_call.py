"""What a tool call looks like."""

from collections.abc import Sequence

import urwid

from protocol.chat import ToolCall
from ui.blocks import GrowingText
from ui.caption import one_line
from ui.column import Block
from ui.markup import Run
from ui.palette import Role

_LONGEST_TOOL_NAME = 60
_TOOL_CALL_COLUMNS = 500


class ToolCallView:
    """What the model wants to have called: a line, or its arguments in full below its name."""

    def __init__(self, call: ToolCall) -> None:
        self._name = one_line(call.name, _LONGEST_TOOL_NAME)
        self._arguments = call.arguments
        self._line: urwid.Text | None = None
        self._full: list[Block] = []

    def blocks(self, folded: bool) -> Sequence[Block]:
        """Its blocks; they stay the same."""
        if folded:
            self._line = self._line or self._folded()
            return [self._line]
        self._full = self._full or self._unfolded()
        return self._full

    def _folded(self) -> urwid.Text:
        said = one_line(self._arguments[: 2 * _TOOL_CALL_COLUMNS], _TOOL_CALL_COLUMNS)
        return urwid.Text([*self._label(), (Role.MARK, f" {said}")], wrap=urwid.WrapMode.ELLIPSIS)

    def _unfolded(self) -> list[Block]:
        text = GrowingText(Role.MARK)
        text.feed(self._arguments)
        return [urwid.Text([*self._label()]), *(urwid.Padding(block, left=2) for block in text.blocks)]

    def _label(self) -> tuple[Run, Run]:
        return (Role.LABEL, "tool "), (Role.STRONG, self._name)
