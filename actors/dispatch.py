"""What the policy of the pool is told of the turns and the servers, and what it says is to be done."""

from collections.abc import Iterable, Sequence
from itertools import count

from msgspec.structs import replace

from actors.conversations import Conversations
from actors.model_loads import ModelLoads
from actors.pool_watch import station_of
from actors.server_watches import ServerWatches
from actors.turns import Turn, TurnBook
from protocol.chat import Conversation
from protocol.identity import POOL, ConversationId, ServerName, TurnId
from protocol.loads import Load
from protocol.pool import Hold, Plan, Station, Waiting, plan

_KEPT = 1000
"""Of so many conversations it is known which server of the pool answered last."""


def group_of(conversation: Conversation) -> str:
    """Return with whom the turns of a conversation take turns: all that are compared are one with their parent."""
    return conversation.column_of or conversation.id


class Dispatch:
    """Owned by the Coordinator, and used in its thread only. `streams` is how many may be at once over all servers."""

    def __init__(
        self, conversations: Conversations, turns: TurnBook, servers: ServerWatches, loads: ModelLoads, streams: int
    ) -> None:
        self._conversations = conversations
        self._turns = turns
        self._servers = servers
        self._loads = loads
        self._streams = streams
        self._stamps = count()
        self._kept: dict[ConversationId, ServerName] = {}
        """Which server of the pool answered where last: the latest `_KEPT` conversations."""

    def decide(self, startable: Sequence[Turn]) -> tuple[dict[TurnId, ServerName], dict[TurnId, Hold]]:
        """Return which of the turns that could begin do so now, and where; and why the others do not."""
        if not startable:
            return {}, {}
        self._line_up(startable)
        waiting = [self._waiting(turn) for turn in startable]
        made = plan(self._stations(waiting), waiting, self._running(), self._streams)
        for turn, passed in zip(startable, made.passed, strict=True):
            turn.passed = passed
        self._take_turns(startable, made)
        starts = {startable[place].id: server for place, server in made.starts.items()}
        holds = {turn.id: hold for turn, hold in zip(startable, made.holds, strict=True) if hold is not None}
        return starts, holds

    def _line_up(self, startable: Iterable[Turn]) -> None:
        """Who could begin first is due first."""
        for turn in startable:
            if turn.lined_up is None:
                turn.lined_up = next(self._stamps)

    def _take_turns(self, startable: Sequence[Turn], made: Plan) -> None:
        """Who begins is due again after all that wait now, and so is who counts as one with it."""
        groups = {group_of(self._conversations[startable[place].conversation]) for place in made.starts}
        for place, turn in sorted(enumerate(startable), key=lambda numbered: numbered[1].lined_up or 0):
            conversation = self._conversations[turn.conversation]
            if place in made.starts:
                turn.lined_up = None
                if self._servers.names.resolve(conversation.server) == POOL:
                    self._keep(turn.conversation, made.starts[place])
            elif group_of(conversation) in groups:
                turn.lined_up = next(self._stamps)

    def _keep(self, conversation: ConversationId, server: ServerName) -> None:
        self._kept.pop(conversation, None)
        self._kept[conversation] = server
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]

    def _waiting(self, turn: Turn) -> Waiting:
        """What is told of a turn that is lined up."""
        assert turn.lined_up is not None
        conversation, since = self._conversations[turn.conversation], turn.lined_up
        kept = self._kept.get(turn.conversation)
        return Waiting(self._loads.of(conversation), group_of(conversation), since, turn.passed, kept, turn.avoids)

    def _stations(self, waiting: Iterable[Waiting]) -> list[Station]:
        needed = {one.load for one in waiting}
        found = []
        for watch in self._servers:
            there = {replace(load, server=watch.name) for load in needed if load.server in (POOL, watch.name)}
            loaded = frozenset(load for load in there if self._loads.is_loaded(load))
            station = replace(station_of(watch), pooled=self._servers.is_pooled(watch.name), loaded=loaded)
            found.append(station)
        return found

    def _running(self) -> list[Load]:
        requests = [turn.request for turn in self._turns if turn.holds_slot and turn.request is not None]
        return [self._loads.of_request(request) for request in requests]
