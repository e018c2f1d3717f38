"""Requests as they were recorded on the way to a real server, field by field: the same is sent for what is set."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from protocol.chat import ChatMessage, ChatRequest, Role, ToolCall
from protocol.ollama_chat import encode_chat
from protocol.ollama_store import encode_load
from protocol.options import check_option
from protocol.parameters import Parameters
from protocol.reply_format import check_format
from protocol.store import LoadModel
from tests.support.recordings import recording


def recorded(name: str) -> dict[str, Any]:
    """What was sent; the server takes a request for a stream where it does not say."""
    body = recording(name).request
    assert body is not None
    return {"stream": True, **json.loads(body)}


def request(name: str, **values: object) -> ChatRequest:
    """A request with the model, messages and options of a recorded one, and these parameters."""
    sent = recorded(name)
    messages = tuple(ChatMessage(Role(one["role"]), one["content"]) for one in sent["messages"])
    options = tuple(check_option(*one) for one in sorted(sent.get("options", {}).items()))
    parameters = Parameters(options)
    return ChatRequest(sent["model"], messages, parameters=replace(parameters, **values))


def as_sent(what: ChatRequest) -> object:
    return json.loads(encode_chat(what))


@pytest.mark.parametrize("name", ["chat_stream_short", "chat_multi_turn_system", "turn_2_cached_prompt"])
def test_model_roles_and_contents_are_sent(name: str) -> None:
    assert as_sent(request(name)) == recorded(name)


def test_a_reply_in_one_piece_is_asked_for() -> None:
    name = "chat_stream_false"
    assert as_sent(replace(request(name), stream=False)) == recorded(name)


def test_options_are_sent() -> None:
    assert as_sent(request("reload_on_num_ctx_change")) == recorded("reload_on_num_ctx_change")


@pytest.mark.parametrize("name", ["chat_format_json", "chat_format_schema"])
def test_a_format_is_sent(name: str) -> None:
    format_ = recorded(name)["format"]
    text = format_ if isinstance(format_, str) else json.dumps(format_)
    assert as_sent(request(name, format=check_format(text))) == recorded(name)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("think_true_stream", "think", True),
        ("think_high_no_support", "think", "high"),
        ("ctx_small_truncate_false", "truncate", False),
        ("ctx_shift_false_long_output", "shift", False),
    ],
)
def test_a_switch_is_sent(name: str, field: str, value: object) -> None:
    assert as_sent(request(name, **{field: value})) == recorded(name)


@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("messages_empty_load", LoadModel("smollm2:135m")),
        ("load_keepalive_forever", LoadModel("gemma3:270m", "-1")),
    ],
)
def test_a_load_is_sent_with_the_time_to_stay(name: str, load: LoadModel) -> None:
    assert json.loads(encode_load(load)) == {**recorded(name), "stream": False}


def test_a_time_to_stay_is_sent() -> None:
    assert as_sent(request("keep_alive_0_unload", keep_alive="0")) == recorded("keep_alive_0_unload")


def test_tool_calls_of_an_earlier_reply_are_sent() -> None:
    call = ToolCall("get_weather", '{"city": "Paris"}')
    reply = ChatMessage(Role.ASSISTANT, "", tool_calls=(call,))
    sent = json.loads(encode_chat(ChatRequest("tiny", (reply,))))
    assert sent["messages"] == [recorded("tools_result_turn")["messages"][1]]
