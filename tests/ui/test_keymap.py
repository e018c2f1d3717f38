import pytest
from urwid.command_map import Command

from ui.keymap import DEFAULT_KEYMAP, Keymap, pseudo_key
from ui.keys import KEYS, Action


@pytest.mark.parametrize(
    ("key", "action"), [("enter", Action.SEND), ("meta enter", Action.NEW_LINE), ("esc", Action.CANCEL), ("x", None)]
)
def test_keys_are_looked_up_by_their_names(key: str, action: Action | None) -> None:
    assert DEFAULT_KEYMAP.action_of(key) is action


def test_without_changes_the_keymap_is_the_table() -> None:
    assert Keymap().rows == KEYS


def test_an_action_can_be_done_without_a_key() -> None:
    assert {DEFAULT_KEYMAP.action_of(pseudo_key(action)) for action in Action} == set(Action)


def test_editing_keys_are_bound_to_commands_of_the_editor() -> None:
    keys = Keymap({Command.LINE_END: ("meta z",)}).editing_keys()

    assert (keys["ctrl a"], keys["meta z"], keys["ctrl e"]) == (Command.LINE_START, Command.LINE_END, None)


def test_another_key_takes_the_place_of_those_in_the_table_and_is_taken_from_what_had_it() -> None:
    keymap = Keymap({Action.RETRY: ("meta e", "f5", "f6")})

    assert [keymap.action_of(key) for key in ("meta r", "meta e", "f5")] == [None, Action.RETRY, Action.RETRY]
    assert [row.shown for row in keymap.rows if row.does in (Action.RETRY, Action.EDIT)] == ["Alt-E, F5", ""]


def test_an_action_without_a_key_is_named_by_its_place_in_the_list_of_commands() -> None:
    keymap = Keymap({Action.RETRY: ()})

    assert (keymap.action_of("meta r"), keymap.shown(Action.RETRY)) == (None, "Commands: retry")
    assert keymap.shown(Action.CANCEL) == "Esc"


def test_a_key_has_a_place_among_those_of_its_action() -> None:
    assert [DEFAULT_KEYMAP.place_of(key) for key in ("meta 1", "meta 9", "unknown")] == [0, 8, 0]


def test_a_key_keeps_its_place_when_one_before_it_is_taken_from_its_action() -> None:
    keymap = Keymap({Action.RETRY: ("meta 1",)})

    assert (keymap.action_of("meta 1"), keymap.action_of("meta 2")) == (Action.RETRY, Action.GO_TO)
    assert keymap.place_of("meta 2") == 1
