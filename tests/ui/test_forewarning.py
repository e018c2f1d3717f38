"""Whether it is warned of a prompt before it is sent, and how often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol.chat import Attachment
from protocol.errands import Sight
from protocol.identity import DEFAULT_SERVER, ServerName, TurnId
from protocol.models import RunningModel, ServerSurvey
from protocol.parameter_events import ParametersSet
from protocol.parameters import Parameters
from protocol.server_events import ServerSet
from protocol.server_names import ServerNames
from protocol.turn import TurnState
from protocol.ui import ModelSet, ServerChanged, SystemPromptSet, TurnAccepted, UiEvent
from tests.ui.models import model_after
from tests.ui.talk import MODEL, TALK, accepted, asked, grew, moved, runs, started
from ui.forewarning import Forewarning
from ui.model import Model

WORDS = "tell me more " * 30


def warns(*events: UiEvent, wanted: bool = True) -> Forewarning:
    return Forewarning(model_after(*events), wanted)


FULL = [runs(400), started(), *asked("1", 300, 50)]


def test_it_is_warned_with_the_numbers_and_the_ways_out() -> None:
    words = warns(*FULL).words(WORDS, 0.0)
    assert words.startswith("This will need about ")
    assert words.endswith(
        " of 400 tokens: the server would cut the oldest messages. Enter again sends it; /compact sums up; "
        "/set num_ctx N makes room."
    )
    assert 420 <= int(words.split()[4].replace(",", "")) <= 520


def test_in_a_new_chat_there_is_nothing_to_sum_up() -> None:
    words = warns(runs(40), started()).words(WORDS, 0.0)
    assert words.endswith(
        " of 40 tokens: the server would cut the beginning. Enter again sends it; /set num_ctx N makes room."
    )


def test_where_a_text_alone_is_too_long_to_sum_up_what_was_said_does_not_help() -> None:
    words = warns(*FULL).words("tell me more " * 300, 0.0)
    assert words.endswith(
        " of 400 tokens: the server would cut the beginning. Enter again sends it; /set num_ctx N makes room."
    )


def test_a_prompt_that_fits_is_sent() -> None:
    assert warns(*FULL).words("And?", 0.0) == ""


def test_a_text_that_goes_with_a_prompt_counts_now_and_later_and_an_image_does_not() -> None:
    notes, owl = Attachment("notes.txt", "text/plain", WORDS.encode()), Attachment("owl.png", "image/png", b"x" * 9999)
    assert warns(*FULL).words("And?", 0.0, attachments=[notes]).startswith("This will need about ")
    assert warns(*FULL).words("And?", 0.0, attachments=[owl]) == ""
    waits = TurnAccepted(TALK, TurnId("2"), "Read.", attachments=(notes,))
    assert warns(*FULL, waits).words("And?", 0.0).startswith("This will need about ")


def test_of_files_that_are_still_to_be_read_counts_what_they_weigh() -> None:
    notes, owl = Sight("notes.txt", 1, 400, 100), Sight("owl.png", 1, 9999)
    assert warns(*FULL).words("Read.", 0.0, sights=[notes, owl]).startswith("This will need about ")
    assert warns(*FULL).words("See.", 0.0, sights=[owl]) == ""


def test_it_is_warned_once_until_the_talk_has_grown_by_much() -> None:
    warning = warns(*FULL)
    said = [bool(warning.words(text, 0.0)) for text in (WORDS, WORDS, "tell me more " * 31, WORDS * 3, WORDS * 3)]
    assert said == [True, False, False, True, False]


def test_when_it_has_fitted_again_it_is_warned_anew() -> None:
    warning = warns(*FULL)
    assert [bool(warning.words(text, 0.0)) for text in (WORDS, "And?", WORDS)] == [True, False, True]


def test_a_finger_that_bounced_means_nothing() -> None:
    warning = warns(*FULL)
    assert not warning.bounces(WORDS, 10.0)
    warning.words(WORDS, 10.0)
    assert [warning.bounces(*when) for when in ((WORDS, 10.2), (WORDS, 10.4), ("/compact", 10.2))] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "events",
    [
        [started(), *asked("1", 300, 50)],
        [runs(None), *FULL[1:]],
        [runs(400, "other"), *FULL[1:]],
        [runs(400), started(model=None)],
    ],
    ids=["nobody looked", "the room is not told", "the model does not run", "no model is chosen"],
)
def test_where_the_room_is_not_known_nobody_is_warned(events: list[UiEvent]) -> None:
    assert warns(*events).words(WORDS * 100, 0.0) == ""


def test_commands_always_go() -> None:
    assert warns(*FULL).words("/system " + WORDS, 0.0) == ""


def test_who_wants_no_warning_gets_none() -> None:
    assert warns(*FULL, wanted=False).words(WORDS, 0.0) == ""


def test_what_waits_and_what_is_under_way_counts_too() -> None:
    waiting = [*FULL, accepted("2", "tell me more " * 5), accepted("3", "tell me more " * 5)]
    streaming = [*FULL, accepted("2"), moved("2", TurnState.ANSWERING), grew("2", "word " * 40)]
    assert [bool(warns(*events).words("And?", 0.0)) for events in (FULL, waiting, streaming)] == [False, True, True]


def test_an_edited_prompt_takes_the_place_of_what_was_said() -> None:
    talk = [runs(400), started(), *asked("1", 100, 10), *asked("2", 350, 60, prompt=WORDS)]
    assert warns(*talk).words("short", 0.0)
    assert warns(*talk).words("short", 0.0, TurnId("2")) == ""


def test_a_system_prompt_counts_where_nothing_was_counted() -> None:
    talk = [runs(100), started(), *asked("1", None)]
    assert warns(*talk).words("And?", 0.0) == ""
    assert warns(*talk, SystemPromptSet(TALK, WORDS)).words("And?", 0.0)


def test_another_model_has_another_room() -> None:
    both = ServerSurvey("here", running=(RunningModel(MODEL, 0, 400), RunningModel("big", 0, 8000)))
    talk = [ServerChanged(both), *FULL[1:]]
    assert warns(*talk).words(WORDS, 0.0)
    assert warns(*talk, ModelSet(TALK, "big")).words(WORDS, 0.0) == ""


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=8))
def test_no_size_is_warned_of_twice_in_a_row(lengths: list[int]) -> None:
    warning = warns(*FULL)
    for length in lengths:
        text = "x" * length + "?"
        warning.words(text, 0.0)
        assert warning.words(text, 0.0) == ""


NUM_CTX = ParametersSet(TALK, Parameters.of_options({"num_ctx": 450}))


def test_what_is_set_for_the_chat_is_its_room() -> None:
    assert warns(*FULL, NUM_CTX).words("And?", 0.0) == ""
    assert " of 450 tokens" in warns(*FULL, NUM_CTX).words(WORDS * 2, 0.0)
    assert " of 450 tokens" in warns(ServerChanged(ServerSurvey("here", running=())), *FULL[1:], NUM_CTX).words(
        WORDS * 2, 0.0
    )


def test_where_it_may_not_be_sent_or_is_not_heeded_it_counts_for_nothing() -> None:
    openai = [ServerChanged(ServerSurvey("here")), *FULL[1:], NUM_CTX]
    assert warns(*openai).words(WORDS * 9, 0.0) == ""
    embedded = replace(runs(400).survey, heeds_parameters=False)
    words = warns(ServerChanged(embedded), *FULL[1:], NUM_CTX).words(WORDS, 0.0)
    assert words.endswith(
        " of 400 tokens: the server would cut the oldest messages. Enter again sends it; /compact sums up."
    )


def test_where_the_server_may_not_cut_it_will_refuse() -> None:
    whole = ParametersSet(TALK, Parameters(truncate=False))
    assert " of 400 tokens: the server would refuse it. " in warns(*FULL, whole).words(WORDS, 0.0)


def test_the_room_is_that_of_the_server_which_answers_there() -> None:
    mill = ServerName("mill")
    model = Model(servers=ServerNames((DEFAULT_SERVER, mill)))
    for event in (*FULL, ServerChanged(runs(8000).survey, mill), ServerSet(TALK, mill, MODEL)):
        model.apply(event, 0.0)
    assert Forewarning(model).words(WORDS, 0.0) == ""
