import pytest

from ui.key_names import is_text, key_named, shown_key
from ui.keys import KEYS


@pytest.mark.parametrize(
    ("name", "key", "shown"),
    [
        ("ctrl-r", "ctrl r", "Ctrl-R"),
        ("Alt-Enter", "meta enter", "Alt-Enter"),
        ("meta-x", "meta x", "Alt-X"),
        ("ctrl-alt-shift-page-up", "shift meta ctrl page up", "Ctrl-Alt-Shift-PageUp"),
        ("page-down", "page down", "PageDown"),
        ("F12", "f12", "F12"),
        ("alt--", "meta -", "Alt--"),
        ("space", " ", "Space"),
        ("ctrl-space", "ctrl space", "Ctrl-Space"),
        ("x", "x", "X"),
        ("alt-shift-x", "meta X", "Alt-Shift-X"),
        ("Escape", "esc", "Esc"),
        ("ctrl-_", "ctrl _", "Ctrl-_"),
    ],
)
def test_a_key_has_a_name_for_the_program_and_one_for_people(name: str, key: str, shown: str) -> None:
    assert (key_named(name), shown_key(key)) == (key, shown)


@pytest.mark.parametrize("name", ["", "ctrl-", "hyper-x", "f21", "page", "ctrl-enterr", "two words", "\x1b"])
def test_there_is_no_key_of_another_name(name: str) -> None:
    assert key_named(name) is None


def test_every_key_of_the_table_can_be_written_in_a_configuration() -> None:
    keys = [key for row in KEYS for key in row.keys]
    assert [key_named(shown_key(key)) for key in keys] == keys


def test_a_key_that_writes_is_known() -> None:
    assert [is_text(key) for key in ("x", " ", "shift x", "ctrl x", "f1", "shift up")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
