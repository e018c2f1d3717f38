"""One prompt for many models: what is compared, what the Coordinator accepts of it, and what a face is told.

Every answer comes in a *column*: a conversation of its own, which is listed nowhere, and for which all rules of a turn
hold. What was said before the prompt is not copied: a model is sent the path of the parent up to the `anchor`. So no
column can disturb another, and each is cancelled by CancelConversation as any conversation is.

A comparison is under way until an answer is picked or it is dropped; until then the parent takes no other prompt.
When one is picked, the prompt becomes one of the parent, and the answers become the versions of its reply. What still
streams then goes on, and becomes one more version when it ends.
"""

from enum import StrEnum
from typing import NewType

from protocol.chat import Attachment
from protocol.identity import DEFAULT_SERVER, ConversationId, MessageId, ServerName, TurnId
from protocol.kept import ConversationRecord
from protocol.message import Message, Value
from protocol.tree import Node

ComparisonId = NewType("ComparisonId", str)
MAX_COLUMNS = 16
"""Answers to one prompt."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What answers are called where nobody is to know who gave them."""


class ColumnKind(StrEnum):
    """What a column is for."""

    ANSWER = "answer"
    JUDGE = "judge"
    """Says which of the answers is the best, without being told whose they are."""
    MERGE = "merge"
    """Makes one of the answers, which can be picked like them."""


class Contestant(Value, frozen=True):
    """Who answers. What is empty is as it is in the parent."""

    model: str = ""
    server: ServerName = DEFAULT_SERVER
    preset: str = ""
    seed: int | None = None

    @property
    def label(self) -> str:
        """What tells it from others, for people."""
        parts = [self.model or self.preset or "?"]
        if self.preset and self.model:
            parts.append(self.preset)
        if self.seed is not None:
            parts.append(f"seed {self.seed}")
        if self.server:
            parts.append(f"on {self.server}")
        return " ".join(parts)


class Column(Value, frozen=True):
    """Where one answer comes."""

    conversation: ConversationId
    contestant: Contestant
    turn: TurnId
    """Its prompt; the versions of its reply are named as everywhere."""
    kind: ColumnKind = ColumnKind.ANSWER
    shown: tuple[ConversationId, ...] = ()
    """Of a judge, or who merges: the columns whose answers it was shown as A, B, C, in this order."""


class Brought(Value, frozen=True):
    """An answer that is in the parent too."""

    answer: MessageId
    """Its name in the column."""
    reply: MessageId
    """Its name in the parent."""


class Comparison(Value, frozen=True):
    """All that is known of one comparison, but for what was said in its columns."""

    id: ComparisonId
    conversation: ConversationId
    """The parent."""
    anchor: MessageId | None
    """The head of the parent when it began: what the prompt follows."""
    turn: TurnId
    """What the prompt is called in the parent, once an answer is picked."""
    prompt: str
    columns: tuple[Column, ...]
    """In the order in which they are shown. They grow only: the number of a column, from 1, stays its own."""
    picked: ConversationId | None = None
    """The column whose answer was picked last."""
    dropped: bool = False
    """It is over, and nothing was picked."""
    brought: tuple[Brought, ...] = ()
    offered: tuple[ConversationId, ...] = ()
    """The columns whose answers were shown as A, B, C in the last question to a judge that was offered."""
    verdict: str = ""
    """What the last judge has said, with the names for the letters."""
    created: float = 0.0
    """Seconds since 1970; 0 where only the archive knows."""

    @property
    def decided(self) -> bool:
        """True when the parent can go on."""
        return self.picked is not None or self.dropped

    @property
    def judge(self) -> Column | None:
        """The column of the last judge; None if there is none."""
        return next((one for one in reversed(self.columns) if one.kind is ColumnKind.JUDGE), None)

    def column(self, conversation: ConversationId) -> Column | None:
        """The column that is this conversation; None if there is none."""
        return next((one for one in self.columns if one.conversation == conversation), None)


class PrepareComparison(Message, frozen=True):
    """Have the next prompt of a conversation go to all of these."""

    conversation: ConversationId
    contestants: tuple[Contestant, ...]


class Compare(Message, frozen=True):
    """Have this prompt answered by all of these at once. It goes to the Archivist first, as every prompt does."""

    conversation: ConversationId
    contestants: tuple[Contestant, ...]
    prompt: str


class CompareAgain(Message, frozen=True):
    """Ask every column that has ended once more, for another version of its answer."""

    conversation: ConversationId


class PickAnswer(Message, frozen=True):
    """Go on from the answer of a column, by its number, from 1. Another one can be picked afterwards."""

    conversation: ConversationId
    number: int


class JudgeAnswers(Message, frozen=True):
    """Have a model say which answer is the best. Without a prompt, one is made and offered: JudgeOffered."""

    conversation: ConversationId
    model: str
    prompt: str = ""


class MergeAnswers(Message, frozen=True):
    """Have a model make one answer of all. Without a prompt, one is made and offered, as it is for a judge."""

    conversation: ConversationId
    model: str
    prompt: str = ""


class ShowComparison(Message, frozen=True):
    """Show the last comparison of a conversation again."""

    conversation: ConversationId


class DropComparison(Message, frozen=True):
    """Go on without any of the answers: what streams is stopped. Before the prompt was sent, nothing is compared."""

    conversation: ConversationId


class RestoreComparison(Message, frozen=True):
    """From the Archivist, after the parent is restored: a kept comparison, and its columns as they are kept."""

    conversation: ConversationId
    comparison: Comparison
    records: tuple[ConversationRecord, ...]


class ComparisonPrepared(Message, frozen=True):
    """The next prompt of this conversation goes to all of these; to its own model, if there are none."""

    conversation: ConversationId
    contestants: tuple[Contestant, ...]


class ComparisonBegan(Message, frozen=True):
    """A prompt goes to many. Of each column, ConversationStarted was told before this."""

    conversation: ConversationId
    comparison: Comparison
    attachments: tuple[Attachment, ...] = ()
    """What goes with the prompt in every column."""


class ComparisonChanged(Message, frozen=True):
    """This is known of a comparison now: columns came, an answer was picked, a judge has spoken, it is dropped."""

    conversation: ConversationId
    comparison: Comparison


class ComparisonShown(Message, frozen=True):
    """An answer to ShowComparison, and told of one that is restored: the user is to see this one, if it is here."""

    conversation: ConversationId
    comparison: Comparison
    asked: bool = True
    """False when it was restored, and nobody has asked for it."""


class JudgeOffered(Message, frozen=True):
    """A question to a judge, or to one who merges: put it where one writes. What is sent then goes back by
    JudgeAnswers or MergeAnswers, with the words as they are then."""

    conversation: ConversationId
    kind: ColumnKind
    model: str
    prompt: str


class AnswersBrought(Message, frozen=True):
    """Answers are versions of a reply of the parent now, all at once with what the comparison knows of it.

    What is there already stays as it is. PathShown follows where the head moved, VersionsCounted where it stays.
    """

    conversation: ConversationId
    comparison: Comparison
    prompt: Node
    replies: tuple[Node, ...]
    head: MessageId | None


ComparisonCommand = (
    PrepareComparison
    | Compare
    | CompareAgain
    | PickAnswer
    | JudgeAnswers
    | MergeAnswers
    | ShowComparison
    | DropComparison
    | RestoreComparison
)
"""What the Coordinator accepts. A column is cancelled by CancelConversation."""
ComparisonEvent = (
    ComparisonPrepared | ComparisonBegan | ComparisonChanged | ComparisonShown | JudgeOffered | AnswersBrought
)
"""What a face is told."""
