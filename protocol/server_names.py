"""The names of the servers, and which of them is meant."""

from protocol.identity import ServerName
from protocol.message import Value
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings

DEFAULT = "default"
"""How the default server is called where it has no name; no other may be called so."""


class ServerNames(Value, frozen=True):
    """The servers of a run, by their names. With these alone there is one, without a name."""

    names: tuple[ServerName, ...] = (ServerName(""),)
    """The first is the default."""

    @staticmethod
    def of(settings: EngineSettings) -> "ServerNames":
        """Return the names of all that are configured."""
        return ServerNames(tuple(ServerNames.key(server) for server in settings.servers))

    @staticmethod
    def key(server: ServerSettings) -> ServerName:
        """Return the name of one."""
        return ServerName(server.name)

    @property
    def several(self) -> bool:
        """True where a user has to tell them apart."""
        return len(self.names) > 1

    def __contains__(self, server: ServerName) -> bool:
        """Tell whether what a conversation names is there: the default always is."""
        return not server or server in self.names

    def resolve(self, server: ServerName) -> ServerName:
        """Return the server that answers where a conversation names this one."""
        return server if server in self.names else self.names[0]

    def label(self, server: ServerName) -> str:
        """Return how people call the server that answers there."""
        return self.resolve(server) or DEFAULT

    def called(self, server: ServerName) -> str:
        """Return what that server is called in a sentence."""
        label = self.label(server)
        return "the default server" if label == DEFAULT else label

    def labels(self) -> tuple[str, ...]:
        """Return what can be chosen."""
        return tuple(self.label(name) for name in self.names)

    def find(self, text: str) -> ServerName | None:
        """Return what a conversation is to name for what a user has written; None for what is not there."""
        for name in self.names:
            if text.casefold() == self.label(name).casefold():
                return name
        return self.names[0] if text.casefold() == DEFAULT else None
