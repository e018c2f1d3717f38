"""The outbox: the prompts that wait, as the user sees and changes them, by their numbers."""

from collections.abc import Callable
from typing import assert_never

from actors.attempts import Attempts
from actors.conversations import Conversations
from actors.growth import attempts
from actors.notices import describe_queue
from actors.turns import BEING_ANSWERED, Turn, TurnBook
from protocol.address import Address
from protocol.chat import Attachment
from protocol.coordinator import DropQueued, EditQueued, MoveQueued, QueueCommand, RetryNow, SendNow, ShowQueue
from protocol.identity import ConversationId, MessageId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.pool import PATIENCE
from protocol.tree import summarised
from protocol.turn import TurnEvent, TurnState
from protocol.ui import PromptOffered, PromptReworded, QueueReordered, UiEvent

_ALREADY = f"{BEING_ANSWERED} Esc stops it."
_SAME_FOR_ALL = "It goes to several at once, and is the same for all: /compare drop, then send it anew."
_NOT_NEXT = "It comes after the prompt before it, which was sent already and waits for its reply."
_NONE_IS_TRIED_AGAIN = "Nothing waits here to be tried again: /retry asks the last prompt again."
_NONE_WAITS = "No prompt waits in this chat."


class Outbox:
    """Owned by the Coordinator, and used in its thread only.

    `look` looks at once at the server of a conversation. What may begin after a command is for the Coordinator to see.
    """

    def __init__(
        self,
        conversations: Conversations,
        turns: TurnBook,
        ui: Address[UiEvent],
        attempts: Attempts,
        look: Callable[[ConversationId], None],
    ) -> None:
        self._conversations = conversations
        self._turns = turns
        self._ui = ui
        self._attempts = attempts
        self._look = look

    def accept(self, turn: Turn) -> None:
        """Take a turn in, behind all others. What is in the book has been told."""
        self._ui.tell(turn.accepted)
        self._turns.add(turn)

    def restore(self, record: ConversationRecord) -> None:
        """Have the prompts of an earlier run wait again, those that were sent before the others.

        No limit refuses what was accepted once.
        """
        turns = [self._turn_of(record.id, prompt) for prompt in record.waiting if self._turns.get(prompt.turn) is None]
        for turn in sorted(turns, key=lambda turn: not turn.sent):
            self.accept(turn)

    def take_up(self, concerned: Callable[[Turn], bool]) -> None:
        """Have those of the turns that wait for a server wait to be sent: it is back."""
        for turn in self._turns.in_state(TurnState.WAITING_FOR_SERVER):
            if concerned(turn):
                turn.avoids = frozenset()
                turn.move(TurnEvent.SERVER_RETURNED)

    def obstacle(self, turn: Turn) -> str:
        """Why a prompt cannot be changed; empty when it can."""
        in_column = self._conversations[turn.conversation].column_of is not None
        return turn.fixed or (_SAME_FOR_ALL if in_column else "")

    def reword(self, turn: Turn, prompt: str, attachments: tuple[Attachment, ...] = ()) -> None:
        """Change a prompt that was never sent."""
        turn.prompt, turn.attachments = prompt, attachments
        self._ui.tell(PromptReworded(turn.conversation, turn.id, prompt, attachments))

    def hurry(self, turn: Turn) -> None:
        """Bring a waiting turn before the others of its conversation, and stop the reply that is in its way."""
        before, turn.passed = self._turns.waiting, PATIENCE
        self._turns.put_first(turn)
        if self._turns.waiting != before:
            self._tell_order()
        for other in self._turns.of(turn.conversation):
            if other.holds_slot:
                self._attempts.cancel(other)

    def act(self, command: QueueCommand) -> None:
        """Do what the user wants with the queue."""
        match command:
            case ShowQueue(conversation=conversation):
                text = describe_queue(self._turns, conversation, self._conversations.title)
                self._conversations.post(conversation, text)
            case EditQueued():
                self._offer(command)
            case DropQueued():
                self._drop(command)
            case MoveQueued():
                self._move(command)
            case SendNow():
                self._send_now(command)
            case RetryNow(conversation=conversation):
                self._retry_now(conversation)
            case _:
                assert_never(command)

    def _offer(self, command: EditQueued) -> None:
        """Offer the prompt where the user is: it may wait in another conversation."""
        turn = self._find(command.conversation, command.number)
        if turn is None:
            return
        if self.obstacle(turn):
            self._conversations.post(command.conversation, self.obstacle(turn))
        else:
            self._ui.tell(PromptOffered(command.conversation, turn.id, turn.prompt, turn.attachments))

    def _drop(self, command: DropQueued) -> None:
        turn = self._find_waiting(command.conversation, command.number)
        if turn is not None:
            self._attempts.cancel(turn)

    def _move(self, command: MoveQueued) -> None:
        turn = self._find_waiting(command.conversation, command.number)
        if turn is not None and self._find(command.conversation, command.to) is not None:
            self._turns.put_at(turn, command.to)
            turn.passed = PATIENCE
            self._tell_order()

    def _send_now(self, command: SendNow) -> None:
        if command.number is None:
            turn = next((turn for turn in self._turns.of(command.conversation) if turn.waits), None)
            if turn is None:
                self._conversations.post(command.conversation, _NONE_WAITS)
        else:
            turn = self._find_waiting(command.conversation, command.number)
        if turn is None:
            return
        self.hurry(turn)
        first = self._turns.of(turn.conversation)[0]
        if first is not turn and first.waits:
            self._conversations.post(command.conversation, _NOT_NEXT)
        if first.state is TurnState.WAITING_FOR_SERVER:
            self._look(turn.conversation)

    def _retry_now(self, conversation: ConversationId) -> None:
        turns = self._turns.of(conversation)
        if any(turn.state is TurnState.WAITING_FOR_SERVER for turn in turns):
            self._look(conversation)
        elif turns and turns[0].state is TurnState.RETRYING:
            self._attempts.retry(turns[0].stream)
        else:
            self._conversations.post(conversation, _NONE_IS_TRIED_AGAIN)

    def _find(self, asked_in: ConversationId, number: int) -> Turn | None:
        turn = self._turns.numbered(number)
        if turn is None:
            self._conversations.post(asked_in, f"There is no number {number} in the queue: /queue shows what is there.")
        return turn

    def _find_waiting(self, asked_in: ConversationId, number: int) -> Turn | None:
        turn = self._find(asked_in, number)
        if turn is None or turn.waits:
            return turn
        self._conversations.post(asked_in, _ALREADY)
        return None

    def _turn_of(self, conversation: ConversationId, prompt: WaitingPrompt) -> Turn:
        tree = self._conversations.tree(conversation)
        again = MessageId(prompt.turn) in tree
        made = attempts(tree, MessageId(prompt.turn))
        turn = Turn(prompt.turn, conversation, prompt.prompt, attempt=made, again=again, adopted=True)
        turn.attachments = tree[MessageId(prompt.turn)].attachments if again else prompt.attachments
        turn.keeps = tree[MessageId(prompt.turn)].keeps if again else prompt.keeps
        turn.sums_up = summarised(tree.path(), turn.keeps)
        if again and prompt.continues is not None and prompt.continues in tree:
            turn.continues, turn.prefix = prompt.continues, tree[prompt.continues].reply
        return turn

    def _tell_order(self) -> None:
        self._ui.tell(QueueReordered(tuple(turn.id for turn in self._turns.waiting)))
