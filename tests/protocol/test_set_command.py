"""`/set` and `/show`, as `ollama run` has them, and more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.command_table import parse_command
from protocol.commands import Advice, Command, Preset, Set, SetFormatFile, Settings, SettingsShown, System, Unknown
from protocol.model_commands import ModelPart, ShowModel
from protocol.options import OPTIONS
from protocol.parameter_changes import (
    ResetParameters,
    SetFormat,
    SetKeepAlive,
    SetOption,
    SetShift,
    SetThink,
    SetTruncate,
)
from protocol.set_command import NAMES, values_of

SCHEMA = '{"type": "object"}'


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/set", Settings()),
        ("/set parameter", Settings()),
        ("/set temperature", Settings("temperature")),
        ("/set parameter NUM-CTX", Settings("num_ctx")),
        ("/set parameter temperature 0.2", Set(SetOption("temperature", 0.2))),
        ("/set temperature 0.2", Set(SetOption("temperature", 0.2))),
        ("/SET Parameter Temperature  0.2 ", Set(SetOption("temperature", 0.2))),
        ("/set temperature -", Set(SetOption("temperature", None))),
        ("/set parameter temperature -", Set(SetOption("temperature", None))),
        ("/set parameter seed -1", Set(SetOption("seed", -1))),
        ('/set parameter stop "User:" END', Set(SetOption("stop", ("User:", "END")))),
        ('/set stop "\\n"', Set(SetOption("stop", ("\n",)))),
        ("/set use_mmap off", Set(SetOption("use_mmap", False))),
        ("/set -", Set(ResetParameters())),
        ("/set system", System("")),
        ("/set system Be\n brief.", System("Be\n brief.")),
        ('/set system """Be\nbrief."""', System("Be\nbrief.")),
        ('/set system """', System('"""')),
        ("/set system -", System("-")),
        ("/set format json", Set(SetFormat('"json"'))),
        ("/set format JSON", Set(SetFormat('"json"'))),
        (f"/set format {SCHEMA}", Set(SetFormat('{"type":"object"}'))),
        ("/set format my schema.json", SetFormatFile("my schema.json")),
        ("/set format @a.json", SetFormatFile("a.json")),
        ('/set format @"a b.json"', SetFormatFile("a b.json")),
        ("/set format 'a b.json'", SetFormatFile("a b.json")),
        ("/set format -", Set(SetFormat(""))),
        ("/set noformat", Set(SetFormat(""))),
        ("/set think", Set(SetThink(True))),
        ("/set think true", Set(SetThink(True))),
        ("/set think off", Set(SetThink(False))),
        ("/set think HIGH", Set(SetThink("high"))),
        ("/set think max", Set(SetThink("max"))),
        ("/set think -", Set(SetThink(None))),
        ("/set nothink", Set(SetThink(False))),
        ("/set keep_alive 10m", Set(SetKeepAlive("10m"))),
        ("/set keepalive -1", Set(SetKeepAlive("-1"))),
        ("/set keep_alive -", Set(SetKeepAlive(None))),
        ("/set truncate off", Set(SetTruncate(False))),
        ("/set truncate -", Set(SetTruncate(None))),
        ("/set shift on", Set(SetShift(True))),
        ("/show parameters", SettingsShown()),
        ("/show SYSTEM", System("")),
        ("/show", ShowModel()),
        ("/show info", ShowModel()),
        ("/show License", ShowModel(ModelPart.LICENSE)),
        ("/show tiny:1b", ShowModel(name="tiny:1b")),
        ("/show template tiny:1b", ShowModel(ModelPart.TEMPLATE, "tiny:1b")),
        ("/show parameters tiny:1b", ShowModel(ModelPart.PARAMETERS, "tiny:1b")),
        ("/show system tiny:1b", ShowModel(ModelPart.SYSTEM, "tiny:1b")),
        ("/preset", Preset("")),
        ("/preset coder", Preset("coder")),
    ],
)
def test_what_is_typed_is_what_is_meant(text: str, command: Command) -> None:
    assert parse_command(text) == command


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "/set temprature 1",
            "There is no option temprature. Did you mean temperature? /set in a chat lists them all.",
        ),
        ("/set parameter top 1", "There is no option top. Did you mean stop? /set in a chat lists them all."),
        ("/set temperature warm", "temperature takes a number from 0 to 10, not warm."),
        ("/set format []", None),
        ("/set format", "Write it like /set format json, or /set format FILE with a JSON schema in it; - for none."),
        ("/set format {]", None),
        ("/set noformat now", "Write it like /set noformat."),
        ("/set think deeply", "think takes true, false, low, medium, high or max, not deeply."),
        ("/set nothink x", "Write it like /set nothink."),
        ("/set keep_alive", None),
        ("/set truncate", "truncate takes on or off, not nothing."),
        ("/set shift maybe", "shift takes on or off, not maybe."),
        ("/show a b", "Write it like /show [PART] [NAME]: show what is set, or what is known of a model."),
        ("/preset two words", "Write it like /preset [NAME]: use a preset of your own, or list them."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(text: str, sentence: str | None) -> None:
    command = parse_command(text)
    if text == "/set format []":
        assert command == SetFormatFile("[]")
        return
    assert isinstance(command, Unknown)
    assert command.explanation.endswith(".")
    assert sentence is None or command.explanation == sentence


@pytest.mark.parametrize("name", ["history", "nohistory", "wordwrap", "nowordwrap", "verbose", "quiet"])
def test_what_ollama_has_besides_is_answered(name: str) -> None:
    command = parse_command(f"/set {name}")
    assert isinstance(command, Advice)
    assert command.text.endswith(".")


def test_what_is_offered_can_be_set() -> None:
    assert {row.name for row in OPTIONS} < set(NAMES)
    for name in NAMES:
        assert not isinstance(parse_command(f"/set {name}"), Advice)
        for value in values_of(name):
            assert isinstance(parse_command(f"/set {name} {value}"), Set)


@given(st.from_regex(r"/(set|show|preset)(\s.*)?", fullmatch=True))
def test_whatever_is_typed_is_a_command(text: str) -> None:
    parse_command(text)


@given(st.sampled_from(NAMES), st.text())
def test_whatever_is_typed_behind_a_name_is_a_command(name: str, text: str) -> None:
    parse_command(f"/set {name} {text}")
