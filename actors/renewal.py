"""How the Coordinator comes back after a failure of its own: it asks for everything, and puts off what comes till then.

First comes what the streams under way have brought, from the Accumulator; then what is kept, from the Archivist. Where
one of them is dead, what the Coordinator remembers is all there is.
"""

from collections.abc import Callable, Iterable

from actors.colleagues import Colleagues
from actors.conversations import Conversations
from actors.recovery import Recovery
from actors.turns import TurnBook
from protocol.accumulator import AbandonAll
from protocol.archivist import RecoverConversations
from protocol.coordinator import (
    ActorFailed,
    ActorRestarted,
    AllAbandoned,
    ConversationsRecovered,
    CoordinatorMessage,
    PrepareToStop,
    ReplyFinished,
)
from protocol.errors import Failure
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord
from protocol.timekeeper import RemindersLost

_NEWS = ReplyFinished | AllAbandoned | ConversationsRecovered | ActorFailed | ActorRestarted | RemindersLost
Undelayed = _NEWS | PrepareToStop
"""What is acted on at once, whatever is missing."""
_HELPERS = frozenset({"Accumulator", "Archivist"})

Resume = Callable[[Recovery, tuple[ConversationRecord, ...], ConversationId | None], None]
"""Have these conversations there again, the last of them on the screen."""


class Renewal:
    """Owned by the Coordinator, and used in its thread only. `resume` is called when everything is known."""

    def __init__(self, colleagues: Colleagues, resume: Resume) -> None:
        self._to = colleagues
        self._resume = resume
        self._dead = set[str]()
        self._recovery: Recovery | None = None

    @property
    def is_under_way(self) -> bool:
        """True while something is missing."""
        return self._recovery is not None

    def puts_off(self, message: CoordinatorMessage) -> bool:
        """Tell whether a message has to wait until everything is there; it is kept until then."""
        if self._recovery is None or isinstance(message, Undelayed):
            return False
        self._recovery.put_off(message)
        return True

    def take_over(
        self,
        message: CoordinatorMessage,
        failure: Failure,
        conversations: Conversations,
        turns: TurnBook,
        delayed: Iterable[CoordinatorMessage] = (),
    ) -> None:
        """The Coordinator has failed at a message, and this is what it had, and had put off itself; what streams is
        stopped."""
        recovery = self._recovery or Recovery(conversations, turns, failure)
        match message:
            case ReplyFinished(stream=stream, reply=reply):
                recovery.bring(stream, reply)
            case ActorFailed(actor=actor, stream=None):
                self._dead.add(actor)
                recovery.put_off(message)
            case ActorRestarted():
                recovery.put_off(message)
            case _:
                pass
        for put_off in delayed:
            recovery.put_off(put_off)
        for stream in recovery.streams:
            self._to.readers.close(stream)
        self._recovery = recovery

    def ask(self) -> None:
        """Ask for everything."""
        if "Accumulator" in self._dead:
            self.ask_for_conversations()
        else:
            self._to.accumulator.tell(AbandonAll())

    def ask_for_conversations(self) -> None:
        """Ask for what is kept; every stream has ended."""
        if self._to.archivist is None or "Archivist" in self._dead:
            self.answer(ConversationsRecovered((), None, kept=False))
        elif self._recovery is not None:
            self._to.archivist.tell(RecoverConversations())

    def bring(self, news: ReplyFinished) -> bool:
        """Take note of what came of a stream; False if nothing is missing, and it is for others to act on."""
        if self._recovery is not None:
            self._recovery.bring(news.stream, news.reply)
        return self._recovery is not None

    def answer(self, news: ConversationsRecovered) -> None:
        """This is what is kept."""
        recovery = self._recovery
        if recovery is not None and news.kept:
            recovery.kept = True
            self._resume(recovery, news.records, news.shown)
        elif recovery is not None:
            self._resume(recovery, recovery.records(), recovery.shown)

    def end(self) -> list[CoordinatorMessage]:
        """Everything is there. Returns what was put off, in order."""
        recovery, self._recovery = self._recovery, None
        return recovery.take_put_off() if recovery is not None else []

    def lose(self, actor: str) -> None:
        """An actor is dead: nobody waits for its answer."""
        self._dead.add(actor)
        if actor in _HELPERS:
            self.ask_for_conversations()
