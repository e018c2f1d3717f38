import os
from collections.abc import Iterator

import pytest

from ui.ask_prompts import PromptLine, PromptSource


def lines(data: bytes, max_bytes: int = 100) -> list[PromptLine]:
    """All lines of an input."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    try:
        return list(_taken(PromptSource(reader, max_bytes)))
    finally:
        os.close(reader)


def _taken(source: PromptSource) -> Iterator[PromptLine]:
    while not source.over:
        while source.must_read:
            source.read()
        if (line := source.take()) is not None:
            yield line


def test_each_line_that_is_not_empty_is_a_prompt() -> None:
    assert lines(b"one\n\n  two  \r\nthree") == [PromptLine(1, "one"), PromptLine(3, "two"), PromptLine(4, "three")]


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_there_may_be_none(data: bytes) -> None:
    assert lines(data) == []


def test_a_line_of_json_may_say_more() -> None:
    data = b'{"prompt":"a","id":"x","system":"s","model":"m"}\n{"prompt":"b","id":7}\n'
    assert lines(data) == [PromptLine(1, "a", "x", "s", "m"), PromptLine(2, "b", 7)]


def test_the_first_line_says_whether_they_are_texts() -> None:
    assert lines(b'plain\n{"prompt":"b"}\n') == [PromptLine(1, "plain"), PromptLine(2, '{"prompt":"b"}')]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"promt": 1}', "This line cannot be read: Object contains unknown field `promt`."),
        (b'{"prompt": 1}', "This line cannot be read: Expected `str`, got `int`"),
        (b"text", "This line cannot be read: JSON is malformed"),
        (b'{"prompt": " "}', "There is no prompt in this line."),
        (b"x" * 101, "The prompt has more than 100 bytes."),
    ],
)
def test_a_line_that_is_no_prompt_is_said_and_stops_no_other(line: bytes, fault: str) -> None:
    first, second, third = lines(b'{"prompt":"a"}\n' + line + b'\n{"prompt":"c"}\n')
    assert (first, third) == (PromptLine(1, "a"), PromptLine(3, "c"))
    assert (second.number, second.prompt.strip()) == (2, "")
    assert second.fault.startswith(fault)


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert lines(b"a\xffb\n") == [PromptLine(1, "a\ufffdb")]


def test_no_more_is_read_than_is_taken() -> None:
    reader, writer = os.pipe()
    try:
        source = PromptSource(reader, 100)
        os.write(writer, b"one\ntw")
        assert source.must_read
        source.read()
        assert (source.must_read, source.take(), source.take()) == (False, PromptLine(1, "one"), None)
        os.write(writer, b"o\n")
        source.read()
        assert source.take() == PromptLine(2, "two")
        assert not source.over
        os.close(writer)
        source.read()
        assert source.over
    finally:
        os.close(reader)
