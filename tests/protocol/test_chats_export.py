import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol.chats_export import FORMAT, MAX_BYTES, VERSION, decode_export, encode_export
from protocol.errors import InterfaceError
from protocol.identity import ConversationId
from protocol.kept import ConversationRecord, WaitingPrompt
from protocol.parameters import NOTHING_SET, Option
from protocol.reply import Stopped
from protocol.tree import Node
from protocol.turn import TurnState
from tests.support.records import SEA, prompt, reply, sound_records

NOTHING = "Nothing was imported."
NOT_OURS = "This is not what chinwag chats export --json writes: "
ROAD = ConversationRecord(ConversationId("road"), "", None, "", 0.5, 1.0, None)


def refusal(document: bytes) -> str:
    """What is said of a document that is not taken."""
    with pytest.raises(InterfaceError) as error:
        decode_export(document)
    return str(error.value)


def changed(change: Any) -> bytes:
    """The document of one conversation after `change` was at work on it."""
    document = json.loads(encode_export([SEA]))
    change(document["conversations"][0])
    return json.dumps(document).encode()


def test_a_document_names_its_format_and_holds_the_oldest_conversation_first() -> None:
    document = json.loads(encode_export([SEA, ROAD]))
    assert list(document) == ["format", "version", "conversations"]
    assert (document["format"], document["version"]) == (FORMAT, VERSION) == ("chinwag-chats", 1)
    assert [one["id"] for one in document["conversations"]] == ["road", "sea0123456789"]


def test_every_field_is_there_in_the_order_of_its_class() -> None:
    (one,) = json.loads(encode_export([SEA]))["conversations"]
    assert list(one) == list(ConversationRecord.__struct_fields__)
    assert list(one["messages"][0]) == list(Node.__struct_fields__)
    assert list(one["waiting"][0]) == list(WaitingPrompt.__struct_fields__)


@given(sound_records())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
def test_what_is_written_is_read_and_written_again_byte_for_byte(records: tuple[ConversationRecord, ...]) -> None:
    document = encode_export(records)
    read = decode_export(document.encode())
    assert sorted(read, key=lambda one: one.id) == sorted(records, key=lambda one: one.id)
    assert encode_export(read) == encode_export(reversed(records)) == document


def test_what_was_under_way_is_interrupted_but_a_prompt_that_waits_still_waits() -> None:
    streaming = reply("a#1", "Ver", TurnState.ANSWERING)
    lost = prompt("b", None, "How deep?", TurnState.WAITING_FOR_SERVER)
    begun = replace(prompt("a", None, "Is it deep?", TurnState.CONNECTING), ending=None)
    waiting = (WaitingPrompt(SEA.waiting[1].turn, "How deep?", again=True),)
    record = replace(ROAD, messages=(begun, replace(streaming, ending=None), lost), waiting=waiting)
    (read,) = decode_export(encode_export([record]).encode())
    ended = [replace(node, state=TurnState.INTERRUPTED, ending=Stopped()) for node in record.messages[:2]]
    assert read == replace(record, messages=(*ended, lost))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "Input data was truncated"),
        (b"hello", "JSON is malformed: invalid character (byte 0)"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "Object missing required field `format`"),
        (b'{"format": "x", "version": 1}', "it calls itself 'x', version 1"),
        (b'{"format": "chinwag-chats", "version": 0}', "it calls itself 'chinwag-chats', version 0"),
        (b'{"format": "chinwag-chats", "version": "1"}', "Expected `int`, got `str` - at `$.version`"),
        (b'{"format": "chinwag-chats", "version": 1}', "Object missing required field `conversations`"),
        (b'"\xff"', "Expected `object`, got `str`"),
        (b'{"format": "chinwag-chats", "version": 1, "conversations": [{}]}', "Object missing required field `id`"),
        (b"[" * 100_000, "Expected `object`, got `array`"),
    ],
)
def test_what_is_no_document_of_ours_is_refused(document: bytes, said: str) -> None:
    assert refusal(document).startswith(f"{NOT_OURS}{said}")
    assert refusal(document).endswith(NOTHING)


def test_a_newer_format_is_named_as_such_whatever_it_holds() -> None:
    newer = b'{"format": "chinwag-chats", "version": 2, "talks": []}'
    assert refusal(newer) == (
        "The document was written by a newer chinwag (version 2 of the format). Update this one. Nothing was imported."
    )


def test_a_document_over_the_limit_is_not_read() -> None:
    class Long(bytes):
        def __len__(self) -> int:
            return MAX_BYTES + 1

    assert refusal(Long()) == f"The document has more than 512 MiB. {NOTHING}"


def set_in(*path: str | int, to: object) -> Any:
    """A change that puts a value somewhere into a conversation."""

    def change(conversation: Any) -> None:
        for step in path[:-1]:
            conversation = conversation[step]
        conversation[path[-1]] = to

    return change


