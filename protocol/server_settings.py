"""Who answers, how it is reached, and as whom."""

from enum import StrEnum
from pathlib import Path

from protocol.limits import TimeLimits
from protocol.message import Value
from protocol.ollama_host import ServerUrl
from protocol.secret import Secret, SecretPlace


class EmbeddedUse(StrEnum):
    """When the embedded model answers in place of a server."""

    NEVER = "never"
    FALLBACK = "fallback"
    """When nothing answers at the server's address, and the model is installed."""
    ALWAYS = "always"


class Dialect(StrEnum):
    """What a server speaks."""

    OLLAMA = "ollama"
    """Ollama's own API, `/api/chat`."""
    OPENAI = "openai"
    """`/v1/chat/completions`, as llama.cpp, vLLM, LM Studio and many others have it."""


class Header(Value, frozen=True):
    """A header that goes with every request. Its value may be a key, so it is never shown."""

    name: str
    value: Secret


class ProxySettings(Value, frozen=True):
    """A proxy on the way to a server."""

    url: ServerUrl
    user: str = ""
    password: Secret = Secret()


class ServerSettings(Value, frozen=True):
    """Who answers. Nothing in it that is secret is ever shown, whatever it is written to."""

    url: ServerUrl = ServerUrl()
    embedded: EmbeddedUse = EmbeddedUse.NEVER
    name: str = ""
    """By which the user calls it; empty where it has none."""
    dialect: Dialect = Dialect.OLLAMA
    headers: tuple[Header, ...] = ()
    user: str = ""
    """With `password`: for HTTP's Basic authentication."""
    password: Secret = Secret()
    password_from: SecretPlace | None = None
    """Where the password is, if it is not here."""
    key: Secret = Secret()
    """Sent as a bearer token. Where there are both, the key goes before user and password."""
    key_from: SecretPlace | None = None
    """Where the key is, if it is not here."""
    ca_file: Path | None = None
    """The certificates to trust in place of the system's."""
    proxy: ProxySettings | None = None
    """Through which it is reached, loopback or not; None for what the environment says, never for loopback."""
    time: TimeLimits | None = None
    """Its own time limits; None for those of the engine."""
    max_streams: int | None = None
    """Replies of it at the same time; None for no limit but the one over all servers."""
