import pytest

from protocol.errors import InterfaceError
from protocol.ollama_host import ServerUrl
from protocol.secret import InVariable, Secret
from protocol.server_address import concealed, parse_proxy, parse_server, with_own_key
from protocol.server_settings import Dialect, ProxySettings, ServerSettings

TEXT = "hunter-2-swordfish"


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("", ServerSettings()),
        ("example.com", ServerSettings(ServerUrl(host="example.com"))),
        ("http://127.0.0.1:8080/v1", ServerSettings(ServerUrl(port=8080, path="/v1"), dialect=Dialect.OPENAI)),
        ("127.0.0.1:8080/v1/", ServerSettings(ServerUrl(port=8080, path="/v1"), dialect=Dialect.OPENAI)),
        ("https://h/api/v1", ServerSettings(ServerUrl("https", "h", 443, "/api/v1"), dialect=Dialect.OPENAI)),
        ("https://h/v10", ServerSettings(ServerUrl("https", "h", 443, "/v10"))),
        ("http://me:pw@h:1", ServerSettings(ServerUrl(host="h", port=1), user="me", password=Secret.of("pw"))),
        ("me:pw@h", ServerSettings(ServerUrl(host="h"), user="me", password=Secret.of("pw"))),
        ("me@h", ServerSettings(ServerUrl(host="h"), user="me")),
        ("http://me:p%40%2F%3A@h", ServerSettings(ServerUrl(host="h", port=80), user="me", password=Secret.of("p@/:"))),
        ("http://me:p@w:d@h", ServerSettings(ServerUrl(host="h", port=80), user="me", password=Secret.of("p@w:d"))),
        ("http://h/@scope", ServerSettings(ServerUrl(host="h", port=80, path="/@scope"))),
        ("'http://me:pw@h'", ServerSettings(ServerUrl(host="h", port=80), user="me", password=Secret.of("pw"))),
    ],
)
def test_an_address_says_where_as_whom_and_in_which_dialect(text: str, settings: ServerSettings) -> None:
    assert parse_server(text) == settings


@pytest.mark.parametrize(
    "text",
    [
        f"http://me:{TEXT}@h^{{}} x",
        f"ftp://me:{TEXT}@h",
        f"http://me:{TEXT}/more@h",
        f"me:{TEXT}/more@h/",
        f"http://me:{TEXT}@[::1",
        f"http://me:{TEXT}@h/a?b",
        f"http://x:y@me:{TEXT}@h/@/ ",
        f"http//me:{TEXT}@h",
        f"//me:{TEXT}@h",
        f"x/me:{TEXT}@h",
    ],
)
def test_no_error_shows_a_password(text: str) -> None:
    try:
        shown = str(parse_server(text))
    except InterfaceError as error:
        shown = f"{error} {error!r} {error.failure!r}"
    assert TEXT not in shown


def test_a_proxy_is_reached_over_http_unless_it_says_otherwise() -> None:
    assert parse_proxy("me:pw@proxy:3128") == ProxySettings(ServerUrl(host="proxy", port=3128), "me", Secret.of("pw"))
    assert parse_proxy("proxy") == ProxySettings(ServerUrl(host="proxy", port=80))
    assert parse_proxy("https://proxy") == ProxySettings(ServerUrl("https", "proxy", 443))


def test_the_key_of_ollama_itself_is_used_where_nothing_says_who_asks() -> None:
    assert with_own_key(ServerSettings()).key_from == InVariable("OLLAMA_API_KEY")
    for known in (
        ServerSettings(user="me"),
        ServerSettings(key=Secret.of("k")),
        ServerSettings(password=Secret.of("p")),
    ):
        assert with_own_key(known) == known


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("127.0.0.1:11434", "127.0.0.1:11434"),
        ("http://me:secret@there/x", "http://***@there/x"),
        ("me:s@cret@there", "***@there"),
    ],
)
def test_what_is_shown_of_an_address_tells_nobody_who_asks(text: str, shown: str) -> None:
    assert concealed(text) == shown
