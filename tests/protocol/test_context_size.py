"""How much of the context a conversation fills: counted where somebody counted, else an estimate."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from protocol.context_size import Counted, Size, room_of, size_of
from protocol.frames import Metrics
from protocol.models import RunningModel, ServerSurvey
from protocol.parameters import NOTHING_SET, Parameters
from protocol.tokens import MESSAGE, TEMPLATE, tokens_of, weigh
from tests.support.recordings import recording

MODEL = "tiny:1b"
LONG = "word " * 400


def said(
    read: int | None, written: int = 10, prompt: str = "Hi", answer: str = "Yes.", keeps: int | None = None
) -> Counted:
    return Counted(
        prompt, answer, model=MODEL, metrics=Metrics(prompt_eval_count=read, eval_count=written), keeps=keeps
    )


def test_what_the_last_reply_left_in_the_context_is_exact() -> None:
    assert size_of([said(30), said(45, 7)], MODEL) == Size(52, is_exact=True)


def test_the_recorded_counts_of_a_second_turn_hold_the_first_though_that_was_cached() -> None:
    last = json.loads(recording("turn_2_cached_prompt").body.splitlines()[-1])
    read, written = last["prompt_eval_count"], last["eval_count"]
    assert last["prompt_eval_duration"] < 1e9  # most of it was not read again
    assert size_of([said(read, written)], MODEL).used == read + written == 131


def test_what_nobody_counted_since_is_estimated_on_top() -> None:
    uncounted = replace(said(None), prompt=LONG)
    size = size_of([said(30), uncounted], MODEL)
    assert size == Size(40 + tokens_of(uncounted.weight), is_exact=False)


def test_where_nothing_was_counted_all_is_an_estimate() -> None:
    path = [said(None), said(None, prompt=LONG)]
    wanted = tokens_of(weigh("Be brief.") + TEMPLATE + sum(one.weight for one in path))
    assert size_of(path, MODEL, "Be brief.") == Size(wanted, is_exact=False)
    assert size_of([], MODEL) == Size(TEMPLATE, is_exact=False)


def test_another_model_counts_otherwise() -> None:
    assert size_of([said(3000)], "other:7b").used < 100


def test_a_count_that_was_cut_tells_nothing() -> None:
    before, cut = said(500, prompt=LONG), replace(said(258, prompt=LONG), cut=True)
    size = size_of([before, cut], MODEL)
    assert (size.is_exact, size.used > 900) == (False, True)


def test_thinking_is_read_no_more() -> None:
    thought = replace(said(30, 1000), thinking="hm " * 1000)
    size = size_of([thought], MODEL)
    assert (size.is_exact, size.used < 60) == (False, True)


def test_after_a_summary_only_that_counts_and_what_it_keeps() -> None:
    older = [said(400 + 450 * number, 10, prompt=LONG) for number in range(4)]
    summary = said(1800, 50, answer="short " * 30, keeps=1)
    size = size_of([*older, summary], MODEL)
    assert (size.is_exact, 400 < size.used < 700) == (False, True)


def test_after_a_summary_the_next_count_is_exact_again() -> None:
    assert size_of([said(3000), said(3010, keeps=0), said(90, 8)], MODEL) == Size(98, is_exact=True)


def test_a_conversation_tells_how_many_tokens_its_texts_have() -> None:
    dense = said(1600, 10, prompt=LONG)
    size = size_of([dense], MODEL)
    assert size.scale > 2
    assert size.with_prompts([LONG]) - size.used > 1200


@given(st.lists(st.sampled_from([10, 300, None]), max_size=6), st.text(max_size=50))
def test_a_prompt_more_needs_more(reads: list[int | None], prompt: str) -> None:
    size = size_of([said(read) for read in reads], MODEL)
    assert size.with_prompts([]) == size.used
    assert size.with_prompts([prompt]) >= size.used
    assert size.with_prompts([prompt, "x" * 100]) > size.with_prompts([prompt])
    assert size.with_prompts(["x" * 100]) >= size.used + round(0.4 * (MESSAGE + 20))


LOADED = ServerSurvey("here", running=(RunningModel(MODEL, 0, 4096),))
NUM_CTX = Parameters.of_options({"num_ctx": 512})


def test_the_room_is_what_the_server_has_given_a_model() -> None:
    assert room_of("Tiny:1B", NOTHING_SET, LOADED) == 4096


def test_the_room_is_what_the_user_has_set_for_it_where_that_is_heeded() -> None:
    cold = replace(LOADED, running=())
    assert [room_of(MODEL, NUM_CTX, survey) for survey in (LOADED, cold)] == [512, 512]
    assert room_of(MODEL, NUM_CTX, replace(LOADED, heeds_parameters=False)) == 4096


@pytest.mark.parametrize(
    "survey",
    [None, ServerSurvey("here"), replace(LOADED, running=()), replace(LOADED, running=(RunningModel(MODEL),))],
    ids=["nobody looked", "the server does not say what runs", "the model does not run", "its room is not told"],
)
def test_where_nobody_tells_the_room_it_is_not_known(survey: ServerSurvey | None) -> None:
    assert room_of(MODEL, NOTHING_SET, survey) is None


@pytest.mark.parametrize("survey", [None, ServerSurvey("here")], ids=["nobody looked", "it speaks as OpenAI's does"])
def test_what_is_set_counts_for_nothing_where_it_may_not_be_sent(survey: ServerSurvey | None) -> None:
    assert room_of(MODEL, NUM_CTX, survey) is None
