import json
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.chat import ToolCall
from protocol.continuation import Continuation
from protocol.frames import Chunk
from protocol.ollama_chat import decode_chat_line
from tests.support.recordings import recording

COLOURS = "The three colours are red,"
CALL = ToolCall("weather", "{}")
LETTERS = st.text("aB ,\n`", max_size=40)


def joined(partial: str, pieces: Iterable[str], whole: bool = True) -> str:
    """What is put behind a partial of what came in these pieces."""
    continuation = Continuation(partial)
    return "".join([*map(continuation.add, pieces), continuation.finish(whole)])


def shown(partial: str, *pieces: str) -> list[str]:
    """What can be shown after each piece, and at the end."""
    continuation = Continuation(partial)
    return [*map(continuation.add, pieces), continuation.finish(whole=True)]


@pytest.mark.parametrize(
    ("name", "added"),
    [
        ("prefill_tools_template", " blue, and green."),
        ("native_prefill", " blue, and green."),
        ("chat_prefill", "\n\nThe three colours are blue,"),
        (
            "tools_prefilled_call",
            '{"name": "get_weather", "arguments": {"city": "Paris", "unit": "C"}}\n</tool_call>',
        ),
    ],
)
def test_what_real_models_added_is_joined(name: str, added: str) -> None:
    """Three templates, three kinds: one goes on, one repeats and goes on, one starts anew."""
    recorded = recording(name)
    assert recorded.request is not None
    partial = json.loads(recorded.request)["messages"][-1]["content"]
    frames = [frame for line in recorded.body.splitlines() for frame in decode_chat_line(line)]
    assert joined(partial, [frame.text for frame in frames if isinstance(frame, Chunk)]) == added


def test_text_that_goes_on_is_shown_at_once() -> None:
    assert shown(COLOURS, " blue", ", and") == [" blue", ", and", ""]


def test_a_repetition_is_held_back_and_cut_as_soon_as_it_is_complete() -> None:
    assert shown(COLOURS, "The three", " colours are", " red, bl", "ue.") == ["", "", " bl", "ue.", ""]


def test_a_new_beginning_is_set_off_by_a_blank_line_with_all_that_was_held_back() -> None:
    assert shown(COLOURS, "The three", " colours are", " bl", "ue.") == [
        "",
        "",
        "\n\nThe three colours are bl",
        "ue.",
        "",
    ]


def test_a_few_letters_in_common_are_a_coincidence() -> None:
    assert shown("- one is here\n", "- ", "on", " top") == ["", "", "- on top", ""]
    assert joined("x" * 20, ["x" * 15 + "y"]) == "x" * 15 + "y"
    assert joined("x" * 20, ["x" * 16 + "y"]) == "\n\n" + "x" * 16 + "y"


@pytest.mark.parametrize(
    ("partial", "text", "added"),
    [
        ("First the sea,", "Then", "\n\nThen"),
        ("First the se", "Surely", "\n\nSurely"),
        ("First the sea,", " Then", " Then"),
        ("First the sea,", "\nThen", "\nThen"),
        ("First the sea,", "then", "then"),
        ("First the sea, ", "Then", "Then"),
        ("First the sea.", "Then", "Then"),
        ("First the 3", "D print", "D print"),
        ("It is the NA", "SA", "SA"),
        ("```\nget", "Server()", "Server()"),
        ("```\nget()\n```\nIt ge", "Surely", "\n\nSurely"),
    ],
)
def test_a_sentence_that_begins_within_a_sentence_is_a_new_beginning(partial: str, text: str, added: str) -> None:
    assert joined(partial, [text]) == added


@pytest.mark.parametrize(
    ("partial", "text", "added"),
    [
        ("  Red, ", "Red, blue", "blue"),
        ("  Red, ", "  Red, blue", "blue"),
        ("Red,", "\n\n Red, blue", " blue"),
        ("Red,\n\n", "Red, blue", " blue"),
        ("Red,\n\n", "Red,\nblue", "\nblue"),
        ("Red,\n\n", "Red,\n\n\nblue", "\nblue"),
        ("Red,", " " * 17 + "Red,", " " * 17 + "Red,"),
    ],
)
def test_white_space_around_a_repetition_does_not_matter(partial: str, text: str, added: str) -> None:
    assert joined(partial, [text]) == added


@pytest.mark.parametrize("said", [COLOURS, COLOURS[:-1], COLOURS[:16], COLOURS[:15], "The", f"\n{COLOURS}"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_repetition_that_goes_no_further_adds_nothing(said: str, whole: bool) -> None:
    assert joined(COLOURS, [said], whole) == ""


def test_a_last_word_that_happens_to_begin_the_partial_is_kept_if_the_model_came_to_its_end() -> None:
    code = "```\nprint()\n"
    assert joined(code, ["``", "`"]) == "```"
    assert joined(code, ["``"], whole=False) == ""


@pytest.mark.parametrize("whole", [True, False])
def test_white_space_alone_is_kept(whole: bool) -> None:
    assert joined(COLOURS, [" ", "\n"], whole) == " \n"


@pytest.mark.parametrize("partial", ["", " \n"])
def test_behind_nothing_everything_is_shown_at_once(partial: str) -> None:
    assert shown(partial, "Red", "", ", blue") == ["Red", "", ", blue", ""]


def test_thoughts_and_tool_calls_do_not_wait_for_the_text() -> None:
    continuation = Continuation(COLOURS)
    chunks = (Chunk("The", "Hm."), Chunk(" three"), Chunk(" col", tool_calls=(CALL,)), Chunk("ours"))
    assert continuation.take(chunks) == (Chunk(thinking="Hm."), Chunk(tool_calls=(CALL,)))
    assert continuation.take((Chunk(" are red, blue", "Yes."),)) == (Chunk(" blue", "Yes."),)
    assert continuation.take((Chunk(), Chunk("."))) == (Chunk(), Chunk("."))


@st.composite
def partials_and_pieces(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A partial and what came after it, cut anywhere: anything, a repetition, or the beginning of one and more."""
    partial = draw(LETTERS | st.text())
    repeated = partial[: draw(st.integers(0, len(partial)))] if draw(st.booleans()) else partial
    text = draw(st.text(" \n", max_size=20)) + draw(st.sampled_from(["", repeated, partial.strip()])) + draw(LETTERS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return partial, [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@given(partials_and_pieces(), st.booleans())
@example((" Red,\n\n", ["Red,", "\n", "\n", " blue"]), True)
def test_the_cut_does_not_matter_and_only_a_repetition_is_ever_lost(case: tuple[str, list[str]], whole: bool) -> None:
    partial, pieces = case
    text = "".join(pieces)
    added = joined(partial, pieces, whole)
    assert added == joined(partial, [text], whole) == joined(partial, text, whole)
    said, expected, core = text.lstrip(), partial.lstrip(), partial.strip()
    unchanged = {text, f"\n\n{text}"}
    if not core:
        assert added == text
    elif said.startswith(core):
        assert added in unchanged | {said.removeprefix(expected), said.removeprefix(core), ""}
        assert added or expected.startswith(said)
    else:
        assert added in unchanged or (added == "" and expected.startswith(said))


@given(partials_and_pieces())
def test_no_more_is_held_back_than_the_partial_has(case: tuple[str, list[str]]) -> None:
    partial, pieces = case
    continuation, came = Continuation(partial), 0
    for piece in pieces:
        came += len(piece)
        if continuation.add(piece):
            break
        assert came <= len(partial) + 16
