"""What `ask` says of prompts that will not fit: the sentence alone, for nobody is asked before one is sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from protocol.context_size import room_of
from protocol.identity import ConversationId, ServerName
from protocol.models import ServerSurvey
from protocol.server_names import ServerNames
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, PathShown, ServerChanged, TurnEnded, TurnMoved, UiEvent
from ui.conversation import Conversation
from ui.talk_size import talk_size

Warned = tuple[ConversationId, str]
"""Where a prompt will not fit, and the words for that."""


@dataclass
class _Asked:
    """A prompt of which nothing was said yet, and the chat that it goes on with."""

    prompt: str
    chat: Conversation
    model: str = ""
    """Empty until it is sent."""


class AskForewarning:
    """Knows which prompts are under way. The face's thread. `wanted` is whether anybody is to be warned."""

    def __init__(self, servers: ServerNames, wanted: bool = True) -> None:
        self._servers = servers
        self._wanted = wanted
        self._surveys: dict[ServerName, ServerSurvey] = {}
        self._asked: dict[ConversationId, _Asked] = {}

    def ask(self, event: ConversationStarted, prompt: str) -> None:
        """A prompt is about to be sent in a chat that was begun or opened."""
        chat = Conversation(event.conversation, event.model, system=event.system)
        chat.parameters, chat.server = event.parameters, event.server
        if self._wanted:
            self._asked[event.conversation] = _Asked(prompt, chat)

    def forget(self, conversation: ConversationId) -> None:
        """Nothing more is said of what was asked there."""
        self._asked.pop(conversation, None)

    def hear(self, event: UiEvent) -> list[Warned]:
        """Learn from an event, and return what is to be said now; mostly nothing."""
        match event:
            case ServerChanged(server=server, survey=survey):
                self._surveys[server] = survey
                return self._warn(tuple(self._asked))
            case PathShown(conversation=here) if here in self._asked:
                self._asked[here].chat.show_path(event, 0.0)
            case TurnMoved(conversation=here, state=TurnState.CONNECTING, model=model) if here in self._asked:
                self._asked[here].model = self._asked[here].chat.model = model
                return self._warn([here])
            case TurnEnded(conversation=here):
                self.forget(here)
            case _:
                pass
        return []

    def _warn(self, conversations: Iterable[ConversationId]) -> list[Warned]:
        warned = [(one, words) for one in conversations if (words := self._words(self._asked[one]))]
        for one, _ in warned:
            self.forget(one)
        return warned

    def _words(self, asked: _Asked) -> str:
        """Empty where it fits, and where that is not known."""
        chat, survey = asked.chat, self._surveys.get(self._servers.resolve(asked.chat.server))
        room = room_of(asked.model, chat.parameters, survey) if asked.model else None
        needed = talk_size(chat).with_prompts([asked.prompt]) if room is not None else 0
        if room is None or needed <= room:
            return ""
        fate = "refuse it" if chat.parameters.truncate is False else "cut the beginning"
        return f"This will need about {needed:,} of {room:,} tokens: the server will {fate}."
