import time

from hypothesis import given
from hypothesis import strategies as st

from ui.history import History
from ui.recall import Recall

COLUMNS = 40


def search(*texts: str) -> Recall:
    past = History()
    for text in texts:
        past.add(text)
    return Recall(past)


def row(recall: Recall, columns: int = COLUMNS) -> str:
    [line] = [line.decode() for line in recall.draw(columns).text]
    return line.rstrip()


def test_nothing_is_found_before_anything_is_looked_for() -> None:
    recall = search("one")

    assert (row(recall), recall.place) == ("(search) :", None)


def test_each_character_narrows_and_the_latest_text_that_has_them_is_found() -> None:
    recall = search("fly", "a flock", "flour")
    found = []
    for character in "floc":
        recall.narrow(character)
        found.append(row(recall))

    assert found == ["(search) f: flour", "(search) fl: flour", "(search) flo: flour", "(search) floc: a flock"]


def test_capitals_make_no_difference() -> None:
    recall = search("Why IS the sky blue?")
    recall.narrow("is The")

    assert recall.place == 0


def test_older_texts_follow_and_one_that_says_the_same_is_passed_over() -> None:
    recall = search("say a", "other", "say b", "say c", "other", "say c")
    recall.narrow("say")
    places = [recall.place]
    for _ in range(3):
        recall.older()
        places.append(recall.place)

    assert (places, row(recall)) == ([5, 2, 0, 0], "(not found) say: say a")


def test_without_words_every_text_is_one_older() -> None:
    recall = search("one", "two")
    recall.older()
    recall.older()

    assert row(recall) == "(search) : one"


def test_what_is_not_found_leaves_what_was_found_before() -> None:
    recall = search("one", "two")
    recall.narrow("on")
    recall.narrow("x")
    assert (row(recall), recall.place) == ("(not found) onx: one", 0)

    recall.widen()
    assert row(recall) == "(search) on: one"


def test_taking_the_last_character_away_begins_anew() -> None:
    recall = search("a", "b")
    recall.narrow("a")
    recall.widen()

    assert (row(recall), recall.place) == ("(search) :", None)


def test_a_text_of_several_lines_is_shown_on_one() -> None:
    recall = search("one\n  two\n")
    recall.narrow("two")

    assert row(recall) == "(search) two: one two"


def test_the_words_are_shown_where_they_are_in_a_long_text() -> None:
    recall = search("0123456789" * 10 + "needle" + "0123456789" * 10)
    recall.narrow("needle")

    assert row(recall) == "(search) needle: ...0123456789needle0..."


def test_the_cursor_is_behind_the_words() -> None:
    recall = search("one")
    recall.narrow("on")

    assert recall.draw(COLUMNS).cursor == (11, 0)


def test_what_is_looked_for_and_what_is_found_are_made_harmless() -> None:
    recall = search("x\x1b[31m\u202e")
    recall.narrow("x")
    assert row(recall) == "(search) x: x␛[31m�"

    recall.narrow("\x1b\n\t")
    assert row(recall) == "(not found) x␛  : x␛[31m�"


def test_two_thousand_texts_are_searched_in_no_time() -> None:
    recall = search(*(f"text number {number} " * 20 for number in range(2_000)))
    began = time.process_time()
    recall.narrow("no such text")

    assert time.process_time() - began < 0.05
    assert recall.place is None


@given(st.text(st.sampled_from("ab 日👍\u0301\u200d\x1b"), max_size=50), st.text(max_size=80), st.integers(12, 90))
def test_it_is_one_row_for_all_words_and_texts(words: str, text: str, columns: int) -> None:
    recall = search(words + text)
    recall.narrow(words)
    canvas = recall.draw(columns)

    assert (canvas.cols(), canvas.rows()) == (columns, 1)


def test_of_long_words_the_end_is_shown() -> None:
    recall = search("x")
    recall.narrow("abcdefghij" * 5)

    assert row(recall, 34) == "(not found) abcdefghij:"
