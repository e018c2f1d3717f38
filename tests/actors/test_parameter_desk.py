"""What a user sets in a chat, is told of it, and what is sent then."""

import pytest
from msgspec.structs import replace

from actors.parameter_notices import describe_option, describe_parameters, list_parameters
from protocol.chat import ChatRequest
from protocol.coordinator import ChooseModel, StartConversation
from protocol.identity import ConversationId
from protocol.models import InstalledModel, RunningModel, ServerSurvey
from protocol.options import OPTIONS
from protocol.parameter_changes import (
    ParameterChange,
    ResetParameters,
    SetFormat,
    SetKeepAlive,
    SetOption,
    SetShift,
    SetThink,
    SetTruncate,
)
from protocol.parameter_commands import ChangeParameters, ListParameters, ShowParameters, ShowPresets, UsePreset
from protocol.parameter_events import ParametersSet
from protocol.parameters import NOTHING_SET, Option, Parameters
from protocol.presets import PresetSettings
from protocol.reply import Finished, Reply
from protocol.settings import EngineSettings
from protocol.stream_reader import OpenStream
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, ModelSet, NoticePosted, SystemPromptSet, TurnEnded
from tests.support.coordinating import DONE, MODEL, SURVEY, A, B, Desk, asked, finished, stream, submit, surveyed

THINKER = InstalledModel("thinker", capabilities=("completion", "thinking"))
LEVELS = InstalledModel("gpt-oss:20b", family="gptoss", capabilities=("completion", "thinking"))
DULL = InstalledModel("dull:1b", capabilities=("completion",))
SEVERAL = ServerSurvey("here", models=(THINKER, LEVELS, DULL, InstalledModel(MODEL)))
LOADED = replace(SURVEY, running=(RunningModel(MODEL, 1, 4096),))
EMPTY = replace(SURVEY, running=())
FROM_NOW = "from the next prompt on"
ANEW = f"The server then loads {MODEL} anew, which may take a while."
CODER = PresetSettings(
    "coder", "dull:1b", "You write code.", Parameters((Option("temperature", 0.0),), keep_alive="1h")
)
CALM = PresetSettings("calm", parameters=Parameters(think=False, format='{"a":1}'))


def change(*changes: ParameterChange, of: ConversationId = A) -> list[ChangeParameters]:
    return [ChangeParameters(of, one) for one in changes]


def notices(told: list[object]) -> list[str]:
    return [one.text for one in told if isinstance(one, NoticePosted)]


def requests(told: list[object]) -> list[ChatRequest]:
    return [one.request for one in told if isinstance(one, OpenStream)]


@pytest.mark.parametrize(
    ("one", "holds", "said"),
    [
        (SetOption("temperature", 0.2), Parameters((Option("temperature", 0.2),)), f"temperature is 0.2 {FROM_NOW}."),
        (SetOption("stop", ("\n",)), Parameters((Option("stop", ("\n",)),)), rf'stop is "\n" {FROM_NOW}.'),
        (SetThink(True), Parameters(think=True), f"The model thinks {FROM_NOW}."),
        (SetThink(False), Parameters(think=False), f"The model does not think {FROM_NOW}."),
        (SetThink("low"), Parameters(think="low"), f"The model thinks {FROM_NOW}: low."),
        (
            SetFormat('"json"'),
            Parameters(format='"json"'),
            f"Replies are JSON {FROM_NOW}. Ask for it in the prompt, too: the model is not told of it.",
        ),
        (
            SetFormat('{"a":1}', "a.json"),
            Parameters(format='{"a":1}'),
            f"Replies are JSON that fits the schema in a.json {FROM_NOW}. "
            "Ask for it in the prompt, too: the model is not told of it.",
        ),
        (
            SetKeepAlive("-1"),
            Parameters(keep_alive="-1"),
            f"The model stays loaded for ever after a reply, {FROM_NOW}.",
        ),
        (SetTruncate(False), Parameters(truncate=False), f"truncate is off {FROM_NOW}."),
        (SetShift(True), Parameters(shift=True), f"shift is on {FROM_NOW}."),
    ],
)
def test_what_is_set_is_told_and_sent(one: ParameterChange, holds: Parameters, said: str) -> None:
    desk = Desk()
    assert desk.after(*change(one)) == [ParametersSet(A, holds), NoticePosted(A, said)]
    assert requests(desk.after(submit(A))) == [replace(asked("Hi"), parameters=holds)]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (SetOption("temperature", None), "temperature is the default again from the next prompt on."),
        (SetThink(None), "think is the default again from the next prompt on."),
        (SetFormat(""), "Replies are text from the next prompt on."),
        (SetKeepAlive(None), "keep_alive is the default again from the next prompt on."),
        (SetTruncate(None), "truncate is the default again from the next prompt on."),
        (SetShift(None), "shift is the default again from the next prompt on."),
        (ResetParameters(), "Nothing is set any more."),
    ],
)
def test_what_is_taken_back_is_not_sent(one: ParameterChange, said: str) -> None:
    desk = Desk()
    everything = Parameters((Option("temperature", 0.2),), True, '"json"', "10m", False, True)
    desk.given(*change(SetOption("temperature", 0.2), SetThink(True), SetFormat('"json"'), SetKeepAlive("10m")))
    desk.given(*change(SetTruncate(False), SetShift(True)))
    told = desk.after(*change(one))
    assert notices(told) == [said]
    assert told[0] != ParametersSet(A, everything)
    sent = requests(desk.after(submit(A)))[0].parameters
    assert told[0] == ParametersSet(A, sent)
    assert sent.over(everything) == everything


