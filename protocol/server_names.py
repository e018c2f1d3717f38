"""The names of the servers, and which of them is meant."""

from protocol.identity import DEFAULT_SERVER, POOL, ServerName
from protocol.message import Value
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings

DEFAULT = "default"
"""How the default server is called where it has no name; no other may be called so."""


class ServerNames(Value, frozen=True):
    """The servers of a run, by their names. With these alone there is one, without a name."""

    names: tuple[ServerName, ...] = (ServerName(""),)
    """The first is the default."""
    pool: tuple[ServerName, ...] = ()
    """Those of them that are the pool."""
    pooled: bool = False
    """Where a conversation names none, the pool answers."""

    @staticmethod
    def of(settings: EngineSettings) -> "ServerNames":
        """Return the names of all that are configured."""
        names = tuple(ServerNames.key(server) for server in settings.servers)
        return ServerNames(names, settings.pool, settings.pooled)

    @staticmethod
    def key(server: ServerSettings) -> ServerName:
        """Return the name of one."""
        return ServerName(server.name)

    @property
    def several(self) -> bool:
        """True where a user has to tell them apart."""
        return len(self.names) > 1 or bool(self.pool)

    def __contains__(self, server: ServerName) -> bool:
        """Tell whether what a conversation names is there: the default always is."""
        return not server or server in self.names or (server == POOL and bool(self.pool))

    def resolve(self, server: ServerName) -> ServerName:
        """Return the server that answers where a conversation names this one; `POOL` where any of the pool does."""
        if server in self.names:
            return server
        return POOL if self.pool and (server == POOL or self.pooled) else self.names[0]

    def label(self, server: ServerName) -> str:
        """Return how people call the server that answers there."""
        return self.resolve(server) or DEFAULT

    def called(self, server: ServerName) -> str:
        """Return what that server is called in a sentence."""
        label = self.label(server)
        return "the default server" if label == DEFAULT else label

    def labels(self) -> tuple[str, ...]:
        """Return what can be chosen."""
        servers = tuple(name or DEFAULT for name in self.names)
        return (*servers, str(POOL)) if self.pool else servers

    def find(self, text: str) -> ServerName | None:
        """Return what a conversation is to name for what a user has written; None for what is not there."""
        wanted = text.casefold()
        names = (*self.names, POOL) if self.pool else self.names
        found = next((name for name in names if wanted == (name or DEFAULT).casefold()), None)
        if found is not None:
            return found
        return self.resolve(DEFAULT_SERVER) if wanted == DEFAULT else None
