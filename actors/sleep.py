"""Which conversations sleep: what was said in those that nobody looks at is on disk, and need not be in memory too."""

from collections.abc import Iterator

from actors.colleagues import Colleagues
from actors.comparing import AboutAnswers, Comparing
from actors.conversations import Conversations
from actors.turns import TurnBook
from protocol.comparison import Compare
from protocol.context import ContextCommand
from protocol.coordinator import (
    BranchCommand,
    CancelAll,
    CancelConversation,
    CoordinatorMessage,
    DropQueued,
    EditQueued,
    ForkConversation,
    InConversation,
    MoveQueued,
    RestoreConversation,
    SendNow,
    ShowConversation,
    ShowQueue,
    StartConversation,
    Submit,
)
from protocol.drawn_images import SaveDrawnImages
from protocol.identity import ConversationId
from protocol.sleep import ConfirmKept, ConversationRead, KeptConfirmed, ReadConversation, account_of
from protocol.tree import MessageTree
from protocol.ui import InputRefused

_NeedsTree = Submit | Compare | BranchCommand | ContextCommand | ShowConversation | SaveDrawnImages | AboutAnswers
_Shows = StartConversation | RestoreConversation | ShowConversation | ForkConversation
_ByNumber = ShowQueue | EditQueued | DropQueued | MoveQueued
_NOBODY_READS = "The part of chinwag that keeps the chats failed: start it again."


def _is_by_number(message: InConversation) -> bool:
    """Tell whether a message is about the queue as the user sees it; it needs nothing of what was said."""
    return isinstance(message, _ByNumber) or (isinstance(message, SendNow) and message.number is not None)


