from importlib.util import find_spec

import pytest
from msgspec.structs import replace

from actors.cancel import CancelToken
from actors.credentials import ask_keyring, resolve
from actors.servers import build_server
from protocol.errors import WrongAddress
from protocol.secret import InKeyring, InVariable, Secret
from protocol.server_address import parse_server
from protocol.server_settings import ServerSettings
from protocol.settings import EngineSettings
from tests.support.answers import ndjson_chat
from tests.support.reading import REQUEST
from tests.support.replay_server import ReplayServer

KEPT = {("work", "me"): "in-the-keyring"}
ENVIRONMENT = {"THE_KEY": " in-the-variable\n", "EMPTY": "  "}


def keyring(service: str, user: str) -> str | None:
    return KEPT.get((service, user))


def found(settings: ServerSettings) -> tuple[str, str]:
    """Key and password."""
    resolved = resolve(settings, ENVIRONMENT, keyring)
    assert (resolved.key_from, resolved.password_from) == (settings.key_from, settings.password_from)
    return resolved.key.reveal(), resolved.password.reveal()


def test_what_is_there_is_taken_as_it_is() -> None:
    assert found(ServerSettings()) == ("", "")
    assert found(ServerSettings(key=Secret.of("k"), key_from=InVariable("NONE"))) == ("k", "")


def test_a_variable_is_looked_up_and_the_line_end_that_a_file_has_left_there_is_none_of_it() -> None:
    assert found(ServerSettings(key_from=InVariable("THE_KEY"))) == ("in-the-variable", "")
    assert found(ServerSettings(user="me", password_from=InVariable("THE_KEY"))) == ("", "in-the-variable")


def test_a_keyring_is_looked_into_only_for_a_server_that_asks_for_it() -> None:
    assert found(ServerSettings(key_from=InKeyring("work", "me"))) == ("in-the-keyring", "")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            ServerSettings(name="work", key_from=InVariable("NONE")),
            "There is no key for work: the environment variable NONE is not set.",
        ),
        (
            ServerSettings(key_from=InVariable("EMPTY")),
            "There is no key for http://127.0.0.1:11434: the environment variable EMPTY is not set.",
        ),
        (
            ServerSettings(name="work", password_from=InKeyring("work", "you")),
            "There is no password for work: the keyring has none for you of work.",
        ),
    ],
)
def test_what_is_not_there_is_named(settings: ServerSettings, words: str) -> None:
    with pytest.raises(WrongAddress) as caught:
        resolve(settings, ENVIRONMENT, keyring)
    assert str(caught.value) == f"{words} Put it there, then send again."


@pytest.mark.skipif(find_spec("keyring") is not None, reason="keyring is installed here")
def test_without_the_library_it_is_said_how_to_get_it() -> None:
    with pytest.raises(WrongAddress) as caught:
        ask_keyring("work", "me")
    assert str(caught.value) == (
        "The secret of me for work is in the keyring, and what reads keyrings is not installed. "
        "Install chinwag[keyring], or name an environment variable instead."
    )


def test_a_key_that_is_missing_is_what_a_look_finds_and_the_next_look_finds_it() -> None:
    environment: dict[str, str] = {}
    with ReplayServer(ndjson_chat(["Fine."])) as server:
        settings = replace(parse_server(server.url), key_from=InVariable("THE_KEY"))
        source = build_server(EngineSettings(settings), environment)
        failure = source.survey(CancelToken()).failure
        assert failure is not None
        assert failure.summary == f"There is no key for {server.url}: the environment variable THE_KEY is not set."
        with pytest.raises(WrongAddress), source.open(REQUEST, CancelToken()):
            pass
        environment["THE_KEY"] = "k"
        assert source.survey(CancelToken()).failure is None
        assert server.requests[-1].headers["authorization"] == "Bearer k"
