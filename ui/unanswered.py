"""What was sent and has not been answered yet."""

from dataclasses import dataclass

from protocol.attachment_events import CommandEnded, FilesOffered
from protocol.command_table import is_command, parse_command, shell_command
from protocol.commands import Cancel, QueueDrop, QueueMove, QueueNow
from protocol.commands import Now as TryNow
from protocol.compare_words import CompareAll, CompareJudge, CompareMerge
from protocol.comparison import ComparisonShown, JudgeOffered
from protocol.ui import (
    ConversationsListed,
    ConversationStarted,
    HitsFound,
    InputRefused,
    NoticePosted,
    PathShown,
    PromptOffered,
    PromptReworded,
    QueueReordered,
    TurnAccepted,
    TurnEnded,
    UiEvent,
)

_MAY_BE_SILENT = Cancel | QueueDrop | QueueMove | QueueNow | TryNow
_ASKS = CompareAll | CompareJudge | CompareMerge
_ANSWERS = (
    ComparisonShown,
    JudgeOffered,
    ConversationsListed,
    ConversationStarted,
    FilesOffered,
    HitsFound,
    NoticePosted,
    PathShown,
    PromptOffered,
    QueueReordered,
    TurnAccepted,
    TurnEnded,
)
_SOON = 1.0
"""Seconds in which a command is done that may have no answer."""
_LATE = 15.0
"""Seconds after which an answer is no longer expected: a look at the server takes five."""


@dataclass
class _Sent:
    text: str
    is_command: bool
    until: float
    asks: bool = False
    """It is a command that holds a prompt, or makes one."""


class Unanswered:
    """Of every text that was sent, whether the engine has said what became of it: then it can be told that the last
    was answered. A prompt that is accepted is a turn from then on. `now` is always the face's clock, in seconds."""

    def __init__(self) -> None:
        self._sent: list[_Sent] = []

    def send(self, text: str, now: float) -> None:
        """This is on its way."""
        command = parse_command(text) if is_command(text) else None
        patience = _SOON if isinstance(command, _MAY_BE_SILENT) else _LATE
        self._sent.append(_Sent(text, command is not None, now + patience, isinstance(command, _ASKS)))

    def hear(self, event: UiEvent) -> None:
        """Learn from an event what became of a text."""
        match event:
            case TurnAccepted(again=False, prompt=text) | PromptReworded(prompt=text) | InputRefused(text=text):
                found = next((one for one in self._sent if one.text == text.strip()), None)
                found = found or next((one for one in self._sent if one.asks), None)
            case CommandEnded(command=command):
                found = next((one for one in self._sent if shell_command(one.text) == command), None)
            case ConversationStarted(column_of=str()):
                found = None
            case _ if isinstance(event, _ANSWERS):
                found = next((one for one in self._sent if one.is_command), None)
            case _:
                found = None
        if found is not None:
            self._sent.remove(found)

    def waits(self, now: float) -> bool:
        """Tell whether something is still to be answered."""
        self._sent = [one for one in self._sent if not one.is_command or now < one.until]
        return bool(self._sent)
