import msgspec
import pytest

from protocol.openai_parameters import unsaid, wire_parameters
from protocol.parameters import Option, OptionValue, Parameters, Think


def sent(parameters: Parameters) -> object:
    return msgspec.json.decode(msgspec.json.encode(wire_parameters(parameters)))


@pytest.mark.parametrize(
    ("name", "value", "wire"),
    [
        ("temperature", 0.5, {"temperature": 0.5}),
        ("top_p", 0.9, {"top_p": 0.9}),
        ("seed", 7, {"seed": 7}),
        ("stop", ("a", "b"), {"stop": ["a", "b"]}),
        ("presence_penalty", 1.0, {"presence_penalty": 1.0}),
        ("frequency_penalty", -1.0, {"frequency_penalty": -1.0}),
        ("num_predict", 100, {"max_tokens": 100}),
        ("num_predict", -1, {}),
        ("num_predict", 0, {}),
    ],
)
def test_an_option_goes_by_its_name_in_this_dialect(name: str, value: OptionValue, wire: object) -> None:
    parameters = Parameters((Option(name, value),))
    assert (sent(parameters), unsaid(parameters)) == (wire, ())


@pytest.mark.parametrize("name", ["num_ctx", "top_k", "min_p", "repeat_penalty", "num_gpu"])
def test_an_option_without_a_word_is_not_sent_but_named(name: str) -> None:
    parameters = Parameters((Option(name, 1),))
    assert (sent(parameters), unsaid(parameters)) == ({}, (name,))


@pytest.mark.parametrize(
    ("think", "wire", "lost"),
    [
        (None, {}, ()),
        (False, {"reasoning_effort": "none"}, ()),
        (True, {}, ("think",)),
        ("low", {"reasoning_effort": "low"}, ()),
        ("max", {}, ("think",)),
    ],
)
def test_how_much_is_thought_is_an_effort(think: Think | None, wire: object, lost: tuple[str, ...]) -> None:
    parameters = Parameters(think=think)
    assert (sent(parameters), unsaid(parameters)) == (wire, lost)


def test_a_schema_is_sent_as_it_is() -> None:
    assert sent(Parameters(format='{"type":"object"}')) == {
        "response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": {"type": "object"}}}
    }
    assert sent(Parameters(format='"json"')) == {"response_format": {"type": "json_object"}}


def test_what_only_ollama_knows_is_named() -> None:
    assert unsaid(Parameters((Option("num_ctx", 1),), None, "", "5m", False, True)) == (
        "keep_alive",
        "num_ctx",
        "shift",
        "truncate",
    )