class Sleep:
    """Owned by the Coordinator, and used in its thread only. It stays when the parts begin anew.

    `most` bytes may be in memory of the conversations that are not shown. The one that was shown longest ago falls
    asleep first, once the Archivist has confirmed that all of it is on disk. One that is wanted is read; what is said
    to it meanwhile is put off, and acted on in order.
    """

    def __init__(self, colleagues: Colleagues, most: int) -> None:
        self._to = colleagues
        self._most = most
        self._reads = colleagues.archivist is not None
        self._is_closed = False
        self._wanted: dict[ConversationId, None] = {}
        """Those that are being read."""
        self._put_off: list[CoordinatorMessage] = []
        self._recent: dict[ConversationId, None] = {}
        """In the order in which they were shown last."""
        self._seen: tuple[ConversationId | None, int] = (None, 0)

    def look_after(self, conversations: Conversations, turns: TurnBook, comparing: Comparing) -> None:
        """These are the conversations, turns and comparisons from now on."""
        self._conversations = conversations
        self._turns = turns
        self._comparing = comparing

    def puts_off(self, message: CoordinatorMessage) -> bool:
        """Tell whether a message has to wait until a conversation is read; it is kept until then."""
        if isinstance(message, CancelAll):  # what streams is stopped at once; what is put off, when it is acted on
            waiting = {one.conversation: None for one in self._put_off if isinstance(one, Submit | Compare)}
            self._put_off.extend(CancelConversation(name, everything=True) for name in waiting)
        if not self.delays(message):
            return False
        asleep = self._asleep_for(message)
        if isinstance(message, _NeedsTree) and asleep and not self._reads:
            self._refuse(message, _NOBODY_READS)
            return True
        for name in asleep:
            if name not in self._wanted:
                self._tell(ReadConversation(name))
                self._wanted[name] = None
        self._put_off.append(message)
        return True

    def delays(self, message: CoordinatorMessage) -> bool:
        """Tell the same, and do nothing.

        What is said to one conversation keeps its order; so does what brings another one to the screen, and the prompts
        that change others, which may wait anywhere. What names a waiting prompt by its number means it now.
        """
        if self._is_closed:
            return False
        if isinstance(message, _Shows) and any(isinstance(one, _Shows) for one in self._put_off):
            return True
        if not isinstance(message, InConversation) or _is_by_number(message):
            return False
        here = message.conversation
        if here in self._wanted or here in self._awaited:
            return True
        if here not in self._conversations:
            return False
        edits = isinstance(message, Submit) and message.edits is not None
        if edits and any(isinstance(one, Submit) for one in self._put_off):
            return True
        return bool(self._asleep_for(message))

    def _needed(self, message: CoordinatorMessage) -> list[ConversationId]:
        """The conversations without whose words a message cannot be acted on."""
        if not isinstance(message, _NeedsTree):
            return []
        comparison = self._comparing.book.of(message.conversation) if isinstance(message, AboutAnswers) else None
        return [message.conversation] if comparison is None else self._comparing.book.names(comparison)

    def _asleep_for(self, message: CoordinatorMessage) -> list[ConversationId]:
        return [name for name in self._needed(message) if self._conversations.is_asleep(name)]

    def consider(self) -> None:
        """Where another conversation is shown, or a turn has come or gone: see whether one can fall asleep."""
        seen = self._conversations.shown, len(self._turns)
        if seen == self._seen or not self._reads or self._is_closed or self._to.archivist is None:
            return
        self._seen = seen
        if seen[0] is not None:
            self._recent.pop(seen[0], None)
            self._recent[seen[0]] = None
        hidden = {name: tree.size for name, tree in self._idle() if tree.size}
        total = sum(hidden.values())
        order = {name: place for place, name in enumerate(self._recent, 1)}
        for name in sorted(hidden, key=lambda one: order.get(one, 0)):
            if total <= self._most:
                return
            tree = self._conversations.tree(name)
            self._to.archivist.tell(ConfirmKept(name, account_of(tree.head, tree)))
            total -= hidden[name]

    def confirm(self, news: KeptConfirmed) -> None:
        """All that was in a conversation is on disk. Where that is all of it still, it falls asleep."""
        tree = dict(self._idle()).get(news.conversation)
        if tree is not None and account_of(tree.head, tree) == news.account:
            self._conversations.fall_asleep(news.conversation)

    def take(self, news: ConversationRead) -> None:
        """This is what was read, or why nothing was: then who waits for it is told."""
        name = news.conversation
        if name not in self._wanted or not self._conversations.is_asleep(name):
            return
        del self._wanted[name]
        if news.record is not None:
            self._conversations.wake(news.record)
        else:
            self._refuse_all(name, news.obstacle)

    def awoke(self) -> list[CoordinatorMessage]:
        """What was put off, in order: it is to be acted on now, and what has to wait still is put off again."""
        for name in [name for name in self._wanted if not self._conversations.is_asleep(name)]:
            del self._wanted[name]
        return self._hand_over()

    def ask_again(self) -> None:
        """The Archivist has begun anew: it may not know any more what it was to read."""
        for name in self._wanted:
            self._tell(ReadConversation(name))

    def begin_anew(self) -> list[CoordinatorMessage]:
        """The Coordinator has failed: nothing is being read for it any more. Returns what was put off, in order."""
        self._wanted.clear()
        self._seen = (None, 0)
        return self._hand_over()

    def lose_archivist(self) -> None:
        """Nobody reads any more, and nothing falls asleep."""
        self._reads = False
        for name in list(self._wanted):
            self._refuse_all(name, _NOBODY_READS)
        self._wanted.clear()

    def close(self) -> None:
        """The Coordinator is about to stop: nothing is put off any more."""
        self._is_closed = True
        self._wanted.clear()

    def _idle(self) -> Iterator[tuple[ConversationId, MessageTree]]:
        """The conversations in memory that are not shown, and in which nothing is under way or waits."""
        busy = {turn.conversation for turn in self._turns} | self._awaited | self._comparing.answers.awake()
        for name, tree in self._conversations.trees():
            if name != self._conversations.shown and name not in busy:
                yield name, tree

    def _tell(self, question: ReadConversation) -> None:
        if self._to.archivist is not None:
            self._to.archivist.tell(question)

    @property
    def _awaited(self) -> set[ConversationId]:
        """The conversations to which something was said that is put off, or that are to be opened."""
        named = {one.conversation for one in self._put_off if isinstance(one, InConversation)}
        needed = {name for one in self._put_off for name in self._needed(one)}
        return named | needed | {one.record.id for one in self._put_off if isinstance(one, RestoreConversation)}

    def _hand_over(self) -> list[CoordinatorMessage]:
        put_off, self._put_off = self._put_off, []
        return put_off

    def _refuse_all(self, conversation: ConversationId, obstacle: str) -> None:
        for message in tuple(self._put_off):
            if isinstance(message, _NeedsTree) and conversation in self._needed(message):
                self._refuse(message, obstacle)
                self._put_off.remove(message)

    def _refuse(self, message: _NeedsTree, obstacle: str) -> None:
        """Give back what needs what was said there. Where it is to be shown, it is, without that; the next try may go
        better."""
        here, words = message.conversation, f"What was said in this chat cannot be read. {obstacle}"
        if isinstance(message, Submit | Compare):
            with_it = message.attachments if isinstance(message, Submit) else ()
            self._to.ui.tell(InputRefused(here, message.prompt, words, with_it))
            return
        if isinstance(message, ShowConversation):
            self._conversations.show(message)
        self._conversations.post(here, words)
