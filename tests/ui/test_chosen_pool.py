"""The pool of the configuration: who is in it, and where it answers."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from protocol.errors import InterfaceError
from protocol.settings import EngineSettings
from ui.arguments import parse_arguments
from ui.configuration_file import examine, parse_file

TABLES = "".join(f'[servers.{name}]\nurl = "{name}"\n' for name in ("mill", "barn", "shed"))
FILE = f'pool = ["Barn", "mill"]\n{TABLES}'


def settings(text: str, *arguments: str, environment: Mapping[str, str] = {}) -> EngineSettings:
    """What a file, the environment and the command line make of it."""
    read = parse_arguments(arguments, environment, lambda *_: parse_file(text, "config.toml", Path("/nowhere")))
    return read.settings


def chosen(text: str, *arguments: str, **environment: str) -> tuple[list[str], tuple[str, ...], bool]:
    """The servers, the default first, the pool, and whether it is the default."""
    found = settings(text, *arguments, environment=environment)
    return [server.name for server in found.servers], found.pool, found.pooled


def mistakes(text: str) -> list[str]:
    return [str(mistake) for mistake in examine(text, "config.toml", Path("/nowhere"))[1]]


def test_without_the_setting_there_is_no_pool() -> None:
    assert chosen(TABLES) == (["", "mill", "barn", "shed"], (), False)
    assert chosen(f"pool = []\n{TABLES}") == (["", "mill", "barn", "shed"], (), False)


def test_the_pool_is_made_of_servers_by_their_own_names() -> None:
    assert chosen(FILE) == (["", "mill", "barn", "shed"], ("barn", "mill"), False)
    assert chosen(f'server = "shed"\n{FILE}') == (["shed", "mill", "barn"], ("barn", "mill"), False)


@pytest.mark.parametrize("text", ["pool", "Pool"])
def test_it_may_be_what_answers_where_nothing_else_is_said(text: str) -> None:
    wanted = ["barn", "mill", "shed"], ("barn", "mill"), True
    assert chosen(f'server = "{text}"\n{FILE}') == wanted
    assert chosen(FILE, "--server", text) == wanted


def test_a_flag_and_the_environment_win_over_it() -> None:
    pooled = f'server = "pool"\n{FILE}'
    assert chosen(pooled, "--server", "shed") == (["shed", "mill", "barn"], ("barn", "mill"), False)
    assert chosen(pooled, OLLAMA_HOST="there") == (["", "mill", "barn", "shed"], ("barn", "mill"), False)
    assert chosen(pooled, "--embedded") == (["", "mill", "barn", "shed"], ("barn", "mill"), False)


def test_the_environment_can_name_it() -> None:
    assert chosen(TABLES, "--server", "pool", CHINWAG_POOL="shed, mill") == (
        ["shed", "mill", "barn"],
        ("shed", "mill"),
        True,
    )


def test_ask_needs_only_those_that_it_can_ask() -> None:
    assert chosen(FILE, "ask", "Hi", "--server", "shed") == (["shed"], (), False)
    assert chosen(FILE, "ask", "Hi", "--server", "pool") == (["barn", "mill"], ("barn", "mill"), True)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f'pool = ["mil"]\n{TABLES}', "line 1: pool: there is no server 'mil' for the pool. Did you mean 'mill'?"),
        ('pool = ["mill"]\n', "line 1: pool: there is no server 'mill' for the pool."),
        (f'pool = "mill"\n{TABLES}', 'line 1: pool: \'mill\' is no list of names: write ["one", "another"].'),
        (
            f'pool = ["mill"]\n{TABLES}[servers.Pool]\nurl = "a"\n',
            "line 1: pool: where there is a pool no server can be called so: name [servers.pool] otherwise.",
        ),
    ],
)
def test_a_pool_that_cannot_be_is_a_mistake_with_its_line(text: str, wrong: str) -> None:
    assert mistakes(text) == [wrong]


def test_without_a_pool_a_server_may_be_called_so() -> None:
    file = 'server = "pool"\n[servers.pool]\nurl = "a"\n'
    assert (mistakes(file), chosen(file)) == ([], (["pool"], (), False))


def test_a_pool_that_is_not_there_is_said_how_to_make() -> None:
    with pytest.raises(InterfaceError) as raised:
        settings(TABLES, "--server", "pool")
    assert str(raised.value) == (
        "There is no server 'pool' in the configuration."
        ' pool = ["A", "B"] in the configuration file makes a pool of servers that have names.'
    )


def test_what_the_environment_says_wrongly_is_told_but_to_those_that_mend() -> None:
    with pytest.raises(InterfaceError) as raised:
        settings(TABLES, environment={"CHINWAG_POOL": "mil"})
    assert str(raised.value).startswith("CHINWAG_POOL: there is no server 'mil' for the pool. Did you mean 'mill'?")
    assert settings(TABLES, "doctor", environment={"CHINWAG_POOL": "mil"}).pool == ()
