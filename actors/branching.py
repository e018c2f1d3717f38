"""Moves in the tree of a conversation: another version, another wording, another way on. Nothing is ever taken out."""

from collections.abc import Callable
from typing import assert_never

from actors.conversations import Conversations
from actors.forks import fork
from actors.growth import attempts, pairs
from actors.outbox import Outbox
from actors.turns import Turn, TurnBook
from protocol.address import Address
from protocol.coordinator import (
    BranchCommand,
    ChooseVersion,
    ContinueReply,
    EditPrompt,
    ForkConversation,
    RedoPrompt,
    RetryReply,
    Submit,
    UndoPrompt,
)
from protocol.identity import ConversationId, MessageId, TurnId
from protocol.tree import Node
from protocol.turn import TurnState
from protocol.ui import ConversationForked, PromptOffered, UiEvent

_PARTIAL = frozenset({TurnState.CUT, TurnState.CANCELLED, TurnState.INTERRUPTED, TurnState.FAILED})
_NOTHING_SAID = "Nothing has been said here yet."
_UNDER_WAY = "A reply is under way: Esc stops it."
_WAITING = "Prompts wait in this chat: /queue shows them."
_ELSEWHERE = "The prompt that you changed was sent meanwhile, in another chat: /open it to change it there."


class Branching:
    """Owned by the Coordinator, and used in its thread only. What may begin after a move is for that one to see."""

    def __init__(
        self,
        conversations: Conversations,
        turns: TurnBook,
        outbox: Outbox,
        ui: Address[UiEvent],
        new_id: Callable[[], str],
    ) -> None:
        self._conversations = conversations
        self._turns = turns
        self._outbox = outbox
        self._ui = ui
        self._new_id = new_id

    def act(self, command: BranchCommand) -> None:
        """Do what the user wants with the tree, or say why not."""
        here = command.conversation
        obstacle = "" if isinstance(command, ForkConversation) else self.obstacle(here)
        if obstacle:
            self._conversations.post(here, obstacle)
            return
        match command:
            case RetryReply():
                self._retry(here)
            case ContinueReply():
                self._continue(here)
            case EditPrompt():
                self._offer(here)
            case UndoPrompt():
                self._undo(here)
            case RedoPrompt():
                self._redo(here)
            case ChooseVersion(step=step):
                self._choose(here, step)
            case ForkConversation():
                self._fork(here)
            case _:
                assert_never(command)

    def refusal(self, command: Submit) -> str:
        """Why a prompt cannot take the place of the one that it edits, which does not wait; empty when it can."""
        if command.edits is None:
            return ""
        if MessageId(command.edits) in self._conversations.tree(command.conversation):
            return self.obstacle(command.conversation)
        return "" if self._conversations.place_of(MessageId(command.edits)) is None else _ELSEWHERE

    def make_room(self, command: Submit) -> None:
        """Go back before the prompt that this one edits, if there is one: they will be siblings."""
        tree = self._conversations.tree(command.conversation)
        if command.edits is not None and MessageId(command.edits) in tree:
            tree.move(tree[MessageId(command.edits)].parent)
            self._conversations.show_path(command.conversation)

    def obstacle(self, conversation: ConversationId) -> str:
        """Why the head must stay where it is: the path of a live turn only grows."""
        turns = self._turns.of(conversation)
        if any(not turn.waits for turn in turns):
            return _UNDER_WAY
        return _WAITING if turns else ""

    def _retry(self, conversation: ConversationId) -> None:
        last = self._last(conversation)
        if last is not None:
            self._outbox.accept(self._asking(conversation, last[0]))

    def _continue(self, conversation: ConversationId) -> None:
        last = self._last(conversation)
        if last is None:
            return
        prompt, reply = last
        if reply is None or not reply.text:
            self._conversations.post(conversation, "There is no text to go on with: /retry asks again.")
        elif reply.state not in _PARTIAL:
            self._conversations.post(conversation, "The last reply is whole: there is nothing to go on with.")
        else:
            turn = self._asking(conversation, prompt)
            turn.continues, turn.prefix = reply.id, reply.reply
            self._outbox.accept(turn)

    def _offer(self, conversation: ConversationId) -> None:
        last = self._last(conversation)
        if last is not None:
            self._ui.tell(PromptOffered(conversation, TurnId(last[0].id), last[0].text))

    def _undo(self, conversation: ConversationId) -> None:
        if self._conversations.tree(conversation).undo() is None:
            self._conversations.post(conversation, "There is nothing to take back.")
            return
        self._conversations.show_path(conversation)
        self._conversations.post(conversation, "Taken back: /redo brings it back.")

    def _redo(self, conversation: ConversationId) -> None:
        if self._conversations.tree(conversation).redo():
            self._conversations.show_path(conversation)
        else:
            self._conversations.post(conversation, "There is nothing to bring back.")

    def _choose(self, conversation: ConversationId, step: int) -> None:
        if self._conversations.tree(conversation).step(step):
            self._conversations.show_path(conversation)
        else:
            text = "Nothing here has another version: /retry and /edit make one."
            self._conversations.post(conversation, text)

    def _fork(self, conversation: ConversationId) -> None:
        what, title = self._conversations[conversation], self._conversations.title(conversation)
        record = fork(self._conversations.tree(conversation).path(), what, title, self._new_id)
        if not record.messages:
            self._conversations.post(conversation, "There is nothing to copy yet: /new begins a chat.")
            return
        self._ui.tell(ConversationForked(record))
        self._conversations.take_in(record, shown=True)

    def _asking(self, conversation: ConversationId, prompt: Node) -> Turn:
        """A turn that asks a prompt again."""
        made = attempts(self._conversations.tree(conversation), prompt.id)
        return Turn(TurnId(prompt.id), conversation, prompt.text, attempt=made, again=True)

    def _last(self, conversation: ConversationId) -> tuple[Node, Node | None] | None:
        """The last exchange of the path; where there is none, that is said."""
        exchanges = pairs(self._conversations.tree(conversation).path())
        if not exchanges:
            self._conversations.post(conversation, _NOTHING_SAID)
            return None
        return exchanges[-1]
