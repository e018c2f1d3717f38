import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.chat import ChatRequest
from protocol.duration import check_keep_alive, lasts
from protocol.ollama_chat import encode_chat
from protocol.options import Unfit
from protocol.parameters import Parameters

HOW = "keep_alive takes a duration such as 10m or 1h30m, a number of seconds, 0 to unload at once, or -1 for ever"
_NUMBERS = st.integers(0, 99_999).map(str) | st.floats(0, 9999).map(lambda number: f"{number:.3f}")
_PARTS = st.tuples(_NUMBERS, st.sampled_from(["ns", "us", "µs", "ms", "s", "m", "h"])).map("".join)
DURATIONS = st.tuples(st.sampled_from(["", "-", "+"]), st.lists(_PARTS, min_size=1, max_size=3).map("".join))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("10m", "for 10m"),
        ("1h30m", "for 1h30m"),
        ("1.5h", "for 1.5h"),
        ("300", "for 300 s"),
        ("2.5", "for 2.5 s"),
        ("0", "no longer"),
        ("0s", "no longer"),
        ("-1", "for ever"),
        ("-1m", "for ever"),
        (" 5m ", "for 5m"),
        ("9223372036", "for 9223372036 s"),
    ],
)
def test_what_go_reads_is_a_duration(typed: str, words: str) -> None:
    assert check_keep_alive(typed) == typed.strip()
    assert lasts(check_keep_alive(typed)) == words


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "m",
        "10 m",
        "10x",
        "1d",
        "h1",
        "1h-30m",
        "1e3",
        "1e999",
        "nan",
        "inf",
        "５m",
        "0x10",
        "007",
        "--1",
        "1" * 41,
        ".",
    ],
)
def test_what_go_does_not_read_is_refused(typed: str) -> None:
    with pytest.raises(Unfit) as caught:
        check_keep_alive(typed)
    assert str(caught.value) == f"{HOW}, not {typed[:40] or 'nothing'}."


@pytest.mark.parametrize("typed", ["9223372037", "-9223372037", "2562048h", "99999999999999999999h"])
def test_what_go_cannot_hold_is_refused(typed: str) -> None:
    with pytest.raises(Unfit) as caught:
        check_keep_alive(typed)
    assert str(caught.value) == f"{HOW}: {typed} is longer than 292 years."


@given(DURATIONS)
def test_every_duration_of_go_is_sent_as_it_is_set(parts: tuple[str, str]) -> None:
    typed = "".join(parts)
    if len(typed) <= 40:
        body = encode_chat(ChatRequest("m", (), parameters=Parameters(keep_alive=check_keep_alive(typed))))
        assert json.loads(body)["keep_alive"] == typed


@given(st.integers(-9_223_372_036, 9_223_372_036))
def test_a_number_of_seconds_is_sent_as_a_number(seconds: int) -> None:
    body = encode_chat(ChatRequest("m", (), parameters=Parameters(keep_alive=check_keep_alive(str(seconds)))))
    assert json.loads(body)["keep_alive"] == seconds


@given(st.text())
def test_whatever_is_typed_is_taken_or_refused(typed: str) -> None:
    assert tried(typed) == typed.strip() or tried(typed).startswith(HOW)


def tried(typed: str) -> str:
    try:
        return check_keep_alive(typed)
    except Unfit as error:
        return str(error)
