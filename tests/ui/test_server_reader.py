"""The servers of the configuration file, and which of them is the default."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from protocol.limits import TimeLimits
from protocol.ollama_host import ServerUrl
from protocol.secret import InKeyring, InVariable, Secret
from protocol.server_settings import Dialect, EmbeddedUse, Header, ProxySettings, ServerSettings
from ui.arguments import Options, parse_arguments
from ui.configuration_file import parse_file

NOWHERE = Path("/nowhere")
LOCAL = ServerSettings(embedded=EmbeddedUse.FALLBACK)
TWO = '[servers.mill]\nurl = "10.0.0.1"\n[servers.barn]\nurl = "http://10.0.0.2/v1"\n'
MILL = ServerSettings(ServerUrl(host="10.0.0.1"), name="mill")
BARN = ServerSettings(ServerUrl(host="10.0.0.2", port=80, path="/v1"), name="barn", dialect=Dialect.OPENAI)


def options(text: str, *arguments: str, folder: Path = NOWHERE, environment: Mapping[str, str] = {}) -> Options:
    """What a file, the environment and the command line make of it."""
    return parse_arguments(arguments, environment, lambda *_: parse_file(text, "config.toml", folder))


def servers(text: str, *arguments: str, **environment: str) -> tuple[ServerSettings, ...]:
    return options(text, *arguments, environment=environment).settings.servers


def mistakes(text: str) -> list[str]:
    with pytest.raises(InterfaceError) as raised:
        options(text)
    return [line.strip() for line in raised.value.failure.summary.splitlines()[1:]]


def test_without_a_configuration_there_is_one_server_as_ever() -> None:
    assert servers("") == (LOCAL,)


def test_servers_stand_beside_the_one_of_this_machine() -> None:
    assert servers(TWO) == (LOCAL, MILL, BARN)


def test_the_file_says_which_one_is_the_default() -> None:
    assert servers(f'server = "barn"\n{TWO}') == (BARN, MILL)


def test_the_environment_wins_over_the_file_and_a_flag_over_both() -> None:
    file = f'server = "barn"\n{TWO}'
    there = ServerSettings(ServerUrl(host="there"))
    assert servers(file, OLLAMA_HOST="there") == (there, MILL, BARN)
    assert servers(file, "--server", "MILL", OLLAMA_HOST="there") == (MILL, BARN)
    assert servers(file, "--host", "there", OLLAMA_HOST="elsewhere") == (there, MILL, BARN)


def test_what_the_environment_names_is_an_address_even_if_a_server_is_called_so() -> None:
    assert servers(TWO, OLLAMA_HOST="mill")[0] == ServerSettings(ServerUrl(host="mill"))


def test_what_the_file_names_and_no_server_is_called_is_an_address() -> None:
    assert servers(f'server = "gate.example.com"\n{TWO}')[0].url == ServerUrl(host="gate.example.com")


@pytest.mark.parametrize(
    ("file", "arguments", "words"),
    [
        (TWO, ["--server", "mil"], "There is no server 'mil' in the configuration. Did you mean 'mill'?"),
        (TWO, ["--server", "x"], "There is no server 'x' in the configuration. There are: mill, barn."),
        ("", ["--server", "x"], "There is no server 'x' in the configuration. Tables [servers.NAME] in the"),
        (
            f'server = "barm"\n{TWO}',
            [],
            "config.toml has mistakes:\n  line 1: server: there is no server 'barm'. Did you mean 'barn'?",
        ),
        (TWO, ["--server", "mill", "--host", "there"], "--server and --host exclude each other."),
        (TWO, ["--server", "mill", "--embedded"], "--server and --embedded exclude each other."),
    ],
)
def test_a_name_that_is_not_there_is_said_to_be_wrong(file: str, arguments: list[str], words: str) -> None:
    with pytest.raises(InterfaceError) as raised:
        options(file, *arguments)
    assert str(raised.value).startswith(words)


def test_the_embedded_model_can_stand_beside_servers() -> None:
    assert servers(f'server = "barn"\n{TWO}', "--embedded") == (
        ServerSettings(embedded=EmbeddedUse.ALWAYS),
        MILL,
        BARN,
    )


def test_one_question_is_asked_of_one_server_and_the_others_are_left_alone() -> None:
    assert servers(TWO, "ask", "--server", "mill", "Why?") == (MILL,)


def test_everything_can_be_said_of_a_server(tmp_path: Path) -> None:
    (tmp_path / "own.pem").touch()
    text = """
        [servers.mill]
        url = "https://mill.example.com"
        dialect = "openai"
        headers = { X-Team = "blue" }
        user = "me"
        password_env = "MILL_PASSWORD"
        key_keyring = ["chinwag", "mill"]
        ca_file = "own.pem"
        proxy = "http://me:secret@10.0.0.9:3128"
        timeouts = { connect = 2, first-byte = 30.5 }
        max_streams = 2
    """
    (_, mill) = options(text, folder=tmp_path).settings.servers
    assert mill == ServerSettings(
        ServerUrl("https", "mill.example.com", 443),
        name="mill",
        dialect=Dialect.OPENAI,
        headers=(Header("X-Team", Secret.of("blue")),),
        user="me",
        password_from=InVariable("MILL_PASSWORD"),
        key_from=InKeyring("chinwag", "mill"),
        ca_file=tmp_path / "own.pem",
        proxy=ProxySettings(ServerUrl(host="10.0.0.9", port=3128), "me", Secret.of("secret")),
        time=TimeLimits(connect=2.0, first_byte=30.5),
        max_streams=2,
    )


def test_time_limits_that_a_server_does_not_set_are_those_of_all() -> None:
    (_, mill) = servers('[timeouts]\nidle = 7\n[servers.mill]\nurl = "a"\ntimeouts = { connect = 2 }')
    assert mill.time == TimeLimits(connect=2.0, idle=7.0)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[servers]\nmill = 3", ["line 2: servers.mill: mill is a table: write [servers.mill], and below it"]),
        ("[servers.mill]", ['line 1: servers.mill: a server needs an address: url = "http://10.0.0.5:11434".']),
        ('[servers.default]\nurl = "a"', ["line 1: servers.default: 'default' cannot be the name of a server: it is"]),
        ('[servers."a b"]\nurl = "a"', ["line 1: servers.a b: 'a b' cannot be the name of a server: use letters"]),
        (
            '[servers.a]\nurl = "a"\n[servers.A]\nurl = "a"',
            ["line 3: servers.A: there is another server 'A', but for the case of its letters."],
        ),
        ('[servers.a]\nurl = "ftp://a"', ["line 2: servers.a.url: "]),
        ('[servers.a]\nurl = "a"\ndialct = "openai"', ["line 3: servers.a.dialct: a server has no 'dialct'. Did"]),
        ('[servers.a]\nurl = "a"\ndialect = "x"', ["line 3: servers.a.dialect: the dialects are ollama and openai."]),
        (
            '[servers.a]\nurl = "a"\nkey = "k"',
            ["line 3: servers.a.key: a key has no place in this file: key_env"],
        ),
        (
            '[servers.a]\nurl = "a"\nkey_env = "K"\nkey_keyring = ["a", "b"]',
            ["line 4: servers.a.key_keyring: key_env and key_keyring exclude each other."],
        ),
        ('[servers.a]\nurl = "a"\nkey_keyring = "a"', ["line 3: servers.a.key_keyring: an entry of the keyring is a"]),
        ('[servers.a]\nurl = "a"\nheaders = { "a b" = "c" }', ["line 3: servers.a.headers.a b: 'a b' is no name of"]),
        ('[servers.a]\nurl = "a"\nheaders = { a = 3 }', ["line 3: servers.a.headers.a: a is a text: write it"]),
        ('[servers.a]\nurl = "a"\nheaders = 3', ["line 3: servers.a.headers: headers is a table"]),
        (
            '[servers.a]\nurl = "a"\nca_file = "gone.pem"',
            ["line 3: servers.a.ca_file: there is no file /nowhere"],
        ),
        ('[servers.a]\nurl = "a"\nuser = 3', ["line 3: servers.a.user: this is a text: write it in quotes."]),
        ('[servers.a]\nurl = "a"\nmax_streams = 0', ["line 3: servers.a.max_streams: "]),
        ('[servers.a]\nurl = "a"\ntimeouts = 3', ["line 3: servers.a.timeouts: timeouts is a table"]),
        ('[servers.a]\nurl = "a"\ntimeouts = { conect = 3 }', ["line 3: servers.a.timeouts.conect: there is no"]),
        ('[servers.a]\nurl = "a"\ntimeouts = { idle = -3 }', ["line 3: servers.a.timeouts.idle: "]),
        (
            "[servers.a]\n[servers.b]\nurl = 3",
            ["line 1: servers.a: a server needs", "line 3: servers.b.url: this"],
        ),
    ],
)
def test_every_mistake_is_told_with_its_line(text: str, wrong: list[str]) -> None:
    found = mistakes(text)
    assert len(found) == len(wrong)
    for one, words in zip(found, wrong, strict=True):
        assert one.startswith(words)


def test_no_mistake_shows_a_password() -> None:
    (found,) = mistakes('[servers.a]\nurl = "http://me:secret@a b"')
    assert "secret" not in found
