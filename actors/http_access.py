"""How a server is reached over HTTP, and as whom: what its settings mean for `requests`."""

import base64
import re
import ssl
from collections.abc import Callable, Mapping

import requests

from protocol.errors import WrongAddress
from protocol.ollama_host import ServerUrl
from protocol.secret import SHOWN, Secret
from protocol.server_settings import ServerSettings

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""
_LEAST_SECRET = 4
"""Characters: what is shorter stands in other words, too."""


class HttpAccess:
    """What goes with every request to one server.

    What is secret goes into the headers as they are sent, never into an address: those are shown and logged.
    """

    def __init__(self, settings: ServerSettings) -> None:
        """Raises WrongAddress for what cannot be sent, and for certificates that cannot be read."""
        self.settings = settings
        _check_header("The key", settings, settings.key)
        for header in settings.headers:
            _check_header(f"The header {header.name}", settings, header.value)
            if not _HEADER_NAME.fullmatch(header.name):
                raise WrongAddress(f"{header.name!r} is no name of a header.", "Correct it in the configuration.")
        _check_certificates(settings)

    @property
    def url(self) -> ServerUrl:
        """The server's address."""
        return self.settings.url

    @property
    def verify(self) -> str | None:
        """The file of certificates to trust; None for those that are usual."""
        return None if self.settings.ca_file is None else str(self.settings.ca_file)

    @property
    def trusts_environment(self) -> bool:
        """Whether proxies and certificates come from the environment. For this machine they never do."""
        return not self.url.loopback

    @property
    def proxies(self) -> dict[str, str] | None:
        """The proxy of this server's own settings, by scheme; None for what the environment says."""
        proxy = self.settings.proxy
        return None if proxy is None else {"http": str(proxy.url), "https": str(proxy.url)}

    def authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Say in a request who asks. `requests` calls it, and then looks for nothing in `~/.netrc`."""
        for header in self.settings.headers:
            request.headers[header.name] = header.value.reveal()
        if authorisation := self._authorisation():
            request.headers["Authorization"] = authorisation
        return request

    def proxy_headers(self, usual: Callable[[], Mapping[str, str]]) -> dict[str, str]:
        """Say to the proxy who asks; `usual` is what `requests` would say to one of the environment."""
        proxy = self.settings.proxy
        if proxy is None:
            return dict(usual())
        return {"Proxy-Authorization": _basic(proxy.user, proxy.password)} if proxy.user or proxy.password else {}

    def conceal(self, words: str) -> str:
        """Return what a server says without what it was told in secret: some repeat a key that they refuse."""
        settings = self.settings
        told = (settings.key, settings.password, *(header.value for header in settings.headers))
        for secret in (*(one.reveal() for one in told), self._authorisation().partition(" ")[2]):
            if len(secret) >= _LEAST_SECRET:
                words = words.replace(secret, SHOWN)
        return words

    def _authorisation(self) -> str:
        settings = self.settings
        if settings.key:
            return f"Bearer {settings.key.reveal()}"
        return _basic(settings.user, settings.password) if settings.user or settings.password else ""


def _check_header(what: str, settings: ServerSettings, value: Secret) -> None:
    """The libraries would refuse it too, but tell it in their errors."""
    text = value.reveal()
    if not (text.isascii() and text.isprintable() and text == text.strip()):
        raise WrongAddress(
            f"{what} for {settings.name or settings.url} cannot be sent: it holds what no header may hold.",
            "Check it for spaces, line breaks and letters beyond ASCII.",
        )


def _check_certificates(settings: ServerSettings) -> None:
    if settings.ca_file is None:
        return
    try:
        ssl.create_default_context(cafile=str(settings.ca_file))
    except OSError as error:  # ssl.SSLError is one
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else (error.strerror or "").lower()
        raise WrongAddress(
            f"The certificates in {settings.ca_file} for {settings.name or settings.url} cannot be read ({reason}).",
            "Check ca_file in the configuration.",
        ) from error


def _basic(user: str, password: Secret) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password.reveal()}".encode()).decode()
