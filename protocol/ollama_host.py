"""Where the server is, by Ollama's own rules for OLLAMA_HOST (envconfig/config.go, `Host`)."""

from ipaddress import ip_address

from protocol.errors import InterfaceError
from protocol.message import Value

DEFAULT_PORT = 11434
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_CLOUD = "ollama.com"
_NEVER = frozenset("?#\\\"'")
_MAX_PORT = 65535
_PORT_DIGITS = 5


class ServerUrl(Value, frozen=True):
    """The address of a server."""

    scheme: str = "http"
    host: str = "127.0.0.1"
    """A name, an IPv4 address, or an IPv6 address without brackets."""
    port: int = DEFAULT_PORT
    path: str = ""
    """Empty, or with a leading and without a trailing slash."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def loopback(self) -> bool:
        """True for this machine: such traffic never goes through a proxy."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"


def parse_host(text: str) -> ServerUrl:
    """Parse what OLLAMA_HOST may hold: a bare host, with a port, a scheme, a path, in quotes, or nothing at all.

    Without a scheme it is `http` and port 11434; with one it is that scheme's own port. A port that is none counts as
    not given. `0.0.0.0` and `::` are where a server listens: a client means the loopback. `ollama.com` alone is its
    service over `https`. Raises InterfaceError for another scheme, a user and password, or characters that no address
    has.
    """
    text = text.strip().strip("\"'").strip()
    if text == _CLOUD:
        return ServerUrl("https", _CLOUD, _DEFAULT_PORTS["https"])
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest, default_port = "http", text, DEFAULT_PORT
    elif scheme.lower() in _DEFAULT_PORTS:
        scheme = scheme.lower()
        default_port = _DEFAULT_PORTS[scheme]
    else:
        raise _bad(text, f"the scheme {scheme!r} is neither http nor https")
    authority, _, path = rest.partition("/")
    _check_letters(authority, path, text)
    host, port = _split_authority(authority)
    _check_host(host, text)
    path = path.strip("/")
    return ServerUrl(scheme, _client_host(host), default_port if port is None else port, f"/{path}" if path else "")


def _split_authority(authority: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        host, _, rest = authority[1:].partition("]")
        return host, _port(rest.removeprefix(":"))
    if authority.count(":") > 1:
        return authority, None
    host, _, port = authority.partition(":")
    return host, _port(port)


def _port(digits: str) -> int | None:
    significant = digits.lstrip("0")
    if not (digits.isascii() and digits.isdigit() and len(significant) <= _PORT_DIGITS):
        return None
    port = int(significant or "0")
    return port if port <= _MAX_PORT else None


def _check_letters(authority: str, path: str, text: str) -> None:
    if "@" in authority:
        raise _bad(text, "user and password do not belong in it")
    if any(letter.isspace() or not letter.isprintable() or letter in _NEVER for letter in authority + path):
        raise _bad(text, "it holds characters that no address has")


def _check_host(host: str, text: str) -> None:
    if "[" in host or "]" in host or (":" in host and not _is_address(host)):
        raise _bad(text, f"{host!r} is neither a name nor an IP address")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _client_host(host: str) -> str:
    return _UNSPECIFIED.get(host, host) or "127.0.0.1"


def _bad(text: str, fault: str) -> InterfaceError:
    shown = text.rpartition("@")[2]
    return InterfaceError(
        f"The server address {shown!r} cannot be used: {fault}.", "Write it like 127.0.0.1:11434 or https://host/path."
    )
