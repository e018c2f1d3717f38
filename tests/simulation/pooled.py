"""Part of the ledger: what is known of the servers of the pool, and what must hold of who is asked and who waits."""

from collections.abc import Callable, Sequence

from protocol.errors import Category, Failure, ServerBusy, is_missing_model
from protocol.identity import ServerName
from protocol.models import ServerSurvey
from protocol.server_names import ServerNames
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from tests.simulation.talks import Live


class PoolLedger:
    """A second opinion of the pool: plainer than that of the program. `has` tells whether a server has a model."""

    def __init__(
        self, complain: Callable[[str], None], settings: EngineSettings, has: Callable[[ServerName, str], bool]
    ) -> None:
        self._complain = complain
        self._has = has
        self._pool = settings.pool
        self._most = settings.limits.max_concurrent_streams
        self._limits = {ServerNames.key(one): one.max_streams or 1 for one in settings.servers}
        self._there: set[ServerName] = set()
        """Those that the last look has found, and that have not broken off since."""
        self._seen: set[ServerName] = set()
        """Those that any look has found: of all others nobody knows what they have."""
        self._lost: set[ServerName] = set()
        """Those at which nobody looks any more."""

    def look(self, server: ServerName, survey: ServerSurvey) -> None:
        """The Coordinator hears of a look at one."""
        self._there.discard(server)
        if survey.failure is None:
            self._there.add(server)
            self._seen.add(server)

    def lose(self, server: ServerName) -> None:
        """Nobody looks at this one any more."""
        self._lost.add(server)
        self._there.discard(server)

    def forget(self) -> None:
        """The Coordinator begins anew: it knows of none that it is there."""
        self._there.clear()
        self._seen.clear()

    def breaks(self, live: Live, failure: Failure | None) -> bool:
        """An attempt is told to have ended, with this failure if any. Where its server broke off, or does not have the
        model any more, nobody knows whether that is there; True for such a failure."""
        if live.request is None or failure is None:
            return False
        if failure.category is not Category.NETWORK and not is_missing_model(failure):
            return False
        live.broke_at.add(live.request.server)
        if failure.kind != ServerBusy.__name__:
            self._there.discard(live.request.server)
        return True

    def check_handed_on(self, live: Live) -> None:
        """A prompt whose server broke off does not stay with it, and does not fail of it, while another is there."""
        assert live.request is not None
        others = [one for one in self._pool if one in self._there and self._has(one, live.request.model)]
        fresh = [server for server in others if server not in live.broke_at]
        if fresh:
            self._complain(f"{live.id} is not handed on from {live.request.server}, and {fresh} are there")

    def check_start(self, live: Live, slots: Sequence[Live]) -> None:
        """One of the pool is asked that is there and has the model, and it is not asked too much."""
        assert live.request is not None
        server, model = live.request.server, live.request.model
        if server not in self._pool:
            self._complain(f"{live.id} is for the pool, and is sent to {server}")
            return
        if server not in self._there | self._lost:
            self._complain(f"{live.id} is sent to {server}, which is away")
        if (
            server not in self._lost
            and not self._has(server, model)
            and any(self._has(one, model) for one in self._pool)
        ):
            self._complain(f"{live.id} is sent to {server}, which lacks {model}")
        busy = self._busy(server, [one for one in slots if one.pooled])
        if busy > self._limits[server]:
            self._complain(f"{busy} streams at once at {server}, of which the pool wants {self._limits[server]}")

    def check_waiting(self, live: Live, model: str, slots: Sequence[Live]) -> None:
        """Nothing waits that one which is there could take.

        Where it broke off it may wait for another; where it broke off everywhere, a while for any. While none is known
        to have the model, one that was never seen may.
        """
        if len(slots) >= self._most:
            return
        unseen = [server for server in self._pool if server not in self._seen]
        having = [server for server in self._pool if self._has(server, model)] or unseen or self._pool
        there = [server for server in having if server in self._there]
        idle = [server for server in there if self._busy(server, slots) < self._limits[server]]
        fresh = [server for server in idle if server not in live.broke_at]
        everybody = idle == there and live.state is TurnState.QUEUED
        if fresh or (idle and everybody):
            self._complain(f"{live.id} waits ({live.reason or live.state}), and {idle} could take it")

    def _busy(self, server: ServerName, slots: Sequence[Live]) -> int:
        return sum(one.request is not None and one.request.server == server for one in slots)
