"""What is known of all servers: one ServerWatch for each, so that one that is silent is waited for by nobody else, and
a PoolWatch over those that are the pool."""

from collections.abc import Iterator

from actors.colleagues import Colleagues
from actors.pool_watch import PoolWatch
from actors.server_watch import ServerWatch
from protocol.identity import POOL, ServerName
from protocol.server_names import ServerNames
from protocol.settings import EngineSettings

Watch = ServerWatch | PoolWatch
"""Who answers in a conversation: a server, or any of the pool."""


class ServerWatches:
    """Owned by the Coordinator, and used in its thread only."""

    def __init__(self, colleagues: Colleagues, settings: EngineSettings) -> None:
        self.names = ServerNames.of(settings)
        self._watches = {
            self.names.key(server): ServerWatch(
                colleagues.librarian_of(self.names.key(server)),
                colleagues.timekeeper,
                settings.survey_interval,
                server,
            )
            for server in settings.servers
        }
        members = [self._watches[name] for name in self.names.pool]
        self.pool = PoolWatch(members) if members else None
        """None where there is none."""

    def __iter__(self) -> Iterator[ServerWatch]:
        """The default first, then the others as they are configured."""
        return iter(self._watches.values())

    @property
    def all(self) -> tuple[Watch, ...]:
        """Those, and then the pool."""
        return (*self, self.pool) if self.pool is not None else tuple(self)

    def of(self, server: ServerName) -> Watch:
        """That of the server which answers where a conversation names this one: the default where it is not known."""
        if self.pool is not None and self.names.resolve(server) == POOL:
            return self.pool
        return self._watches[self.names.resolve(server)]

    def at(self, server: ServerName) -> ServerWatch:
        """That of a server itself, whatever answers where none is named: the default where it is not known."""
        return self._watches.get(server) or self._watches[self.names.names[0]]

    def manager_of(self, server: ServerName) -> ServerWatch:
        """That of the server whose models are listed and changed where a conversation names this one: of the pool the
        first."""
        watch = self.of(server)
        return watch if isinstance(watch, ServerWatch) else watch.members[0]

    def is_pooled(self, server: ServerName) -> bool:
        """Tell whether a server is one of the pool."""
        return self.pool is not None and self.pool.covers(server)

    def look(self) -> None:
        """Look at all of them at once."""
        for watch in self:
            watch.look()

    def look_first(self) -> None:
        """Look at those that nobody has looked at."""
        for watch in self:
            if watch.survey is None:
                watch.look()

    def remind_again(self) -> None:
        """A reminder may be lost: ask for all of them again."""
        for watch in self:
            watch.remind_again()

    def take_over(self, before: "ServerWatches") -> None:
        """Know what must not be forgotten when everything else begins anew."""
        for old, new in zip(before, self, strict=True):
            new.last_used, new.lost = old.last_used, old.lost
