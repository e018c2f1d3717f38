from hypothesis import given
from hypothesis import strategies as st

from protocol.chat import ToolCall
from tests.ui.talk import stream
from ui.pieces import Pieces
from ui.speech import Heard, Speech, WholeLines, call_words, flat
from ui.turn import Attempt

SENTENCE = "It is a truth that is acknowledged by all. "


def lines(*pieces: str, breaks: bool = False) -> list[str]:
    whole = WholeLines(breaks)
    return [line for piece in pieces for line in whole.feed(piece)] + whole.rest()


def test_lines_are_told_when_they_are_whole() -> None:
    whole = WholeLines(breaks=False)
    assert whole.feed("one") == []
    assert whole.feed(" two\nthree\n\nfo") == ["one two", "three", ""]
    assert whole.rest() == ["fo"]
    assert whole.rest() == []


def test_a_long_line_is_cut_after_a_sentence() -> None:
    assert lines(SENTENCE * 6, breaks=True) == [(SENTENCE * 4).strip(), SENTENCE * 2]


def test_a_long_sentence_is_cut_after_a_word_and_a_long_word_not_at_all() -> None:
    assert lines("word " * 50 + "x" * 300 + " end", breaks=True) == [
        "word " * 39 + "word",
        "word " * 9 + "word",
        "x" * 300,
        "end",
    ]


def test_what_is_to_stay_as_it_is_is_never_cut() -> None:
    assert lines(SENTENCE * 100) == [SENTENCE * 100]


@given(st.text(alphabet="ab. \n", max_size=900), st.integers(1, 50))
def test_however_a_text_is_cut_no_character_but_blanks_is_lost(text: str, size: int) -> None:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert "".join("".join(lines(*pieces, breaks=True)).split()) == "".join(text.split())
    assert lines(*pieces) == lines(text)


def test_no_control_character_makes_a_line_of_its_own() -> None:
    assert lines("a\rb\x1b[2J\u2028c\td") == ["ab␛[2J", "c\td"]


def test_only_what_is_new_is_heard() -> None:
    speech, attempt = Speech(breaks=False), Attempt(stream("1"))
    attempt.thinking.append("Hm")
    assert speech.listen(attempt) == Heard(began_to_think=True)
    attempt.answer.append("\n\nOne\nTw")
    attempt.stop_thinking(None)
    assert speech.listen(attempt) == Heard(thought="thought", lines=["One"])
    assert speech.listen(attempt) == Heard()
    attempt.answer.append("o\n")
    assert speech.listen(attempt) == Heard(lines=["Two"])
    assert speech.rest() == []


def test_a_tool_call_ends_the_line_before_it() -> None:
    speech, attempt = Speech(breaks=False), Attempt(stream("1"), answer=Pieces("Let me see"))
    attempt.tool_calls.append(ToolCall("look", '{"at": "it"}'))
    assert speech.listen(attempt) == Heard(lines=["Let me see", 'calls look({"at": "it"})'])
    assert speech.listen(attempt) == Heard()


def test_the_same_attempt_told_anew_is_not_said_twice() -> None:
    speech = Speech(breaks=False)
    speech.listen(Attempt(stream("1"), answer=Pieces("One\nTw")))
    assert speech.listen(Attempt(stream("1"), answer=Pieces("One\nTwo\n"))) == Heard(lines=["Two"])


def test_another_attempt_begins_anew() -> None:
    speech = Speech(breaks=False)
    speech.listen(Attempt(stream("1"), answer=Pieces("One\n")))
    assert speech.listen(Attempt(stream("1", 2), answer=Pieces("One\n"))) == Heard(lines=["One"])


def test_of_a_reply_that_is_gone_on_with_only_what_is_added_is_said() -> None:
    told = Attempt(stream("1"), answer=Pieces("One\nTwo"))
    speech = Speech(breaks=False, partial=told)
    speech.go_on()
    going = Attempt(stream("1", 2))
    assert speech.listen(told) == Heard()
    assert speech.listen(going) == Heard()
    going.answer.append("One\nTwo and three\n")
    assert speech.listen(going) == Heard(lines=[" and three"])


def test_untrusted_words_are_one_short_line() -> None:
    assert flat("a\n\x1b b" + "c" * 20, 10) == "a ␛ bcc..."
    assert call_words(ToolCall("f", '{"x":\n"' + "y" * 600)) == 'calls f({"x": "' + "y" * 482 + "..."
