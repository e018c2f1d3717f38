from collections import Counter

import pytest
from urwid.command_map import Command

from ui.keys import KEYS, Action, action_of, editing_keys, keys_help


def test_no_key_does_two_things() -> None:
    counted = Counter(key for binding in KEYS for key in binding.keys)

    assert [key for key, times in counted.items() if times > 1] == []


def test_every_action_has_a_key() -> None:
    assert {binding.does for binding in KEYS if isinstance(binding.does, Action)} == set(Action)


@pytest.mark.parametrize(
    ("key", "action"), [("enter", Action.SEND), ("meta enter", Action.NEW_LINE), ("esc", Action.CANCEL), ("x", None)]
)
def test_keys_are_looked_up_by_their_names(key: str, action: Action | None) -> None:
    assert action_of(key) is action


def test_editing_keys_are_bound_to_commands_of_the_editor() -> None:
    keys = editing_keys()

    assert (keys["ctrl a"], keys["ctrl w"]) == (Command.LINE_START, Command.DELETE_SPACE_WORD_LEFT)


def test_help_names_every_key_on_a_line_that_fits() -> None:
    lines = keys_help().splitlines()

    assert len(lines) == len(KEYS)
    assert [line for line in lines if len(line) > 80] == []
