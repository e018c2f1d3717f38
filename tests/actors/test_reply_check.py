"""Whether a reply fits what was asked for, whoever wrote the schema and the reply."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.reply_check import check_schema, misfit
from protocol.chat import ToolCall
from protocol.reply import Reply
from protocol.reply_format import check_format
from tests.support.recordings import recording

CITY = check_format(
    '{"type": "object", "properties": {"capital": {"type": "string"}, "population": {"type": "integer"}}, '
    '"required": ["capital", "population"]}'
)
ANY = '"json"'
UNFIT = "The reply does not fit the schema"


@pytest.mark.parametrize(
    ("wanted", "text", "said"),
    [
        ("", "no JSON at all", ""),
        (ANY, '{"a": [1, 2]}\n', ""),
        (ANY, "3", ""),
        (ANY, "Sure!", "The reply is not JSON: invalid character (byte 0)."),
        (ANY, "", "The reply is not JSON: Input data was truncated."),
        (ANY, '{"a": 1', "The reply is not JSON: Input data was truncated."),
        (CITY, '{"capital": "Paris", "population": 2100000}', ""),
        (
            CITY,
            '{"capital": "Paris", "population": "many"}',
            f'{UNFIT} at population: it is not of type "integer".',
        ),
        (CITY, '{"capital": "Paris"}', f'{UNFIT}: "population" is a required property.'),
        (CITY, "[]", f'{UNFIT}: it is not of type "object".'),
        (CITY, "Paris", "The reply is not JSON: invalid character (byte 0)."),
    ],
)
def test_a_reply_fits_or_it_is_said_in_what_it_does_not(wanted: str, text: str, said: str) -> None:
    assert misfit(wanted, Reply(text)) == said


def test_a_recorded_reply_fits_the_schema_that_was_sent() -> None:
    recorded = recording("chat_format_schema")
    schema = check_format(json.dumps(json.loads(recorded.request or b"")["format"]))
    assert misfit(schema, Reply(recorded.expected.text)) == ""


def test_what_calls_a_tool_is_no_reply_of_that_kind() -> None:
    assert misfit(CITY, Reply(tool_calls=(ToolCall("f", "{}"),))) == ""


def test_a_pattern_never_takes_long() -> None:
    schema = check_format('{"properties": {"a": {"pattern": "^(a+)+$"}}}')
    text = json.dumps({"a": "a" * 50_000 + "!"})
    assert misfit(schema, Reply(text)) == f'{UNFIT} at a: it does not match "^(a+)+$".'


def test_a_pattern_that_would_take_long_is_given_up() -> None:
    schema = check_format(json.dumps({"pattern": r"^(\w+\s?)*\1$"}))
    assert misfit(schema, Reply(json.dumps("a" * 60 + "!"))).startswith("The reply does not fit the schema: Error exec")
    assert misfit(check_format(json.dumps({"pattern": "^(?=a)"})), Reply('"ab"')) == ""


@pytest.mark.parametrize("kind", ["https://example.com/custom", "http://json-schema.org/draft-03/schema#", 5])
def test_a_schema_of_an_unknown_kind_is_taken_for_the_latest(kind: object) -> None:
    schema = check_format(json.dumps({"$schema": kind, "type": "object"}))
    assert check_schema(schema) == ""
    assert misfit(schema, Reply("[]")) == f'{UNFIT}: it is not of type "object".'


def test_a_schema_of_a_known_kind_is_read_by_its_rules() -> None:
    """The list of schemas for the first items was called otherwise once."""
    items = {"items": [{"type": "integer"}]}
    old = check_format(json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", **items}))
    assert misfit(old, Reply('["a"]')) == f'{UNFIT} at 0: it is not of type "integer".'
    assert check_schema(check_format(json.dumps(items))).startswith("This is no JSON schema at items: ")


@pytest.mark.parametrize("place", ["http://127.0.0.1:9/x.json", "https://example.com/x", "file:///etc/hostname"])
def test_nothing_is_fetched_that_a_schema_refers_to(place: str) -> None:
    schema = check_format(json.dumps({"$ref": place}))
    why = f"Retrieval is disabled, cannot fetch {place}"
    said = f"Resource '{place}' is not present in a registry and retrieving it failed: {why}."
    assert check_schema(schema) == f"This is no JSON schema: {said}"
    assert misfit(schema, Reply("{}")) == f"The reply could not be checked against the schema: {said}"


def test_what_is_nested_too_deep_is_said_too() -> None:
    assert misfit(ANY, Reply("[" * 100_000)).startswith("The reply is not JSON: ")
    deep = Reply('{"a":' * 900 + "1" + "}" * 900)
    assert misfit('{"type":"array"}', deep).endswith(".")


def test_a_schema_is_checked_by_its_own_rules() -> None:
    assert check_schema(CITY) == check_schema(ANY) == ""
    assert check_schema('{"type":"nosuchtype"}') == (
        "This is no JSON schema at type: it is not valid under any of the schemas listed in the 'anyOf' keyword."
    )


def test_a_sentence_is_not_as_long_as_a_reply() -> None:
    schema = check_format('{"additionalProperties": false}')
    assert len(misfit(schema, Reply(json.dumps({"x" * 10_000: 1})))) < 500


@given(st.text(), st.sampled_from([ANY, CITY, "{}"]))
def test_whatever_a_model_says_is_taken(text: str, wanted: str) -> None:
    said = misfit(wanted, Reply(text))
    assert not said or said.endswith(".")
