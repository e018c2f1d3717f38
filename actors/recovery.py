"""What the Coordinator had when it failed, until everything is there anew."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from actors.conversations import Conversations
from actors.turns import Turn, TurnBook
from protocol.chat import Role
from protocol.coordinator import CoordinatorMessage
from protocol.errors import Failure
from protocol.identity import ConversationId, MessageId, StreamId
from protocol.kept import ConversationRecord
from protocol.reply import Broken, Reply, Stopped
from protocol.tree import MessageTree, Node
from protocol.turn import TurnState
from protocol.ui import TurnEnded


class Recovery:
    """Plain data of the Coordinator's thread: the conversations and turns as they were, and what came meanwhile."""

    def __init__(self, conversations: Conversations, turns: TurnBook, failure: Failure) -> None:
        self._conversations = conversations
        self._turns = turns
        self._failure = failure
        self._brought: dict[StreamId, Reply] = {}
        self._put_off: list[CoordinatorMessage] = []
        self.kept = False
        """True where what is kept of all conversations that are open was told, also of those that were asleep."""
        for turn in turns:
            if turn.streaming and turn.stream.message not in conversations.tree(turn.conversation):
                turn.step_back()

    @property
    def shown(self) -> ConversationId | None:
        """The conversation that was on the screen."""
        return self._conversations.shown

    @property
    def streams(self) -> list[StreamId]:
        """The attempts that were under way."""
        return [turn.stream for turn in self._turns if turn.streaming]

    def lay_down(self, conversations: Conversations) -> None:
        """Have those asleep that were, unless they are there by now."""
        conversations.sleep_on(self._conversations, self.kept)

    def bring(self, stream: StreamId, reply: Reply) -> None:
        """This is what came of an attempt that was under way."""
        self._brought.setdefault(stream, reply)

    def put_off(self, message: CoordinatorMessage) -> None:
        """Act on this when everything is there."""
        self._put_off.append(message)

    def take_put_off(self) -> list[CoordinatorMessage]:
        """What is to be acted on now, in order."""
        messages, self._put_off = self._put_off, []
        return messages

    def ends(self, records: Collection[ConversationRecord]) -> Iterator[TurnEnded]:
        """What becomes of the turns where this is what is there: all end but those that wait, here or in a record.

        That a turn waits in a record means that nobody was told of the attempt at which the Coordinator failed.
        """
        there = {record.id for record in records}
        waiting = {prompt.turn for record in records for prompt in record.waiting}
        for turn in self._turns:
            if turn.id not in waiting and not (turn.waits and turn.conversation in there):
                yield self._end(turn)

    def records(self) -> tuple[ConversationRecord, ...]:
        """The conversations as they are known here, where no turn is under way any more."""
        return tuple(self._settled(record) for record in self._conversations.records(self._turns))

    def deleted(self, records: Collection[ConversationRecord]) -> Iterator[ConversationRecord]:
        """The conversations that are not there any more, as they are now that their turns have ended.

        Who brings one back may have read it on disk before that was written.
        """
        there = {record.id for record in records}
        yield from (self._ended(record) for record in self.records() if record.id not in there)

    def _ended(self, record: ConversationRecord) -> ConversationRecord:
        tree, ending = MessageTree(record.messages, record.head), Broken(self._failure)
        for waiting in record.waiting:
            if not waiting.again:
                unsent = MessageId(waiting.turn), tree.head, Role.USER, waiting.prompt
                over, with_it = TurnState.INTERRUPTED, waiting.attachments
                tree.add(Node(*unsent, state=over, ending=ending, attachments=with_it, keeps=waiting.keeps))
        return replace(record, head=tree.head, messages=tuple(tree), waiting=())

    def _end(self, turn: Turn) -> TurnEnded:
        """Of an attempt under way, what was told stays, unless it was brought; between two, the last one's stays."""
        as_told = turn.streaming and turn.stream not in self._brought
        reply = self._brought.get(turn.stream, turn.prefix if turn.streaming else self._last_reply(turn))
        ending = Broken(self._failure)
        return TurnEnded(turn.conversation, turn.stream, TurnState.INTERRUPTED, reply, ending, as_told)

    def _last_reply(self, turn: Turn) -> Reply:
        tree, message = self._conversations.tree(turn.conversation), turn.stream.message
        return tree[message].reply if message in tree else Reply()

    def _settled(self, record: ConversationRecord) -> ConversationRecord:
        waiting = {MessageId(prompt.turn) for prompt in record.waiting}
        nodes = (node if node.ending or node.id in waiting else self._interrupted(node) for node in record.messages)
        return replace(record, messages=tuple(nodes))

    def _interrupted(self, node: Node) -> Node:
        over = replace(node, state=TurnState.INTERRUPTED, ending=Stopped())
        reply = self._brought.get(StreamId.of(node.id)) if node.role is Role.ASSISTANT else None
        if reply is None:
            return over
        said = replace(over, text=reply.text, thinking=reply.thinking, tool_calls=reply.tool_calls)
        return replace(said, attachments=reply.images)