def called_like_a_reply(conversation: Any) -> None:
    """A change that calls the last prompt as the next reply to the first one will be called."""
    conversation["messages"][6]["id"] = conversation["head"] = "a#3"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_in("id", to=""), "a chat has no id"),
        (set_in("head", to="x"), "in the chat sea0123456789, the head x is not there"),
        (set_in("messages", 0, "id", to="x"), "in the chat sea0123456789, the message a#1 follows a, which"),
        (set_in("messages", 0, "parent", to="a"), "in the chat sea0123456789, the message a follows a, which"),
        (set_in("messages", 0, "parent", to="b#2"), "in the chat sea0123456789, the message a follows b#2,"),
        (set_in("messages", 3, "id", to="a"), "two of it are the message a"),
        (set_in("messages", 0, "id", to=""), "a message has no id"),
        (set_in("messages", 1, "id", to="x"), "in the chat sea0123456789, 'x' is not the name of a reply"),
        (set_in("messages", 1, "id", to="b#1"), "two of it are the message b#1"),
        (set_in("messages", 1, "id", to="x#1"), "in the chat sea0123456789, the reply x#1 is not named after"),
        (set_in("messages", 1, "id", to="a#0"), "in the chat sea0123456789, the reply a#0 is not named after"),
        (set_in("messages", 1, "id", to="a#01"), "in the chat sea0123456789, the reply a#01 is not named"),
        (set_in("messages", 1, "id", to=f"a#{'9' * 12}"), "in the chat sea0123456789, the reply a#99999"),
        (called_like_a_reply, "in the chat sea0123456789, the prompt a#3 is named like a reply"),
        (set_in("waiting", 0, "turn", to="d#1"), "in the chat sea0123456789, the prompt d#1 is named like a"),
        (set_in("messages", 6, "role", to="assistant"), "in the chat sea0123456789, 'c' is not the name of"),
        (set_in("messages", 6, "role", to="system"), "in the chat sea0123456789, the message c is neither"),
        (set_in("messages", 6, "role", to="root"), "Invalid enum value 'root' - at `$.conversations[0].messages[6]"),
        (set_in("messages", 0, "text", to=1), "Expected `str`, got `int` - at `$.conversations[0].messages[0].text`"),
        (set_in("messages", 0, "created", to=-1), "in the chat sea0123456789, -1.0 is no time"),
        (set_in("updated", to=253_402_300_799), "in the chat sea0123456789, 253402300799.0 is no time"),
        (set_in("updated", to=1e300), "in the chat sea0123456789, 1e+300 is no time"),
        (set_in("created", to=True), "Expected `float`, got `bool` - at `$.conversations[0].created`"),
        (set_in("messages", 2, "tool_calls", 0, "arguments", to="{}, 1"), "in the chat sea0123456789, the arg"),
        (set_in("messages", 2, "tool_calls", 0, "arguments", to="[]"), "in the chat sea0123456789, the argum"),
        (set_in("messages", 0, "attachments", 0, "data", to="§"), "Invalid base64 encoded string - at"),
        (set_in("waiting", 0, "turn", to="a"), "two of it are the message a"),
        (set_in("waiting", 0, "turn", to=""), "a message has no id"),
        (set_in("waiting", 0, "again", to=True), "in the chat sea0123456789, d is to be asked again, and is"),
        (set_in("waiting", 1, "turn", to="b#1"), "in the chat sea0123456789, b#1 is to be asked again, and"),
        (set_in("waiting", 1, "continues", to="a#2"), "in the chat sea0123456789, b is to go on with a#2,"),
        (set_in("waiting", 1, "continues", to="x"), "in the chat sea0123456789, b is to go on with x, which"),
        (set_in("parameters", "options", 0, "value", to=1), "in the chat sea0123456789, num_ctx takes a whole"),
        (set_in("parameters", "options", 0, "name", to="x"), "in the chat sea0123456789, There is no option x."),
        (set_in("parameters", "think", to="loudly"), "in the chat sea0123456789, think takes true, false, low,"),
        (set_in("parameters", "format", to='{},"model":"x"'), "in the chat sea0123456789, format takes json, a"),
        (set_in("parameters", "keep_alive", to="1,2"), "in the chat sea0123456789, keep_alive takes a duration"),
        (set_in("parameters", "shift", to=1), "Expected `bool | null`, got `int` - at `$.conversations[0].param"),
    ],
)
def test_what_this_program_could_not_have_kept_is_refused_whole(change: Any, said: str) -> None:
    assert refusal(changed(change)).startswith(f"{NOT_OURS}{said}")
    assert refusal(changed(change)).endswith(NOTHING)


def test_options_are_read_in_any_order_and_by_any_name_that_can_be_typed() -> None:
    told = [{"name": "TEMP", "value": 0.2}, {"name": "num-ctx", "value": 8192}, {"name": "num_ctx", "value": 4096}]
    (read,) = decode_export(changed(set_in("parameters", "options", to=told)))
    assert read.parameters.options == (Option("num_ctx", 4096), Option("temperature", 0.2))


def test_a_document_of_before_there_were_parameters_is_read() -> None:
    (read,) = decode_export(changed(lambda conversation: conversation.pop("parameters")))
    assert read == replace(SEA, parameters=NOTHING_SET)


def test_names_are_different_across_conversations_too() -> None:
    document = json.loads(encode_export([SEA]))
    document["conversations"] *= 2
    assert "two of it are the chat sea0123456789" in refusal(json.dumps(document).encode())
    other = replace(ROAD, messages=(prompt("a", None, "Mine"),))
    assert "two of it are the message a" in refusal(encode_export([SEA, other]).encode())


@given(st.binary())
def test_no_bytes_do_more_than_be_refused(document: bytes) -> None:
    assert refusal(document).endswith(NOTHING)


@given(sound_records(), st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
def test_a_damaged_document_is_refused_or_is_sound(
    records: tuple[ConversationRecord, ...], data: st.DataObject
) -> None:
    document = bytearray(encode_export(records).encode())
    place = data.draw(st.integers(0, len(document) - 1))
    document[place] = data.draw(st.integers(0, 255))
    try:
        read = decode_export(bytes(document))
    except InterfaceError:
        return
    assert decode_export(encode_export(read).encode()) == tuple(sorted(read, key=lambda one: (one.created, one.id)))
