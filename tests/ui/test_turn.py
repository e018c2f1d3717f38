import pytest
from msgspec.structs import replace

from protocol.chat import ToolCall
from protocol.frames import Metrics
from protocol.turn import TurnState
from tests.ui.models import FIRST, model_after, shown, talk_after
from tests.ui.talk import (
    MODEL,
    REFUSED,
    accepted,
    called,
    done,
    ended,
    exchange,
    failed,
    grew,
    moved,
    queued,
    shows,
    started,
    stream,
    thought,
)
from ui.pieces import Pieces
from ui.turn import Attempt, Turn


def test_a_reply_grows_from_prompt_to_end() -> None:
    metrics = Metrics(eval_count=50, eval_duration=10**9)

    model = model_after(
        started(),
        accepted("1", "Hello?"),
        moved("1", TurnState.CONNECTING),
        moved("1", TurnState.ANSWERING),
        grew("1", "He", "llo"),
        grew("1", "!"),
        done("1", "Hello!", metrics),
    )

    attempt = Attempt(stream("1"), MODEL, answer=Pieces("Hello!"), chunks=3, first_chunk=4.0, last_chunk=5.0, began=2.0)
    attempt.metrics = metrics
    assert model == shown(Turn(FIRST, "Hello?", 6.0, TurnState.DONE, attempt=attempt), rate=50.0)


def test_thinking_is_timed_until_the_answer_begins() -> None:
    model = model_after(
        started(),
        accepted("1"),
        moved("1", TurnState.CONNECTING),
        thought("1", "hm"),
        thought("1", ", so"),
        grew("1", "Hi"),
        grew("1", "!"),
    )

    attempt = Attempt(stream("1"), MODEL, Pieces("hm, so"), Pieces("Hi!"), [], 4, 3.0, 6.0, True, 2.0, began=2.0)
    turn = Turn(FIRST, "Hi", 2.0, TurnState.CONNECTING, attempt=attempt)
    assert model == shown(turn, open_turns={FIRST: 0}, rate=1.0)


def test_tool_calls_are_kept_in_order() -> None:
    weather, time = ToolCall("weather", "{}"), ToolCall("time", "{}")

    model = model_after(started(), accepted("1"), moved("1", TurnState.ANSWERING), called("1", weather, time))

    attempt = Attempt(stream("1"), MODEL, Pieces(), Pieces(), [weather, time], 1, 3.0, 3.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 2.0, TurnState.ANSWERING, attempt=attempt)]


def test_a_new_attempt_begins_the_reply_anew_and_the_old_one_is_not_heard_any_more() -> None:
    model = model_after(
        started(),
        accepted("1"),
        moved("1", TurnState.CONNECTING),
        thought("1", "lost"),
        moved("1", TurnState.RETRYING, failure=REFUSED, delay=0.5),
        moved("1", TurnState.CONNECTING, attempt=2),
        grew("1", "late", attempt=1),
        grew("1", "new", attempt=2),
    )

    attempt = Attempt(stream("1", 2), MODEL, answer=Pieces("new"), chunks=1, first_chunk=7.0, last_chunk=7.0, began=5.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 5.0, TurnState.CONNECTING, attempt=attempt)]


def test_growth_of_an_attempt_that_is_over_changes_nothing() -> None:
    news = (started(), accepted("1"), moved("1", TurnState.CONNECTING, attempt=2), grew("1", "new", attempt=2))

    assert model_after(*news, grew("1", "late", attempt=1)).shown.entries == model_after(*news).shown.entries


def test_growth_may_arrive_before_the_news_that_the_stream_was_opened() -> None:
    model = model_after(started(), accepted("1"), grew("1", "early"), moved("1", TurnState.CONNECTING))

    attempt = Attempt(stream("1"), MODEL, answer=Pieces("early"), chunks=1, first_chunk=2.0, last_chunk=2.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 3.0, TurnState.CONNECTING, attempt=attempt)]


def test_growth_after_the_end_is_dropped() -> None:
    model = model_after(started(), accepted("1"), grew("1", "a"), done("1", "a"), grew("1", "b"))

    attempt = Attempt(stream("1"), MODEL, answer=Pieces("a"), chunks=1, first_chunk=2.0, last_chunk=2.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 3.0, TurnState.DONE, attempt=attempt)]


def test_the_reply_told_at_the_end_is_what_counts() -> None:
    model = model_after(started(), accepted("1"), moved("1", TurnState.CONNECTING), grew("1", "a"), done("1", "abc"))

    attempt = Attempt(stream("1"), MODEL, answer=Pieces("abc"), first_chunk=3.0, began=2.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 4.0, TurnState.DONE, attempt=attempt)]


def test_where_nobody_knows_the_whole_reply_what_is_shown_stays() -> None:
    lost = replace(failed("1", ""), as_told=True)
    model = model_after(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "par"), lost)

    attempt = Attempt(stream("1"), MODEL, answer=Pieces("par"), chunks=1, first_chunk=3.0, last_chunk=3.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 4.0, TurnState.FAILED, attempt=attempt, failure=REFUSED)]


def test_a_failed_turn_keeps_its_partial_text_and_its_failure() -> None:
    model = model_after(started(), accepted("1"), moved("1", TurnState.ANSWERING), grew("1", "par"), failed("1", "par"))

    attempt = Attempt(stream("1"), MODEL, answer=Pieces("par"), chunks=1, first_chunk=3.0, last_chunk=3.0)
    assert model.shown.entries == [Turn(FIRST, "Hi", 4.0, TurnState.FAILED, attempt=attempt, failure=REFUSED)]


def test_a_retry_says_why_and_when() -> None:
    model = model_after(
        started(),
        accepted("1"),
        moved("1", TurnState.RETRYING, failure=REFUSED, delay=1.5),
    )

    assert model.shown.entries == [Turn(FIRST, "Hi", 2.0, TurnState.RETRYING, failure=REFUSED, delay=1.5)]


def test_a_prompt_cancelled_while_it_waits_has_no_reply() -> None:
    model = model_after(started(), accepted("1"), queued("1"), ended("1", TurnState.CANCELLED))

    assert model == shown(Turn(FIRST, "Hi", 3.0, TurnState.CANCELLED))


@pytest.mark.parametrize(
    ("pieces", "has_code"),
    [
        (("See: ", "`", "``py\n"), True),
        (("`", "`", "`"), True),
        (("~~", "~sh"), True),
        (("`a` and ``b`` ~~c~~",), False),
        (("``", " `"), False),
    ],
)
def test_a_fence_is_noticed_however_it_is_cut(pieces: tuple[str, ...], has_code: bool) -> None:
    talk = talk_after(accepted("1"), moved("1", TurnState.ANSWERING), *(grew("1", piece) for piece in pieces))
    assert talk.has_code is has_code
    whole = talk_after(shows(exchange("1", text="".join(pieces))))
    assert whole.has_code is has_code


def test_code_in_a_prompt_or_in_thoughts_is_none_to_copy() -> None:
    assert not talk_after(accepted("1", "```\nx\n```"), thought("1", "```\nx\n```"), done("1", "No.")).has_code


def test_code_that_is_not_on_the_path_any_more_is_none_to_copy() -> None:
    code, words = exchange("1", text="```\nx\n```"), exchange("2", text="Words.")
    assert talk_after(shows(words, code)).has_code
    assert not talk_after(shows(words, code), shows(words)).has_code
