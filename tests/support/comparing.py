"""A comparison of two at a desk, whose ids count from 1: what is called how, and what is told."""

from msgspec.structs import replace

from protocol.comparison import (
    Brought,
    Column,
    Compare,
    Comparison,
    ComparisonBegan,
    ComparisonId,
    Contestant,
)
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.settings import EngineSettings
from protocol.ui import ConversationStarted
from tests.support.coordinating import A, Desk, finished, stream, submit, surveyed

SMALL, LARGE = Contestant("small"), Contestant("large")
BOTH = (SMALL, LARGE)
UNDECIDED = "An answer is to be picked first: /compare pick N. Or go on without any of them: /compare drop."


class Names:
    """What a comparison is made of at a desk that has used the ids up to `used`."""

    def __init__(self, used: int, anchor: MessageId | None = None, parent: ConversationId = A) -> None:
        self.left, self.right = ConversationId(str(used + 1)), ConversationId(str(used + 3))
        self.first, self.second = stream(used + 2), stream(used + 4)
        self.turn = TurnId(str(used + 6))
        columns = Column(self.left, SMALL, self.first.turn), Column(self.right, LARGE, self.second.turn)
        name = ComparisonId(str(used + 5))
        self.comparison = Comparison(name, parent, anchor, self.turn, "Why?", columns)
        self.began = ComparisonBegan(parent, self.comparison)
        self.compare = Compare(parent, BOTH, "Why?")

    @property
    def started(self) -> list[ConversationStarted]:
        """The columns are told of."""
        return [self._started(self.left, "small"), self._started(self.right, "large")]

    def reply(self, number: int) -> MessageId:
        """A version of the reply in the parent."""
        return stream(int(self.turn), number).message

    def brought(self, *pairs: tuple[MessageId, int]) -> tuple[Brought, ...]:
        """These answers are these versions."""
        return tuple(Brought(answer, self.reply(number)) for answer, number in pairs)

    def picked(self, column: ConversationId, *pairs: tuple[MessageId, int]) -> Comparison:
        """The comparison when an answer is picked."""
        return replace(self.comparison, picked=column, brought=self.brought(*pairs))

    def _started(self, column: ConversationId, model: str) -> ConversationStarted:
        parent = self.comparison.conversation
        return ConversationStarted(column, model, "", f"{model}, compared", shown=False, column_of=parent)


def begun_in(settings: EngineSettings | None = None, kept: bool = False) -> tuple[Desk, Names]:
    """A desk at which a prompt has just gone to two, in a conversation in which something was said before."""
    desk = Desk(settings=settings, kept=kept)
    desk.given(surveyed(), submit(A, "1?"), finished(stream(2), "1."))
    names = Names(2, stream(2).message)
    desk.given(names.compare)
    return desk, names


def both_answered() -> tuple[Desk, Names]:
    """The same, and both have answered."""
    desk, names = begun_in()
    desk.given(finished(names.first, "Small."), finished(names.second, "Large."))
    return desk, names
