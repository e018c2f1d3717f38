import json

from hypothesis import given
from hypothesis import strategies as st

from protocol.json_text import json_text
from protocol.kept import ChatsExport
from tests.support.values import values
from ui.sanitiser import sanitise


def test_a_value_is_one_line_and_a_pretty_one_many() -> None:
    assert json_text({"a": [1, "é"]}) == '{"a":[1,"é"]}\n'
    assert json_text({"a": [1, "é"]}, pretty=True) == '{\n  "a": [\n    1,\n    "é"\n  ]\n}\n'


def test_no_character_is_left_that_a_terminal_obeys() -> None:
    assert json_text("\x1b[31m\x9b\u202e\u2028") == '"\\u001b[31m\\u009b\\u202e\\u2028"\n'


@given(st.text())
def test_a_terminal_is_shown_the_text_and_nothing_happens(text: str) -> None:
    written = json_text(text)
    assert sanitise(written) == written
    assert json.loads(written) == text


@given(values(ChatsExport))
def test_equal_values_make_equal_texts(value: ChatsExport) -> None:
    assert json_text(value, pretty=True) == json_text(value, pretty=True)
    assert json.loads(json_text(value, pretty=True)) == json.loads(json_text(value))
