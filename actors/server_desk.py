"""Which server answers in which conversation, as the user wishes and as the configuration allows."""

from collections import Counter
from collections.abc import Callable
from typing import assert_never

from actors.attempts import Attempts
from actors.conversations import Conversations
from actors.notices import describe_absence
from actors.pool_notices import describe_pool
from actors.pool_watch import PoolWatch
from actors.server_notices import (
    describe_lack,
    describe_move,
    describe_servers,
    describe_unconfigured,
    describe_unknown,
)
from actors.server_watches import ServerWatches, Watch
from actors.turns import TurnBook
from protocol.identity import ConversationId, ServerName
from protocol.server_commands import ChooseServer, ServerCommand, ShowPool, ShowServers
from protocol.turn import TurnEvent, TurnState


class ServerDesk:
    """Owned by the Coordinator, and used in its thread only. What may begin after a move is for that one to see.

    `chosen` is called with every conversation that the user has moved to where a model answers.
    """

    def __init__(
        self,
        conversations: Conversations,
        turns: TurnBook,
        servers: ServerWatches,
        attempts: Attempts,
        chosen: Callable[[ConversationId], None],
    ) -> None:
        self._conversations = conversations
        self._turns = turns
        self._servers = servers
        self._attempts = attempts
        self._chosen = chosen
        self.moving = set[ConversationId]()
        """Those of which nobody knows yet whether their server has their model: nothing is sent there until then."""
        self._moved = set[ConversationId]()
        """Those of them that the user has moved."""

    def take_over(self, before: "ServerDesk") -> None:
        """Know which conversations have just moved: everything but that begins anew."""
        self.moving |= before.moving
        self._moved |= before._moved

    def act(self, command: ServerCommand) -> None:
        """Do, or tell, what the user wants."""
        match command:
            case ShowServers(conversation=here):
                answering = self._watch(here)
                self._conversations.post(here, describe_servers(self._servers.all, answering))
                self._servers.look()
            case ShowPool(conversation=here):
                self._conversations.post(here, self._describe_pool())
                self._servers.look()
            case ChooseServer(conversation=here, server=text):
                server = self._servers.names.find(text)
                if server is None:
                    self._conversations.post(here, describe_unknown(text, self._servers.names))
                else:
                    self._move(here, server)
            case _:
                assert_never(command)

    def greet(self, conversation: ConversationId) -> None:
        """A conversation is opened: say so if its server is gone, and use the default one."""
        server = self._conversations[conversation].server
        if server not in self._servers.names:
            instead = self._servers.names.called(server)
            self._conversations.post(conversation, describe_unconfigured(server, instead))
            self._arrive(conversation)

    def settle(self, watch: Watch) -> None:
        """A look found something: where a conversation has just moved to, its model is there, or is chosen anew."""
        for conversation in tuple(self.moving):
            if conversation not in self._conversations:
                self.moving.discard(conversation)
                self._moved.discard(conversation)
            elif self._watch(conversation) is watch:
                self._settle(conversation, watch)

    def _describe_pool(self) -> str:
        members = [watch for watch in self._servers if self._servers.is_pooled(watch.name)]
        others = [watch for watch in self._servers if not self._servers.is_pooled(watch.name)]
        requests = [turn.request for turn in self._turns if turn.holds_slot and turn.request is not None]
        streams = Counter(self._servers.at(request.server).label for request in requests)
        waiting = Counter(self._watch(turn.conversation).label for turn in self._turns if turn.waits)
        return describe_pool(members, others, streams, waiting)

    def _watch(self, conversation: ConversationId) -> Watch:
        return self._servers.of(self._conversations[conversation].server)

    def _move(self, here: ConversationId, server: ServerName) -> None:
        what, watch = self._conversations[here], self._servers.of(server)
        if self._watch(here) is watch:
            self._conversations.set_server(here, server, what.model)
            self._conversations.post(here, f"{watch.label} answers here already.")
            return
        self._conversations.set_server(here, server, what.model)
        waiting = self._free(here)
        self._conversations.post(here, describe_move(watch.label, watch.survey, waiting))
        self._moved.add(here)
        self._arrive(here)

    def _arrive(self, here: ConversationId) -> None:
        watch = self._watch(here)
        self.moving.add(here)
        self._settle(here, watch)
        watch.look()

    def _free(self, here: ConversationId) -> int:
        """What waits for a server, or to be tried again there, waits to be sent. Returns how many wait."""
        for turn in self._turns.of(here):
            if turn.state is TurnState.RETRYING:
                self._attempts.set_aside(turn)
            if turn.state is TurnState.WAITING_FOR_SERVER:
                turn.move(TurnEvent.SERVER_RETURNED)
        return sum(turn.waits for turn in self._turns.of(here))

    def _settle(self, here: ConversationId, watch: Watch) -> None:
        survey, what = watch.survey, self._conversations[here]
        if watch.lost is None and (survey is None or survey.failure is not None):
            return
        absent = what.model is not None and survey is not None and describe_absence(what.model, survey) != ""
        if absent and isinstance(watch, PoolWatch) and not watch.is_whole:
            return  # one that nobody has looked at yet may have it
        self.moving.discard(here)
        if absent and what.model is not None:
            self._conversations.post(here, describe_lack(what.model, watch.label))
            self._conversations.set_server(here, what.server, None)
        if survey is not None:
            self._conversations.settle_model(self._conversations[here], survey, watch.last_used)
        if here in self._moved and self._conversations[here].model is not None:
            self._chosen(here)
        self._moved.discard(here)