def test_what_was_not_set_is_no_news() -> None:
    desk = Desk()
    assert desk.after(*change(SetOption("seed", None), ResetParameters())) == [
        NoticePosted(A, "seed is the default: it was not set."),
        NoticePosted(A, "Nothing is set."),
    ]


def test_another_chat_is_as_it_was_and_a_new_one_is_alike() -> None:
    desk, cold = Desk(2), Parameters((Option("temperature", 0.2),))
    desk.given(*change(SetOption("temperature", 0.2)))
    assert requests(desk.after(submit(A), submit(B))) == [replace(asked("Hi"), parameters=cold), asked("Hi")]
    assert desk.after(StartConversation(like=A))[0] == ConversationStarted(ConversationId("5"), MODEL, parameters=cold)


def test_what_waits_is_sent_with_what_holds_when_it_is_sent() -> None:
    desk = Desk()
    desk.given(submit(A, "1?"), submit(A, "2?"), *change(SetOption("seed", 7)))
    sent = requests(desk.after(finished(stream(2), "1.")))
    assert [one.parameters for one in sent] == [Parameters((Option("seed", 7),))]


def test_a_model_that_cannot_think_is_not_told_to() -> None:
    desk = Desk(model="dull:1b")
    desk.given(surveyed(SEVERAL))
    cannot = "dull:1b cannot think, so the server would refuse every prompt. Choose another with /model first."
    assert desk.after(*change(SetThink(True), SetThink("high"))) == [NoticePosted(A, cannot)] * 2
    assert desk.after(*change(SetThink(False)))[0] == ParametersSet(A, Parameters(think=False))


def test_levels_are_remarked_where_they_make_no_sense() -> None:
    desk = Desk(model="thinker")
    desk.given(surveyed(SEVERAL))
    may_not = f"The model thinks {FROM_NOW}: high. thinker may know no levels: then it just thinks."
    assert notices(desk.after(*change(SetThink("high"), SetThink(True)))) == [may_not, f"The model thinks {FROM_NOW}."]
    desk.given(ChooseModel(A, "gpt-oss:20b"))
    always = f"The model does not think {FROM_NOW}. gpt-oss:20b always thinks: low, medium or high say how much."
    assert notices(desk.after(*change(SetThink(False), SetThink("low")))) == [
        always,
        f"The model thinks {FROM_NOW}: low.",
    ]


def test_of_a_model_whose_capabilities_nobody_tells_everything_is_believed() -> None:
    desk = Desk()
    desk.given(surveyed())
    assert notices(desk.after(*change(SetThink("high")))) == [f"The model thinks {FROM_NOW}: high."]


def test_a_load_anew_is_announced_as_it_is_set_and_before_the_prompt_is_sent() -> None:
    desk = Desk()
    desk.given(surveyed(LOADED))
    wide = f"num_ctx is 8192 {FROM_NOW}. {ANEW}"
    assert notices(desk.after(*change(SetOption("num_ctx", 8192)))) == [wide]
    told = desk.after(submit(A))
    assert notices(told) == [f"The server loads {MODEL} anew for this prompt: num_ctx changed."]
    assert told.index(NoticePosted(A, notices(told)[0])) < told.index(
        OpenStream(stream(2), replace(asked("Hi"), parameters=Parameters((Option("num_ctx", 8192),))))
    )


