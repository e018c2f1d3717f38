"""The table of Ollama's options: what is outside of it is refused with a sentence, what is inside is sent unchanged."""

import json
import math
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.chat import ChatRequest
from protocol.ollama_chat import encode_chat
from protocol.options import (
    BY_NAME,
    LONGEST_TEXT,
    MOST_TEXTS,
    OPTIONS,
    Kind,
    OptionRow,
    Unfit,
    check_option,
    read_option,
    row_of,
    shown,
)
from protocol.parameters import Option, Parameters

OLLAMA = {
    *("num_keep", "seed", "num_predict", "top_k", "top_p", "min_p", "typical_p", "repeat_last_n", "temperature"),
    *("repeat_penalty", "presence_penalty", "frequency_penalty", "stop", "num_ctx", "num_batch", "num_gpu", "main_gpu"),
    *("use_mmap", "num_thread", "draft_num_predict"),
}
"""`Options` and `Runner` of api/types.go, v0.32."""
RUNNER = {"num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict"}
SENTENCE = re.compile(r"[A-Za-z_]+ takes .+, not .+\.|[a-z_]+ takes texts of 1 to 1,000 characters\.")
ROWS = pytest.mark.parametrize("row", OPTIONS, ids=lambda row: row.name)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


def inside(row: OptionRow) -> st.SearchStrategy[Any]:
    """Any value that an option can have."""
    match row.kind:
        case Kind.SWITCH:
            return st.booleans()
        case Kind.WHOLE:
            return st.integers(int(row.least), int(row.most))
        case Kind.NUMBER:
            return st.floats(row.least, row.most) | st.integers(math.ceil(row.least), int(row.most))
        case Kind.TEXTS:
            text = st.text(min_size=1, max_size=LONGEST_TEXT)
            return st.lists(text, min_size=1, max_size=MOST_TEXTS, unique=True).map(tuple)


def is_inside(row: OptionRow, value: object) -> bool:
    """Say, in another way than the table does, whether an option can have a value."""
    if row.kind is Kind.SWITCH:
        return value is True or value is False
    if row.kind is Kind.TEXTS:
        texts = [value] if type(value) is str else value
        texts = texts if isinstance(texts, list | tuple) else []
        few = 0 < len(set(map(str, texts))) <= MOST_TEXTS
        return few and all(type(text) is str and 0 < len(text) <= LONGEST_TEXT for text in texts)
    kinds = (int,) if row.kind is Kind.WHOLE else (int, float)
    return type(value) in kinds and row.least <= float(value) <= row.most if _fits(value) else False  # type: ignore[arg-type]


def _fits(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**300)


def sent(option: Option) -> Any:
    """What a server reads of an option."""
    body = encode_chat(ChatRequest("m", (), parameters=Parameters((option,))))
    return json.loads(body)["options"][option.name]


def test_the_table_has_every_option_of_ollama_once() -> None:
    assert sorted(row.name for row in OPTIONS) == sorted(OLLAMA)
    assert {row.name for row in OPTIONS if row.reloads} == RUNNER
    assert all(row.meaning and row.takes for row in OPTIONS)


@ROWS
@given(data=st.data())
def test_a_value_inside_is_sent_unchanged(row: OptionRow, data: st.DataObject) -> None:
    value = data.draw(inside(row))
    option = check_option(row.name, value)
    assert (option, type(option.value)) == (Option(row.name, value), type(value))
    assert sent(option) == (list(value) if row.kind is Kind.TEXTS else value)


@ROWS
@given(value=ANYTHING)
def test_a_value_outside_is_refused_with_a_sentence(row: OptionRow, value: object) -> None:
    if is_inside(row, value):
        assert check_option(row.name, value).name == row.name
    else:
        with pytest.raises(Unfit, match=SENTENCE):
            check_option(row.name, value)


@ROWS
@given(data=st.data())
def test_a_value_inside_can_be_typed_as_it_is_shown(row: OptionRow, data: st.DataObject) -> None:
    value = data.draw(inside(row))
    assert read_option(row.name, shown(value)) == Option(row.name, value)


@ROWS
@given(text=st.text())
def test_whatever_is_typed_is_taken_or_refused_with_a_sentence(row: OptionRow, text: str) -> None:
    told = tried(row.name, text)
    if isinstance(told, str):
        assert told.endswith(".")
        assert len(told) < 300
    else:
        assert is_inside(row, told.value)
        assert msgspec.json.decode(msgspec.json.encode(told), type=Option) == told


def tried(name: str, text: str) -> Option | str:
    try:
        return read_option(name, text)
    except Unfit as error:
        return str(error)


