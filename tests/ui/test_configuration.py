from pathlib import Path

import pytest
from urwid.command_map import Command

from protocol.errors import InterfaceError
from ui.configuration import NOTHING_CONFIGURED, Configuration, parse_configuration
from ui.configuration_file import NO_FILE, read_file
from ui.keys import Action
from ui.themes import ThemeName


def mistakes(text: str) -> list[str]:
    """What is said to be wrong with a file."""
    with pytest.raises(InterfaceError) as caught:
        parse_configuration(text, "config.toml", Path())
    first, *lines, advice = str(caught.value).splitlines()
    assert (first, advice) == ("config.toml has mistakes:", "Mend them, and start again.")
    return [line.strip() for line in lines]


def test_a_theme_and_keys_can_be_chosen() -> None:
    text = 'theme = "dark"\n[keys]\nretry = "f5"\nword-left = ["alt-left", "ctrl-left"]\nmouse = []\n'
    assert parse_configuration(text, "", Path()) == Configuration(
        ThemeName.DARK,
        {Action.RETRY: ("f5",), Command.WORD_LEFT: ("meta left", "ctrl left"), Action.MOUSE: ()},
    )


def test_an_empty_file_configures_nothing() -> None:
    assert parse_configuration("# nothing\n", "", Path()) == NOTHING_CONFIGURED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '\ntheme = "blue"',
            "line 2: theme: there is no theme 'blue'. There are auto, dark, light, high-contrast, none.",
        ),
        ("theme = 3", "line 1: theme: there is no theme 3. There are auto, dark, light, high-contrast, none."),
        ("context-warning = 'no'", "line 1: context-warning: 'no' is neither true nor false."),
        ("colour = 1", "line 1: colour: there is no setting 'colour'."),
        ("[key]\nretry = 'f5'", "line 1: key: there is no setting 'key'. Did you mean 'keys'?"),
        ("keys = 1", "line 1: keys: keys is a table: write [keys], and below it a line for each setting."),
        ("[keys]\n\nretri = 'f5'", "line 3: keys.retri: there is no action 'retri'. Did you mean 'retry'?"),
        (
            "[keys]\nserver = 'mill'",
            "line 2: keys.server: there is no action 'server'. It belongs above the first table of the file.",
        ),
        ("[keys]\n'xyz' = 'f5'", "line 2: keys.xyz: there is no action 'xyz'."),
        (
            "[keys]\nretry = 'f99'",
            "line 2: keys.retry: there is no key 'f99'. Write keys as in ctrl-r, alt-enter, page-up, f5.",
        ),
        (
            "[keys]\nretry = [7]",
            "line 2: keys.retry: there is no key 7. Write keys as in ctrl-r, alt-enter, page-up, f5.",
        ),
        ("[keys]\nretry = 'r'", "line 2: keys.retry: 'r' is a key that writes: choose one with ctrl or alt."),
        (
            "[keys]\nretry = 'f5'\n\"edit\" = ['f5', 'f6']",
            "line 3: keys.edit: edit and retry have the same key, f5.",
        ),
        ("[keys]\nsend = []", "line 2: keys.send: send needs a key: nothing could be sent without one."),
        ("[keys]\nedit = 'enter'", "line 2: keys.edit: edit and send have the same key, enter. Give send another one."),
        (
            "[keys]\nretry = 'f5'\nedit = 'ctrl-r'",
            "line 3: keys.edit: edit and search have the same key, ctrl-r. Give search another one,"
            " or none: search = [].",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, said: str) -> None:
    assert mistakes(text) == [said]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = "theme = 'blue'\n[keys]\nnosuch = 'f5'\nretry = 'x'\n"
    assert [said.split(":")[0] for said in mistakes(text)] == ["line 1", "line 3", "line 4"]


@pytest.mark.parametrize("search", ["'f6'", "[]"])
def test_a_key_is_taken_from_what_has_others_or_is_given_another_one_or_none(search: str) -> None:
    text = f"[keys]\nretry = ['ctrl-r', 'ctrl-left']\nsearch = {search}\n"

    assert parse_configuration(text, "", Path()).keys[Action.RETRY] == ("ctrl r", "ctrl left")


def test_a_text_too_deep_to_be_read_is_said() -> None:
    with pytest.raises(InterfaceError, match="line 1: this is nested too deep"):
        parse_configuration(f"x = {'[' * 5_000}", "config.toml", Path())


def test_what_is_no_toml_is_said_with_its_line() -> None:
    with pytest.raises(InterfaceError, match=r"line 2: this is not TOML: Invalid value\."):
        parse_configuration("theme = 'dark'\nkeys = =\n", "config.toml", Path())


def test_a_file_that_is_not_there_is_missed_only_where_it_was_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert read_file(path, needed=False) == NO_FILE
    with pytest.raises(InterfaceError, match=r"There is no configuration file .* Name another one with --config"):
        read_file(path, needed=True)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InterfaceError, match="cannot be read"):
        read_file(tmp_path, needed=False)
    (tmp_path / "config.toml").write_bytes(b"\xff")
    with pytest.raises(InterfaceError, match="cannot be read"):
        read_file(tmp_path / "config.toml", needed=False)
