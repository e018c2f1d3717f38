"""The conversations: their model, their system prompt, and the tree of what was said in them."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from actors.growth import exchanges
from actors.sleeper import Sleeper
from actors.turns import Turn, TurnBook
from protocol.address import Address
from protocol.attachments import has_images
from protocol.chat import ChatMessage, ChatRequest, Conversation, Role
from protocol.compaction import for_summary
from protocol.context_events import HistoryTrimmed
from protocol.coordinator import RestoreConversation, ShowConversation, StartConversation
from protocol.identity import ConversationId, MessageId, ServerName, StreamId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.models import ModelChosen, ModelUnclear, ServerSurvey, choose_model
from protocol.parameter_events import ParametersSet
from protocol.parameters import Parameters
from protocol.server_events import ServerSet
from protocol.sleep import ConversationSlept
from protocol.tree import MessageTree, Node, history, told, within
from protocol.ui import (
    ConversationStarted,
    ModelAsked,
    ModelSet,
    NoticePosted,
    PathShown,
    SystemPromptSet,
    UiEvent,
)

_DAMAGED = "Parts of this chat could not be read. What could be is shown, and can be gone on with."
REMEMBERED = 20
"""Conversations that are discarded and still known."""


@dataclass
class _Open:
    what: Conversation
    title: str
    tree: MessageTree | Sleeper
    trimmed: bool = False
    """It was said that not all of it is sent any more."""
    anchor: MessageId | None = None
    """Of a column: the message of its parent up to which it is sent what was said."""


class Conversations:
    """Owned by the Coordinator, and used in its thread only. Every change that can be seen is told to the UI."""

    def __init__(self, ui: Address[UiEvent], new_id: Callable[[], str]) -> None:
        self._ui = ui
        self._new_id = new_id
        self._open: dict[ConversationId, _Open] = {}
        self._discarded: dict[ConversationId, None] = {}
        """In the order in which they were discarded."""
        self.shown: ConversationId | None = None
        """The one that was shown last."""

    def __getitem__(self, conversation: ConversationId) -> Conversation:
        """What holds for a conversation; KeyError for one that is not open."""
        return self._open[conversation].what

    def __contains__(self, conversation: ConversationId) -> bool:
        """True for one that is open and not discarded."""
        return conversation in self._open and conversation not in self._discarded

    def is_known(self, conversation: ConversationId) -> bool:
        """True for one that is open, and for one that is discarded as long as it is known what was said in it."""
        return conversation in self._open

    def tree(self, conversation: ConversationId) -> MessageTree:
        """What was said in a conversation; KeyError for one that is not open, or asleep."""
        tree = self._open[conversation].tree
        if isinstance(tree, Sleeper):
            raise KeyError(f"{conversation} is asleep")
        return tree

    def has_images(self, conversation: ConversationId) -> bool:
        """Tell whether images are among what was said in a conversation, and before it, as far as that is in memory."""
        tree = self._open[conversation].tree
        here = isinstance(tree, MessageTree) and tree.has_images
        return here or any(has_images(node.attachments) for node in self._said_before(conversation))

    def trees(self) -> Iterator[tuple[ConversationId, MessageTree]]:
        """What was said in each that is not asleep; in those that are discarded and still known, too."""
        return ((name, one.tree) for name, one in self._open.items() if isinstance(one.tree, MessageTree))

    def is_asleep(self, conversation: ConversationId) -> bool:
        """True where what was said is on disk only."""
        return conversation in self._open and isinstance(self._open[conversation].tree, Sleeper)

    def fall_asleep(self, conversation: ConversationId) -> None:
        """What was said is on disk, and not needed here until it is read again."""
        self._ui.tell(ConversationSlept(conversation))
        self._open[conversation].tree = Sleeper(self.tree(conversation))

    def wake(self, record: ConversationRecord) -> None:
        """This was read of one that is asleep."""
        one = self._open[record.id]
        if isinstance(one.tree, Sleeper):
            tree, whole = _tree_of(one.tree.woken(record))
            one.tree = MessageTree(tree, tree.head, one.tree.undone)
            self.show_path(record.id)
            if not whole:
                self.post(record.id, _DAMAGED)

    def sleep_on(self, before: "Conversations", kept: bool) -> None:
        """Those that were asleep before this began anew are asleep, unless they are awake by now. `kept`: whatever is
        open is; then they are discarded."""
        for name, one in before._open.items():
            if name not in self._open and isinstance(one.tree, Sleeper):
                self._open[name] = one
                if kept or name in before._discarded:
                    self._discarded[name] = None

    def title(self, conversation: ConversationId) -> str:
        """What a conversation was called when it was opened; empty where that is not known."""
        return self._open[conversation].title if conversation in self._open else ""

    def place_of(self, message: MessageId) -> ConversationId | None:
        """The open conversation in which a message is; None if there is none."""
        return next((name for name, one in self._open.items() if message in one.tree), None)

    def start(self, command: StartConversation) -> Conversation:
        """Begin an empty conversation and show it."""
        like = Conversation(ConversationId(""), command.model, command.system, command.parameters)
        if command.like in self._open:
            like = self._open[command.like].what
        conversation = replace(like, id=ConversationId(self._new_id()), column_of=None)
        self._take_in(conversation, "", MessageTree())
        self._tell_start(conversation.id)
        return conversation

    def start_column(self, column: Conversation, title: str) -> None:
        """Begin a column of a comparison, which is not shown."""
        self._take_in(column, title, MessageTree())
        self._tell_start(column.id, shown=False)

    def anchor(self, column: ConversationId, message: MessageId | None) -> None:
        """In a column, which is open, all that was said in its parent up to this message was said before."""
        self._open[column].anchor = message

    def restore(self, command: RestoreConversation) -> bool:
        """Open a kept conversation again, with what was said in it; False if it is open already."""
        record = command.record
        known = record.id in self._open
        self._discarded.pop(record.id, None)
        if known:
            self.wake(record)
            self._change(record.id, command)
            self._tell_start(record.id, command.shown)
        else:
            what = _named(_what(record), command)
            named = replace(record, model=what.model, system=what.system, parameters=what.parameters)
            self.take_in(named, command.shown)
        return not known

    def show(self, command: ShowConversation) -> None:
        """Show one that is open."""
        self._change(command.conversation, command)
        self._tell_start(command.conversation)

    def take_in(self, record: ConversationRecord, shown: bool, afresh: bool = False) -> None:
        """Open a conversation that is not open, and tell what was said in it."""
        tree, whole = _tree_of(record)
        self._take_in(_what(record), record.title, tree)
        self._tell_start(record.id, shown, record.unread and not (shown or afresh))
        self.show_path(record.id, afresh)
        if not whole:
            self.post(record.id, _DAMAGED)

    def remember(self, record: ConversationRecord) -> None:
        """Know what was said in a conversation that is discarded."""
        self._take_in(_what(record), record.title, _tree_of(record)[0])
        self._discarded[record.id] = None

    def discard(self, conversation: ConversationId, busy: Container[ConversationId]) -> None:
        """Take nothing new for a conversation, until it is restored.

        What was said in it is known until then, for what was read of it on disk may be older. Of many that are
        discarded the earliest are forgotten, but for those that are `busy`.
        """
        self._discarded[conversation] = None
        for name in list(self._discarded)[:-REMEMBERED]:
            if name not in busy:
                del self._discarded[name]
                self._open.pop(name, None)

    def records(self, turns: TurnBook) -> list[ConversationRecord]:
        """All that are open and not asleep, with what waits in each. Of replies under way there is only their place."""
        return [self._record(name, tree, turns.of(name)) for name, tree in self.trees() if name in self]

    def asleep(self) -> list[ConversationRecord]:
        """What is known of those that are asleep: nothing of what was said."""
        return [self._record(name, MessageTree(), []) for name in self._open if name in self and self.is_asleep(name)]

    def show_path(self, conversation: ConversationId, afresh: bool = False) -> None:
        """Tell what was said, as far as the head."""
        tree = self.tree(conversation)
        self._ui.tell(PathShown(conversation, tree.head, exchanges(tree), afresh))

    def post(self, conversation: ConversationId, text: str) -> None:
        """Show a notice in a conversation."""
        self._ui.tell(NoticePosted(conversation, text))

    def request(self, turn: Turn, model: str, limit: int, sees: bool = True) -> ChatRequest:
        """What a turn asks a model, with what holds: at most `limit` messages of what was said before its prompt.

        A summary is made of all of them. Their images are left out where the model is known not to see.
        """
        talk, path = self[turn.conversation], self._path_before(turn)
        system = (ChatMessage(Role.SYSTEM, talk.system),) if talk.system else ()
        partial = (turn.prefix.as_message(),) if turn.continues is not None else ()
        said = history(path, limit, sees) if turn.keeps is None else history(path, len(path), sees, turn.keeps)
        asked = ChatMessage(Role.USER, turn.prompt, attachments=turn.attachments)
        parameters = talk.parameters if turn.keeps is None else for_summary(talk.parameters)
        return ChatRequest(model, (*system, *said, asked, *partial), parameters=parameters)

    def tell_trimmed(self, turn: Turn, limit: int) -> None:
        """Say, once in a conversation, that its oldest messages are not sent any more. Those are not a column's own:
        it is said in its parent, for all columns at once."""
        here = self[turn.conversation].column_of or turn.conversation
        if here not in self._open or self._open[here].trimmed or turn.keeps is not None or not limit:
            return
        exchanges = told(self._path_before(turn))
        left_out = 2 * (len(exchanges) - len(within(exchanges, limit)))
        if left_out:
            self._ui.tell(HistoryTrimmed(here, turn.id, left_out, limit))
            self._open[here].trimmed = True

    def _path_before(self, turn: Turn) -> list[Node]:
        """All that was said before the prompt of a turn, by its parent too where it is in a column."""
        tree, prompt = self.tree(turn.conversation), MessageId(turn.id)
        before = tree[prompt].parent if prompt in tree else tree.head
        return [*self._said_before(turn.conversation), *tree.path_to(before)]

    def _said_before(self, conversation: ConversationId) -> list[Node]:
        """What was said in the parent of a column. It is awake: who sees to that is `actors.sleep`."""
        parent, anchor = self[conversation].column_of, self._open[conversation].anchor
        if parent is None or parent not in self._open or self.is_asleep(parent):
            return []
        tree = self.tree(parent)
        return tree.path_to(anchor) if anchor is None or anchor in tree else []

    def choose_model(self, conversation: ConversationId, model: str) -> None:
        """Set the model that the user named."""
        self._set_model(conversation, model)
        self.post(conversation, f"{model} answers from the next prompt on.")

    def settle_models(
        self,
        survey: ServerSurvey,
        last_used: str | None,
        concerns: Callable[[Conversation], bool] = lambda _: True,
    ) -> None:
        """Choose a model for every conversation that has none and that this server `concerns`, or ask."""
        for conversation in tuple(self._open):
            if conversation in self and concerns(self[conversation]):
                self.settle_model(self[conversation], survey, last_used)

    def settle_model(self, conversation: Conversation, survey: ServerSurvey, last_used: str | None) -> None:
        """Choose a model for a conversation if it has none and the server can be used, or ask."""
        if conversation.model is not None or survey.failure is not None:
            return
        match choose_model(survey, last_used):
            case ModelChosen(name=name):
                self._set_model(conversation.id, name)
            case ModelUnclear(question=question, names=names):
                self._ui.tell(ModelAsked(conversation.id, question, names))

    def set_system(self, conversation: ConversationId, text: str) -> None:
        """Set the system prompt, or remove it if `text` is empty, and say so."""
        self.use_system(conversation, text)
        self.post(
            conversation, "The system prompt is set for what follows." if text else "The system prompt is removed."
        )

    def use_system(self, conversation: ConversationId, text: str) -> None:
        """Set the system prompt."""
        self._open[conversation].what = replace(self[conversation], system=text)
        self._ui.tell(SystemPromptSet(conversation, text))

    def show_system(self, conversation: ConversationId) -> None:
        """Say which system prompt is in use."""
        system = self[conversation].system
        self.post(conversation, f"System prompt: {system}" if system else "There is no system prompt.")

    def set_parameters(self, conversation: ConversationId, parameters: Parameters) -> None:
        """Have these hold from the next prompt on."""
        self._open[conversation].what = replace(self[conversation], parameters=parameters)
        self._ui.tell(ParametersSet(conversation, parameters))

    def set_server(self, conversation: ConversationId, server: ServerName, model: str | None) -> None:
        """Have this server answer from the next prompt on, by this model; None where one is still to be chosen."""
        self._open[conversation].what = replace(self[conversation], server=server, model=model)
        self._ui.tell(ServerSet(conversation, server, model))

    def _record(self, conversation: ConversationId, tree: MessageTree, turns: list[Turn]) -> ConversationRecord:
        one = self._open[conversation]
        waiting = tuple(
            WaitingPrompt(turn.id, turn.prompt, again, turn.continues, () if again else turn.attachments, turn.keeps)
            for turn in turns
            if turn.waits
            for again in (MessageId(turn.id) in one.tree,)
        )
        messages, what, head = tuple(tree), one.what, tree.head
        unread, times = False, (0.0, 0.0)
        return ConversationRecord(
            conversation,
            one.title,
            what.model,
            what.system,
            *times,
            head,
            unread,
            messages,
            waiting,
            what.parameters,
            what.server,
            what.column_of,
        )

    def _take_in(self, conversation: Conversation, title: str, tree: MessageTree) -> None:
        self._open[conversation.id] = _Open(conversation, title, tree)

    def _tell_start(self, conversation: ConversationId, shown: bool = True, unread: bool = False) -> None:
        if shown:
            self.shown = conversation
        what, title = self[conversation], self.title(conversation)
        about = conversation, what.model, what.system, title, shown, what.parameters, what.server
        self._ui.tell(ConversationStarted(*about, unread=unread, column_of=what.column_of))

    def _change(self, conversation: ConversationId, command: RestoreConversation | ShowConversation) -> None:
        self._open[conversation].what = _named(self[conversation], command)

    def _set_model(self, conversation: ConversationId, model: str) -> None:
        self._open[conversation].what = replace(self[conversation], model=model)
        self._ui.tell(ModelSet(conversation, model))


def _what(record: ConversationRecord) -> Conversation:
    return Conversation(record.id, record.model, record.system, record.parameters, record.server, record.column_of)


def _named(what: Conversation, command: RestoreConversation | ShowConversation) -> Conversation:
    """What holds when the user has named something besides."""
    model, system = command.model or what.model, command.system or what.system
    return replace(what, model=model, system=system, parameters=command.parameters.over(what.parameters))


def _tree_of(record: ConversationRecord) -> tuple[MessageTree, bool]:
    """What can be had of the messages of a record, and whether that is all. What follows nothing is left out."""
    try:
        _check_names(record.messages)
        return MessageTree(record.messages, record.head), True
    except ValueError:
        tree = MessageTree()
    for node in record.messages:
        try:
            _check_names((node,))
            tree.add(node)
        except ValueError:
            continue
    if record.head is not None and record.head in tree:
        tree.move(record.head)
    return tree, False


def _check_names(nodes: Iterable[Node]) -> None:
    """Raise ValueError for a reply that is not named as a reply."""
    for node in nodes:
        if node.role is Role.ASSISTANT:
            StreamId.of(node.id)
