import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.chat import ChatRequest
from protocol.ollama_chat import encode_chat
from protocol.options import Unfit
from protocol.parameters import Parameters
from protocol.reply_format import ANY_JSON, check_format

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
)


def test_json_alone_is_any_json() -> None:
    assert check_format(" json ") == check_format('"json"') == ANY_JSON == '"json"'


def test_a_schema_keeps_the_order_of_its_properties_and_loses_its_spaces() -> None:
    assert check_format('{ "b": 1.0,\n "a": [1, "x  y"] }') == '{"b":1.0,"a":[1,"x  y"]}'


@given(st.dictionaries(st.text(), JSON))
def test_every_object_is_sent_as_it_is(schema: dict[str, object]) -> None:
    written = check_format(json.dumps(schema, indent=1, ensure_ascii=False))
    assert json.loads(encode_chat(ChatRequest("m", (), parameters=Parameters(format=written))))["format"] == schema


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "this is JSON, but no object."),
        ("3", "this is JSON, but no object."),
        ("", "this is not JSON (Input data was truncated)."),
        ('{"a": NaN}', "this is not JSON (JSON is malformed: invalid character (byte 6))."),
        ("{}}", "this is not JSON (JSON is malformed: trailing characters (byte 3))."),
        ("yaml", "this is not JSON (JSON is malformed: invalid character (byte 0))."),
    ],
)
def test_what_is_no_object_is_refused(text: str, why: str) -> None:
    with pytest.raises(Unfit) as caught:
        check_format(text)
    assert str(caught.value) == f"format takes json, a JSON schema (an object), or a file with one: {why}"


def test_a_schema_has_a_size_that_it_may_have() -> None:
    with pytest.raises(Unfit) as caught:
        check_format(json.dumps({"a": "x" * 65_536}))
    assert str(caught.value) == "The schema has more than 64 KiB."


def test_a_schema_that_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(Unfit):
        check_format('{"a":' * 10_000 + "1" + "}" * 10_000)


@given(st.text())
def test_whatever_is_typed_is_an_object_or_refused(text: str) -> None:
    told = tried(text)
    assert told == ANY_JSON or told.endswith(".") or isinstance(json.loads(told), dict)


def tried(text: str) -> str:
    try:
        return check_format(text)
    except Unfit as error:
        return str(error)
