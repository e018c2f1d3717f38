import pytest
from hypothesis import find

from protocol.identity import ConversationId
from protocol.input_handler import CancelPressed, TextSubmitted
from tests.support.values import values


def test_values_of_a_message_are_that_message() -> None:
    assert isinstance(find(values(TextSubmitted), lambda _: True), TextSubmitted)
    pressed = find(values(TextSubmitted | CancelPressed), lambda each: isinstance(each, CancelPressed))
    assert pressed == CancelPressed(ConversationId(""))


def test_an_optional_value_is_sometimes_there_and_sometimes_not() -> None:
    assert find(values(int | None), lambda each: each is not None) == 0
    assert find(values(int | None), lambda each: each is None) is None


def test_a_type_that_json_cannot_carry_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        values(set)
