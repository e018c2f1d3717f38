"""One prompt for many models, as the user wishes: begun, asked again, picked, judged, merged, dropped and restored."""

from collections.abc import Callable, Sequence
from typing import assert_never

from msgspec.structs import replace

from actors.answers import Answers
from actors.attempts import Attempts
from actors.branching import Branching
from actors.comparison_book import ComparisonBook
from actors.comparison_notices import (
    A_VERDICT,
    DROPPED,
    FEW_ANSWERS,
    MANY_COLUMNS,
    NOTHING_COMPARED,
    NOTHING_TO_DROP,
    TAKEN_BACK,
    UNDECIDED,
    UNDER_WAY,
    describe_missing,
    describe_picked,
    describe_prepared,
    describe_unanswered,
    title_of_column,
)
from actors.contestants import Contestants, Unfound
from actors.conversations import Conversations
from actors.grafting import attached
from actors.outbox import Outbox
from actors.turns import Turn, TurnBook
from protocol.address import Address
from protocol.chat import Conversation
from protocol.comparison import (
    LETTERS,
    MAX_COLUMNS,
    Column,
    ColumnKind,
    Compare,
    CompareAgain,
    Comparison,
    ComparisonBegan,
    ComparisonCommand,
    ComparisonId,
    ComparisonPrepared,
    ComparisonShown,
    Contestant,
    DropComparison,
    JudgeAnswers,
    JudgeOffered,
    MergeAnswers,
    PickAnswer,
    PrepareComparison,
    RestoreComparison,
    ShowComparison,
)
from protocol.coordinator import RestoreConversation, RetryReply, Submit
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.judging import question, shuffled
from protocol.parameters import NOTHING_SET
from protocol.ui import InputRefused, UiEvent

_MOST_COLUMNS = min(2 * MAX_COLUMNS, len(LETTERS))
AboutAnswers = CompareAgain | PickAnswer | JudgeAnswers | MergeAnswers | ShowComparison
"""What needs the columns of the last comparison, with what was said in them."""


