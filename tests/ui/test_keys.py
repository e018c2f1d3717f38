from collections import Counter

from ui.keys import KEYS, Action, name_of


def test_no_key_does_two_things() -> None:
    counted = Counter(key for binding in KEYS for key in binding.keys)

    assert [key for key, times in counted.items() if times > 1] == []


def test_every_action_has_a_key() -> None:
    assert {binding.does for binding in KEYS if isinstance(binding.does, Action)} == set(Action)


def test_every_row_has_a_name_of_its_own_for_the_configuration() -> None:
    assert len({name_of(binding.does) for binding in KEYS}) == len(KEYS)
    assert name_of(Action.NEW_LINE) == "new-line"


def test_every_row_fits_on_a_line() -> None:
    assert [row.help for row in KEYS if len(row.help) + len(row.shown) > 76] == []
