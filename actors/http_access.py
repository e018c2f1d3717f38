"""How a server is reached over HTTP, and as whom: what its settings mean for `requests`."""

import base64
from collections.abc import Callable, Mapping

import requests

from protocol.ollama_host import ServerUrl
from protocol.secret import Secret
from protocol.server_settings import ServerSettings


class HttpAccess:
    """What goes with every request to one server.

    What is secret goes into the headers as they are sent, never into an address: those are shown and logged.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings

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

    def _authorisation(self) -> str:
        settings = self.settings
        if settings.key:
            return f"Bearer {settings.key.reveal()}"
        return _basic(settings.user, settings.password) if settings.user or settings.password else ""


def _basic(user: str, password: Secret) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password.reveal()}".encode()).decode()