class Comparing:
    """Owned by the Coordinator, and used in its thread only. What may begin after a command is for that one to see.

    `new_id` makes names that are never used twice; `chance` draws from [0, 1).
    """

    def __init__(
        self,
        book: ComparisonBook,
        answers: Answers,
        contestants: Contestants,
        conversations: Conversations,
        turns: TurnBook,
        outbox: Outbox,
        branching: Branching,
        attempts: Attempts,
        ui: Address[UiEvent],
        new_id: Callable[[], str],
        chance: Callable[[], float],
    ) -> None:
        self.book = book
        self.answers = answers
        self._contestants = contestants
        self._conversations = conversations
        self._turns = turns
        self._outbox = outbox
        self._branching = branching
        self._attempts = attempts
        self._ui = ui
        self._new_id = new_id
        self._chance = chance
        self.begun: Submit | Compare | None = None
        """The last prompt that went to many."""

    def act(self, command: ComparisonCommand) -> None:
        """Do what the user wants, or say why not. A prompt that goes to many is taken as every other is."""
        here = command.conversation
        match command:
            case PrepareComparison(contestants=contestants):
                self._prepare(here, contestants)
            case Compare():
                self.begin(command)
            case RestoreComparison():
                self._restore(command)
            case DropComparison():
                self._drop(here)
            case CompareAgain() | PickAnswer() | JudgeAnswers() | MergeAnswers() | ShowComparison():
                comparison = self.book.of(here)
                if comparison is None:
                    self._conversations.post(here, NOTHING_COMPARED)
                else:
                    self._act_on(comparison, command)
            case _:
                assert_never(command)

    def compared(self, command: Submit | Compare) -> Compare | None:
        """What a prompt asks of many; None where it is for the chat's own model."""
        if isinstance(command, Compare):
            return command
        contestants = self.book.prepared.get(command.conversation)
        if contestants is None or command.edits is not None:
            return None
        return Compare(command.conversation, contestants, command.prompt)

    def refusal(self, command: Submit | Compare) -> str:
        """Why a prompt cannot be taken; empty when it can."""
        here, compared = command.conversation, self.compared(command)
        try:
            self._check_decided(here)
            if compared is not None:
                self._resolve(here, compared.contestants)
        except Unfound as error:
            return str(error)
        return "" if compared is None else self._branching.obstacle(here)

    def begin(self, command: Submit | Compare) -> None:
        """Have a prompt answered by many, which nothing refuses."""
        here, anchor = command.conversation, self._conversations.tree(command.conversation).head
        compared = self.compared(command)
        resolved = self._resolve(here, compared.contestants if compared is not None else ())
        columns = tuple(self._begin_column(here, who, what) for who, what in resolved)
        name, turn = ComparisonId(self._new_id()), TurnId(self._new_id())
        comparison = Comparison(name, here, anchor, turn, command.prompt, columns)
        with_it = command.attachments if isinstance(command, Submit) else ()
        self._ui.tell(ComparisonBegan(here, comparison, with_it))
        self.begun = command
        self.book.prepared.pop(here, None)
        self.book.know(comparison)
        for column in columns:
            self._outbox.accept(Turn(column.turn, column.conversation, command.prompt, attachments=with_it))

    def resume(self) -> None:
        """The Coordinator has begun anew, and the conversations are there again: find what has ended meanwhile."""
        for comparison in self.book:
            self.book.anchor(comparison)
            self.answers.look_again(comparison)

    def _act_on(self, comparison: Comparison, command: AboutAnswers) -> None:
        match command:
            case ShowComparison(conversation=here):
                self._ui.tell(ComparisonShown(here, comparison))
            case CompareAgain():
                self._ask_again(comparison)
            case PickAnswer(number=number):
                self._pick(comparison, number)
            case JudgeAnswers(model=model, prompt=prompt):
                self._ask_of_all(comparison, ColumnKind.JUDGE, model, prompt)
            case MergeAnswers(model=model, prompt=prompt):
                self._ask_of_all(comparison, ColumnKind.MERGE, model, prompt)
            case _:
                assert_never(command)

    def _prepare(self, here: ConversationId, contestants: tuple[Contestant, ...]) -> None:
        try:
            self._check_decided(here)
            named = tuple(who for who, _ in self._resolve(here, contestants))
        except Unfound as error:
            self._conversations.post(here, str(error))
            return
        self._ui.tell(ComparisonPrepared(here, named))
        self.book.prepared[here] = contestants
        self._conversations.post(here, describe_prepared(named))

    def _check_decided(self, here: ConversationId) -> None:
        last = self.book.of(here)
        if last is not None and not last.decided:
            raise Unfound(UNDECIDED)

    def _resolve(
        self, here: ConversationId, contestants: Sequence[Contestant]
    ) -> list[tuple[Contestant, Conversation]]:
        parent = self._conversations[here]
        return [self._contestants.resolve(contestant, parent) for contestant in contestants]

    def _begin_column(
        self,
        here: ConversationId,
        contestant: Contestant,
        what: Conversation,
        kind: ColumnKind = ColumnKind.ANSWER,
        shown: tuple[ConversationId, ...] = (),
    ) -> Column:
        name, turn = ConversationId(self._new_id()), TurnId(self._new_id())
        self._conversations.start_column(replace(what, id=name, column_of=here), title_of_column(contestant, kind))
        return Column(name, contestant, turn, kind, shown)

    def _ask_again(self, comparison: Comparison) -> None:
        over = [
            (column, tree)
            for column, tree in self.book.at_hand(comparison)
            if column.kind is ColumnKind.ANSWER and not self._turns.of(column.conversation)
        ]
        if not over:
            self._conversations.post(comparison.conversation, UNDER_WAY)
        elif comparison.dropped:
            self.book.change(replace(comparison, dropped=False))
        for column, tree in over:
            if MessageId(column.turn) in tree:
                self._branching.act(RetryReply(column.conversation))
            else:
                with_it = attached(self.book.at_hand(comparison))
                self._outbox.accept(Turn(column.turn, column.conversation, comparison.prompt, attachments=with_it))

    def _pick(self, comparison: Comparison, number: int) -> None:
        here = comparison.conversation
        column = comparison.columns[number - 1] if 1 <= number <= len(comparison.columns) else None
        if column is None:
            self._conversations.post(here, describe_missing(number, comparison))
            return
        answer = self.answers.shown(column)
        obstacle = A_VERDICT if column.kind is ColumnKind.JUDGE else self._branching.obstacle(here)
        if answer is None or obstacle:
            self._conversations.post(here, obstacle or describe_unanswered(column))
            return
        self.answers.pick(comparison, column, answer)
        self._conversations.post(here, describe_picked(column, self._conversations[here].model))

    def _ask_of_all(self, comparison: Comparison, kind: ColumnKind, model: str, prompt: str) -> None:
        """Offer a question about all answers that have ended; with a prompt, put it."""
        here, found = comparison.conversation, self.answers.candidates(comparison)
        obstacle = FEW_ANSWERS if len(found) < 2 else MANY_COLUMNS if len(comparison.columns) >= _MOST_COLUMNS else ""
        if obstacle and prompt:
            self._ui.tell(InputRefused(here, prompt, obstacle))
        elif obstacle:
            self._conversations.post(here, obstacle)
        elif prompt:
            self._put(comparison, kind, model, prompt)
        else:
            order = shuffled(found, self._chance)
            self.book.change(replace(comparison, offered=tuple(name for name, _ in order)))
            words = question(kind, comparison.prompt, [answer for _, answer in order])
            self._ui.tell(JudgeOffered(here, kind, model, words))

    def _put(self, comparison: Comparison, kind: ColumnKind, model: str, prompt: str) -> None:
        """A judge is told nothing besides, whatever the chat is set to; who merges answers as the chat does."""
        here = comparison.conversation
        what = replace(self._conversations[here], model=model)
        if kind is ColumnKind.JUDGE:
            what = replace(what, system="", parameters=NOTHING_SET)
        column = self._begin_column(here, Contestant(model), what, kind, comparison.offered)
        self.book.change(replace(comparison, columns=(*comparison.columns, column)))
        self._outbox.accept(Turn(column.turn, column.conversation, prompt))

    def _drop(self, here: ConversationId) -> None:
        last = self.book.of(here)
        if here in self.book.prepared:
            self._ui.tell(ComparisonPrepared(here, ()))
            del self.book.prepared[here]
            self._conversations.post(here, TAKEN_BACK)
        elif last is None or last.decided:
            self._conversations.post(here, NOTHING_TO_DROP)
        else:
            columns = {column.conversation for column in last.columns}
            live = [turn for turn in self.book.turns_of(here) if turn.conversation in columns]
            self.book.change(replace(last, dropped=True))
            for turn in sorted(live, key=lambda turn: turn.holds_slot):
                self._attempts.cancel(turn)
            self._conversations.post(here, DROPPED)

    def _restore(self, command: RestoreComparison) -> None:
        """One that is known already is later than what was read of it."""
        comparison = self.book.get(command.comparison.id) or command.comparison
        for record in command.records:
            if self._conversations.restore(RestoreConversation(record, shown=False)):
                self._outbox.restore(record)
        self.book.know(comparison)
        self.answers.look_again(comparison)
        self._ui.tell(ComparisonShown(command.conversation, comparison, asked=False))
