"""What was compared, as it was told: whose columns are whose, and which answer is which version in the parent."""

from collections.abc import Callable

from protocol.chat import Role
from protocol.comparison import AnswersBrought, ColumnKind, Comparison, ComparisonId, RestoreComparison
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.turn import ENDED
from tests.simulation.talks import Said, Talk, said_of


class Compared:
    """Part of the ledger, whose `talks` it shares. `complain` is called with what must not be."""

    def __init__(self, talks: dict[ConversationId, Talk], complain: Callable[[str], None]) -> None:
        self._talks = talks
        self._complain = complain
        self.known: dict[ComparisonId, Comparison] = {}
        """The latest that was told of each."""

    def learn(self, comparison: Comparison) -> None:
        """This is told of one."""
        self.known[comparison.id] = comparison
        for column in comparison.columns:
            talk = self._talks.get(column.conversation)
            if talk is not None:
                talk.parent, talk.anchor = comparison.conversation, comparison.anchor

    def restore(self, command: RestoreComparison) -> None:
        """One is read on disk; what is known already counts more."""
        self.learn(self.known.get(command.comparison.id, command.comparison))

    def columns_of(self, conversation: ConversationId) -> list[ConversationId]:
        """The columns of all that was compared in a conversation."""
        mine = (one for one in self.known.values() if one.conversation == conversation)
        return [column.conversation for one in mine for column in one.columns]

    def columns_with(self, turn: TurnId) -> list[ConversationId]:
        """The columns of the comparison whose prompt is called so in the parent."""
        mine = (one for one in self.known.values() if one.turn == turn)
        return [column.conversation for one in mine for column in one.columns]

    @property
    def questions(self) -> set[TurnId]:
        """The prompts of judges, and of those who merge: they can be made again of what is kept."""
        columns = (column for one in self.known.values() for column in one.columns)
        return {column.turn for column in columns if column.kind is not ColumnKind.ANSWER}

    def bring(self, event: AnswersBrought) -> None:
        """The parent has answers: each is what was said in its column, and in no other."""
        self.learn(event.comparison)
        talk = self._talks[event.conversation]
        sources = {one.reply: one.answer for one in event.comparison.brought}
        for node in (event.prompt, *event.replies):
            if node.id in talk.said:
                self._complain_unless(node.role is Role.USER, f"{node.id} is brought twice")
                continue
            talk.said[node.id] = said_of(node)
            if node.role is Role.ASSISTANT:
                self._check_source(event.comparison, talk.said[node.id], sources.get(node.id))
        self._complain_unless(event.head is None or event.head in talk.said, f"{event.head} is no message")

    def check_brought(self, is_open: Callable[[ConversationId], bool]) -> None:
        """Of what was picked, every answer is a version in the parent."""
        for one in self.known.values():
            if one.picked is None or not is_open(one.conversation):
                continue
            brought = {each.answer for each in one.brought}
            for column in one.columns:
                if column.kind is not ColumnKind.JUDGE and is_open(column.conversation):
                    missing = [said.id for said in self._answers(column.conversation) if said.id not in brought]
                    self._complain_unless(not missing, f"{missing} of {column.conversation} are in no parent")

    def _answers(self, column: ConversationId) -> list[Said]:
        said = self._talks[column].said.values()
        return [one for one in said if one.role is Role.ASSISTANT and one.state in ENDED and not one.reply.empty]

    def _check_source(self, comparison: Comparison, there: Said, answer: MessageId | None) -> None:
        columns = [self._talks[column.conversation] for column in comparison.columns]
        homes = [talk for talk in columns if answer in talk.said]
        if answer is None or len(homes) != 1:
            self._complain(f"{there} comes from nowhere")
            return
        said = homes[0].said[answer]
        self._complain_unless(said.reply == there.reply, f"{there} was {said} in its column")
        self._complain_unless(said.state in ENDED, f"{there} is brought before it has ended")

    def _complain_unless(self, holds: bool, words: str) -> None:
        if not holds:
            self._complain(words)