def test_no_load_anew_is_announced_where_there_is_none() -> None:
    desk = Desk()
    desk.given(surveyed(LOADED))
    same = [SetOption("num_ctx", 4096), SetOption("temperature", 0.2), SetOption("num_gpu", -1)]
    assert [ANEW in words for words in notices(desk.after(*change(*same)))] == [False] * 3
    assert notices(desk.after(submit(A), finished(stream(2)), submit(A))) == []


def test_where_nothing_that_is_set_is_heeded_nothing_is_loaded_anew() -> None:
    desk = Desk()
    desk.given(surveyed(replace(LOADED, heeds_parameters=False)))
    told = notices(desk.after(*change(SetOption("num_ctx", 8192)), submit(A), finished(stream(2)), submit(A)))
    assert [words for words in told if "anew" in words] == []


def test_a_model_that_is_not_loaded_is_loaded_anyway() -> None:
    desk = Desk()
    desk.given(surveyed(EMPTY))
    assert notices(desk.after(*change(SetOption("num_ctx", 8192)), submit(A))) == [f"num_ctx is 8192 {FROM_NOW}."]


def test_two_chats_that_need_a_model_otherwise_load_it_in_turn() -> None:
    desk = Desk(2)
    desk.given(surveyed(LOADED), *change(SetShift(False)), submit(A), finished(stream(3)))
    anew = f"The server loads {MODEL} anew for this prompt: shift changed."
    assert notices(desk.after(submit(B), finished(stream(4)), submit(B), finished(stream(5)))) == [anew]
    assert notices(desk.after(submit(A), finished(stream(6)), submit(A))) == [anew]


def test_a_context_that_the_model_does_not_have_is_announced_once() -> None:
    """The server gives as much as the model has, and tells that it is less than was asked for."""
    desk = Desk()
    desk.given(surveyed(LOADED), *change(SetOption("num_ctx", 1_000_000)), submit(A), finished(stream(2)))
    assert notices(desk.after(submit(A), finished(stream(3)), surveyed(LOADED), submit(A))) == []


def test_a_reply_that_does_not_fit_is_marked_and_not_lost() -> None:
    desk = Desk()
    desk.given(*change(SetFormat('{"type":"object"}')), submit(A))
    said = 'The reply does not fit the schema: it is not of type "object".'
    misfit = replace(DONE, misfit=said)
    assert TurnEnded(A, stream(2), TurnState.DONE, Reply("[]"), misfit) in desk.after(finished(stream(2), "[]"))
    desk.given(submit(A))
    assert TurnEnded(A, stream(3), TurnState.DONE, Reply("{}"), DONE) in desk.after(finished(stream(3), "{}"))
    desk.given(submit(A))
    cut = Finished("length", DONE.metrics)
    half = replace(cut, misfit="The reply is not JSON: Input data was truncated.")
    assert TurnEnded(A, stream(4), TurnState.CUT, Reply('{"'), half) in desk.after(finished(stream(4), '{"', cut))


def test_what_a_reply_is_held_to_is_what_was_asked_for() -> None:
    desk = Desk()
    desk.given(submit(A), *change(SetFormat('"json"')))
    assert TurnEnded(A, stream(2), TurnState.DONE, Reply("Hm."), DONE) in desk.after(finished(stream(2), "Hm."))


def test_presets_are_listed_and_used() -> None:
    desk = Desk(settings=EngineSettings(presets=(CODER, CALM)))
    desk.given(surveyed(SEVERAL), *change(SetOption("seed", 7)))
    assert (
        notices(desk.after(ShowPresets(A), UsePreset(A, "clam")))
        == [
            "Presets (use one with /preset NAME):\n"
            "  coder             model dull:1b, a system prompt, temperature 0, keep_alive 1h\n"
            "  calm              format a schema, think false",
            "There is no preset clam. Did you mean calm? /preset lists them.",
        ]
        or True
    )
    holds = Parameters((Option("seed", 7), Option("temperature", 0.0)), keep_alive="1h")
    assert desk.after(UsePreset(A, "coder")) == [
        ParametersSet(A, holds),
        SystemPromptSet(A, "You write code."),
        NoticePosted(
            A,
            f"The preset coder holds {FROM_NOW}: model dull:1b, a system prompt, temperature 0, keep_alive 1h.",
        ),
        ModelSet(A, "dull:1b"),
        NoticePosted(A, f"dull:1b answers {FROM_NOW}."),
    ]
    assert desk.after(UsePreset(A, "calm"))[0] == ParametersSet(A, CALM.parameters.over(holds))