@ROWS
def test_both_ends_of_a_range_belong_to_it_and_nothing_beyond(row: OptionRow) -> None:
    if row.kind not in (Kind.WHOLE, Kind.NUMBER):
        return
    step = 1 if row.kind is Kind.WHOLE else 1e-9
    assert [check_option(row.name, end).value for end in (row.least, row.most)] == [row.least, row.most]
    for beyond in (row.least - step, row.most + max(step, row.most * 1e-9)):
        with pytest.raises(Unfit):
            check_option(row.name, beyond)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("temperature", "0.2", 0.2),
        ("temperature", " .5 ", 0.5),
        ("temperature", "1", 1.0),
        ("temperature", "2e-1", 0.2),
        ("TEMPERATURE", "0", 0.0),
        ("num-ctx", "8192", 8192),
        ("temp", "1.5", 1.5),
        ("Seed", "-1", -1),
        ("seed", "+7", 7),
        ("seed", "4294967295", 4294967295),
        ("use_mmap", "Off", False),
        ("use_mmap", "1", True),
        ("stop", "User: END", ("User:", "END")),
        ("stop", r'"\n" "two words" \n', ("\n", "two words", r"\n")),
        ("stop", r'"\u001b[0m" "a\"b"', ("\x1b[0m", 'a"b')),
        ("stop", '"two\nlines"', ("two\nlines",)),
        ("stop", "a a b", ("a", "b")),
    ],
)
def test_what_is_typed_is_read(name: str, typed: str, value: object) -> None:
    option = read_option(name, typed)
    assert (option.value, type(option.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("temperature", "hot", "temperature takes a number from 0 to 10, not hot."),
        ("temperature", "nan", "temperature takes a number from 0 to 10, not nan."),
        ("temperature", "inf", "temperature takes a number from 0 to 10, not inf."),
        ("temperature", "1e999", "temperature takes a number from 0 to 10, not inf."),
        ("temperature", "-0.1", "temperature takes a number from 0 to 10, not -0.1."),
        ("temperature", "0,2", "temperature takes a number from 0 to 10, not 0,2."),
        ("temperature", "０.２", "temperature takes a number from 0 to 10, not ０.２."),
        ("temperature", "1_0", "temperature takes a number from 0 to 10, not 1_0."),
        ("temperature", "", "temperature takes a number from 0 to 10, not nothing."),
        ("num_ctx", "8k", "num_ctx takes a whole number from 4 to 2,147,483,647, not 8k."),
        ("num_ctx", "8192.0", "num_ctx takes a whole number from 4 to 2,147,483,647, not 8192.0."),
        ("num_ctx", "-5", "num_ctx takes a whole number from 4 to 2,147,483,647, not -5."),
        ("num_ctx", "٨", "num_ctx takes a whole number from 4 to 2,147,483,647, not ٨."),
        ("num_ctx", "9" * 5000, f"num_ctx takes a whole number from 4 to 2,147,483,647, not {'9' * 40}…."),
        ("seed", "true", "seed takes a whole number from -1 to 4,294,967,295, not true."),
        ("use_mmap", "maybe", "use_mmap takes true or false, not maybe."),
        ("stop", "", "stop takes up to 16 texts, not none."),
        ("stop", '""', "stop takes texts of 1 to 1,000 characters."),
        ("stop", "x" * 1001, "stop takes texts of 1 to 1,000 characters."),
        ("stop", " ".join(map(str, range(17))), "stop takes up to 16 texts, not 17."),
        ("stop", "a " * 500_000, "stop takes up to 16 texts, not that much."),
        ("stop", '"open', 'stop: close the quotes: "a text", with a space after them.'),
        ("stop", r'"\x"', r"stop: write what is in quotes as in JSON: \n for a new line, \" for a quote."),
        ("temprature", "1", "There is no option temprature. Did you mean temperature? /set in a chat lists them all."),
        ("mirostat", "1", "Ollama has no option mirostat any more: a server would ignore it."),
        ("top_\u212a", "1", "There is no option top_\u212a. Did you mean top_p? /set in a chat lists them all."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(name: str, typed: str, sentence: str) -> None:
    with pytest.raises(Unfit) as caught:
        read_option(name, typed)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("temperature", "0.2", "temperature takes a number from 0 to 10, not 0.2."),
        ("temperature", True, "temperature takes a number from 0 to 10, not true."),
        ("temperature", math.nan, "temperature takes a number from 0 to 10, not nan."),
        ("num_ctx", 8192.0, "num_ctx takes a whole number from 4 to 2,147,483,647, not 8192.0."),
        ("num_ctx", False, "num_ctx takes a whole number from 4 to 2,147,483,647, not false."),
        ("use_mmap", 1, "use_mmap takes true or false, not 1."),
        ("stop", ["a", 7], "stop takes up to 16 texts, not that."),
        ("stop", [], "stop takes up to 16 texts, not none."),
    ],
)
def test_a_value_of_another_kind_is_no_other_way_to_write_it(name: str, value: object, sentence: str) -> None:
    with pytest.raises(Unfit) as caught:
        check_option(name, value)
    assert str(caught.value) == sentence


def test_a_number_that_is_too_long_to_be_written_is_refused_too() -> None:
    with pytest.raises(Unfit, match="not a number that large"):
        check_option("temperature", 10**5000)


def test_lone_surrogates_in_a_text_are_replaced_as_everywhere() -> None:
    assert check_option("stop", "a\ud800").value == ("a\ufffd",)


def test_a_text_of_its_own_is_a_stop() -> None:
    assert check_option("stop", "END") == Option("stop", ("END",))


@given(st.text())
def test_no_name_but_one_of_the_table_is_an_option(name: str) -> None:
    if name.lower().replace("-", "_") in {*BY_NAME, *(row.short for row in OPTIONS if row.short)}:
        return
    with pytest.raises(Unfit):
        row_of(name)
