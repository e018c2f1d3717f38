import copy
import pickle
from collections.abc import Callable

import msgspec
import pytest

from protocol.json_text import json_text
from protocol.ollama_host import ServerUrl
from protocol.secret import InVariable, Secret
from protocol.server_settings import Header, ProxySettings, ServerSettings
from protocol.settings import EngineSettings
from protocol.trace import TraceLine, encode_line

TEXT = "hunter-2-swordfish"
SECRET = Secret.of(TEXT)
EVERYWHERE = ServerSettings(
    headers=(Header("X-Api-Key", SECRET),),
    user="me",
    password=SECRET,
    key=SECRET,
    key_from=InVariable("THE_KEY"),
    proxy=ProxySettings(ServerUrl(), "me", SECRET),
)
SHOWN_BY: dict[str, Callable[[object], object]] = {
    "repr": repr,
    "str": str,
    "format": format,
    "an f-string": lambda value: f"{value} {value!r} {value!s} {value:}",
    "a percent sign": lambda value: "%s %r" % (value, value),  # noqa: UP031 - as logging does it
    "msgspec's JSON": msgspec.json.encode,
    "msgspec's own format": msgspec.msgpack.encode,
    "builtins": msgspec.to_builtins,
    "JSON for people": json_text,
    "a trace": lambda value: encode_line(TraceLine(1.0, "A", "B", value)),
    "an exception": lambda value: repr(ValueError(value)) + str(ValueError(value)),
    "a pickle": pickle.dumps,
}


@pytest.mark.parametrize("show", SHOWN_BY.values(), ids=SHOWN_BY)
@pytest.mark.parametrize(
    "value", [SECRET, EVERYWHERE, EngineSettings(EVERYWHERE)], ids=["secret", "server settings", "engine settings"]
)
def test_a_secret_is_never_shown(value: object, show: Callable[[object], object]) -> None:
    assert TEXT not in str(show(value))


def test_a_secret_is_told_to_who_sends_it() -> None:
    assert SECRET.reveal() == TEXT


def test_that_there_is_a_secret_can_be_seen() -> None:
    assert (str(SECRET), repr(SECRET), bool(SECRET)) == ("***", "Secret(***)", True)
    assert (str(Secret()), repr(Secret()), bool(Secret())) == ("", "Secret()", False)


def test_secrets_are_compared_by_what_they_hide() -> None:
    assert Secret.of("a") == Secret.of("a")
    assert hash(Secret.of("a")) == hash(Secret.of("a"))
    assert Secret.of("a") != Secret.of("b")
    assert Secret.of("a") != "a"
    assert Secret() == Secret.of("")


def test_a_copy_hides_the_same() -> None:
    assert copy.deepcopy(EVERYWHERE) == EVERYWHERE
    assert copy.copy(SECRET) == SECRET
    assert msgspec.structs.replace(EVERYWHERE, name="mine").key == SECRET


def test_a_secret_that_went_through_json_is_gone() -> None:
    assert msgspec.json.decode(msgspec.json.encode(SECRET), type=Secret) == Secret()