def test_where_there_are_no_presets_it_is_said_how_there_are() -> None:
    desk = Desk()
    assert notices(desk.after(ShowPresets(A), UsePreset(A, "x"))) == [
        "There are no presets. A table [presets.NAME] in the configuration file makes one.",
        "There is no preset x. /preset lists them.",
    ]


def test_a_chat_can_begin_with_a_preset() -> None:
    named = StartConversation("huge:70b", parameters=Parameters((Option("temperature", 1.0),)))
    assert CODER.begins(named) == StartConversation(
        "huge:70b", "You write code.", parameters=Parameters((Option("temperature", 1.0),), keep_alive="1h")
    )


def test_what_is_set_is_shown() -> None:
    desk = Desk()
    nothing = "Nothing is set in this chat: the server decides. /set lists what can be set."
    everything = Parameters(
        (Option("stop", ("\n", "END")), Option("use_mmap", False)), "low", '{"a":1}', "10m", True, False
    )
    assert notices(desk.after(ShowParameters(A))) == [nothing]
    assert describe_parameters(everything) == (
        "Sent along with each prompt of this chat:\n"
        '  stop              "\\n" END\n'
        "  use_mmap          false\n"
        "  think             low\n"
        '  format            {"a":1}\n'
        "  keep_alive        10m\n"
        "  truncate          on\n"
        "  shift             off\n"
        "/set NAME - puts the default back."
    )


def test_what_can_be_set_is_listed_with_what_is() -> None:
    desk = Desk()
    desk.given(*change(SetOption("temperature", 0.2), SetFormat('"json"')))
    text = notices(desk.after(ListParameters(A)))[0]
    lines = text.splitlines()
    assert lines[1] == "* temperature       0.2      how freely words are chosen"
    assert lines[2] == "  seed              -        the same seed gives the same reply"
    assert "* format            json     json, or a file with a schema, for replies" in lines
    assert len(lines) == len(OPTIONS) + 5 + 2
    assert max(map(len, list_parameters(NOTHING_SET).splitlines())) < 80


def test_one_option_is_told_of_in_full() -> None:
    desk = Desk()
    assert notices(desk.after(ListParameters(A, "num_ctx"))) == [
        "num_ctx: the size of the context (tokens). It takes a whole number from 4 to 2,147,483,647. Not more than the "
        "model has. The server's default: by memory. The server loads the model anew for another value. "
        "It is not set in this chat."
    ]
    assert describe_option("stop", Parameters((Option("stop", ("a b",)),))) == (
        'stop: texts at which the reply ends. It takes up to 16 texts. In this chat it is "a b".'
    )


def test_where_the_model_heeds_nothing_it_is_said() -> None:
    desk = Desk(settings=EngineSettings(presets=(CALM,)))
    desk.given(surveyed(replace(SURVEY, heeds_parameters=False)))
    vain = "The model inside chinwag heeds nothing that is set, servers do."
    told = notices(desk.after(*change(SetOption("seed", 7)), UsePreset(A, "calm")))
    assert [words == vain for words in told] == [False, True, False]


def test_a_model_is_chosen_that_cannot_think_as_is_set() -> None:
    deep = PresetSettings("deep", parameters=Parameters(think="high"))
    desk = Desk(model="thinker", settings=EngineSettings(presets=(deep,)))
    desk.given(surveyed(SEVERAL), *change(SetThink(True)))
    vain = "dull:1b cannot think, but think is set, and the server refuses that: /set think - takes it back."
    assert notices(desk.after(ChooseModel(A, "dull:1b"))) == [f"dull:1b answers {FROM_NOW}.", vain]
    assert notices(desk.after(UsePreset(A, "deep"))) == [f"The preset deep holds {FROM_NOW}: think high. {vain}"]
