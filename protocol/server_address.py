"""A server as people write it in one line: its address, who asks, and what it speaks."""

import re
from urllib.parse import unquote

import msgspec

from protocol.access_advice import KEY_VARIABLE
from protocol.errors import InterfaceError
from protocol.ollama_host import parse_host
from protocol.secret import SHOWN, InVariable, Secret
from protocol.server_settings import Dialect, ProxySettings, ServerSettings

_OPENAI_PATH = "/v1"
_SCHEME = "://"
_CREDENTIALS = re.compile("(^|//)[^/]*@")


def parse_server(text: str) -> ServerSettings:
    """Parse an address as OLLAMA_HOST has it, with `USER:PASSWORD@` before the host where that is needed.

    A path that ends in `/v1` is that of a server that speaks as OpenAI's does. Raises InterfaceError for what is no
    address; its text never holds a password.
    """
    address, user, password = _without_credentials(text)
    url = parse_host(address)
    dialect = Dialect.OPENAI if url.path.endswith(_OPENAI_PATH) else Dialect.OLLAMA
    return ServerSettings(url, dialect=dialect, user=user, password=password)


def concealed(text: str) -> str:
    """Return an address as it can be shown: without who asks."""
    return _CREDENTIALS.sub(rf"\1{SHOWN}@", text)


def parse_proxy(text: str) -> ProxySettings:
    """Parse the address of a proxy, with `USER:PASSWORD@` where it wants to know who asks.

    Raises InterfaceError as `parse_server` does.
    """
    address, user, password = _without_credentials(text)
    return ProxySettings(parse_host(address if _SCHEME in address else f"http://{address}"), user, password)


def with_own_key(settings: ServerSettings) -> ServerSettings:
    """Return the settings with the key that Ollama's own programs would use, where they say nothing of who asks."""
    if settings.key or settings.key_from or settings.user or settings.password or settings.password_from:
        return settings
    return msgspec.structs.replace(settings, key_from=InVariable(KEY_VARIABLE))


def _without_credentials(text: str) -> tuple[str, str, Secret]:
    """The address without user and password, and these, which may be percent-encoded."""
    text = text.strip().strip("\"'").strip()
    scheme, separator, rest = text.rpartition(_SCHEME) if text.count(_SCHEME) == 1 else ("", "", text)
    authority, slash, path = rest.partition("/")
    credentials, at, host = authority.rpartition("@")
    if "@" in path and (at or ":" in authority or ":" in path.rpartition("@")[0]):
        raise InterfaceError(
            "The server address cannot be used: it seems to hold a password with a slash in it.",
            "Write that as %2F.",
        )
    user, _, password = credentials.partition(":")
    return f"{scheme}{separator}{host}{slash}{path}", unquote(user), Secret.of(unquote(password))
