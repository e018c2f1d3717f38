"""What the Archivist knows of the conversations that are open in this run."""

from msgspec.structs import replace

from protocol.chat import Conversation
from protocol.identity import ConversationId, ServerName
from protocol.parameters import Parameters
from protocol.ui import ConversationStarted


class OpenTalks:
    """Plain data: the Archivist's thread is the only one to touch it."""

    def __init__(self) -> None:
        self._about: dict[ConversationId, Conversation] = {}
        self._titles: dict[ConversationId, str] = {}
        self._kept: set[ConversationId] = set()
        self.shown: ConversationId | None = None
        """The one on the screen."""

    def __contains__(self, conversation: ConversationId) -> bool:
        return conversation in self._about

    def begin(self, event: ConversationStarted) -> None:
        """One is open, or shown again. A title that is known is later than the one that it was opened with."""
        self._about[event.conversation] = Conversation(
            event.conversation, event.model, event.system, event.parameters, event.server, event.column_of
        )
        if event.title:
            self.keep(event.conversation, self.title(event.conversation) or event.title)
        if event.shown:
            self.shown = event.conversation

    @property
    def open(self) -> tuple[Conversation, ...]:
        """What holds in all that are open."""
        return tuple(self._about.values())

    def meet(self, about: Conversation, shown: bool) -> None:
        """This one is open, whether that was heard of or not, and this holds in it."""
        self._about[about.id] = about
        if shown:
            self.shown = about.id

    def forget(self, conversation: ConversationId) -> None:
        """One is not open any more, and neither are its columns."""
        for column in [one.id for one in self.open if one.column_of == conversation]:
            self.forget(column)
        self._about.pop(conversation, None)
        self._titles.pop(conversation, None)
        self._kept.discard(conversation)
        if self.shown == conversation:
            self.shown = None

    def about(self, conversation: ConversationId) -> Conversation | None:
        """What holds in it; None if it is not open."""
        return self._about.get(conversation)

    def learn(
        self,
        conversation: ConversationId,
        model: str | None = None,
        system: str | None = None,
        parameters: Parameters | None = None,
    ) -> Conversation | None:
        """Take in what holds from now on, and return all that holds; None if it is not open."""
        known = self._about.get(conversation)
        if known is None:
            return None
        model = known.model if model is None else model
        system = known.system if system is None else system
        parameters = known.parameters if parameters is None else parameters
        self._about[conversation] = replace(known, model=model, system=system, parameters=parameters)
        return self._about[conversation]

    def learn_server(self, conversation: ConversationId, server: ServerName, model: str | None) -> Conversation | None:
        """Take in who answers from now on, as `learn` does."""
        known = self._about.get(conversation)
        if known is None:
            return None
        self._about[conversation] = replace(known, server=server, model=model)
        return self._about[conversation]

    def title(self, conversation: ConversationId) -> str:
        """What it is called; empty while it has no title."""
        return self._titles.get(conversation, "")

    def call(self, conversation: ConversationId, title: str) -> None:
        """It is called so."""
        self._titles[conversation] = title

    def is_kept(self, conversation: ConversationId) -> bool:
        """Tell whether there is something of it to be kept: a prompt was sent in this run or before."""
        return conversation in self._kept

    def keep(self, conversation: ConversationId, title: str = "") -> None:
        """Something of it is to be kept."""
        self._kept.add(conversation)
        if title:
            self._titles[conversation] = title
